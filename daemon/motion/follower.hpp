// Walks the bins as they come and says what the person is doing: presence, weight at rest, phases, and where a rep
// lies. Causal and cheap; a finished rep's numbers come from account.hpp. Knows nothing of verdicts.
#pragma once

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include "daemon/motion/account.hpp"
#include "daemon/motion/history.hpp"
#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

/// After the other foot had come back, the body sank further on both: what the one foot left undone.
struct Settled {
    BinIndex from, to;
};

/// What the follower learned at one bin, in order. Times are bins.
struct Noticed {
    BinIndex at;
    std::variant<EventKind, Phase, RepMarks, Settled, Newtons> what;  ///< Newtons: weighed in
};

class Follower {
 public:
    /// A load above `second_person_load` of the reference is more than one person's. If it is not `watched`, how a
    /// descent on one foot goes on is not asked.
    Follower(History& history, Fraction second_person_load, bool watched)
        : history_(history), second_person_part_(second_person_load.value), watched_(watched) {}

    /// Looks at bin i, the newest in the history; sets its rest and speed.
    void step(BinIndex i);
    /// What step() noticed since the last call.
    std::vector<Noticed> take_noticed();
    /// Nothing more comes: who stands on one foot after a rise leaves the rep as if by leaving the plate.
    void finish();
    /// The account of the last candidate: was it a rep, and if not, was its rise none, such as a squat's way up?
    /// Decides which level the body is on from here. `over`: where the rep was over, if something else went on behind
    /// it: then that is followed from there.
    void settle_candidate(bool was_rep, bool no_rise, std::optional<BinIndex> over = std::nullopt);
    /// What sank was not left undone by the drop before: so far below where it stood the body is now, in a squat
    /// perhaps.
    void settle_sinking(double metres);
    /// What a finished rep's account has taught: the pads' difference, and how long this person's slow drops last.
    void learn(const Knowledge& known) {
        gain_ = known.gain;
        gain_sd_ = known.gain_sd;
        further_ = known.further;
        further_sd_ = known.further_sd;
        usual_log_duration_ = known.usual_log_duration;
        usual_log_duration_sd_ = known.usual_log_duration_sd;
    }

    Phase phase() const { return phase_; }
    BinIndex phase_start() const { return phase_start_; }
    std::optional<Side> standing_leg() const { return one_foot_; }
    bool weighed() const { return weight_ > 0.0; }
    double weight() const { return weight_; }
    double reference() const { return reference_; }
    bool second_person() const { return second_person_; }
    /// On two feet, not at a top, and moves neither up nor down.
    bool stands() const { return level_ != Level::up && moving_ == Moving::no && !one_foot_; }
    /// m/s up.
    double speed() const { return now_ ? -now_->speed : speed_; }
    /// Metres below the top.
    double sunk() const { return now_ ? now_->height : level_ == Level::up ? std::max(0.0, -height_) : 0.0; }

 private:
    static constexpr BinIndex never = 1000000000;
    enum class Level { unknown, low, up };
    enum class Moving { no, up, down };

    void presence(BinIndex i);
    void usability(BinIndex i);
    void weigh(BinIndex i);
    void overload(BinIndex i);
    bool upset(BinIndex i);
    void support(BinIndex i);
    struct Means {
        double least, most, mean;  ///< newtons
    };
    std::optional<Means> last_means(BinIndex i, BinIndex count, BinIndex group) const;
    double waver(BinIndex i) const;
    bool level_beside_rest(BinIndex i) const;
    bool steady_at_speed(BinIndex i) const;
    void kinematics(BinIndex i);
    void anchor(BinIndex i);
    void movement(BinIndex i);
    struct SlowMovement {
        double height;
        BinIndex from;
    };
    std::optional<SlowMovement> slow_movement(BinIndex i, BinIndex earliest, double direction, bool speed_known) const;
    void look_back(BinIndex i);
    void look_back_for_rise(BinIndex i, bool speed_known);
    double enough_descent() const;
    void see_lowering(BinIndex i, double height, BinIndex from);
    bool lowering_due(BinIndex i) const;
    void put_lowering_forward(BinIndex bottom, bool over = false);
    void see_sinking(BinIndex i);
    void suspect_rise(BinIndex i);
    void stopped_from_below(BinIndex i, bool anchored);
    void stopped_from_the_top(BinIndex i, bool anchored);
    void begin_rep(BinIndex i);
    void new_level();
    void watch_descent(BinIndex i);
    void show_phase(BinIndex i);
    void place_rise(BinIndex i);
    void place_drop(BinIndex i);
    BinIndex bin_at(double t) const { return std::clamp(bins_in(t), history_.begin(), history_.end() - 1); }
    Knowledge knowledge() const;
    std::optional<BinIndex> transfer_began(BinIndex i) const;

