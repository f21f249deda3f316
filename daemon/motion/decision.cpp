#include "daemon/motion/decision.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::motion {
namespace {

/// 2 x log of the likelihood ratio asked of a descent. After a rise a descent is expected; out of nowhere it is not.
constexpr double evidence_after_rise = -6.0, evidence_after_found_rise = 10.0, evidence_on_two_feet = 20.0,
                 evidence_before_leaving = 20.0, evidence_in_a_set = 25.0, hidden_rise_and_drop = 12.0,
                 plain_hidden_rise = 28.0, evidence_from_the_top = 25.0, evidence_unforeseen = 40.0;
/// Times the expected sway: more is no stance that a descent out of nowhere could be told in.
constexpr double most_noise = 2.0;
/// And what leaves so much over is another movement, a squat or a jump.
constexpr double no_such_movement = 15.0, no_such_on_two_feet = 5.0;
/// Of body weight: the push of a descent that nobody saw coming. One foot's rest creeps and wanders by as much over
/// seconds (domain.md: 12 N/min, sway below 1 Hz), and a body that lifts a foot and puts it back makes as little. A
/// bell of way h in time T has 5.8 h / T^2.
constexpr double least_push = 0.003, bell_acceleration = 5.8;
/// Where a set may begin at the top: seconds for which whoever has lowered stands on that foot before the other comes
/// back. What lies at the very edge of a stance on one foot is the shift of the weight; in the midst of a long one,
/// arms or a cough. As sway can be taken for a part of it, it may seem to begin before the foot lifts.
constexpr double least_at_bottom = 0.7, most_at_bottom = 4.0;
/// Seconds from the lifting of a foot: a body that the shift of the weight brought up a little stands again.
constexpr double shift_ends = 0.3;
/// There a stance as quiet as is expected may show a gentle descent; one that leaves more over, a plain one.
constexpr double quiet = 1.6, restless = 3.0, gentle_push = 0.002, least_plain_height = 0.045;
/// Seconds: a rise; a stepping off; from the end of a rise to leaving the plate in a drop, and from the top. Of the
/// weight: what a rise leaves the load at rest as it was; and where a foot lifts as the rise ends, what may still
/// have to be braked; seconds from its end, at most.
constexpr double longest_rise = 8.0, longest_step_off = 1.0, longest_to_leave = 12.0, longest_to_leave_top = 6.0,
                 let_go = 0.005, let_go_alone = 0.01, lifts_while_rising = 0.3;
/// Of the weight, by which a load at rest is still the same on two feet.
constexpr double came_back = 0.025;
constexpr double least_height = 0.03, most_height = 0.20;  // metres: a rep's rise, design section 6
/// A thigh lifted to hip height brings the body's centre up 2 to 4 cm, arms overhead as much; a heel that rises alone,
/// or that comes down again on both feet, brings it up 5 cm and more.
constexpr double least_heel_height = 0.045;
/// Seconds from the beginning of a rise on one leg to the drop's end: a step in marching takes less, a rep never.
constexpr double least_alone_rep = 1.2;
/// Of the load, that went over within one "rise": the weight was shifted. A heel does not rise meanwhile.
constexpr double most_shifted = 0.5;
/// And less where the rise is not known to a tenth: a step in marching, where feet take turns, is not.
constexpr double most_shifted_if_vague = 0.3, vaguely_seen = 0.1;
/// 2 x log of the likelihood ratio of a rise on one leg, over 50 in all of 5000 simulated reps; what sway and small
/// bends of the knee make of a long stance has 21.
constexpr double plain_on_one_leg = 40.0;
/// Share of who stands on one foot and leans on nothing of the other.
constexpr double wholly_lifted = 0.97;
/// And of who rose with the other foot's help, but more by this one.
constexpr double mostly_on_one = 0.7;
/// Seconds: from the top to the lifting of the foot.
constexpr double longest_until_lifting = 10.0;
/// Seconds: a drop on two feet between two rises stands at one of its ends, for more than this.
constexpr double least_top = 0.3, least_end = 0.1;
/// Of the evidence for the rise: a drop as brisk as that has about as much.
constexpr double made_of = 0.3;
/// Of what its height and time would say beside its rise's: of 121 two-leg drops of simulated people none has less than
/// 0.23, what straightening up leaves over has 0.01.
constexpr double faint = 0.08;
/// Part of a rise's height: who knows it no better has seen hands, and the sooner where these come and go and nobody
/// saw it rise.
constexpr double barely_seen = 0.45, dimly_seen = 0.3;
/// The same of who never stood on one foot: on two a rise is known to a twentieth.
constexpr double seen_on_two_feet = 0.12;
/// Of a rise that only the pressure told: who came down by less only shifted.
constexpr double least_way_down = 0.3;
/// Seconds on one foot: in less nobody lowers slowly.
constexpr double least_alone_drop = 1.0;
/// Seconds: what hands and the returning foot do just before the return looks like a descent.
constexpr double stands_at_bottom = 0.4;

/// Whether it may be told of a rise and of what came of it that the person then left the plate. Whoever steps off
/// stands on one foot for a moment, too: only longer is a drop under way. And a load that stays another than before
/// was hands that let go, not a rise.
bool may_have_left(const RepMarks& marks, const History& history, const Knowledge& known) {
    const bool alone = marks.one_foot && marks.end - marks.alone_from > bins_in(longest_step_off);
    const bool lowering = alone || marks.descent_from;
    if (marks.rise_to - marks.rise_from > bins_in(longest_rise) ||
        marks.end - marks.rise_to > bins_in(lowering ? longest_to_leave : longest_to_leave_top))
        return false;
    const BinIndex after = std::min(marks.rise_to + bins_in(1.0), marks.end);
    const double level = history.mean_total(marks.rise_from - bins_in(0.6), marks.rise_from);
    const double then = history.mean_total(std::min(marks.rise_to + bins_in(0.2), after - 1), after);
    const bool while_rising = alone && marks.alone_from < marks.rise_to + bins_in(lifts_while_rising);
    return std::abs(then - level) < (while_rising ? let_go_alone : let_go) * known.system_weight;
}

/// Whoever lowers from a top that was held has shifted the load before.
bool begins_alone(const Account& a, const RepMarks& marks, double after) {
    return from_bin_zero(a.drop_window, a.drop->start) > static_cast<double>(marks.alone_from) * bin_seconds + after;
}

/// Seconds from the drop's end to the other foot's return.
double at_bottom(const Account& a, const RepMarks& marks) {
    return static_cast<double>(marks.end - a.drop_window) * bin_seconds - a.drop->end;
}

/// A gentle way up ends as a drop begins, and the next rise begins as a drop ends: what is between both from end to end
/// is made of these two.
bool fills_all_between(const Account& a, const RepMarks& marks) {
    const double at_top = static_cast<double>(a.drop_window - marks.top) * bin_seconds + a.drop->start;
    return at_top < least_top && at_bottom(a, marks) < least_end && a.drop->evidence < made_of * a.rise->evidence;
}

/// A movement's force is its height over its time squared, and what tells it from none goes with that squared, for that
/// time: far less than the rise's own says is no movement, but what a gentle way up leaves over.
bool too_faint(const MovementFit& drop, const MovementFit& rise) {
    const double as_brisk = std::pow(drop.height / rise.height, 2) * std::pow(rise.duration / drop.duration, 3);
    return drop.evidence < faint * as_brisk * rise.evidence;
}

/// Stands at the bottom on one foot, and not for long.
bool returns_from_bottom(const Account& a, const RepMarks& marks) {
    return at_bottom(a, marks) > least_at_bottom && at_bottom(a, marks) < most_at_bottom;
}

/// Of the weight: what a bell of that height and length pushes with.
double push_of(const MovementFit& drop, const Knowledge& known) {
    return bell_acceleration * drop.height / (drop.duration * drop.duration) / known.gravity;
}

/// What a set may begin with; another rep has to bear it out.
bool may_begin_a_set(const MovementFit& drop, const Knowledge& known) {
    const double push = push_of(drop, known), height = drop.height - drop.height_sd;
    if (drop.noise < quiet)
        return push > gentle_push && height > least_height;
    return drop.noise < restless && push > least_push && height > least_plain_height;
}

/// A descent without a rise: a set that began at the top, or hands that took load as the body rose hid it.
Outcome out_of_nowhere(const Account& a, const RepMarks& marks, const Knowledge& known) {
    if (marks.has_rise || marks.left_plate || !a.drop || a.hands_unsteady || a.rose_after > 0.0)
        return Outcome::nothing;
    const MovementFit& drop = *a.drop;
    if (!a.drop_over || drop.height < least_heel_height || drop.height > most_height + 0.04)
        return Outcome::nothing;
    const bool in_a_set = known.usual_drop > 0.0, with_hands = a.least_load < 0.96;
    const double evidence = with_hands ? evidence_with_hands : in_a_set ? evidence_in_a_set : evidence_unforeseen;
    const bool as_expected =
        in_a_set ? drop.height < most_of_usual * known.usual_drop : push_of(drop, known) > least_push;
    if (as_expected && begins_alone(a, marks, in_a_set ? 0.0 : shift_ends) &&
        drop.noise < (in_a_set ? restless : most_noise) && drop.evidence > evidence &&
        drop.height - 2 * drop.height_sd > least_height)
        return Outcome::rep;
    const bool may_be_first = !in_a_set && !with_hands && marks.from_the_top;
    return may_be_first && returns_from_bottom(a, marks) && drop.evidence > evidence_from_the_top &&
                   may_begin_a_set(drop, known)
               ? Outcome::perhaps
               : Outcome::nothing;
}

/// Soon after its rise, and as the other foot is off: hands do as much between reps.
bool lies_on_one_foot(const Account& a, const RepMarks& marks) {
    const double lifted = static_cast<double>(marks.alone_from) * bin_seconds;
    const double begins = from_bin_zero(a.drop_window, a.drop->start);
    const double up = from_bin_zero(a.rise_window, a.rise->end);
    return begins > lifted - lifting_seconds && lifted - up < longest_until_lifting;
}

/// A rise told by the pressure may be a leaning forward: the other foot must be wholly lifted, and either the descent
/// shows, too, or the rise was plain.
bool borne_out(const Account& a, const RepMarks& marks) {
    const MovementFit& drop = *a.drop;
    return !impossible(drop) && drop.height > least_way_down * a.rise->height &&
           at_bottom(a, marks) > stands_at_bottom && a.rep.working_share_drop &&
           a.rep.working_share_drop->value > wholly_lifted && drop.evidence > 0.0 &&
           (a.rise->evidence > plain_hidden_rise || drop.evidence + a.rise->evidence > hidden_rise_and_drop);
}

/// A body that has lowered on two feet and stands weighs what it did before it rose; hands that took load do not
/// say so.
bool load_came_back(const RepMarks& marks, const History& history, const Knowledge& known) {
    const double before = history.mean_total(marks.rise_from - bins_in(0.5), marks.rise_from);
    const double after = history.mean_total(marks.end - bins_in(0.3), marks.end);
    return std::abs(after - before) < came_back * known.system_weight;
}

}  // namespace

