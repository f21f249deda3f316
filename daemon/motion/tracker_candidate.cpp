// What a candidate was: a rep, one that broke off, or none; and what it teaches of the person.
#include "daemon/motion/tracker_impl.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/motion/judge.hpp"

namespace heeldrop::motion {
namespace {

/// What is learned of a person's slow drops: those longer than this, known to this part of themselves.
constexpr double least_slow = 1.2, surely = 0.2;  // seconds
/// Of the reference: then no hands have taken anything in a rep.
constexpr double without_hands = 0.98;
/// Part of the rise: what is left of it after a shallow drop, at least.
constexpr double least_rest = 0.3;
/// Seconds behind where a descent on two feet was last seen to go on that belong to it where the next rise follows.
constexpr double after_descent = 0.2;
/// Seconds from the other foot's return to an empty plate, at most, of who was leaving as it came back.
constexpr double leaves_on_return = 2.0;
/// Seconds: from a return to where its lift begins, at most, and what it takes to stand again. A rise behind it: 2 x
/// log of the likelihood ratio, metres.
constexpr double lift_begins = 1.5, lift_settles = 0.3, plain_rise = 100.0, least_plain_rise = 0.03;
/// Times the expected sway: a drop that leaves less over is no rise.
constexpr double more_than_sway = 1.8;
/// From the return of a set's first rep to that of its second.
constexpr Seconds most_between{40.0};

}  // namespace

Tracker::Impl::Reading Tracker::Impl::read(const RepMarks& marks, std::vector<Output>& out) {
    if (!marks.on_two_feet())
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

std::optional<RepMarks> Tracker::Impl::with_rise_behind_lift(const Reading& seen) const {
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
    const double begins = from_bin_zero(later.rise_window, later.rise->start);
    if (begins > from_bin_zero(first.drop_window, 0.5 * (first.drop->start + first.drop->end)))
        return std::nullopt;  // a rebound
    RepMarks again = marks;
    again.floor = behind.floor;
    again.rise_from = bins_in(begins);
    again.rise_to = again.top = bins_in(from_bin_zero(later.rise_window, later.rise->end)) + 1;
    return again;
}

void Tracker::Impl::candidate(const RepMarks& seen, std::vector<Output>& out) {
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
    if (marks.descent_from && marks.on_two_feet()) {
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
    if (marks.on_two_feet() && outcome != Outcome::nothing)
        learn_from_return_before(marks, out);
    if (outcome == Outcome::rep && account.rise && account.rise_looked_for)
        learn_from_last_return(account.rise_window + bins_in(account.rise->start) - bins_in(0.2), out);
    if (outcome == Outcome::rep && account.rise && !account.rise_looked_for)
        learn_from_next_rise(*account.rise, reading.run_on, out);
    if (marks.one_foot && marks.returned)
        last_on_one_foot = OnOneFoot{marks, seen.rise_from, known, usual_drop, further};
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
        if (account.drop && impossible(*account.drop)) {
            account.drop.reset();
            forget_descent(account.rep);
        }
        account.rep.counted = false;
        account.rep.verdict = Verdict::fault;
        account.rep.faults = {Fault::incomplete};
    }
    account.rep.index = next_index();
    if (!marks.one_foot || !marks.returned) {
        last_on_one_foot.reset();
    } else {
        last_on_one_foot->told = account.rep;
        if (account.drop && !account.rise_looked_for)
            last_on_one_foot->log_evidence = account.drop->log_evidence;
        if (account.rise && !account.rise_looked_for && !reading.run_on) {
            last_on_one_foot->rise_before = account.rise->net_height();
            last_on_one_foot->rise_before_sd = account.rise->height_sd;
            last_on_one_foot->rose_from = account.rise_window + bins_in(account.rise->start);
            last_on_one_foot->sprang_up = account.sprang_up;
        }
    }
    out.push_back(account.rep);
}

void Tracker::Impl::learn_from(const Account& account, const RepMarks& marks, Outcome outcome, bool run_on) {
    const bool sure = !account.hint_of_hands && !account.drop_unseen;
    if (marks.one_foot && account.drop && sure)
        learn_gain(*account.drop);
    if (account.rise && account.drop && account.drop->height > 0.7 * account.rise->height) {
        if (account.light_hands && account.rep.drop_depth)
            usual_drop.add(account.rep.drop_depth->value);
        else if (!account.light_hands && !account.drop_unseen)
            usual_drop.add(account.drop->height);
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

void Tracker::Impl::learn_gain(const MovementFit& fit) {
    const double weight = follower.weight();
    gain = fit.gain;  // the fit already combined what was known with what it saw
    gain_sd = std::max(fit.gain_sd / weight, 0.001);
}

int Tracker::Impl::next_index() {
    first_from_the_top.reset();
    return ++reps;
}

void Tracker::Impl::note_company(Rep& rep) const {
    if (follower.second_person())
        rep.reasons.push_back(Reason::second_person);
}

void Tracker::Impl::never_returned(Rep& rep) {
    if (rep.verdict == Verdict::unjudged)
        return;
    rep.verdict = Verdict::fault;
    rep.faults.push_back(Fault::incomplete);
}

void Tracker::Impl::put_off_first(Account account, const RepMarks& marks) {
    note_company(account.rep);
    first_from_the_top = FromTheTop{std::move(account), clock(marks.end)};
}

void Tracker::Impl::tell_first_from_the_top(const Account& next, Seconds returned, std::vector<Output>& out) {
    auto first = std::exchange(first_from_the_top, std::nullopt);
    if (!first || !next.rise || !next.drop || returned - first->returned > most_between ||
        first->account.drop->height - 2.0 * first->account.drop->height_sd > most_of_usual * next.drop->height)
        return;
    judge(first->account, criteria);
    first->account.rep.index = next_index();
    out.push_back(std::move(first->account.rep));
}

bool Tracker::Impl::is_rest(const Account& a, const RepMarks& marks) const {
    return marks.on_two_feet() && last_on_one_foot && !last_on_one_foot->told &&
           last_on_one_foot->seen_rise_from == marks.rise_from && a.rise && a.drop &&
           a.drop->height > least_rest * a.rise->height;
}

bool Tracker::Impl::left_on_return(const RepMarks& marks) const {
    return last_on_one_foot && !last_on_one_foot->told && last_on_one_foot->marks.has_rise && marks.has_rise &&
           last_on_one_foot->seen_rise_from == marks.rise_from &&
           marks.end - last_on_one_foot->marks.end < bins_in(leaves_on_return);
}

}  // namespace heeldrop::motion
