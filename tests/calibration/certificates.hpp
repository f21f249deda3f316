// Certificates for tests: of a simulated plate's calibration that passes every check, made to be of any plate, at any
// time, with any corner zeros.
#pragma once

#include <cmath>

#include "calibration/lib/certificate.hpp"
#include "calibration/lib/station_key.hpp"
#include "tests/calibration/simulated_calibration.hpp"

namespace heeldrop::calibration::test {

/// What was seen in a sound calibration of a plate whose cells all read 3 % more than its data sheet says, with every
/// corner's zero at 0 counts: any other plate so calibrated reads 3 % less, and alike everywhere.
inline const Observations& sound_observations() {
    static const Observations seen = [] {
        virtual_plate::PlateSpread alike;
        alike.gain = alike.cross_talk = 0.0;
        virtual_plate::PlateTruth truth = virtual_plate::draw_plate(21, alike);
        for (auto& cell : truth.cells)
            cell.counts_per_newton *= 1.03;
        Bench bench(truth, 21, Hand{1.0, 0.0002});
        bench.calibrate_plate(8.0);
        Observations found = bench.seen;
        for (Cell& cell : found.cells)
            cell.capacity = Newtons{std::round(cell.capacity.value)};  // as HELLO says it
        const auto zero = found.empties.back().mean;
        const auto shift = [&](MeanReading& reading) {
            for (std::size_t c = 0; c < found.cells.size(); ++c)
                reading.mean[c] -= zero[c];
        };
        for (MeanReading& r : found.empties)
            shift(r);
        for (Placement& p : found.placements)
            shift(p.reading);
        for (Hold& h : found.holds)
            for (MeanReading& r : h.readings)
                shift(r);
        for (SpotCheck& s : found.spots)
            shift(s.reading);
        return found;
    }();
    return seen;
}

/// One corner's zero so many newtons, by the data sheet, off 0 counts.
inline Observations with_corner_at(Observations seen, std::size_t cell, double newtons) {
    const double counts = newtons * seen.cells[cell].gain.value;
    for (MeanReading& r : seen.empties)
        r.mean[cell] += counts;
    for (Placement& p : seen.placements)
        p.reading.mean[cell] += counts;
    for (Hold& h : seen.holds)
        for (MeanReading& r : h.readings)
            r.mean[cell] += counts;
    for (SpotCheck& s : seen.spots)
        s.reading.mean[cell] += counts;
    return seen;
}

inline Circumstances circumstances_of(PlateIdentity plate, std::chrono::sys_seconds made) {
    Circumstances of;
    of.id = new_certificate_id();
    of.plate = std::move(plate);
    of.made = made;
    of.made_by = "Ada";
    of.software = "heeldrop 0.1.0";
    of.plan = "standard";
    return of;
}

inline Certificate passed_certificate(PlateIdentity plate = {"HD-0007", "1.2.3", "HX711"}) {
    return certify(circumstances_of(std::move(plate), std::chrono::sys_days(std::chrono::days(20'000))),
                   sound_observations(), {});
}

}  // namespace heeldrop::calibration::test
