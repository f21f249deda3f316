// Sick cells, one at a time, made by the virtual plate's own disturbances and by hand.
#include "daemon/plate/cell_watch.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "firmware-protocol/virtual-plate/cell_faults.hpp"
#include "firmware-protocol/virtual-plate/simulation.hpp"
#include "tests/calibration/reference_plate.hpp"

using namespace heeldrop;
using namespace heeldrop::plate;
namespace vp = heeldrop::virtual_plate;

namespace {

std::vector<calibration::Cell> virtual_cells() {
    auto cells = calibration::test::reference_cells();
    for (auto& cell : cells)
        cell.gain = CountsPerNewton{vp::nominal_gain.value};
    return cells;
}

/// Somebody of 80 kg, swaying, on cells whose counts then go through the faults.
struct Bench {
    explicit Bench(double rate_hz = 80.0) : rate(rate_hz) {}
    void run(double seconds, double load_n = 100.0) {
        for (const double end = t + seconds; t < end; t += 1.0 / rate) {
            vp::CellForces forces{};
            for (std::size_t c = 0; c < forces.size(); ++c)
                forces[c] = Newtons{load_n + (load_n > 0 ? 4.0 * std::sin(9.0 * t + static_cast<double>(c)) : 0.0)};
            const auto read = faults.apply(Seconds{t}, electronics.convert(Seconds{t}, forces));
            RawSample sample;
            sample.index = index++;
            sample.tick = std::llround(t * 1e6);
            std::copy(read.counts.begin(), read.counts.end(), sample.reading.counts.begin());
            sample.reading.faults = read.faults;
            given.push_back(sample);
            watch.push(sample, taken);
            for (std::size_t c = 0; c < 8; ++c)
                spikes[c] += read.marks[c] == vp::CellMark::spike;
        }
    }
    /// How many samples came out with a fault bit of the cell.
    std::size_t left_out(std::size_t cell) const {
        return static_cast<std::size_t>(std::count_if(
            taken.begin(), taken.end(), [&](const RawSample& s) { return (s.reading.faults & 1u << cell) != 0; }));
    }
    double rate, t = 0.0;
    std::uint64_t index = 0;
    vp::Electronics electronics{vp::Converter::hx711, {}, 3};
    vp::CellFaults faults{4};
    CellWatch watch{virtual_cells(), 1'000'000};
    std::vector<RawSample> given, taken;
    std::array<std::uint64_t, 8> spikes{};
};

}  // namespace

TEST_CASE("well cells under a swaying person are all ok, and every sample comes out as it went in") {
    const double rate = GENERATE(64.0, 1000.0);
    Bench b(rate);
    b.run(2, 0);
    b.run(20);
    CHECK(b.taken == b.given);
    for (const CellHealth& health : b.watch.health())
        CHECK(health == CellHealth{});
}