    void forget_movement();
    /// A phase that goes on is told again where its beginning is now known to lie so much elsewhere. None begins before
    /// the one before it.
    void set_phase(Phase phase, BinIndex at, BinIndex corrected_by = never);
    void notice(BinIndex at, std::variant<EventKind, Phase, RepMarks, Settled, Newtons> what) {
        noticed_.push_back({at, what});
    }
    void propose(BinIndex end, bool returned, bool left_plate);
    double recent_mean(BinIndex i, BinIndex n) const { return history_.mean_total(i + 1 - n, i + 1); }
    bool flat(BinIndex i) const;

    History& history_;
    const double second_person_part_;
    const bool watched_;
    std::vector<Noticed> noticed_;

    bool present_ = false;
    BinIndex presence_doubt_ = 0;  ///< bins for which the load has contradicted present_
    bool gap_ = false, saturated_ = false;
    BinIndex unusable_bins_ = 0;
    bool forgot_under_way_ = false;  ///< since the last usable bin

    double weight_ = 0.0;          ///< newtons; 0 until weighed in
    double reference_ = 0.0;       ///< follows quiet stances, at most 15 N/min
    double may_have_crept_ = 0.0;  ///< newtons since reference_ last followed
    double rest_ = 0.0;            ///< the load at rest just now, at rest_share_
    double rest_share_ = 0.5;
    double standing_share_ = 0.5;  ///< left share at rest on two feet, following slowly
    double gain_ = 0.0, gain_sd_ = 0.0;
    double usual_log_duration_ = 0.0, usual_log_duration_sd_ = 0.0;
    double further_ = Knowledge{}.further, further_sd_ = Knowledge{}.further_sd;
    double calm_ = 0.0;     ///< newtons: how far the load wavers in quiet stance
    BinIndex anchor_ = 0;   ///< when the body last stood still for certain
    double fastest_ = 0.0;  ///< m/s, since then
    bool had_rep_ = false;
    BinIndex quiet_bins_ = 0;
    BinIndex over_bins_ = 0, under_bins_ = 0;
    bool second_person_ = false;
    BinIndex heavy_or_light_ = 0;

    double share_ = 0.5;  ///< left share of the last bin
    std::optional<Side> one_foot_;
    BinIndex back_bins_ = 0;

    double speed_ = 0.0;   ///< m/s up
    double height_ = 0.0;  ///< metres up since the last known level
    double lowest_ = 0.0;  ///< that at its least
    Level level_ = Level::unknown;
    bool ready_ = false;  ///< has stood quietly since the last upset
    bool fresh_ = true;   ///< nothing has moved yet since stepping on: the top may be where the person stands
    double below_ = 0.0;  ///< metres sunk below heels-low: a squat under way
    BinIndex floor_ = 0;
    BinIndex came_back_ = -1000000;
    BinIndex rep_ended_ = -1000000;  ///< when a foot came back and ended a rep, or what might have been one
    struct Sinking {
        BinIndex to;
        double height;
    };
    std::optional<Sinking> sinking_;  ///< soon after that, and standing still since

    Moving moving_ = Moving::no;
    BinIndex still_ = 0;                  ///< the last bin at which the body stood still, before the movement
    std::optional<BinIndex> moved_from_;  ///< where the movement since the last known level began
    BinIndex up_from_ = 0;                ///< where it last began to go up
    double fastest_up_ = 0.0;
    BinIndex fast_up_bins_ = 0;  ///< on the way up now: how many of them clearly faster than one foot's sway

    RepMarks marks_;  ///< of the rep that a rise began
    double rise_height_ = 0.0;
    /// Something went up from the top, which may be a descent's end whose beginning went unseen.
    struct Suspect {
        BinIndex from, to;
        double height;
    };
    std::optional<Suspect> suspect_;
    bool next_has_begun_ = false;  ///< the rep put forward last is no longer marks_'
    bool tentative_ = false;       ///< the rise was only seen by looking back: a plain one replaces it
    BinIndex look_from_ = 0;       ///< looking back ends here: before was a squat
    struct Lowering {
        double height;        ///< metres so far
        BinIndex from, last;  ///< where it began; where it was last seen to have gone on
        BinIndex asked;       ///< when it was last put forward
    };
    std::optional<Lowering> lowering_;  ///< on two feet, perhaps not over yet
    bool down_seen_ = false;            ///< the running estimate has seen the descent end
    BinIndex bottom_ = 0;
    BinIndex top_shown_ = 0;     ///< when the rise was over, as known best
    BinIndex top_settled_ = -1;  ///< until here a rise's end may still be ringing in speed_

    std::optional<MovementNow> now_;  ///< of a descent on one foot, while it may be going on
    BinIndex now_from_ = 0;           ///< the bin that now_'s times count from
    std::optional<Span> drop_;        ///< that descent, once it seemed to be over: from a close look
    BinIndex drop_asked_ = 0;         ///< when that was
    BinIndex alone_from_ = 0;         ///< when the other foot lifted

    Phase phase_ = Phase::empty;
    BinIndex phase_start_ = 0, phase_before_start_ = 0;
};

}  // namespace heeldrop::motion
