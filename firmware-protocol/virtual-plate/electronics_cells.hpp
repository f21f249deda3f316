// A plate to be calibrated: eight cells of which nobody knows the gain, with cross-talk, bent lines, hysteresis, creep,
// temperature and a frame that twists; and the faults that a calibration must find. The truth can be written out.
// It must not know how a calibration works, and shares no code with one.
#pragma once

#include <nlohmann/json.hpp>

#include "firmware-protocol/virtual-plate/electronics.hpp"

namespace heeldrop::virtual_plate {

/// One cell and its channel. The force goes down this list in its order.
struct CellTruth {
    Newtons friction;                    ///< its mount sticks: what it carries follows the force only this far behind
    std::array<double, 4> cross_talk{};  ///< part of each corner's force on the same pad that it feels as well; own: 0
    double non_linearity = 0.0;          ///< of its capacity, at half of it: f + 4 k f (1 - f / capacity)
    Newtons hysteresis;  ///< half the width between loading and unloading, on the way to capacity and back
    double creep = 0.0;  ///< part of the force that is added in the long run
    double creep_time_s = 300.0;
    double zero_per_kelvin_n = 0.0, gain_per_kelvin = 0.0;
    double zero_drift_n_per_min = 0.0;
    double counts_per_newton = nominal_gain.value;  ///< 0: dead; negative: wired the wrong way round
    double zero_counts = 0.0;
    double noise_n = 0.0;  ///< standard deviation of a sample
};

struct PlateTruth {
    std::array<CellTruth, cell_count> cells{};
    /// What the plate's own softness in twisting lets through of a corner load's diagonal: 1, a limp plate, leaves a
    /// corner load to its corner; 0 is a rigid one on four equal springs.
    std::array<double, 2> softness{1.0, 1.0};
    /// Newtons that end up on one diagonal, off the other, once the plate has carried somebody for a minute.
    std::array<double, 2> twist_n{};
    double warming_k = 0.0, warming_time_s = 600.0;  ///< warmer than at the start, in the long run
    /// Which channel each cell is wired to.
    std::array<std::size_t, cell_count> channel{0, 1, 2, 3, 4, 5, 6, 7};
};

/// How plates differ; every figure is a standard deviation or the end of an even range, as said.
struct PlateSpread {
    double gain = 0.05;                                     ///< standard deviation, of nominal
    double cross_talk = 0.02;                               ///< at most, each neighbour
    double non_linearity = 0.0005;                          ///< each cell's, of either sign
    double hysteresis_n = 0.0;                              ///< at most
    double creep = 0.0;                                     ///< at most, of either sign
    double zero_per_kelvin_n = 0.0, gain_per_kelvin = 0.0;  ///< at most, of either sign
    double warming_k = 0.0;
    double twist_n = 0.0;                                ///< at most, of either sign
    double least_softness = 0.56, most_softness = 0.88;  ///< a loaded corner takes 89-97 % (measured, domain figures)
    double least_noise_n = 0.19, most_noise_n = 0.29;    ///< an HX711
};

/// The same plate for the same seed.
PlateTruth draw_plate(std::uint64_t seed, const PlateSpread& spread = {});

/// Call convert() with increasing times. Not thread-safe.
class CellBank {
 public:
    CellBank(const PlateTruth& truth, std::uint64_t seed) : truth_(truth), random_(seed, 60) {}
    /// `forces` as cells_of() shares them on a limp plate.
    CellCounts convert(Seconds t, const CellForces& forces);
    /// What each cell really carried at the last convert(), by its place: after friction and twist, before the cell.
    const CellForces& carried() const noexcept { return carried_; }
    const PlateTruth& truth() const noexcept { return truth_; }

 private:
    /// A follower that stays `half_width` behind.
    struct Play {
        double at = 0.0;
        double follow(double force, double half_width);
    };
    PlateTruth truth_;
    /// Real loops are narrow for small loads and wide for large ones: a sum of followers of different reach.
    static constexpr std::array<double, 4> reach_of_capacity{0.02, 0.05, 0.1, 0.2};
    std::array<Play, cell_count> mount_{};
    std::array<std::array<Play, 4>, cell_count> material_{};
    std::array<double, cell_count> crept_{};
    CellForces carried_{};
    double loaded_s_ = 0.0, last_t_ = 0.0;
    bool first_ = true;
    Random random_;
};

/// {"cells":[...],"softness":[..],...}: everything of the truth, named as above.
nlohmann::ordered_json to_json(const PlateTruth& truth);

}  // namespace heeldrop::virtual_plate
