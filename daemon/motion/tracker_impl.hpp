// The tracker's state and its parts' names. Private to tracker.hpp's library: tracker.cpp is the door,
// tracker_candidate.cpp decides what a candidate was, tracker_return.cpp what the return tells of the rep before.
#pragma once

#include <optional>
#include <vector>

#include "daemon/motion/account.hpp"
#include "daemon/motion/decision.hpp"
#include "daemon/motion/follower.hpp"
#include "daemon/motion/grid.hpp"
#include "daemon/motion/history.hpp"
#include "daemon/motion/learned.hpp"
#include "daemon/motion/tracker.hpp"

namespace heeldrop::motion {

/// The pads' difference before anything was learned: gains agree to some tenths of a percent (domain.md 2.3).
inline constexpr double unlearned_gain_sd = 0.008;

struct Tracker::Impl {
    Impl(const Criteria& c, Watched watched)
        : criteria(c), follower(history, c.second_person_load, watched == Watched::live) {}

    // tracker.cpp
    /// When a bin began; times within a long gap left out are not asked for.
    Seconds clock(BinIndex i) const;
    void take(std::vector<Output>& out);
    void report(const Noticed& n, std::vector<Output>& out);
    Knowledge knowledge() const;
    void teach_follower();
    Account account_of(const RepMarks& marks, const Knowledge& known) const;

    // tracker_candidate.cpp
    /// A candidate as its marks have it.
    struct Reading {
        RepMarks marks;
        Knowledge known;
        bool run_on;
        Account account;
        Outcome outcome;
    };
    Reading read(const RepMarks& marks, std::vector<Output>& out);
    /// What rose soon after a return may be its lift: the rise is one behind it then, on one leg perhaps.
    std::optional<RepMarks> with_rise_behind_lift(const Reading& seen) const;
    void candidate(const RepMarks& seen, std::vector<Output>& out);
    /// What an account that is told teaches of the person and the plate.
    void learn_from(const Account& account, const RepMarks& marks, Outcome outcome, bool run_on);
    /// Each one-foot stretch tells the pads' difference again: a running weighted mean.
    void learn_gain(const MovementFit& fit);
    /// Reps are told in the order of their drops: what was put off before this one is not told any more.
    int next_index();
    void note_company(Rep& rep) const;
    /// The whole drop counts, but between rise and return the plate was left.
    static void never_returned(Rep& rep);
    void put_off_first(Account account, const RepMarks& marks);
    /// A set that goes on began with the descent that was put off.
    void tell_first_from_the_top(const Account& next, Seconds returned, std::vector<Output>& out);
    /// Whether a descent on two feet may be the rest of one on one foot, of the same rise, that was too little to be
    /// told by itself.
    bool is_rest(const Account& a, const RepMarks& marks) const;
    bool left_on_return(const RepMarks& marks) const;

    // tracker_return.cpp
    /// Where the return ran into the rise, that lifts the body from as low as the drop before went.
    bool has_run_on(const RepMarks& marks, const Knowledge& known) const;
    /// By how much a return lifted the body tells how far the drop before it went below the step.
    void learn_from_last_return(BinIndex until, std::vector<Output>& out, bool sure = true);
    /// An unseen rise may be in what is taken for the lift: then nothing is told again.
    void learn_from_return_before(const RepMarks& next, std::vector<Output>& out);
    /// A return that runs into the next rise is no lift by itself: both together go as high as the rise before, as one
    /// who keeps to it does; so do, for whoever rests lower than before, the lift and the higher rise behind it.
    void learn_from_next_rise(const MovementFit& rise, bool run_on, std::vector<Output>& out);
    /// Metres that a return lifted the body by, their standard uncertainty as a lift's and as a part of that drop:
    /// those to come, and where `sure` that one, which is told again where it was told otherwise.
    void learn_lift(double height, double height_sd, double drop_sd, std::vector<Output>& out, bool sure);
    /// The body sank further after the foot's return: that belongs to the rep before, or the body squats.
    void sank(const Settled& settled, std::vector<Output>& out);
    /// The body sank further after the foot's return: the drop took back less than it seemed, or was one after all.
    bool account_again(const Settled& settled, std::vector<Output>& out);
    /// The next rise may follow at once, and spoils what is seen of the rest: then up to before it.
    bool account_again_by_rest(const RepMarks& rest, std::vector<Output>& out);
    /// A later account of what was told already.
    Rep revised(Account& account, const Rep& told) const;

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
        std::optional<Rep> told = std::nullopt;
        double rise_before = 0.0;                     ///< metres, where its own rise was seen and did not begin lower
        double rise_before_sd = 0.0;                  ///< what that is known to
        std::optional<double> lifted = std::nullopt;  ///< metres by its return, as far as it has told of it for sure
        bool taught = false;                          ///< what it tells of those to come
        bool return_seen = false;                     ///< and was asked
        BinIndex rose_from = 0;                       ///< by its account
        double sprang_up = 0.0;                       ///< metres
        std::optional<double> log_evidence = std::nullopt;  ///< of the drop that was told, by the marks' own rise
    };
    std::optional<OnOneFoot> last_on_one_foot;
    Usual slow_drops{0.15};  ///< log of seconds
    /// Millimetres a metre of rise: the pressure of both feet wanders by some 5 mm before it and after it.
    Usual usual_coupling{80.0};
    UsualShapes usual_shapes;
    double gain = 0.0, gain_sd = unlearned_gain_sd;
    bool second_person = false, plate_fault = false;
};

}  // namespace heeldrop::motion
