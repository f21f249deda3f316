#include "daemon/motion/judge.hpp"

#include <algorithm>
#include <utility>

namespace heeldrop::motion {
namespace {

bool has(const std::vector<Reason>& reasons, Reason r) {
    return std::find(reasons.begin(), reasons.end(), r) != reasons.end();
}

/// The least and the most. While hands took or gave load it is only told within its uncertainty; of light ones nobody
/// knows whether they did: both accounts must say the same.
std::pair<Seconds, Seconds> may_have_lasted(const Account& account) {
    if (!account.rep.drop_duration)
        return {};
    const Seconds told = *account.rep.drop_duration;
    if (account.light_hands)
        return std::minmax({told, Seconds{account.drop->duration}});
    const Seconds doubt = account.hands_unsteady ? 2.0 * *account.rep.drop_duration_uncertainty : Seconds{0.0};
    return {told - doubt, told + doubt};
}

/// At most, between its two readings: hands that may have pushed make it deeper or less deep.
Metres may_be_as_deep_as(const Account& account) {
    const Metres told = *account.rep.drop_depth + 2.0 * *account.rep.drop_depth_uncertainty;
    return account.light_hands ? std::max(told, Metres{account.drop->height}) : told;
}

}  // namespace

void judge(Account& account, const Criteria& c) {
    Rep& r = account.rep;
    const auto fault = [&](Fault f) { r.faults.push_back(f); };

    const auto [shortest, longest] = may_have_lasted(account);
    const bool perhaps_fast = r.drop_duration && shortest < c.min_drop;
    // Where they hid the rise, too, a quick descent may be all their own.
    const bool by_hands = account.hands_unsteady && account.rise_by_pressure;
    if (perhaps_fast && !by_hands && longest < c.min_drop)
        fault(Fault::fast_drop);
    if (r.working_share_drop && *r.working_share_drop < c.min_working_share)
        fault(Fault::two_leg_drop);
    if (r.working_share_rise && *r.working_share_rise > c.max_rise_share)
        fault(Fault::one_leg_rise);
    if (c.side != PrescribedSide::both && r.side && (*r.side == Side::left) != (c.side == PrescribedSide::left))
        fault(Fault::wrong_leg);
    if (c.surface == Surface::step && c.min_depth && r.drop_depth && may_be_as_deep_as(account) < *c.min_depth)
        fault(Fault::shallow_drop);
    if (account.bounce_speed > c.bounce_speed.value)
        fault(Fault::bounce);
    if (c.hands == HandSupport::fingertips && account.least_load < c.fingertips_min_load.value)
        fault(Fault::hand_support);
    if (c.hands == HandSupport::rail && account.least_load < c.rail_min_load.value)
        fault(Fault::hand_support);

    std::sort(r.reasons.begin(), r.reasons.end());
    r.reasons.erase(std::unique(r.reasons.begin(), r.reasons.end()), r.reasons.end());

    // Nor is anybody good whose hands hid the rise, and what load they took in it.
    const bool hands_hid_rise = has(r.reasons, Reason::hand_force_changing) && has(r.reasons, Reason::no_rise);
    const bool in_doubt =
        r.faults.empty() && (hands_hid_rise || ((account.hands_unsteady || account.light_hands) && perhaps_fast));
    const bool blind = in_doubt || has(r.reasons, Reason::gap) || has(r.reasons, Reason::saturated) ||
                       has(r.reasons, Reason::second_person) || !r.drop_duration || !r.working_share_drop;
    if (blind) {
        r.verdict = Verdict::unjudged;
        r.faults.clear();
    } else {
        r.verdict = r.faults.empty() ? Verdict::good : Verdict::fault;
    }
}

}  // namespace heeldrop::motion
