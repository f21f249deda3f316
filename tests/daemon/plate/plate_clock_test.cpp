// The plate's clock: its ticks, its true rate, and what the host's clock says of both.
#include "tests/daemon/plate/conversation.hpp"

using namespace heeldrop;
using namespace heeldrop::plate;
using namespace heeldrop::plate::test;

TEST_CASE("ticks and indices go on across 2^32") {
    Conversation c;
    c.connect();
    c.stream(3, 0xFFFFFFF8u, 0xFFFFFFFFu - 100000u);
    const auto samples = c.plate.take_batch().samples;
    REQUIRE(samples.size() == 24);
    for (std::size_t i = 1; i < samples.size(); ++i) {
        CHECK(samples[i].index == samples[i - 1].index + 1);
        CHECK(samples[i].tick == samples[i - 1].tick + 12500);
    }
    CHECK(c.plate.line_counts() == LineCounts{.samples = 24, .gap_time = {}});
}

TEST_CASE("a clocked converter's samples are its period apart") {
    Conversation c;
    auto hello = reference_hello();
    hello.clocked = true;
    hello.sample_period_ticks = 1000;
    hello.nominal_rate_mhz = 1'000'000;
    c.connect(hello);
    c.hear(samples_frame({.count = 9, .deltas = false}));
    const auto samples = c.plate.take_batch().samples;
    REQUIRE(samples.size() == 9);
    CHECK(samples[8].tick - samples[0].tick == 8000);
    // One with deltas is then no frame of this plate.
    c.hear(samples_frame({.sequence = 1, .index = 9, .tick = 9000}));
    CHECK(c.plate.take_batch().samples.empty());
    CHECK(c.plate.line_counts().bad_frames == 1);
    CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
}

TEST_CASE("a tick that jumps while the samples go on is counted and named, and makes no gap") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 5'000'000);
    REQUIRE(c.plate.state() == State::ready);
    c.now += 100ms;
    // From where it was to be.
    const std::int32_t jump = GENERATE(-5'000, -1, -150'000, -4'000'000, 60'000'000, 2'000'000'000);
    c.stream(12, 96, static_cast<std::uint32_t>(5'000'000 + 96 * 12'500 - (jump == -1 ? 12'500 : 0) + jump));
    CAPTURE(jump);
    const auto batch = c.plate.take_batch();
    CHECK(batch.breaks.empty());
    REQUIRE(batch.samples.size() == 192);
    for (std::size_t i = 1; i < batch.samples.size(); ++i) {
        CHECK(batch.samples[i].tick > batch.samples[i - 1].tick);
        CHECK(batch.samples[i].tick - batch.samples[i - 1].tick <= 12'500);
    }
    // Half an interval back is late, not backward: nobody can tell.
    const bool forward = jump == -5'000;
    CHECK(c.plate.line_counts().clock_jumps == (forward ? 0 : 1));
    CHECK(c.plate.line_counts().gaps == 0);
    CHECK((c.plate.message().find("clock jumps") != std::string::npos) != forward);
    CHECK(c.plate.state() == State::ready);
}

TEST_CASE("a tick that stands still, or leaps within a frame, is a clock that jumps") {
    Conversation c;
    c.connect();
    c.stream(1, 0, 0);
    c.hear(samples_frame({.sequence = 1, .index = 8, .tick = 100'000, .delta = GENERATE(0u, 16'000'000u)}));
    const auto batch = c.plate.take_batch();
    CHECK(batch.breaks.empty());
    REQUIRE(batch.samples.size() == 16);
    CHECK(batch.samples[15].tick == 15 * 12'500);
    CHECK(c.plate.line_counts().clock_jumps == 7);
    CHECK(c.plate.line_counts().unordered_samples == 0);
}

TEST_CASE("what the host's clock bears out is a gap and no jump, however long") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    c.now += 100s;
    c.stream(1, 96, 100'000'000);
    const auto batch = c.plate.take_batch();
    REQUIRE(batch.breaks.size() == 1);
    CHECK(batch.breaks[0].length.value == Approx(100.0 - 95 * 0.0125));
    CHECK(c.plate.line_counts().clock_jumps == 0);
}

TEST_CASE("a clock that runs 2 % fast is found out against the host's") {
    Conversation c;
    c.connect();
    for (unsigned f = 0; f < 400; ++f) {
        c.now += 98039us;  // 0.1 s of the plate's
        c.stream(1, 8 * f, 100000 * f);
    }
    REQUIRE(c.plate.clock_error_percent());
    CHECK(*c.plate.clock_error_percent() == Approx(2.0).margin(0.05));
}

TEST_CASE("the true rate is measured on the plate's clock") {
    Conversation c;
    c.connect();
    CHECK_FALSE(c.plate.measured_rate());
    c.stream(30, 0, 0);
    REQUIRE(c.plate.measured_rate());
    CHECK(c.plate.measured_rate()->value == Approx(80.0));
}
