// From the force on a cell to the count on the wire, with what real cells and converters add on the way:
// gain error, zero, noise, drift and creep, corner shift, 24 bits, saturation, and the converter's own timing.
// Every disturbance can be switched off. Must not know what stands on the plate.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "calibration/lib/units.hpp"
#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::virtual_plate {

inline constexpr int cell_count = 8;
/// Left pad FL, FR, RL, RR, then the right pad's. x to the right, y towards the toes, from the pad's centre.
inline constexpr std::array<double, 4> corner_x_mm{-90.0, 90.0, -90.0, 90.0};
inline constexpr std::array<double, 4> corner_y_mm{130.0, 130.0, -130.0, -130.0};
/// Pad, then corner, in that order; as people and commands name them.
inline constexpr std::array<const char*, cell_count> cell_names{"LFL", "LFR", "LRL", "LRR", "RFL", "RFR", "RRL", "RRR"};
/// By that name, or by its number, "0" to "7".
std::optional<std::size_t> cell_named(std::string_view name);
inline constexpr Newtons cell_capacity{980.665};
inline constexpr CountsPerNewton nominal_gain{4277.0};  ///< 2 mV/V, 100 kg, amplified 128 times into 24 bits
inline constexpr std::int32_t count_max = 0x7FFFFF;
inline constexpr std::int32_t count_min = -0x800000;

/// hx711: uneven, about 64 samples/s of 80 nominal. ads131m08: clocked, 1000 samples/s.
enum class Converter { hx711, ads131m08 };

struct Disturbances {
    bool gain = true;
    bool zero = true;
    bool noise = true;
    bool drift = true;   ///< without load, and creep under load
    bool corner = true;  ///< the slow diagonal shift
    bool timing = true;  ///< off: even intervals at the nominal rate
    static Disturbances none() { return {false, false, false, false, false, false}; }
};

/// The vertical force on each cell of one pad for a force at a point; zero-sum corrections are not made, so a point
/// outside the cells lifts the far ones.
std::array<Newtons, 4> cells_of(Newtons force, Millimetres x, Millimetres y);

using CellForces = std::array<Newtons, cell_count>;
using CellCounts = std::array<std::int32_t, cell_count>;

/// The analogue chain of one plate. Call convert() with increasing times.
class Electronics {
 public:
    Electronics(Converter converter, Disturbances disturbances, std::uint64_t seed);
    CellCounts convert(Seconds t, const CellForces& forces);
    /// The same cells before their time begins: no drift, and noise of their own, so that however long this one is
    /// asked, what the other one then converts stays the same. Only before the first convert().
    Electronics waiting() const;

 private:
    struct Cell {
        double gain;         ///< counts per newton
        double zero;         ///< counts without load
        double noise;        ///< N, SD of one sample
        double creep = 0.0;  ///< N, so far
    };
    std::array<Cell, cell_count> cells_;
    std::array<double, 2> diagonal_{};
    Disturbances on_;
    double creep_per_newton_ = 0.0;
    double idle_drift_ = 0.0;
    double loaded_s_ = 0.0;
    double last_t_ = 0.0;
    bool first_ = true;
    Random random_;
};

/// When the samples are taken. The first is at zero.
class SampleClock {
 public:
    /// Even intervals at `rate` for the ads131m08 or with timing off.
    SampleClock(Converter converter, Hertz rate, bool uneven, std::uint64_t seed);
    Seconds next();
    /// The same oscillator with delays of its own, as Electronics::waiting(). Only before the first next().
    SampleClock waiting() const;

 private:
    bool uneven_;
    double interval_s_;
    double conversion_s_ = 0.0;
    std::int64_t taken_ = 0;
    Random random_;
};

}  // namespace heeldrop::virtual_plate
