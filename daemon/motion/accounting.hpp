// The steps from a rep's marks to its account, and what they hand on to each other. Private to account.hpp's library.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/motion/account.hpp"

namespace heeldrop::motion {

/// 2 x log likelihood ratio of a movement that nobody expected.
inline constexpr double clear_evidence = 40.0;

/// The load at rest before a rise and on one foot after it differ by more only where hands took or gave some; while
/// they do, the load says nothing of the body.
inline constexpr double hands_part = 0.025;
/// What hands that come and go take or give, of the weight, about.
inline constexpr double unsteady_hands = 0.04;

/// One candidate's account in the making: made anew for each, run once.
class Accounting {
 public:
    Accounting(const History& history, double origin, const RepMarks& marks, const Knowledge& known,
               const Criteria& criteria)
        : history_(history), origin_(origin), marks_(marks), known_(known), criteria_(criteria) {}
    Account run();
    std::optional<Span> run_rise();
    std::optional<Span> run_drop();

 private:
    Seconds clock(double from_bin_zero) const { return Seconds{origin_ + from_bin_zero}; }
    double seconds(BinIndex i) const { return static_cast<double>(i) * bin_seconds; }
    double rest_at(BinIndex i) const { return history_[std::clamp(i, history_.begin(), history_.end() - 1)].rest; }
    /// Who stands still at both ends of a stance on one foot weighs, in between, what the mean is.
    double load_on_one_foot() const {
        return history_.mean_total(marks_.alone_from + bins_in(0.2), marks_.end - bins_in(0.1));
    }
    void reason(Reason r) { out_.rep.reasons.push_back(r); }

    struct HandsChange {
        BinIndex at;
        double by;          ///< newtons
        BinIndex from, to;  ///< what lies between says nothing of the body
    };

    // account_rise.cpp
    void find_rise();
    void find_rise_by_force();
    bool as_usual() const;
    bool find_rise_from(BinIndex from);
    bool find_rise_within(BinIndex from, BinIndex to);
    BinIndex shift_began(BinIndex from) const;
    void mark_rise(const MovementFit& rise, BinIndex from, BinIndex to);
    void tell_rise();
    void forget_rise();
    void fit_seen_rise();
    void find_hidden_rise();
    void fit_rise();
    bool fit_rise_as_marked();

    std::optional<double> pressure_went(std::optional<Side> foot) const;

    // account_drop.cpp
    void fit_drop();
    void ask_pressure(Stretch& stretch, BinIndex from) const;
    double rise_rest() const;
    std::optional<std::pair<double, double>> height_undone(BinIndex drop_from) const;
    double share_alone(BinIndex i) const;
    BinIndex before_return(BinIndex from, BinIndex to) const;
    bool is_lifted(const MovementWindow& w, BinIndex from, std::size_t end) const;
    void expect_on_one_foot(MovementWindow& w, BinIndex from, BinIndex to) const;
    static bool rather_rises(MovementWindow w);
    bool mostly_unusable(BinIndex from, BinIndex to) const;
    void look_behind_bob(Stretch& stretch);
    void take_out_rise(Stretch& stretch, BinIndex from);

    // account_quick.cpp
    void sharpen_if_quick(const MovementWindow& w, BinIndex window_from);
    void expect_hidden(MovementFit& drop, const MovementWindow& w) const;

    // account_hands.cpp
    bool hands_changed(BinIndex from) const;
    bool find_rise_with_hands();
    bool hands_in_rise() const;
    std::optional<HandsChange> hands_between(BinIndex from) const;
    void hands_after_rise();
    static void take_out(const HandsChange& hands, Stretch& stretch, BinIndex from);
    void expect_unsteady_hands(MovementWindow& w, bool ask_anyway);
    std::optional<MovementFit> with_light_hands(const MovementWindow& w, BinIndex from);
    void hands();

    // account_rebound.cpp
    void find_rebound(MovementWindow& w, BinIndex from);
    double rest_alone(const MovementWindow& w, std::size_t alone_from) const;

    // account_squat.cpp
    void squat();
    double way_down_before_rise() const;
    double way_up_after_drop() const;
    double way(BinIndex from, BinIndex to, int direction, double rest, double height, double pause) const;

    // account_measures.cpp
    void which_leg();
    void forces();
    void transfer_and_return();
    void bounce();
    void what_was_missing();

    const History& history_;
    double origin_;
    RepMarks marks_;
    const Knowledge& known_;
    const Criteria& criteria_;
    Account out_;
    struct Rebound {
        double at, speed;  ///< seconds from bin 0, m/s up
        double height;     ///< metres up that are left when it is over
        double over;       ///< seconds from bin 0: when the body stands again
    };
    std::optional<Rebound> rebound_;
    std::optional<HandsChange> hands_;        ///< before the rise
    std::optional<HandsChange> hands_later_;  ///< after it
    double hands_unsteady_ = 0.0;             ///< newtons that they change by while the body stands on one foot
    std::vector<double> noise_without_rebound_;
    Side working_ = Side::left;
    std::optional<double> rise_start_, rise_end_;  // seconds from bin 0
    double drop_start_ = 0.0, drop_end_ = 0.0;
};

}  // namespace heeldrop::motion
