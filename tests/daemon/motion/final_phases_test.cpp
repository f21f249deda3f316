// A whole session's phases: what the reps' final accounts say, where live had seen otherwise.
#include "daemon/motion/final_phases.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace heeldrop;
using motion::final_phases;
using motion::Phase;
using motion::PhaseChange;
using motion::Side;

namespace {

PhaseChange at(double t, Phase phase, std::optional<Side> side = std::nullopt) {
    return {Seconds{t}, phase, side};
}

motion::Rep rep_from(double t) {
    motion::Rep rep;
    rep.side = Side::right;
    rep.rise_start = Seconds{t};
    rep.rise_end = Seconds{t + 1};
    rep.transfer_start = Seconds{t + 2};
    rep.transfer_end = Seconds{t + 2.5};
    rep.drop_start = Seconds{t + 3};
    rep.drop_end = Seconds{t + 6};
    rep.return_end = Seconds{t + 7};
    return rep;
}

/// As a display sees it: late, and with a start of a rise that became nothing.
const std::vector<PhaseChange> live{at(0, Phase::empty),       at(1, Phase::two_feet),
                                    at(3, Phase::rise),        at(4, Phase::two_feet),
                                    at(10.3, Phase::rise),     at(12.4, Phase::transfer, Side::right),
                                    at(12.6, Phase::drop),     at(16.8, Phase::homing),
                                    at(17.5, Phase::two_feet), at(20, Phase::empty)};

}  // namespace

TEST_CASE("the phases are the rep's own times, and live's only where there is no rep") {
    CHECK(final_phases(std::vector{rep_from(10)}, live) ==
          std::vector<PhaseChange>{at(0, Phase::empty), at(1, Phase::two_feet), at(3, Phase::unknown),
                                   at(4, Phase::two_feet), at(10, Phase::rise), at(11, Phase::top),
                                   at(12, Phase::transfer, Side::right), at(12.5, Phase::top),
                                   at(13, Phase::drop, Side::right), at(16, Phase::bottom, Side::right),
                                   at(17, Phase::homing), at(17.5, Phase::two_feet), at(20, Phase::empty)});
}

TEST_CASE("a descent that was not measured is not shaded as one") {
    motion::Rep rep = rep_from(10);
    rep.drop_start = rep.drop_end = std::nullopt;
    const auto phases = final_phases(std::vector{rep}, live);
    for (const PhaseChange& change : phases)
        CHECK(change.phase != Phase::drop);
    CHECK(std::find(phases.begin(), phases.end(), at(12.5, Phase::unknown)) != phases.end());
}

TEST_CASE("somebody who lowers while still shifting is lowering, and a next rise ends the return") {
    motion::Rep first = rep_from(10), second = rep_from(16.5);
    first.drop_start = Seconds{12.25};
    CHECK(final_phases(std::vector{first, second}, {}) ==
          std::vector<PhaseChange>{at(10, Phase::rise), at(11, Phase::top), at(12, Phase::transfer, Side::right),
                                   at(12.25, Phase::drop, Side::right), at(16, Phase::bottom, Side::right),
                                   at(16.5, Phase::rise), at(17.5, Phase::top), at(18.5, Phase::transfer, Side::right),
                                   at(19, Phase::top), at(19.5, Phase::drop, Side::right),
                                   at(22.5, Phase::bottom, Side::right), at(23.5, Phase::homing)});
}

TEST_CASE("without a rep nothing that live took for a movement is told as one") {
    for (const PhaseChange& change : final_phases({}, live)) {
        INFO(change.t.value);
        CHECK((change.phase == Phase::empty || change.phase == Phase::two_feet || change.phase == Phase::unknown));
    }
}
