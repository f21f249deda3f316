// Tells sick cells from well ones: saturated, stuck, dead, spiking, noisy, drifting; per channel, with counts. What it
// takes for wrong gets its fault bit and is counted; no count is ever changed. It must not know lines, zeros or people.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "calibration/lib/cells.hpp"
#include "daemon/plate/raw_sample.hpp"

namespace heeldrop::plate {

/// Worst last. `spiking`: three isolated wrong values within 10 s. `noisy`: 2 N and four times the other cells' noise
/// for 3 s. `drifting`: its zero on the empty plate moved 5 N, faster than 5 N/min. `saturated`: at an end of the
/// converter's range within the last second. `stuck`: the same count for 0.3 s and 24 samples, as no converter gives
/// it. `dead`: no valid value for 0.3 s, or one that never changes while the other cells' do.
enum class CellState { ok, drifting, noisy, spiking, saturated, stuck, dead };
std::string_view name_of(CellState);

struct CellHealth {
    CellState state = CellState::ok;
    std::uint64_t saturated = 0;  ///< samples at an end of the range
    std::uint64_t invalid = 0;    ///< samples that the plate itself called wrong, those at the ends apart
    std::uint64_t stuck = 0;      ///< samples that repeated the one before, in runs of at least 0.3 s
    std::uint64_t spikes = 0;     ///< isolated samples left out, those of the 2^n - 1 kind among them
    bool operator==(const CellHealth&) const = default;
};

/// Not thread-safe; no clock: time is the samples'. Samples come out in order, each once, with the fault bits added of
/// what was found. A sample that sticks out is held back until the next one (at more than 200 samples/s: the next
/// three) tells whether it stood alone.
class CellWatch {
 public:
    CellWatch(std::vector<calibration::Cell> cells, std::uint32_t tick_hz);

    /// Appends what is decided to `out`.
    void push(const RawSample& sample, std::vector<RawSample>& out);
    /// Samples are missing from here on, or none will follow: appends what was held back, as it is.
    void interrupt(std::vector<RawSample>& out);
    /// The empty plate's reading, as often as it is found.
    void zero_found(std::int64_t tick, const calibration::Zero& zero);
    /// Another boot of the same plate: its clock begins anew, the counts stay.
    void new_clock();

    const std::vector<CellHealth>& health() const noexcept { return health_; }
    /// Whether every cell has a first verdict, good or bad. Cells that move have it after the first second, just as the
    /// plate its zero; one that does not move at all while others do is known to be dead after three. After four seconds
    /// of samples it is true whatever happened, as a converter that pauses again and again never gives a whole second.
    bool judged() const noexcept { return judged_; }
    /// Raised whenever a state changes.
    std::uint64_t revision() const noexcept { return revision_; }

 private:
    static constexpr std::size_t longest_run = 3;
    struct Channel {
        std::optional<std::int32_t> last;         ///< count of the sample before, across gaps too
        bool apart = false;                       ///< it is no neighbour: a pause or a gap lies between
        std::optional<std::int32_t> good;         ///< the last value taken for right
        double usual_step = 0.0;                  ///< counts: how much it usually changes from sample to sample
        std::uint64_t same = 0, invalid_run = 0;  ///< how often the last count, or none, came in a row
        std::int64_t same_since = 0, invalid_since = 0;
        unsigned changed = 0, compared = 0;  ///< in this window
        std::optional<bool> lively;          ///< it varied in the first whole window
        unsigned still_windows = 0, noisy_windows = 0, calm_windows = 0;
        bool stuck = false, dead = false, noisy = false, drifting = false;
        std::vector<double> bends;  ///< newtons: |second difference|, in this window
        std::optional<std::int32_t> last_but_one;
        std::int64_t saturated_at = 0;
        bool was_saturated = false;
        std::deque<std::int64_t> spikes_at;
    };
    struct Zeroed {
        std::int64_t tick;
        calibration::Zero zero;
    };
    bool sticks_out(std::size_t c, const RawSample& sample) const;
    bool is_back(std::size_t c, const RawSample& held, const RawSample& sample) const;
    bool is_transfer_error(std::size_t c, std::int32_t count) const;
    void decide(std::vector<RawSample>& out, bool back);
    void release(RawSample sample, std::vector<RawSample>& out);
    void follow(std::size_t c, RawSample& sample);
    void end_of_window();
    void look_at_noise();
    void set_states();
    void look_whether_judged(std::int64_t tick);
    double newtons(std::size_t c, double counts) const;
    double seconds(std::int64_t ticks) const { return static_cast<double>(ticks) / tick_hz_; }

    std::vector<calibration::Cell> cells_;
    std::uint32_t tick_hz_;
    std::vector<Channel> channels_;
    std::vector<CellHealth> health_;
    std::vector<RawSample> held_;
    std::array<bool, calibration::max_cells> suspected_{};
    std::optional<RawSample> before_;  ///< the last one released
    std::optional<std::int64_t> window_start_;
    std::deque<Zeroed> zeros_;
    std::uint64_t revision_ = 0;
    bool judged_ = false;
    std::optional<std::int64_t> first_;  ///< tick of the first sample since the clock is what it is
};

}  // namespace heeldrop::plate
