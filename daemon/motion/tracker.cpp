#include "daemon/motion/tracker_impl.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::motion {
namespace {

/// Seconds before the plate is known to be empty: who steps off moves as no return does.
constexpr double stepping_off = 1.5;
/// Seconds after a return: then its lift is over, and a rise that follows at once has been seen.
constexpr double lift_seen = 5.0;

}  // namespace

Seconds Tracker::Impl::clock(BinIndex i) const {
    if (history.end() == history.begin())
        return Seconds{0.0};
    const BinIndex known = std::clamp(i, history.begin(), history.end() - 1);
    return Seconds{history[known].bin.start + static_cast<double>(i - known) * bin_seconds};
}

void Tracker::Impl::take(std::vector<Output>& out) {
    for (const Bin& b : bins) {
        history.append(b);
        follower.step(history.end() - 1);
        for (const Noticed& n : follower.take_noticed())
            report(n, out);
        if (last_on_one_foot && !last_on_one_foot->return_seen &&
            history.end() >= last_on_one_foot->marks.end + bins_in(lift_seen) && follower.stands()) {
            last_on_one_foot->return_seen = true;
            learn_from_last_return(history.end(), out);
        }
    }
    bins.clear();
}

void Tracker::Impl::report(const Noticed& n, std::vector<Output>& out) {
    if (const auto* phase = std::get_if<Phase>(&n.what)) {
        out.push_back(PhaseChange{clock(n.at), *phase, has_side(*phase) ? follower.standing_leg() : std::nullopt});
    } else if (const auto* event = std::get_if<EventKind>(&n.what)) {
        if (*event == EventKind::second_person)
            second_person = true;
        if (*event == EventKind::saturated)
            plate_fault = true;
        if (*event == EventKind::step_off || *event == EventKind::gap) {
            first_from_the_top.reset();
            if (*event == EventKind::step_off)
                learn_from_last_return(n.at - bins_in(stepping_off), out);
            last_on_one_foot.reset();
            further = {};
            teach_follower();
        }
        out.push_back(Event{clock(n.at), *event});
    } else if (const auto* weight = std::get_if<Newtons>(&n.what)) {
        out.push_back(WeighedIn{clock(n.at), *weight});
    } else if (const auto* settled = std::get_if<Settled>(&n.what)) {
        sank(*settled, out);
    } else {
        candidate(std::get<RepMarks>(n.what), out);
    }
}

Knowledge Tracker::Impl::knowledge() const {
    Knowledge known;
    known.system_weight = follower.weight();
    known.reference = follower.reference();
    known.gain = gain;
    known.gain_sd = gain_sd * follower.weight();
    known.usual_drop = usual_drop.value();
    known.further = further.mean;
    known.further_sd = further.sd();
    if (slow_drops.weight > 1.5) {
        known.usual_log_duration = slow_drops.mean();
        known.usual_log_duration_sd = slow_drops.sd();
    }
    known.usual_shapes = usual_shapes.weights();
    if (usual_coupling.weight > 0.0) {
        known.usual_coupling = usual_coupling.mean();
        known.usual_coupling_sd = usual_coupling.sd();
    }
    known.gravity = criteria.gravity.value;
    return known;
}

void Tracker::Impl::teach_follower() {
    if (gain_sd < unlearned_gain_sd)
        follower.learn(knowledge());
}

Account Tracker::Impl::account_of(const RepMarks& marks, const Knowledge& known) const {
    const double origin = clock(marks.end).value - static_cast<double>(marks.end) * bin_seconds;
    return account_for(history, origin, marks, known, criteria);
}

Tracker::Tracker(const Criteria& criteria, Watched watched) : impl_(std::make_unique<Impl>(criteria, watched)) {}
Tracker::~Tracker() = default;
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;

std::vector<Output> Tracker::push(std::span<const ForceSample> samples) {
    std::vector<Output> out;
    for (const ForceSample& s : samples) {
        impl_->grid.push(s, impl_->bins);
        if (!impl_->bins.empty())
            impl_->take(out);
    }
    return out;
}

std::vector<Output> Tracker::finish() {
    std::vector<Output> out;
    impl_->grid.finish(impl_->bins);
    impl_->take(out);
    if (impl_->follower.stands())
        impl_->learn_from_last_return(impl_->history.end(), out);
    impl_->follower.finish();
    for (const Noticed& n : impl_->follower.take_noticed())
        impl_->report(n, out);
    return out;
}

Live Tracker::live() const {
    const Follower& f = impl_->follower;
    Live live;
    live.phase = f.phase();
    const BinIndex now = impl_->history.end();
    if (now == 0)
        return live;
    live.t = impl_->clock(now);
    live.phase_start = impl_->clock(f.phase_start());
    live.side = f.standing_leg();
    const BinIndex n = std::min<BinIndex>(5, now - impl_->history.begin());
    for (BinIndex i = now - n; i < now; ++i) {
        live.left += Newtons{impl_->history[i].bin.left / static_cast<double>(n)};
        live.right += Newtons{impl_->history[i].bin.right / static_cast<double>(n)};
    }
    if (f.weighed()) {
        live.system_weight = Newtons{f.weight()};
        live.speed = MetresPerSecond{-f.speed()};
        if (f.phase() == Phase::drop || f.phase() == Phase::bottom)
            live.depth = Metres{f.sunk()};
    }
    return live;
}

std::vector<SessionFault> Tracker::session_faults() const {
    std::vector<SessionFault> faults;
    if (impl_->criteria.body_mass && impl_->follower.weighed()) {
        const double expected = weight_of(*impl_->criteria.body_mass, impl_->criteria.gravity).value;
        const double extra = impl_->follower.weight() - expected;
        if (extra > std::max(0.02 * expected, standard_gravity.value) && impl_->criteria.surface == Surface::step)
            faults.push_back(SessionFault::added_load_on_step);
    }
    if (impl_->second_person)
        faults.push_back(SessionFault::second_person);
    if (impl_->plate_fault)
        faults.push_back(SessionFault::plate_fault);
    return faults;
}

}  // namespace heeldrop::motion
