#include "daemon/motion/tracker.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/motion/decision.hpp"
#include "daemon/motion/follower.hpp"
#include "daemon/motion/grid.hpp"
#include "daemon/motion/judge.hpp"
#include "daemon/motion/learned.hpp"
#include "daemon/motion/revision.hpp"

namespace heeldrop::motion {
namespace {

/// The pads' difference before anything was learned: gains agree to some tenths of a percent (domain.md 2.3).
constexpr double unlearned_gain_sd = 0.008;
/// What is learned of a person's slow drops: those longer than this, known to this part of themselves.
constexpr double least_slow = 1.2, surely = 0.2;  // seconds
/// Less is no drop at all, metres.
constexpr double least_shallow = 0.008;
/// Of the reference: then no hands have taken anything in a rep.
constexpr double without_hands = 0.98;
/// Part of the rise: what is left of it after a shallow drop, at least.
constexpr double least_rest = 0.3;
/// Seconds: what is seen of such a rest after it was last seen to go on, at least in all, and by how much less each
/// time.
constexpr double after_rest = 0.5, shortest_rest = 0.6, earlier = 0.3;
/// Seconds behind where a descent on two feet was last seen to go on that belong to it where the next rise follows.
constexpr double after_descent = 0.2;
/// Seconds from the other foot's return to an empty plate, at most, of who was leaving as it came back.
constexpr double leaves_on_return = 2.0;
/// What a lift is known to at best, metres, as a body that is back on the step stands a little otherwise than before.
constexpr double lift_error = 0.004;
/// Seconds before the plate is known to be empty: who steps off moves as no return does.
constexpr double stepping_off = 1.5;
/// Seconds after a return: then its lift is over, and a rise that follows at once has been seen.
constexpr double lift_seen = 5.0;
/// Seconds from a return to a rise: sooner, no lift of its own was between.
constexpr double runs_on = 0.7;
/// Standard deviations by which a lift must be unexpected for its drop to be accounted for again, unless little was
/// expected: that part of the rise.
constexpr double worth_asking = 1.0, well_known = 0.08;
/// Seconds: from a return to where its lift begins, at most, and what it takes to stand again. A rise behind it: 2 x
/// log of the likelihood ratio, metres.
constexpr double lift_begins = 1.5, lift_settles = 0.3, plain_rise = 100.0, least_plain_rise = 0.03;
/// Times the expected sway: a drop that leaves less over is no rise.
constexpr double more_than_sway = 1.8;
/// From rep to rep, of a rise: what its top's height is off by.
constexpr double rises_alike = 0.07;
/// From the return of a set's first rep to that of its second.
constexpr Seconds most_between{40.0};

}  // namespace

struct Tracker::Impl {
    Impl(const Criteria& c, Watched watched)
        : criteria(c), follower(history, c.second_person_load, watched == Watched::live) {}

    /// When a bin began; times within a long gap left out are not asked for.
    Seconds clock(BinIndex i) const {
        if (history.end() == history.begin())
            return Seconds{0.0};
        const BinIndex known = std::clamp(i, history.begin(), history.end() - 1);
        return Seconds{history[known].bin.start + static_cast<double>(i - known) * bin_seconds};
    }

    void take(std::vector<Output>& out) {
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

    void report(const Noticed& n, std::vector<Output>& out) {
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
            account_again(*settled, out);
        } else {
            candidate(std::get<RepMarks>(n.what), out);
        }
    }

