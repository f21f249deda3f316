// What the return tells of the rep before it: how far it went below the step, or what it left undone.
#include "daemon/motion/tracker_impl.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/motion/judge.hpp"
#include "daemon/motion/revision.hpp"

namespace heeldrop::motion {
namespace {

/// Less is no drop at all, metres.
constexpr double least_shallow = 0.008;
/// Seconds: what is seen of such a rest after it was last seen to go on, at least in all, and by how much less each
/// time.
constexpr double after_rest = 0.5, shortest_rest = 0.6, earlier = 0.3;
/// What a lift is known to at best, metres, as a body that is back on the step stands a little otherwise than before.
constexpr double lift_error = 0.004;
/// Seconds from a return to a rise: sooner, no lift of its own was between.
constexpr double runs_on = 0.7;
/// 2 x log of the likelihood ratio: who stood on one foot without lowering came to 5 in 238 of 245, to 16 at most.
constexpr double plain_drop = 12.0;
/// By how much in the log likelihood a whole drop must be the likelier account, for what sank after it to be no rest.
/// On simulated people it was 4 to 32 where knees bent after a whole drop, -2 to -60 where a rest was lowered.
constexpr double no_rest = 3.0;
/// Standard deviations by which a lift must be unexpected for its drop to be accounted for again, unless little was
/// expected: that part of the rise.
constexpr double worth_asking = 1.0, well_known = 0.08;
/// Of the rise, that a drop leaves undone, and is one.
constexpr double most_undone = 0.92;
/// From rep to rep, of a rise: what its top's height is off by.
constexpr double rises_alike = 0.07;
/// Of that, by which a rise must be higher than the one before and its lift: then the body stood lower.
constexpr double surely_higher = 6.0;
/// A rise is as low as it was told where it is known to this part: hands make it less sure.
constexpr double well_known_rise = 0.07;

/// The marks of a rep on one foot as those of one whose descent lies on two feet, after the return.
RepMarks lowered_on_two_feet(RepMarks marks, const Settled& settled) {
    marks.undone.reset();
    marks.one_foot.reset();
    marks.returned = false;
    marks.descent_from = settled.from;
    marks.end = marks.descent_to = settled.to;
    marks.settled = true;
    return marks;
}

}  // namespace

bool Tracker::Impl::has_run_on(const RepMarks& marks, const Knowledge& known) const {
    const auto soon = [&](BinIndex from) { return from - last_on_one_foot->marks.end < bins_in(runs_on); };
    if (!last_on_one_foot || !last_on_one_foot->told || !marks.has_rise || !soon(marks.rise_from))
        return false;
    const auto rise = rise_of(history, marks, known);  // the follower may have seen the lift begin
    return rise && soon(bins_in(rise->from));
}

void Tracker::Impl::learn_from_last_return(BinIndex until, std::vector<Output>& out, bool sure) {
    if (!last_on_one_foot || !(last_on_one_foot->rise_before > 0.0) || last_on_one_foot->lifted)
        return;
    const OnOneFoot& last = *last_on_one_foot;
    RepMarks found = last.marks;
    found.rise_from = last.rose_from;
    if (const auto lift = lift_of(history, found, last.known, until))
        learn_lift(lift->first, lift->second, std::hypot(lift->second, lift_error), out, sure);
}

void Tracker::Impl::learn_from_return_before(const RepMarks& next, std::vector<Output>& out) {
    learn_from_last_return(next.has_rise ? next.rise_from - bins_in(0.2) : next.top, out, next.has_rise);
}

void Tracker::Impl::learn_from_next_rise(const MovementFit& rise, bool run_on, std::vector<Output>& out) {
    if (!last_on_one_foot || !last_on_one_foot->told || !(last_on_one_foot->rise_before > 0.0))
        return;
    OnOneFoot& last = *last_on_one_foot;
    const double sd = std::hypot(rise.height_sd, rises_alike * last.rise_before);
    const double higher = rise.net_height() - last.rise_before;
    // What has sunk does not stand low, nor does who rises again as usual after what was surely less.
    const bool as_usual = rise.net_height() * (1.0 + last.known.further) < last.usual_drop.value() + surely_higher * sd;
    if (!run_on &&
        (last.lifted.value_or(0.0) < 0.0 || (as_usual && last.rise_before_sd < well_known_rise * last.rise_before)))
        return;
    if (run_on ? last.lifted || higher < -2.0 * sd
               : higher < std::max(0.0, last.lifted.value_or(0.0)) + surely_higher * sd)
        return;
    if (last.taught)
        further = last.further;
    last.taught = false;
    learn_lift(higher, sd, sd, out, true);
}

void Tracker::Impl::learn_lift(double height, double height_sd, double drop_sd, std::vector<Output>& out, bool sure) {
    OnOneFoot& last = *last_on_one_foot;
    const double rise = last.rise_before;
    if (height < -most_undone * rise)
        return;
    // What was unsure may have been a rise that went unseen.
    if (sure && last.taught && !last.lifted) {
        further = last.further;
        last.taught = false;
    }
    if (height >= 0.0 && !std::exchange(last.taught, true)) {
        further.learn((height + last.sprang_up) / rise, height_sd * height_sd / (rise * rise));
        teach_follower();
    }
    if (sure)
        last.lifted = height;
    const double off = std::abs(height / rise - last.known.further);
    if (!sure || (off < worth_asking * last.known.further_sd && last.known.further_sd < well_known))
        return;
    Knowledge known = last.known;
    known.further = height / rise;
    known.further_sd = drop_sd / rise;
    known.return_seen = true;
    Account account = account_of(last.marks, known);
    if (!account.drop_expected || decide(account, last.marks, history, known) != Outcome::rep)
        return;
    const Rep again = revised(account, *last.told);
    if (!is_worth_telling(again, *last.told))
        return;
    out.push_back(again);
    last.told = again;
}

void Tracker::Impl::sank(const Settled& settled, std::vector<Output>& out) {
    const bool after_rep = last_on_one_foot && last_on_one_foot->told;
    if (!account_again(settled, out) && !after_rep)
        follower.settle_sinking(sank_within(history, settled.from, settled.to, knowledge()));
}

bool Tracker::Impl::account_again(const Settled& settled, std::vector<Output>& out) {
    if (!last_on_one_foot || last_on_one_foot->marks.end != settled.from)
        return false;
    RepMarks marks = last_on_one_foot->marks;
    const auto& told = last_on_one_foot->told;
    if (!told && !marks.has_rise)
        return false;
    // What sprang up at the bottom sinks back, on two feet where the other has come back meanwhile.
    if (told && std::ranges::count(told->faults, Fault::bounce) > 0)
        return false;
    marks.undone = std::pair{settled.from, settled.to};
    const Knowledge& known = last_on_one_foot->known;
    Account account = account_of(marks, known);
    if (account.sank_after == 0.0 || (account.rise_by_pressure && !told))
        return false;
    // What sank was no rest of the drop where that is likelier if it left none.
    if (account.drop && account.drop->log_evidence && last_on_one_foot->log_evidence &&
        *last_on_one_foot->log_evidence - *account.drop->log_evidence > no_rest) {
        follower.settle_sinking(account.sank_after);
        return false;
    }
    const bool lowered = account.drop && account.drop->evidence > plain_drop;
    if (!lowered && account.rise->height - account.sank_after < least_shallow) {
        if (!told)
            return false;  // will be told as on two feet
        marks = lowered_on_two_feet(marks, settled);
        account = account_of(marks, known);
        if (decide(account, marks, history, known) != Outcome::rep)
            return false;
    } else if (!account.drop || account.drop->height < least_shallow || impossible(*account.drop)) {
        return false;
    }
    if (told) {
        out.push_back(revised(account, *told));
    } else {
        judge(account, criteria);
        account.rep.index = next_index();
        out.push_back(account.rep);
    }
    // What the account before it taught was not so.
    further = last_on_one_foot->further;
    usual_drop = last_on_one_foot->usual_drop;
    last_on_one_foot.reset();
    return true;
}

bool Tracker::Impl::account_again_by_rest(const RepMarks& rest, std::vector<Output>& out) {
    const BinIndex from = last_on_one_foot->marks.end;
    for (BinIndex to = std::min(rest.end, rest.descent_to + bins_in(after_rest)); to > from + bins_in(shortest_rest);
         to -= bins_in(earlier))
        if (account_again({from, to}, out))
            return true;
    return false;
}

Rep Tracker::Impl::revised(Account& account, const Rep& told) const {
    if (std::ranges::count(told.reasons, Reason::second_person) > 0)
        account.rep.reasons.push_back(Reason::second_person);
    judge(account, criteria);
    account.rep.index = told.index;
    account.rep.revision = told.revision + 1;
    return account.rep;
}

}  // namespace heeldrop::motion
