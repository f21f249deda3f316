// Sick cells on request: what comes between the electronics and the device. It must not know frames or people.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "firmware-protocol/virtual-plate/disturbed_line.hpp"
#include "firmware-protocol/virtual-plate/electronics.hpp"
#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::virtual_plate {

/// One sample of every cell with what was done to it.
struct DisturbedCounts {
    CellCounts counts{};
    CellMarks marks{};
    std::uint8_t faults = 0;  ///< the plate itself says so: no value
};

class CellFaults {
 public:
    explicit CellFaults(std::uint64_t seed) : random_(seed, 61) {}

    static constexpr unsigned until_healed = 0;

    /// For `samples`, or until healed.
    void saturate(std::size_t cell, unsigned samples) { begin(cell, Kind::saturate, samples); }
    /// The count of the sample before again and again.
    void freeze(std::size_t cell, unsigned samples) { begin(cell, Kind::freeze, samples); }
    /// No value: fault bit set, count 0.
    void kill(std::size_t cell, unsigned samples) { begin(cell, Kind::kill, samples); }
    /// No value, but the plate does not notice: count 0.
    void mute(std::size_t cell, unsigned samples) { begin(cell, Kind::mute, samples); }
    /// Isolated wrong values, one in ten samples: that many counts away, or without counts a 2^n - 1.
    void spike(std::size_t cell, unsigned spikes, std::optional<std::int32_t> counts_away);
    /// White noise on top, SD.
    void noise(std::size_t cell, Newtons sd) { cells_.at(cell).noise_counts = sd.value * nominal_gain.value; }
    void drift(std::size_t cell, Newtons per_minute) {
        cells_.at(cell).drift_counts_per_s = per_minute.value * nominal_gain.value / 60.0;
    }
    void heal(std::size_t cell) { cells_.at(cell) = {}; }

    DisturbedCounts apply(Seconds t, const CellCounts& counts);

 private:
    enum class Kind { none, saturate, freeze, kill, mute };
    struct Cell {
        Kind kind = Kind::none;
        unsigned left = 0;
        bool endless = false;
        unsigned spikes = 0, since_spike = 0;
        std::optional<std::int32_t> away;
        double noise_counts = 0.0, drift_counts_per_s = 0.0;
        double drifted = 0.0;
    };
    void begin(std::size_t cell, Kind kind, unsigned samples);

    Random random_;
    std::array<Cell, cell_count> cells_{};
    std::optional<CellCounts> last_;
    double last_t_ = 0.0;
};

}  // namespace heeldrop::virtual_plate