    Knowledge knowledge() const {
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

    /// Where the return ran into the rise, that lifts the body from as low as the drop before went.
    bool has_run_on(const RepMarks& marks, const Knowledge& known) const {
        const auto soon = [&](BinIndex from) { return from - last_on_one_foot->marks.end < bins_in(runs_on); };
        if (!last_on_one_foot || !marks.has_rise || !soon(marks.rise_from))
            return false;
        const auto rise = rise_of(history, marks, known);  // the follower may have seen the lift begin
        return rise && soon(bins_in(rise->from));
    }

    void teach_follower() {
        if (gain_sd < unlearned_gain_sd)
            follower.learn(knowledge());
    }

    /// The body sank further after the foot's return: the drop took back less than it seemed, or was one after all.
    bool account_again(const Settled& settled, std::vector<Output>& out) {
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
        Account account = account_of(marks, last_on_one_foot->known);
        if (!account.sank_after || !account.rise || !account.drop || account.drop->height < least_shallow ||
            impossible(*account.drop) || (account.rise_by_pressure && !told))
            return false;
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

    /// Whether a descent on two feet may be the rest of one on one foot, of the same rise, that was too little to be
    /// told by itself.
    bool is_rest(const Account& a, const RepMarks& marks) const {
        return !marks.one_foot && !marks.left_plate && last_on_one_foot && !last_on_one_foot->told &&
               last_on_one_foot->seen_rise_from == marks.rise_from && a.rise && a.drop &&
               a.drop->height > least_rest * a.rise->height;
    }

    bool left_on_return(const RepMarks& marks) const {
        return last_on_one_foot && !last_on_one_foot->told && last_on_one_foot->marks.has_rise && marks.has_rise &&
               last_on_one_foot->seen_rise_from == marks.rise_from &&
               marks.end - last_on_one_foot->marks.end < bins_in(leaves_on_return);
    }

    /// The next rise may follow at once, and spoils what is seen of the rest: then up to before it.
    bool account_again_by_rest(const RepMarks& rest, std::vector<Output>& out) {
        const BinIndex from = last_on_one_foot->marks.end;
        for (BinIndex to = std::min(rest.end, rest.descent_to + bins_in(after_rest));
             to > from + bins_in(shortest_rest); to -= bins_in(earlier))
            if (account_again({from, to}, out))
                return true;
        return false;
    }

    Account account_of(const RepMarks& marks, const Knowledge& known) const {
        const double origin = clock(marks.end).value - static_cast<double>(marks.end) * bin_seconds;
        return account_for(history, origin, marks, known, criteria);
    }

    /// A later account of what was told already.
    Rep revised(Account& account, const Rep& told) const {
        if (std::ranges::count(told.reasons, Reason::second_person) > 0)
            account.rep.reasons.push_back(Reason::second_person);
        judge(account, criteria);
        account.rep.index = told.index;
        account.rep.revision = told.revision + 1;
        return account.rep;
    }

    /// By how much a return lifted the body tells how far the drop before it went below the step.
    void learn_from_last_return(BinIndex until, std::vector<Output>& out, bool sure = true) {
        if (!last_on_one_foot || !(last_on_one_foot->rise_height > 0.0))
            return;
        const OnOneFoot& last = *last_on_one_foot;
        RepMarks found = last.marks;
        found.rise_from = last.rose_from;
        if (const auto lift = lift_of(history, found, last.known, until))
            learn_lift(lift->first, lift->second, std::hypot(lift->second, lift_error), out, sure);
    }

    /// A return that runs into the next rise is no lift by itself: both together go as high as the rise before, as one
    /// who keeps to it does.
    void learn_from_run_on(const MovementFit& rise, std::vector<Output>& out) {
        if (!last_on_one_foot || !(last_on_one_foot->rise_height > 0.0) || !last_on_one_foot->told)
            return;
        const double sd = std::hypot(rise.height_sd, rises_alike * last_on_one_foot->rise_height);
        learn_lift(rise.height - last_on_one_foot->rise_height, sd, sd, out, true);
    }

    /// Metres that a return lifted the body by, their standard uncertainty as a lift's and as a part of that drop:
    /// those to come, and where `sure` that one, which is told again where it was told otherwise.
    void learn_lift(double height, double height_sd, double part_sd, std::vector<Output>& out, bool sure) {
        OnOneFoot& last = *last_on_one_foot;
        const double rise = last.rise_height;
        if (!std::exchange(last.taught, true)) {
            further.learn((height + last.sprang_up) / rise, height_sd * height_sd / (rise * rise));
            teach_follower();
        }
        if (sure)
            last.rise_height = 0.0;
        const double off = std::abs(height / rise - last.known.further);
        if (!sure || (off < worth_asking * last.known.further_sd && last.known.further_sd < well_known))
            return;
        Knowledge known = last.known;
        known.further = height / rise;
        known.further_sd = part_sd / rise;
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

    /// An unseen rise may be in what is taken for the lift: then nothing is told again.
    void learn_from_return_before(const RepMarks& next, std::vector<Output>& out) {
        learn_from_last_return(next.has_rise ? next.rise_from - bins_in(0.2) : next.top, out, next.has_rise);
    }

    /// A candidate as its marks have it.
    struct Reading {
        RepMarks marks;
        Knowledge known;
        bool run_on;
        Account account;
        Outcome outcome;
    };
    Reading read(const RepMarks& marks, std::vector<Output>& out) {
        if (!is_on_two_feet(marks))
            learn_from_return_before(marks, out);
        Knowledge known = knowledge();
        const bool run_on = has_run_on(marks, known);
        if (run_on)
            known.further = 0.0;
        RepMarks as_seen = marks;
        if (marks.from_the_top)
            as_seen.look_for_rise_from.reset();
        Account account = account_of(as_seen, known);
        Outcome outcome = decide(account, as_seen, history, known);
        if (marks.from_the_top && marks.look_for_rise_from) {
            // Unless hands hid the rise.
            Account whole = account_of(marks, known);
            if (whole.rise_by_pressure && decide(whole, marks, history, known) == Outcome::rep) {
                account = std::move(whole);
                outcome = Outcome::rep;
            }
        }
        return {marks, known, run_on, std::move(account), outcome};
    }

    static bool is_on_two_feet(const RepMarks& marks) { return !marks.one_foot && !marks.left_plate; }

    /// What rose soon after a return may be its lift: the rise is one behind it then, on one leg perhaps.
    std::optional<RepMarks> with_rise_behind_lift(const Reading& seen) const {
        const RepMarks& marks = seen.marks;
        const Account& first = seen.account;
        if (!marks.one_foot || !marks.has_rise || !last_on_one_foot ||
            marks.rise_from - last_on_one_foot->marks.end > bins_in(lift_begins) || !first.drop ||
            (first.drop->noise < more_than_sway && !first.hands_unsteady))
            return std::nullopt;
        RepMarks behind = marks;
        behind.has_rise = false;
        behind.floor = marks.rise_to;
        behind.look_for_rise_from = marks.rise_to + bins_in(lift_settles);
        behind.top = std::max(marks.alone_from - bins_in(0.6), *behind.look_for_rise_from);
        const Account later = account_of(behind, seen.known);
        if (!later.rise || later.rise_by_pressure || later.rise->evidence < plain_rise ||
            later.rise->height < least_plain_rise)
            return std::nullopt;
        const double begins = static_cast<double>(later.rise_window) * bin_seconds;
        const double half_down =
            static_cast<double>(first.drop_window) * bin_seconds + 0.5 * (first.drop->start + first.drop->end);
        if (begins + later.rise->start > half_down)
            return std::nullopt;  // a rebound
        RepMarks again = marks;
        again.floor = behind.floor;
        again.rise_from = bins_in(begins + later.rise->start);
        again.rise_to = again.top = bins_in(begins + later.rise->end) + 1;
        return again;
    }

    void candidate(const RepMarks& seen, std::vector<Output>& out) {
        Reading reading = read(seen, out);
        if (const auto behind = with_rise_behind_lift(reading))
            reading = read(*behind, out);
        const RepMarks& marks = reading.marks;
        const Knowledge& known = reading.known;
        Account& account = reading.account;
        Outcome& outcome = reading.outcome;
        const bool no_rise = account.rise && no_heel_rose(account);
        std::optional<Account> perhaps;
        const auto put_off = [&] {
            if (outcome != Outcome::perhaps)
                return;
            if (!perhaps)
                perhaps = account;
            outcome = Outcome::nothing;
        };
        put_off();
        const auto try_again = [&](const RepMarks& again) {
            if (outcome != Outcome::nothing)
                return;
            account = account_of(again, known);
            outcome = decide(account, again, history, known);
            put_off();
        };
        if (marks.one_foot && marks.look_for_rise_from) {
            RepMarks again = marks;
            again.has_rise = false;
            again.top = std::max(marks.alone_from - bins_in(0.6), *marks.look_for_rise_from);
            // What was taken for its rise was none: perhaps there was another, or hands hid it.
            if (marks.has_rise || marks.from_the_top)
                try_again(again);
            again.look_for_rise_from.reset();
            if (known.usual_drop > 0.0)
                try_again(again);
        }
        std::optional<BinIndex> over;
        // The next rise may follow at once, and spoils what is seen of a descent on two feet.
        if (marks.descent_from && !marks.one_foot && !marks.left_plate) {
            RepMarks again = marks;
            again.end = marks.descent_to + bins_in(after_descent);
            again.settled = false;
            if (again.end < marks.end && outcome == Outcome::nothing) {
                try_again(again);
                if (outcome == Outcome::rep)
                    over = again.end;
            }
        }
        // Whoever leaves soon after the foot's return had begun to: broken off before it.
        if (marks.left_plate && outcome == Outcome::nothing && left_on_return(marks)) {
            RepMarks again = last_on_one_foot->marks;
            again.left_plate = true;
            try_again(again);
        }
        const bool was_rest = is_rest(account, marks) && account_again_by_rest(marks, out);
        follower.settle_candidate(was_rest || outcome != Outcome::nothing, no_rise, over);
        if (was_rest)
            return;
        // Where nothing has come of what rose on two feet, that may be the lift itself.
        if (is_on_two_feet(marks) && outcome != Outcome::nothing)
            learn_from_return_before(marks, out);
        if (account.rise && account.rise_looked_for)
            learn_from_last_return(account.rise_window + bins_in(account.rise->start) - bins_in(0.2), out);
        if (reading.run_on && outcome == Outcome::rep && account.rise && !account.rise_looked_for)
            learn_from_run_on(*account.rise, out);
        if (marks.one_foot && marks.returned)
            last_on_one_foot = OnOneFoot{marks, seen.rise_from, known, usual_drop, further, std::nullopt};
        if (outcome == Outcome::nothing) {
            if (perhaps)
                put_off_first(std::move(*perhaps), marks);
            return;
        }
        // Brisk raises on two feet bear nothing out.
        if (outcome == Outcome::rep && (marks.one_foot || (account.drop && account.drop->duration > least_slow)))
            tell_first_from_the_top(account, clock(marks.end), out);
        learn_from(account, marks, outcome, reading.run_on);
        note_company(account.rep);
        judge(account, criteria);
        if (outcome == Outcome::rep && marks.left_plate)
            never_returned(account.rep);
        if (outcome == Outcome::incomplete) {
            if (account.drop && impossible(*account.drop))
                forget_drop(account);
            account.rep.counted = false;
            account.rep.verdict = Verdict::fault;
            account.rep.faults = {Fault::incomplete};
        }
        account.rep.index = next_index();
        if (!marks.one_foot || !marks.returned) {
            last_on_one_foot.reset();
        } else {
            last_on_one_foot->told = account.rep;
            if (account.rise && !account.rise_looked_for && !reading.run_on) {
                last_on_one_foot->rise_height = account.rise->height;
                last_on_one_foot->rose_from = account.rise_window + bins_in(account.rise->start);
                last_on_one_foot->sprang_up = account.sprang_up;
            }
        }
        out.push_back(account.rep);
    }

    /// The whole drop counts, but between rise and return the plate was left.
    static void never_returned(Rep& rep) {
        if (rep.verdict == Verdict::unjudged)
            return;
        rep.verdict = Verdict::fault;
        rep.faults.push_back(Fault::incomplete);
    }

    /// What an account that is told teaches of the person and the plate.
    void learn_from(const Account& account, const RepMarks& marks, Outcome outcome, bool run_on) {
        const bool sure = !account.light_hands;
        if (marks.one_foot && account.drop && sure)
            learn_gain(*account.drop);
        if (account.rise && account.drop && account.drop->height > 0.7 * account.rise->height) {
            usual_drop.add(sure ? account.drop->height : account.rep.drop_depth->value);
            if (sure && !run_on && account.drop_expected && outcome == Outcome::rep && !account.rise_looked_for &&
                !account.hands_unsteady && account.least_load > without_hands)
                further.add(account);
        }
        if (account.rise && account.coupling && outcome == Outcome::rep && !account.rise_looked_for &&
            account.least_load > without_hands)
            usual_coupling.add(*account.coupling);
        if (sure && account.drop && outcome == Outcome::rep && account.drop->duration > least_slow &&
            account.drop->duration_sd < surely * account.drop->duration)
            slow_drops.add(std::log(account.drop->duration));
        if (sure && account.drop && outcome == Outcome::rep)
            usual_shapes.add(account.drop->shapes);
        teach_follower();
    }

    void note_company(Rep& rep) const {
        if (follower.second_person())
            rep.reasons.push_back(Reason::second_person);
    }

    /// Reps are told in the order of their drops: what was put off before this one is not told any more.
    int next_index() {
        first_from_the_top.reset();
        return ++reps;
    }

    void put_off_first(Account account, const RepMarks& marks) {
        note_company(account.rep);
        first_from_the_top = FromTheTop{std::move(account), clock(marks.end)};
    }

    /// A set that goes on began with the descent that was put off.
    void tell_first_from_the_top(const Account& next, Seconds returned, std::vector<Output>& out) {
        auto first = std::exchange(first_from_the_top, std::nullopt);
        if (!first || !next.rise || !next.drop || returned - first->returned > most_between ||
            first->account.drop->height - 2.0 * first->account.drop->height_sd > most_of_usual * next.drop->height)
            return;
        judge(first->account, criteria);
        first->account.rep.index = next_index();
        out.push_back(std::move(first->account.rep));
    }

    /// What was taken for the drop was none that a body does: hands, or the stepping off.
    static void forget_drop(Account& account) {
        account.drop.reset();
        Rep& r = account.rep;
        for (auto* time : {&r.drop_start, &r.drop_end, &r.drop_duration, &r.drop_duration_uncertainty})
            time->reset();
        r.drop_depth.reset();
        r.drop_depth_uncertainty.reset();
        r.peak_drop_speed.reset();
        r.working_share_drop.reset();
        r.impulse.reset();
        r.peak_force.reset();
        r.mean_force.reset();
        r.reasons.push_back(Reason::descent_not_resolved);
    }

    /// Each one-foot stretch tells the pads' difference again: a running weighted mean.
    void learn_gain(const MovementFit& fit) {
        const double weight = follower.weight();
        gain = fit.gain;  // the fit already combined what was known with what it saw
        gain_sd = std::max(fit.gain_sd / weight, 0.001);
    }

    Criteria criteria;
    Grid grid;
    History history;
    Follower follower;
    std::vector<Bin> bins;
    int reps = 0;
    struct FromTheTop {
        Account account;
        Seconds returned;
    };
    std::optional<FromTheTop> first_from_the_top;  ///< perhaps a set's first rep, of who still stands there
    UsualDrop usual_drop;
    Further further;
    /// The last that ended with a foot's return, rep or not: what comes after may tell more of it.
    struct OnOneFoot {
        RepMarks marks;
        BinIndex seen_rise_from;  ///< by the follower
        Knowledge known;
        UsualDrop usual_drop;  ///< before it
        Further further;
        std::optional<Rep> told;
        double rise_height = 0.0;  ///< metres, until its return has told of it for sure
        bool taught = false;       ///< what it tells of those to come
        bool return_seen = false;  ///< and was asked
        BinIndex rose_from = 0;    ///< by its account
        double sprang_up = 0.0;    ///< metres
    };
    std::optional<OnOneFoot> last_on_one_foot;
    Usual slow_drops{0.15};  ///< log of seconds
    /// Millimetres a metre of rise: the pressure of both feet wanders by some 5 mm before it and after it.
    Usual usual_coupling{80.0};
    UsualShapes usual_shapes;
    double gain = 0.0, gain_sd = unlearned_gain_sd;
    bool second_person = false, plate_fault = false, finished = false;
};

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
