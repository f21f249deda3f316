// What a calibration has seen: mean counts of known loads at known places and of the empty plate, and nothing derived
// from them. Everything else (fit, checks, verdicts) is a function of this. It must not know how the means were taken.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/cells.hpp"

namespace heeldrop::calibration {

/// The mean of a still stretch of samples, in the order of the plate's cells.
struct MeanReading {
    Seconds t;                              ///< the middle of the stretch, on the calibration's own clock
    std::array<double, max_cells> mean{};   ///< counts
    std::array<double, max_cells> noise{};  ///< counts, standard deviation of one sample
    /// How far the means of the stretch's eighths lay apart, counts: a still load's are noise, a drifting one's are
    /// not.
    std::array<double, max_cells> wander{};
    std::size_t samples = 0;
    bool operator==(const MeanReading&) const = default;
};

/// up and down: the rising and the falling series; corner: elsewhere than the series, used in the fit; verify: not used
/// in the fit, only compared with it; repeat: a load of the series put on once more.
enum class Role { up, down, corner, verify, repeat };

struct Placement {
    int number = 0;  ///< as people count them, from 1; unique in a calibration
    Role role = Role::up;
    Pad pad = Pad::left;
    Kilograms mass;    ///< as typed
    Millimetres x, y;  ///< from the centre of the pad's cells
    MeanReading reading;
    bool operator==(const Placement&) const = default;
};

/// A load left alone: for creep.
struct Hold {
    Pad pad = Pad::left;
    Kilograms mass;
    Seconds loaded;                     ///< when the load had come to rest
    std::vector<MeanReading> readings;  ///< in time; the first within half a minute of `loaded`
    bool operator==(const Hold&) const = default;
};

/// A person of known mass on one pad: compared, never fitted.
struct SpotCheck {
    Pad pad = Pad::left;
    Kilograms mass;
    MeanReading reading;
    bool operator==(const SpotCheck&) const = default;
};

/// How well the loads themselves are known: half-widths within which the truth certainly lies (GUM 4.3.7, rectangular).
struct LoadTolerance {
    Fraction mass{0.0005};      ///< of every mass alike: the set of weights is taken to be off as a whole
    Millimetres position{1.0};  ///< of each placement on its own, in x and in y
    Kilograms person{0.5};      ///< of a spot check: clothes, scales, time of day
    bool operator==(const LoadTolerance&) const = default;
};

struct Observations {
    std::vector<Cell> cells;  ///< as the plate describes itself
    MetresPerSecond2 gravity = standard_gravity;
    LoadTolerance tolerance;
    std::vector<MeanReading> empties;  ///< nothing on either pad; in time, at least one before the first load
    std::vector<Placement> placements;
    std::vector<Hold> holds;
    std::vector<SpotCheck> spots;
    bool operator==(const Observations&) const = default;
};

std::string_view name_of(Pad);
std::string_view name_of(Corner);  ///< FL, FR, RL, RR
std::string_view name_of(Role);
/// "left FL": a cell as people name it.
std::string name_of(const Cell&);
/// "placement 6 (left, 40 kg up at x 0, y 0 mm)".
std::string describe(const Placement&);

/// Which of the plate's cells are this pad's, in their order.
std::vector<std::size_t> cells_of_pad(const std::vector<Cell>& cells, Pad pad);

/// Each cell's count with nothing on the plate at time `t`: between the empty readings before and after on a straight
/// line, so that a steady drift costs nothing; the nearest one's beyond them. `empties` is not empty and in time.
std::array<double, max_cells> zero_at(const std::vector<MeanReading>& empties, Seconds t);

/// How each cell's zero runs, counts a second: its change over all stretches between two empty readings in which
/// nothing stood on its pad, over their length, so that neither friction nor creep under a load counts as drift. None
/// where they last under 5 min together on either pad: too short to be carried over an hour.
std::optional<std::array<double, max_cells>> idle_drift(const Observations& seen);

/// Each cell's mean count less its zero.
std::array<double, max_cells> counts_above(const std::array<double, max_cells>& zero, const MeanReading& reading);

/// Counts above zero as newtons by the data sheet's gains.
std::array<double, max_cells> nominal_newtons(const Observations& seen, const MeanReading& reading);

/// How a load at a place is shared by the four corners of a plate that twists freely: the product of the two levers.
/// In the order of `cells` of one pad; for telling cells apart, never for the fit.
std::vector<double> expected_shares(const std::vector<Cell>& cells, const std::vector<std::size_t>& of_pad,
                                    Millimetres x, Millimetres y);

}  // namespace heeldrop::calibration
