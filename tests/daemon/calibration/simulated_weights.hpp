// Somebody who does what the procedure says, on a simulated plate in memory. Time passes only here.
#pragma once

#include "daemon/calibration/procedure.hpp"
#include "firmware-protocol/virtual-plate/electronics_cells.hpp"
#include "tests/calibration/simulated_calibration.hpp"

namespace heeldrop::calibration::test {

class Weights {
 public:
    Weights(const virtual_plate::PlateTruth& truth, std::uint64_t seed) : bank_(truth, seed) {}

    void put(calibration::Pad pad, double kg, double x, double y) {
        pad_ = pad;
        kg_ = kg;
        x_ = x;
        y_ = y;
    }
    void clear() { kg_ = 0.0; }
    /// What the step wants, on its mark.
    void obey(const calibration::Step& s, double person_kg) {
        using calibration::StepKind;
        if (s.kind == StepKind::warm_up || s.kind == StepKind::empty)
            clear();
        else
            put(s.pad, s.kind == StepKind::person ? person_kg : s.mass->value, s.x.value, s.y.value);
    }
    calibration::TimedReading sample() {
        virtual_plate::CellForces forces{};
        const auto four =
            virtual_plate::cells_of(Newtons{kg_ * standard_gravity.value}, Millimetres{x_}, Millimetres{y_});
        for (std::size_t k = 0; k < 4; ++k)
            forces[k + (pad_ == calibration::Pad::right ? 4 : 0)] = four[k];
        const auto counts = bank_.convert(Seconds{t_}, forces);
        calibration::TimedReading sample{Seconds{t_}, {}};
        std::copy(counts.begin(), counts.end(), sample.reading.counts.begin());
        t_ += 1.0 / 64.0;
        return sample;
    }
    void wait(double s) { t_ += s; }

 private:
    virtual_plate::CellBank bank_;
    calibration::Pad pad_ = calibration::Pad::left;
    double kg_ = 0.0, x_ = 0.0, y_ = 0.0, t_ = 0.0;
};

/// The standard plan of 20 to 100 kg with little waiting.
inline calibration::Plan quick_plan(double hold_min = 8.0, double warm_up_s = 30.0) {
    calibration::StandardLoads loads;
    for (const double kg : {20, 40, 60, 80, 100})
        loads.masses.push_back(Kilograms{kg});
    loads.warm_up = Seconds{warm_up_s};
    loads.hold = Seconds{60.0 * hold_min};
    loads.person = Kilograms{80.0};
    return calibration::standard_plan(loads, described_cells());
}

}  // namespace heeldrop::calibration::test
