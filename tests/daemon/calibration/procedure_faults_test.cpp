// The whole procedure on plates and with hands that have a fault: what comes out names it.
#include <catch2/catch.hpp>
#include <cmath>

#include "calibration/lib/evaluation.hpp"
#include "tests/calibration/first_finding.hpp"
#include "tests/daemon/calibration/simulated_weights.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using heeldrop::calibration::test::first_finding;
using heeldrop::calibration::test::quick_plan;
using heeldrop::calibration::test::Weights;
using virtual_plate::draw_plate;
using virtual_plate::PlateTruth;

namespace {

/// Unattended, with somebody who does what each step says, but for the blunder.
Observations carried_out(const PlateTruth& plate, const std::function<void(const Step&, Weights&)>& blunder = {}) {
    Procedure procedure(test::described_cells(), quick_plan(), standard_gravity, true);
    Weights weights(plate, 5);
    std::optional<std::size_t> step;
    for (int i = 0; !procedure.over(); ++i) {
        REQUIRE(i < 64 * 3600 * 3);
        if (step != procedure.progress().step) {
            step = procedure.progress().step;
            const Step& s = procedure.plan().steps[*step];
            weights.obey(s, 80.0);
            if (blunder)
                blunder(s, weights);
        }
        if (procedure.plan().steps[*step].kind == StepKind::person)  // who sways
            weights.put(procedure.plan().steps[*step].pad, 80.0, 8.0 * std::sin(i / 30.0), 8.0 * std::cos(i / 70.0));
        procedure.push(weights.sample());
    }
    REQUIRE(procedure.progress().state == ProcedureState::complete);
    return procedure.observations();
}

}  // namespace

TEST_CASE("unattended, a sound plate passes every check, and its map reads known loads") {
    const PlateTruth plate = draw_plate(GENERATE(41, 42, 43));
    const Observations seen = carried_out(plate);
    const Evaluation judged = evaluate(seen);
    for (const Finding& f : judged.findings)
        UNSCOPED_INFO(f.message);
    for (const Check& c : judged.checks) {
        INFO(c.code << ": " << c.value << " of " << c.limit << " " << c.note);
        CHECK(c.verdict == Verdict::passed);
    }
    CHECK(judged.passed());
    CHECK(seen.placements.size() == 2 * (9 + 4 + 4 + 1));
    CHECK(seen.holds.size() == 2);
    CHECK(seen.holds[0].readings.size() == 9);
    CHECK(seen.spots.size() == 2);
    CHECK(seen.empties.size() == 2 + 2 * (1 + 4 + 1 + 1 + 1) + 2);
}

TEST_CASE("each fault of the plate that is planted alone is named, and nothing is accepted") {
    PlateTruth plate = draw_plate(44);
    std::string code;
    std::optional<std::size_t> cell;
    SECTION("dead") {
        plate.cells[5].counts_per_newton = 0.0;
        code = "dead_cell", cell = 5;
    }
    SECTION("inverted") {
        plate.cells[2].counts_per_newton *= -1.0;
        code = "inverted_cell", cell = 2;
    }
    SECTION("swapped") {
        std::swap(plate.channel[1], plate.channel[6]);
        code = "swapped_cells", cell = 1;
    }
    SECTION("sticky") {
        plate.cells[6].friction = Newtons{5.0};
        code = "sticky_corner", cell = 6;
    }
    SECTION("creep") {
        for (std::size_t k = 0; k < 4; ++k)
            plate.cells[k].creep = -0.007;
        code = "creep";
    }
    SECTION("drift") {
        plate.cells[1].zero_drift_n_per_min = -1.5;
        code = "drifting_zero", cell = 1;
    }
    const Finding f = first_finding(carried_out(plate));
    CHECK(f.code == code);
    CHECK(f.cell == cell);
}

TEST_CASE("each fault of the hand that is planted alone is named with its placement") {
    const bool heavy = GENERATE(true, false);
    const Finding f = first_finding(carried_out(draw_plate(45), [&](const Step& s, Weights& weights) {
        if (heavy && s.placement == 6)
            weights.put(s.pad, s.mass->value - 2.5, s.x.value, s.y.value);
        if (!heavy && s.placement == 11)
            weights.put(s.pad, s.mass->value, s.x.value - 50.0, s.y.value);
    }));
    CHECK(f.code == (heavy ? "mistyped_weight" : "off_mark"));
    CHECK(f.placement == (heavy ? 6 : 11));
}

TEST_CASE("a cell that gives no valid value ends the procedure with its name") {
    Procedure procedure(test::described_cells(), quick_plan(), standard_gravity, true);
    Weights weights(draw_plate(46), 6);
    while (!procedure.over()) {
        TimedReading sample = weights.sample();
        sample.reading.faults = 1u << 4;
        procedure.push(sample);
    }
    CHECK(procedure.progress().state == ProcedureState::broken);
    CHECK(procedure.silent_cell() == 4u);
    CHECK(procedure.progress().reason.find("right FL") != std::string::npos);
}
