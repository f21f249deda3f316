// Counts to newtons and centres of pressure, with nominal gains.
#include "calibration/lib/conversion.hpp"

#include <catch2/catch.hpp>

#include "tests/calibration/reference_plate.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using test::reading;

namespace {

Conversion conversion() {
    Zero zero;
    for (const auto count : reading({}).counts)
        zero.push_back(Counts{static_cast<double>(count)});
    return {test::reference_cells(), zero};
}

}  // namespace

TEST_CASE("each pad's force is the sum of its cells above their zero, inverted cells included") {
    const PlateLoad load = conversion()(reading({100, 50, 25, 25, 10, 20, 30, 40}));
    CHECK(load.left.force.value == 200.0);
    CHECK(load.right.force.value == 100.0);
    CHECK(conversion().uncalibrated());
}

TEST_CASE("the centre of pressure is where the load is: x to the right, y towards the toes, per pad") {
    const PlateLoad load = conversion()(reading({100, 0, 0, 0, 25, 25, 25, 25}));
    CHECK(load.left.cop_x.value == -130.0);
    CHECK(load.left.cop_y.value == 150.0);
    CHECK(load.right.cop_x.value == 0.0);
    CHECK_FALSE(std::signbit(load.right.cop_y.value));
}

TEST_CASE("a pad with next to nothing on it has a force but no centre of pressure") {
    const PlateLoad load = conversion()(reading({6, 6, 6, 6, -1, -1, -1, -1}));
    CHECK(load.left.force.value == 24.0);
    CHECK(std::isnan(load.left.cop_y.value));
    CHECK(load.right.force.value == -4.0);
    CHECK(std::isnan(load.right.cop_x.value));
}

TEST_CASE("forces are rounded to 1 mN and centres of pressure to 0.01 mm, so that text holds them exactly") {
    const PlateLoad load = conversion()(reading({33.3333, 33.3333, 33.3333, 33.4567, 0, 0, 0, 0}));
    CHECK(load.left.force.value == std::round(load.left.force.value * 1000) / 1000);
    CHECK(load.left.cop_y.value == std::round(load.left.cop_y.value * 100) / 100);
}

TEST_CASE("a saturated or marked cell makes its own pad faulty, and no number of it is shown") {
    Reading r = reading({100, 100, 100, 100, 100, 100, 100, 100});
    SECTION("upper end") {
        r.counts[2] = count_max;
    }
    SECTION("lower end") {
        r.counts[2] = count_min;
    }
    SECTION("marked") {
        r.faults = 1u << 2;
    }
    const PlateLoad load = conversion()(r);
    CHECK(load.left.fault);
    CHECK(std::isnan(load.left.force.value));
    CHECK(std::isnan(load.left.cop_y.value));
    CHECK_FALSE(load.right.fault);
    CHECK(load.right.force.value == 400.0);
}

TEST_CASE("a calibration's map is what converts, and its numbers are no longer called uncalibrated") {
    const Conversion nominal = conversion();
    PlateMap map;
    map.certificate_id = "cal";
    for (std::size_t pad = 0; pad < 2; ++pad)
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t c = 4 * pad + k;
            const Cell& cell = nominal.cells()[c];
            map.pads[pad].cells.push_back(c);
            // The left pad weighs 2 % more than its data sheet, and its centre lies 5 mm to the right.
            const double factor = (pad == 0 ? 1.02 : 1.0) / cell.gain.value;
            map.pads[pad].force.push_back(factor);
            map.pads[pad].moment_x.push_back(factor * (cell.x.value + (pad == 0 ? 5.0 : 0.0)));
            map.pads[pad].moment_y.push_back(factor * cell.y.value);
        }
    const Conversion calibrated(nominal.cells(), nominal.zero(), map);
    const PlateLoad load = calibrated(reading({100, 100, 100, 100, 25, 25, 25, 25}));
    CHECK(load.left.force.value == 408.0);
    CHECK(load.left.cop_x.value == 5.0);
    CHECK(load.right.force.value == 100.0);
    CHECK(load.right.cop_x.value == 0.0);
    CHECK_FALSE(calibrated.uncalibrated());
}
