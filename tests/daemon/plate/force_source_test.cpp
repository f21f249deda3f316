// The session's clock and the conversion together: what the motion library is fed.
#include "daemon/plate/force_source.hpp"

#include <catch2/catch.hpp>

#include "tests/calibration/reference_plate.hpp"

using namespace heeldrop;

TEST_CASE("time counts from the origin in microseconds, on the plate's ticks") {
    const plate::ForceSource source({calibration::test::reference_cells(), calibration::Zero(8)}, 16'000'000,
                                    1'600'000'000'000);
    CHECK(source({0, 1'600'000'000'000, {}}).t.value == 0.0);
    CHECK(source({1, 1'600'000'200'007, {}}).t.value == 0.0125);
    CHECK(source({2, 1'600'016'000'000, {}}).t.value == 1.0);
}

TEST_CASE("faults go with the pad they are on") {
    const plate::ForceSource source({calibration::test::reference_cells(), calibration::Zero(8)}, 1'000'000, 0);
    calibration::Reading reading;
    reading.faults = 1u << 6;
    const auto sample = source({0, 0, reading});
    CHECK_FALSE(sample.left_fault);
    CHECK(sample.right_fault);
    CHECK(std::isnan(sample.right.value));
}
