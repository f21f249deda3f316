// The pad that nobody stands on in a rep reads nothing, or something is wrong with it.
#include "daemon/server/empty_pad.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/calibration/reference_plate.hpp"

using namespace heeldrop;
using namespace heeldrop::server;

namespace {

const auto cells = calibration::test::reference_cells();

/// 700 N on the right pad at 80 samples/s for 20 s; on the left pad's corners what `left` says of the time.
EmptyPad played(const std::function<std::array<double, 4>(double t)>& left) {
    EmptyPad pad(cells);
    const calibration::Zero zero(8, Counts{0.0});
    for (int i = 0; i < 1600; ++i) {
        const double t = i / 80.0;
        std::array<double, 8> newtons{0, 0, 0, 0, 175, 175, 175, 175};
        const auto corners = left(t);
        std::copy(corners.begin(), corners.end(), newtons.begin());
        calibration::Reading reading;
        for (std::size_t c = 0; c < 8; ++c)
            reading.counts[c] = static_cast<std::int32_t>(std::lround(newtons[c] * cells[c].gain.value));
        pad.push(Seconds{t}, reading, zero);
    }
    return pad;
}

motion::Rep rep(double from = 10.0, double to = 13.0) {
    motion::Rep r;
    r.side = motion::Side::right;
    r.drop_start = Seconds{from};
    r.drop_end = Seconds{to};
    return r;
}

}  // namespace

TEST_CASE("the corner of the empty pad that is furthest off is found, also where the sum hides it") {
    const auto found = played([](double) { return std::array{2.4, -2.4, 0.1, -6.5}; }).look(rep());
    REQUIRE(found);
    CHECK(found->cell == cells[3]);
    CHECK(found->off.value == Approx(-6.5).margin(0.01));
}

TEST_CASE("a sound empty pad reads nothing") {
    const auto found = played([](double t) {
                           const double noise = 0.2 * std::sin(300.0 * t);
                           return std::array{noise, -noise, noise, noise};
                       }).look(rep());
    REQUIRE(found);
    CHECK(std::abs(found->off.value) < 0.1);
}

TEST_CASE("a pad that a foot still touches says nothing of its zero") {
    CHECK_FALSE(played([](double t) { return std::array{4.0 + 2.0 * std::sin(2.0 * t), 0.0, 0.0, 0.0}; }).look(rep()));
    CHECK_FALSE(played([](double) { return std::array{9.0, 9.0, 0.0, 0.0}; }).look(rep()));
}

TEST_CASE("a drop that is too short, or not known, says nothing") {
    const auto pad = played([](double) { return std::array{6.0, 0.0, 0.0, 0.0}; });
    CHECK(pad.look(rep(10.0, 10.5)));
    CHECK_FALSE(pad.look(rep(10.0, 10.3)));
    CHECK_FALSE(pad.look(rep(30.0, 33.0)));
    motion::Rep unknown = rep();
    unknown.drop_end.reset();
    CHECK_FALSE(pad.look(unknown));
    unknown = rep();
    unknown.side.reset();
    CHECK_FALSE(pad.look(unknown));
}