TEST_CASE("isolated wrong values are left out and counted, each, whatever their kind") {
    const auto [rate, away] = GENERATE(table<double, std::optional<std::int32_t>>(
        {{64.0, std::nullopt}, {64.0, 100'000}, {64.0, 600'000}, {1000.0, std::nullopt}, {1000.0, 400'000}}));
    Bench b(rate);
    b.run(3);
    b.faults.spike(2, 15, away);
    b.faults.spike(6, 7, away);
    b.run(4);
    CHECK(b.spikes[2] == 15);
    CHECK(b.watch.health()[2].spikes == 15);
    CHECK(b.watch.health()[6].spikes == 7);
    CHECK(b.watch.health()[2].state == CellState::spiking);
    CHECK(b.left_out(2) == 15);
    CHECK(b.left_out(6) == 7);
    CHECK(b.left_out(0) == 0);
    CHECK(b.taken.size() == b.given.size());
    for (std::size_t i = 0; i < b.taken.size(); ++i)
        CHECK(b.taken[i].reading.counts == b.given[i].reading.counts);
    b.run(12);
    CHECK(b.watch.health()[2].state == CellState::ok);
}

TEST_CASE("a foot that comes down hard is no spike") {
    Bench b;
    b.run(3, 0);
    b.run(0.05, 300);
    b.run(2, 120);
    b.run(0.03, 10);
    b.run(2, 120);
    for (const CellHealth& health : b.watch.health())
        CHECK(health.spikes == 0);
}

TEST_CASE("a frozen cell stays so over a pause of the converter, and its samples are counted to the last") {
    // Early in the run, before it is long enough to be called stuck, and late.
    const double before_s = GENERATE(0.2, 1.0);
    Bench b(64.0);
    b.run(3);
    b.faults.freeze(5, 150);
    b.run(before_s);
    b.t += 0.2;  // an HX711 leaves up to 0.3 s
    b.run(4);
    CHECK(b.watch.health()[5].stuck == 150);
    CHECK(b.watch.health()[5].spikes == 0);
}

TEST_CASE("a frozen cell is stuck after 0.3 s and its samples are counted to the last") {
    Bench b;
    b.run(3);
    b.faults.freeze(5, 100);
    b.run(100 / 80.0 + 0.05);
    CHECK(b.watch.health()[5].stuck == 100);
    CHECK(b.left_out(5) > 70);
    b.run(2);
    CHECK(b.watch.health()[5].stuck == 100);
    CHECK(b.watch.health()[5].state == CellState::ok);
    b.faults.freeze(5, vp::CellFaults::until_healed);
    b.run(1);
    CHECK(b.watch.health()[5].state == CellState::stuck);
}

TEST_CASE("a cell without values is dead, whether the plate says so or not, and well again when they come back") {
    Bench b;
    b.run(3);
    b.faults.kill(1, 50);
    b.run(50 / 80.0);
    CHECK(b.watch.health()[1].invalid == 50);
    CHECK(b.watch.health()[1].state == CellState::dead);
    b.run(1);
    CHECK(b.watch.health()[1].state == CellState::ok);
    b.faults.mute(1, vp::CellFaults::until_healed);
    b.run(1);
    CHECK(b.watch.health()[1].state == CellState::stuck);
}

TEST_CASE("a cell that never moves from the first sample on is dead") {
    Bench b;
    b.faults.mute(3, vp::CellFaults::until_healed);
    b.run(5);
    CHECK(b.watch.health()[3].state == CellState::dead);
    CHECK(b.watch.health()[2].state == CellState::ok);
    const std::size_t before = b.left_out(3);
    b.run(2);
    CHECK(b.left_out(3) - before >= 158);
    CHECK(b.watch.health()[3].stuck == b.left_out(3));

    SECTION("and when it comes to life it counts, and may freeze like any other") {
        b.faults.heal(3);
        const std::size_t dead = b.left_out(3);
        b.run(3);
        CHECK(b.left_out(3) - dead <= 1);
        CHECK(b.watch.health()[3].state == CellState::ok);
        b.faults.mute(3, vp::CellFaults::until_healed);
        b.run(1);
        CHECK(b.watch.health()[3].state == CellState::stuck);
    }
}

TEST_CASE("a saturated cell is counted by the sample") {
    Bench b;
    b.run(2);
    b.faults.saturate(7, 33);
    b.run(0.5);
    CHECK(b.watch.health()[7].saturated == 33);
    CHECK(b.watch.health()[7].state == CellState::saturated);
    CHECK(b.left_out(7) == 33);
    b.run(2);
    CHECK(b.watch.health()[7].state == CellState::ok);
}

TEST_CASE("a noisy cell is told from a moving body") {
    Bench b;
    b.run(2);
    b.faults.noise(4, Newtons{5});
    b.run(5);
    CHECK(b.watch.health()[4].state == CellState::noisy);
    CHECK(b.watch.health()[5].state == CellState::ok);
    CHECK(b.left_out(4) == b.watch.health()[4].spikes);
    b.faults.heal(4);
    b.run(5);
    CHECK(b.watch.health()[4].state == CellState::ok);
}

TEST_CASE("a zero that wanders over a minute is drifting") {
    CellWatch watch(virtual_cells(), 1'000'000);
    calibration::Zero zero(8, Counts{1000});
    for (int s = 0; s < 120; ++s) {
        zero[2] = Counts{1000 + 10.0 / 60.0 * s * vp::nominal_gain.value};
        zero[3] = Counts{1000 + 1.0 / 60.0 * s * vp::nominal_gain.value};
        watch.zero_found(s * 1'000'000LL, zero);
    }
    CHECK(watch.health()[2].state == CellState::drifting);
    CHECK(watch.health()[3].state == CellState::ok);
}

TEST_CASE("cells without any noise, as simulated ones, are never called stuck") {
    CellWatch watch(virtual_cells(), 1'000'000);
    std::vector<RawSample> out;
    for (int i = 0; i < 1000; ++i) {
        RawSample sample;
        sample.index = static_cast<std::uint64_t>(i);
        sample.tick = i * 12'500LL;
        sample.reading.counts.fill(i < 400 ? 1000 : 500'000);
        sample.reading.counts[0] = i < 300 ? 1000 : 100 * i;
        watch.push(sample, out);
    }
    CHECK(out.size() == 1000);
    for (const CellHealth& health : watch.health())
        CHECK(health == CellHealth{});
}
