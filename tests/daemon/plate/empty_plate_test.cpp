// Drift is judged on an empty plate that has come back from its load, and not before.
#include "daemon/plate/empty_plate.hpp"

#include <catch2/catch.hpp>

using namespace heeldrop;
using namespace heeldrop::plate;
using calibration::Zero;
using calibration::ZeroAttempt;

namespace {

Zero zero(double counts) {
    return {Counts{counts}, Counts{-counts}};
}

/// A second of the same each second from..to.
void seconds(EmptyPlate& plate, int from, int to, ZeroAttempt attempt, double counts) {
    for (int t = from; t < to; ++t)
        plate.take(Seconds{static_cast<double>(t)}, attempt, zero(counts));
}

}  // namespace

TEST_CASE("a plate that was never loaded is judged from its first zero on") {
    EmptyPlate plate;
    CHECK_FALSE(plate.judged());
    CHECK(plate.take(Seconds{1}, ZeroAttempt::found, zero(100)));
    CHECK(plate.judged() == zero(100));
    CHECK_FALSE(plate.before_load());
}

TEST_CASE("after a load it is judged 20 s later, against what it was before that load") {
    EmptyPlate plate;
    seconds(plate, 0, 10, ZeroAttempt::found, 100);
    seconds(plate, 10, 60, GENERATE(ZeroAttempt::loaded, ZeroAttempt::unsteady), 100);
    const auto revision = plate.revision();
    seconds(plate, 60, 79, ZeroAttempt::found, 500);  // still creeping back
    CHECK(plate.judged() == zero(100));
    CHECK(plate.revision() == revision);
    CHECK(plate.take(Seconds{79}, ZeroAttempt::found, zero(130)));
    CHECK(plate.judged() == zero(130));
    CHECK(plate.before_load() == zero(100));
    CHECK(plate.take(Seconds{80}, ZeroAttempt::found, zero(131)));
    CHECK(plate.before_load() == zero(100));
}

TEST_CASE("a second that said nothing does not count as a load") {
    EmptyPlate plate;
    seconds(plate, 0, 3, ZeroAttempt::found, 100);
    seconds(plate, 3, 6, GENERATE(ZeroAttempt::invalid, ZeroAttempt::collecting), 100);
    CHECK(plate.take(Seconds{6}, ZeroAttempt::found, zero(101)));
}

TEST_CASE("a plate that has booted is judged 20 s later, as nobody saw whether it was empty") {
    EmptyPlate plate;
    seconds(plate, 1000, 1003, ZeroAttempt::found, 100);
    plate.new_clock();
    CHECK_FALSE(plate.take(Seconds{1}, ZeroAttempt::found, zero(150)));
    CHECK_FALSE(plate.take(Seconds{20}, ZeroAttempt::found, zero(150)));
    CHECK(plate.take(Seconds{21}, ZeroAttempt::found, zero(150)));
}
