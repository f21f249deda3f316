// A calibration of a simulated plate in memory: someone puts weights on its cells, as the standard plan has it, and
// reads the counts. The plate (firmware-protocol/virtual-plate) knows nothing of fits; only the mean reading is the
// library's.
#pragma once

#include <functional>

#include "calibration/lib/still_reading.hpp"
#include "firmware-protocol/virtual-plate/electronics_cells.hpp"

namespace heeldrop::calibration::test {

/// The reference plate as it describes itself, whatever its cells really do.
std::vector<Cell> described_cells();

struct Hand {
    double position_mm = 0.0;  ///< each placement is off its mark by at most this, in x and y
    double mass = 0.0;         ///< the set of weights is off by at most this part, as a whole
};

/// Someone at a plate. Time passes only here.
class Bench {
 public:
    Bench(const virtual_plate::PlateTruth& truth, std::uint64_t seed, Hand hand = {});

    /// The largest load once on and off, read by nobody, so that no cell is loaded for the first time later.
    void exercise(Pad pad);
    /// Nothing on the plate: waits, then reads for 5 s into the observations.
    void read_empty(double wait_s = 20.0);
    void place(Pad pad, Role role, double kg, double x, double y);
    void hold(Pad pad, double kg, double minutes);
    void stand(Pad pad, double kg);

    /// The standard plan on one pad: five loads up and down, four corners; besides, four more places to verify with, a
    /// load put on again, 30 minutes under the largest, and 5 minutes empty after it.
    void calibrate(Pad pad, double hold_minutes = 30.0);
    /// Both pads so, and a person of 80 kg on each.
    void calibrate_plate(double hold_minutes = 30.0);

    /// The plate's counts above a zero of a second, for a fresh load read for a second. The plate stays loaded.
    std::array<double, max_cells> fresh(Pad pad, double newtons, double x, double y);

    Observations seen;
    /// Called with each placement before it is put on: what is typed is not changed by it, what stands there is.
    std::function<void(int number, double& kg, double& x, double& y)> blunder;

 private:
    void wait(double s);
    MeanReading read(double s);
    virtual_plate::CellForces forces() const;

    virtual_plate::CellBank bank_;
    virtual_plate::Random random_;
    Hand hand_;
    double mass_factor_ = 1.0;
    double t_ = 0.0;
    Pad loaded_ = Pad::left;
    double load_n_ = 0.0, x_ = 0.0, y_ = 0.0;
    std::array<double, max_cells> fresh_zero_{};
    bool has_fresh_zero_ = false;
};

}  // namespace heeldrop::calibration::test