bool no_heel_rose(const Account& a) {
    const bool vague = a.rise->height_sd > vaguely_seen * a.rise->height;
    if (a.sank_before > 0.0 || a.rise_shift > (vague ? most_shifted_if_vague : most_shifted))
        return true;
    const bool two_leg_drop = a.rep.working_share_drop && a.rep.working_share_drop->value < wholly_on_one;
    const bool alone = a.rise_share > wholly_on_one;
    if ((alone || two_leg_drop) && a.rise->net_height() < least_heel_height)
        return true;
    // A way up from a squat may have taken the end of the way down for its own beginning.
    if (alone && a.rise->height - 2.0 * a.rise->height_sd > most_of_anybody)
        return true;
    if (alone && a.drop && 0.5 * (a.rise->height + a.drop->height) < least_heel_height)
        return true;
    const double from = from_bin_zero(a.rise_window, a.rise->start);
    return alone && a.drop && from_bin_zero(a.drop_window, a.drop->end) - from < least_alone_rep;
}

bool impossible(const MovementFit& drop) {
    return drop.height >= beyond_any_drop;
}

Outcome decide(const Account& a, const RepMarks& marks, const History& history, const Knowledge& known) {
    if (!a.rise)
        return out_of_nowhere(a, marks, known);
    // From a step the heel may go as far below as it came above.
    const double went = marks.one_foot && marks.returned && a.drop
                            ? std::max(a.rise->height, 0.5 * (a.rise->height + a.drop->height))
                            : a.rise->height;
    if (went < least_height - 2 * a.rise->height_sd || a.rise->height > most_height + 0.04)
        return Outcome::nothing;
    if (no_heel_rose(a) ||
        a.rise->height_sd > (marks.one_foot || marks.left_plate ? barely_seen : seen_on_two_feet) * a.rise->height)
        return Outcome::nothing;
    // A stance on one leg sways and creeps by as much.
    if (a.rise_share > wholly_on_one && a.rise->evidence < plain_on_one_leg)
        return Outcome::nothing;
    if (marks.left_plate && !may_have_left(marks, history, known))
        return Outcome::nothing;
    // Who rose on one leg and goes over to the other has not lowered on it: the rise stands.
    if (!marks.left_plate && a.rise_share > wholly_on_one && a.drop && !a.drop_over)
        return Outcome::nothing;
    if (marks.one_foot && marks.returned && a.rise_share > mostly_on_one && a.drop && !a.drop_over &&
        a.drop->evidence < evidence_on_two_feet)
        return Outcome::nothing;
    // Nor has who only swayed over to one foot for a moment, but in a fall.
    if (marks.one_foot && marks.returned && marks.end - marks.alone_from < bins_in(least_alone_drop) && a.drop &&
        !a.drop_over && a.drop->evidence < evidence_on_two_feet)
        return Outcome::nothing;
    // On two feet a descent may go on after a pause, until it is settled.
    const bool part = a.drop && a.drop->height < 0.5 * a.rise->height;
    const double enough = marks.left_plate ? 0.75 : marks.one_foot ? 0.12 : marks.settled ? 0.3 : 0.75;
    // Who rose on two feet and then stood on one lowered on it; after a rise on one leg that is not said.
    const bool said = !a.rise_looked_for && !part && a.rise_share < wholly_on_one;
    const double evidence = marks.left_plate     ? evidence_before_leaving
                            : !marks.one_foot    ? evidence_on_two_feet
                            : a.rise_by_pressure ? evidence_with_hands
                            : said               ? evidence_after_rise
                                                 : evidence_after_found_rise;
    if (marks.on_two_feet() && !load_came_back(marks, history, known))
        return Outcome::nothing;
    // What was looked for and came down much further than it ever does was hands.
    const double usual = known.usual_drop > 0.0 ? most_of_usual * known.usual_drop : most_of_anybody;
    if (a.rise_looked_for && a.drop && marks.one_foot && !a.hint_of_hands && a.drop->height - a.drop->height_sd > usual)
        return Outcome::nothing;
    if (a.hands_unsteady && a.rise_looked_for && !a.rise_by_pressure && a.rise->height_sd > dimly_seen * a.rise->height)
        return Outcome::nothing;
    // The rise and the stance on one foot are beyond doubt, and hands hide the rest.
    if (a.hands_unsteady && a.drop)
        return (a.rise_by_pressure ? borne_out(a, marks) : a.drop_over && lies_on_one_foot(a, marks))
                   ? Outcome::rep
                   : Outcome::nothing;
    // Who leaves has not come down for sure.
    const double surely = a.drop ? a.drop->height - (marks.left_plate ? a.drop->height_sd : 0.0) : 0.0;
    const bool came_down = a.drop && surely > std::max(0.012, enough * a.rise->height) && !impossible(*a.drop) &&
                           a.drop->evidence > evidence &&
                           a.drop->noise < (marks.one_foot ? no_such_movement : no_such_on_two_feet);
    if (!marks.one_foot && a.drop && (too_faint(*a.drop, *a.rise) || (marks.settled && fills_all_between(a, marks))))
        return Outcome::nothing;
    if (came_down && (a.drop_over || !marks.left_plate) && (!marks.left_plate || marks.one_foot || marks.descent_from))
        return Outcome::rep;
    return marks.left_plate ? Outcome::incomplete : Outcome::nothing;
}

}  // namespace heeldrop::motion
