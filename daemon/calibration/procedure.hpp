// A calibration's steps as a state machine on sample time: samples and an operator's words in; what to do next, what it
// waits for, and in the end the observations out. It must not know sockets, clocks, files, or what the readings mean.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>

#include "calibration/lib/plan.hpp"
#include "daemon/calibration/stillness.hpp"

namespace heeldrop::calibration {

/// Why something cannot be done now: a code of PROTOCOL.md and a sentence for people.
struct Objection {
    std::string code, message;
};

/// Each step goes through these in order, as far as it has them.
enum class Waiting {
    load,   ///< for the load of this step to be put on (or taken off), and the operator's word that it is
    mass,   ///< for the person's mass
    still,  ///< for what stands there to be still for a whole window: that window is the reading
    time,   ///< for time to pass: warm-up, preload, an empty plate's rest, a hold
};
std::string_view name_of(Waiting);

enum class ProcedureState { running, paused, complete, cancelled, broken };
std::string_view name_of(ProcedureState);

struct Progress {
    ProcedureState state = ProcedureState::running;
    std::string reason;    ///< why it is paused or broken
    std::size_t step = 0;  ///< of the plan, from 0; the number of steps once complete
    std::size_t done = 0;  ///< steps that are
    Waiting waiting = Waiting::load;
    Seconds remaining;    ///< until what `waiting` waits for is there, if all goes well; 0 for load and mass
    Stability stability;  ///< its reading is left out
    std::string trouble;  ///< what keeps it from going on, and what to do; empty where nothing does
    bool may_skip = false;
    std::optional<Kilograms> mass;  ///< of this step, a person's as it was told
    /// By nominal gains, above the last reading of the empty plate (before the first: above the first second).
    std::array<Newtons, max_cells> cells{};
    Newtons left, right;
};

/// Not thread-safe. Samples may come in pieces of any size: the same samples and words in the same order give the same
/// progress and observations.
///
/// Going back: a stretch is what is put on between two readings of the empty plate. A step of the series is read again
/// with all that follows it in its series; any other by itself. In an earlier stretch the empty plate is read again
/// before and after it (the older readings of it stay), a series from its beginning; a series under way begins again.
/// Then it goes on at the first step that is not done.
class Procedure {
 public:
    /// `unattended`: a load's arrival (or its being gone) stands for the operator's word. It has arrived when the cells
    /// are within half of the change that is expected of them; or when something else has been still for 30 s, as a
    /// cell may be dead, swapped or inverted, which the checks will name. Throws std::invalid_argument where a plan
    /// cannot be done unattended: a person's mass is not in it.
    Procedure(std::vector<Cell> cells, Plan plan, MetresPerSecond2 station_gravity, bool unattended);

    /// Time must increase. Ignored once it is over. Also takes up a paused one.
    void push(const TimedReading& sample);
    /// No samples come for now: the plate was unplugged.
    void pause(std::string why);

    /// The load of this step is on (or off): read it. Where nothing has changed on the plate by the time it would be
    /// read, the word is asked for again; given again, it is read as it is, as a cell may be dead.
    std::optional<Objection> next();
    /// Of a step that is done, or the one under way; of a complete one too, which then goes on with the next sample.
    std::optional<Objection> redo(std::size_t step);
    /// Ends a warm-up, or a hold of at least 5 min; leaves out what the plan calls optional.
    std::optional<Objection> skip();
    /// Of what bears on the plate in this step, the person or the weights; in place of what the plan says.
    std::optional<Objection> tell_mass(Kilograms mass);
    /// At any step; the observations are gone.
    void cancel();

    const Plan& plan() const noexcept { return plan_; }
    const std::vector<Cell>& cells() const noexcept { return cells_; }
    bool unattended() const noexcept { return unattended_; }
    const Progress& progress() const noexcept { return progress_; }
    bool over() const noexcept;
    bool done(std::size_t step) const { return done_[step]; }
    /// How long the plate was left to warm up.
    Seconds warmed_up() const noexcept { return warm_; }
    /// The cell without a valid sample for a minute, of a broken one.
    std::optional<std::size_t> silent_cell() const noexcept { return silent_cell_; }

    /// Everything read so far, in the order that Observations wants; whole once complete. Each step that is done has
    /// given exactly one placement, hold or person, or at least one empty reading.
    Observations observations() const;

    static constexpr Seconds settling{3.0};      ///< after the word, before a reading may begin
    static constexpr Seconds hold_every{60.0};   ///< from one reading of a hold to the next
    static constexpr Seconds silent_after{60.0};

 private:
    struct Empty {
        std::size_t step;
        std::size_t loads_before;  ///< how many readings of loads had been taken
        MeanReading reading;
    };
    using Taken = std::variant<Placement, Hold, SpotCheck>;

    const Step& step() const { return plan_.steps[progress_.step]; }
    std::optional<Kilograms> mass_of(std::size_t step) const;
    Newtons weight(std::size_t step) const;
    std::array<double, max_cells> expected(std::size_t step) const;
    /// Of all cells since the last step, newtons: what is expected, what came, how far those lie apart, and how far
    /// what stands there lies from what should, whatever stood there before.
    struct Change {
        double wanted = 0.0, got = 0.0, apart = 0.0, off = 0.0;
    };
    Change change_from_rest() const;
    /// Counts of the last empty reading; before the first, of the beginning: the first sample, or the warm-up's end.
    const std::array<double, max_cells>& last_zero() const;
    bool nothing_came() const;
    void doubt();
    void say_doubt();
    bool is_series(std::size_t step) const;
    std::pair<std::size_t, std::size_t> stretch_of(std::size_t step) const;
    void forget_series(std::size_t from, std::size_t to);

    void count_in(const TimedReading& sample);
    void tick(Seconds t);
    void find_silent_cell(Seconds t);
    void show();
    void begin_step();
    void go_on();
    void finish_step();
    void give_word(Seconds t);
    bool arrived(Seconds t);
    void pass_time(Seconds t);
    void read_if_still(Seconds t);
    void take(const MeanReading& reading);
    void go_on_holding(Seconds t);
    bool stands_empty(Seconds t);

    std::vector<Cell> cells_;
    Plan plan_;
    MetresPerSecond2 gravity_;
    bool unattended_;
    Progress progress_;

    std::vector<bool> done_;
    std::vector<Empty> empties_;
    std::map<std::size_t, Taken> taken_;
    std::map<std::size_t, Kilograms> told_;
    std::size_t loads_taken_ = 0;

    Stillness stillness_;
    std::optional<Seconds> last_;
    double last_tick_ = -1.0;
    Seconds warm_;                         ///< with samples only
    std::optional<Seconds> given_;         ///< when the word of this step was
    Seconds since_;                        ///< what time passes from: the word, or when the plate came to be empty
    bool doubted_ = false;                 ///< the word of this step was given, and nothing had come
    std::optional<Seconds> partly_since_;  ///< less than was expected has been still since
    Hold hold_;
    /// Counts at the end of the last step, and which one that was: to see what arrives.
    std::optional<std::array<double, max_cells>> rest_;
    std::optional<std::size_t> rest_step_;
    std::array<double, max_cells> start_{};
    std::array<double, max_cells> now_{};  ///< counts, over the last quarter of a second
    std::array<double, max_cells> sum_{};
    std::array<std::size_t, max_cells> summed_{};
    std::array<Seconds, max_cells> valid_at_{};
    std::optional<std::size_t> silent_cell_;
};

}  // namespace heeldrop::calibration
