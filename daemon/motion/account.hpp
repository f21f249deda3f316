// The final account of one rep: both movements fitted, the transfer, shares and forces measured, from recorded bins.
// Pure; it is told where to look and finds the numbers. Judging them is judge.hpp's.
#pragma once

#include <algorithm>
#include <optional>

#include "daemon/motion/history.hpp"
#include "daemon/motion/movement.hpp"
#include "daemon/motion/rep.hpp"
#include "daemon/motion/stretch.hpp"

namespace heeldrop::motion {

/// As a foot lifts: so many seconds before the load shifts.
inline constexpr double lifting_seconds = 1.0;

/// 2 x log of the likelihood ratio asked of a descent without a rise, at the least: where hands hide what else is
/// asked.
inline constexpr double evidence_with_hands = 20.0;

/// Where the follower saw the rep happen.
struct RepMarks {
    BinIndex floor = 0;  ///< nothing before this belongs to the rep
    bool has_rise = false;
    /// If the rise was not seen, or nothing comes of it: where one may be looked for, up to the end.
    std::optional<BinIndex> look_for_rise_from;
    bool from_the_top = false;             ///< the set may have begun at the top, without a rise
    BinIndex alone_from = 0;               ///< when the other foot lifted
    BinIndex rise_from = 0, rise_to = 0;   ///< roughly
    BinIndex top = 0;                      ///< the rise is over, or the top was held: the descent lies behind this
    std::optional<BinIndex> descent_from;  ///< where the follower saw a descent on two feet begin, roughly
    BinIndex descent_to = 0;               ///< and where it last saw it go on
    /// What the body sank on two feet after the foot's return: [from, to).
    std::optional<std::pair<BinIndex, BinIndex>> undone;
    bool settled = false;          ///< nothing more of it has come for long: it is over, however shallow
    BinIndex end = 0;              ///< the other foot is back, the descent on two feet is over, or the load went away
    bool returned = false;         ///< the other foot took load again
    std::optional<Side> one_foot;  ///< the leg that stood alone in between
    bool left_plate = false;

    bool on_two_feet() const { return !one_foot && !left_plate; }
};

/// Everything measured of one candidate.
struct Account {
    std::optional<MovementFit> rise, drop;  ///< times from their windows' first bins
    BinIndex rise_window = 0, drop_window = 0;
    Rep rep;  ///< measured fields only; index, verdict and faults still open
    /// Metres and their standard deviation: how far the drop was expected to go, where its rise alone says so.
    std::optional<std::pair<double, double>> drop_expected;
    double bounce_speed = 0.0;       ///< m/s: the quickest rebound soon after the bottom, 0 if none
    double sprang_up = 0.0;          ///< metres that a rebound left the body higher by
    double least_load = 1.0;         ///< of the reference: the least 0.5 s mean once the fitted movements are taken out
    bool rise_looked_for = false;    ///< the rise was not the marks' own
    bool rise_by_pressure = false;   ///< force alone does not tell it: hands
    bool hands_unsteady = false;     ///< hands took or gave load during the descent: force tells little of its times
    bool light_hands = false;        ///< fingertips took and gave a little: the rep's numbers are not the drop's own
    bool hint_of_hands = false;      ///< they may have: what it came down by is not sure
    double sank_before = 0.0;        ///< metres down on the same feet just before the rise, 0 where that is not clear
    double rose_after = 0.0;         ///< metres up again after a drop without rise, the same; a quick rebound is none
    double rise_share = 0.5;         ///< of the fuller leg in the rise
    std::optional<double> coupling;  ///< millimetres that the pressure of both feet went to the toes, a metre of rise
    double rise_shift = 0.0;         ///< of the load, that went from leg to leg within the rise, but for its end
    double sank_after = 0.0;   ///< metres that the drop left of the rise, lowered on two feet after the return; or 0
    bool drop_unseen = false;  ///< most of where it must lie was not usable: `drop` is only what was expected
    bool drop_over = false;    ///< the body stood at the bottom before the marks' end
};

/// Seconds from bin 0 of a fit's own seconds.
inline double from_bin_zero(BinIndex window, double seconds) {
    return static_cast<double>(window) * bin_seconds + seconds;
}

/// Metres: a rise as far as anybody's may go, as what is expected of the drop behind it.
inline double counted_rise(const MovementFit& rise) {
    return std::clamp(rise.net_height(), 0.03, 0.2);
}

/// What was fitted is no descent of this body, or nothing of it was seen: its figures are absent.
void forget_descent(Rep& rep);

/// `origin` is when bin 0 would have begun by the clock that runs at the rep.
Account account_for(const History& history, double origin, const RepMarks& marks, const Knowledge& known,
                    const Criteria& criteria);

/// Begin and end of a movement, seconds from bin 0.
struct Span {
    double from, to;
};
/// The marks' rise, and their descent on one foot, as the account of a rep that ends at `marks.end` finds them.
std::optional<Span> rise_of(const History& history, const RepMarks& marks, const Knowledge& known);
std::optional<Span> drop_of(const History& history, const RepMarks& marks, const Knowledge& known);
/// Metres by which the return of a rep on one foot, long over, lifted the body, or below 0, by which the body sank on
/// two feet with it, as the drop had left that undone; and their standard uncertainty. None where that is not clear,
/// the body does not stand as before the rise, or that is forgotten. `until`: where the next movement may begin.
std::optional<std::pair<double, double>> lift_of(const History& history, const RepMarks& marks, const Knowledge& known,
                                                 BinIndex until);
/// Metres that the body clearly sank on two feet over [from, to), at whose end it stands, or 0.
double sank_within(const History& history, BinIndex from, BinIndex to, const Knowledge& known);

}  // namespace heeldrop::motion
