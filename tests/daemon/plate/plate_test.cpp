// The plate's state machine, driven with bytes and times alone.
#include "daemon/plate/plate.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/daemon/plate/scripted_plate.hpp"

using namespace heeldrop;
using namespace heeldrop::plate;
using namespace heeldrop::plate::test;
using namespace std::chrono_literals;

namespace {

struct Conversation {
    Plate plate;
    Commands commands;
    Plate::Time now{1000s};

    std::vector<heeldrop_command> sent() { return commands.in(plate.take_output()); }
    heeldrop_command one_sent() {
        const auto list = sent();
        REQUIRE(list.size() == 1);
        return list[0];
    }
    void hear(const Bytes& bytes) { plate.receive(bytes, now); }
    void wait(std::chrono::milliseconds time) {
        now += time;
        plate.elapsed(now);
    }
    void connect(const heeldrop_hello& hello = reference_hello()) {
        plate.opened("/dev/pts/9", false, now);
        CHECK(one_sent().type == HEELDROP_GET_HELLO);
        hear(hello_frame(hello));
        const auto start = one_sent();
        CHECK(start.type == HEELDROP_START);
        hear(ack_frame(start));
    }
    /// Still samples from the given tick on.
    void stream(unsigned frames, std::uint32_t index, std::uint32_t tick, std::int32_t counts = 1000) {
        for (unsigned f = 0; f < frames; ++f)
            hear(samples_frame({.sequence = static_cast<std::uint16_t>(index / 8 + f),
                                .index = index + 8 * f,
                                .tick = tick + 8 * 12500 * f,
                                .counts = counts}));
    }
};

}  // namespace

TEST_CASE("without a port the plate is missing, and says so") {
    Plate plate;
    CHECK(plate.state() == State::missing);
    CHECK_FALSE(plate.message().empty());
    CHECK_FALSE(plate.deadline());
}

TEST_CASE("from the port's opening to ready: HELLO, START, samples, a second of stillness") {
    Conversation c;
    c.connect();
    CHECK(c.plate.state() == State::connecting);
    c.stream(2, 0, 0);
    CHECK(c.plate.state() == State::needs_zero);
    CHECK_THAT(c.plate.message(), Catch::Contains("Step off"));
    CHECK_FALSE(c.plate.conversion());
    c.stream(10, 16, 16 * 12500);
    CHECK(c.plate.state() == State::ready);
    REQUIRE(c.plate.conversion());
    CHECK(c.plate.conversion()->zero()[5].value == 1000);
    CHECK(c.plate.info()->serial == "HD-0001");
    CHECK(c.plate.take_batch().samples.size() == 96);
    CHECK(c.plate.take_batch().samples.empty());
    CHECK(c.plate.line_counts() == LineCounts{.samples = 96, .gap_time = {}});
}

TEST_CASE("a command is repeated twice with the same id, then the silence is said and the port asked again") {
    Conversation c;
    c.plate.opened("/dev/ttyACM0", false, c.now);
    const auto first = c.one_sent();
    for (int i = 0; i < 2; ++i) {
        c.wait(99ms);
        CHECK(c.sent().empty());
        c.wait(1ms);
        CHECK(c.one_sent().request_id == first.request_id);
    }
    c.wait(100ms);
    CHECK(c.sent().empty());
    CHECK(c.plate.state() == State::connecting);
    CHECK_THAT(c.plate.message(), Catch::Contains("Nothing answers on /dev/ttyACM0"));
    c.wait(1000ms);
    CHECK(c.one_sent().request_id != first.request_id);
    c.hear(hello_frame(reference_hello()));
    CHECK(c.one_sent().type == HEELDROP_START);
}

TEST_CASE("a port that resets the plate is left silent until the boot is over, or its HELLO comes first") {
    Conversation c;
    c.plate.opened("/dev/ttyACM0", true, c.now);
    CHECK(c.sent().empty());
    SECTION("silence") {
        c.wait(1999ms);
        CHECK(c.sent().empty());
        c.wait(1ms);
        CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    }
    SECTION("HELLO") {
        c.hear(hello_frame(reference_hello()));
        CHECK(c.one_sent().type == HEELDROP_START);
    }
}

TEST_CASE("GET_HELLO is answered by its HELLO, the ACK before it only buys it time") {
    Conversation c;
    c.plate.opened("/dev/pts/9", false, c.now);
    const auto command = c.one_sent();
    c.wait(60ms);
    c.hear(ack_frame(command));
    c.wait(60ms);
    CHECK(c.sent().empty());
    c.wait(50ms);
    CHECK(c.one_sent().request_id == command.request_id);
}

TEST_CASE("samples prove that START was heard, though its answer was lost") {
    Conversation c;
    c.plate.opened("/dev/pts/9", false, c.now);
    c.hear(hello_frame(reference_hello()));
    c.sent();
    c.stream(1, 0, 0);
    c.wait(300ms);
    CHECK(c.sent().empty());
    CHECK(c.plate.state() == State::needs_zero);
}

TEST_CASE("a plate that cannot be used is refused, with what to do") {
    Conversation c;
    c.plate.opened("/dev/pts/9", false, c.now);
    const auto get_hello = c.one_sent();
    auto hello = reference_hello();
    std::string expected;
    SECTION("a corner named twice") {
        hello.channels[1].corner = hello.channels[0].corner;
        c.hear(hello_frame(hello));
        expected = "two cells";
    }
    SECTION("one pad only") {
        hello.channel_count = 4;
        c.hear(hello_frame(hello));
        expected = "no cell on its right pad";
    }
    SECTION("too slow") {
        hello.nominal_rate_mhz = 10'000;
        c.hear(hello_frame(hello));
        expected = "10 samples a second";
    }
    SECTION("it says no") {
        c.hear(nak_frame(get_hello, HEELDROP_NAK_UNSUPPORTED));
        expected = "refuses";
    }
    SECTION("another major version") {
        const std::uint8_t foreign[] = {HEELDROP_HELLO, 9, 3, 1, 2, 3, 4};
        c.hear(frame(foreign));
        expected = "protocol 9.3";
    }
    CHECK(c.plate.state() == State::refused);
    CHECK_THAT(c.plate.message(), Catch::Contains(expected));
    CHECK(c.sent().empty());
    c.stream(2, 0, 0);
    CHECK(c.plate.take_batch().samples.empty());
    // Another plate, or the same one set right, is taken up.
    c.hear(hello_frame(reference_hello()));
    CHECK(c.one_sent().type == HEELDROP_START);
    c.stream(1, 0, 0);
    CHECK(c.plate.state() == State::needs_zero);
}

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

TEST_CASE("what is lost, damaged or out of order is counted, and the rest kept") {
    Conversation c;
    c.connect();
    c.stream(1, 0, 0);
    c.hear(samples_frame({.sequence = 3, .index = 24, .tick = 300000}));  // two frames lost
    auto damaged = samples_frame({.sequence = 4, .index = 32, .tick = 400000});
    damaged[20] ^= 0x10;
    c.hear(damaged);
    c.hear(samples_frame({.sequence = 5, .index = 40, .tick = 500000}));
    CHECK(c.sent().empty());
    c.hear(samples_frame({.sequence = 6, .index = 8, .tick = 100000}));  // of another boot, it seems
    CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    c.hear(hello_frame(reference_hello()));  // it is the one it was
    c.wait(500ms);
    CHECK(c.sent().empty());
    const auto& counts = c.plate.line_counts();
    CHECK(counts.lost_frames == 3);
    CHECK(counts.lost_samples == 24);
    CHECK(counts.bad_frames == 1);
    CHECK(counts.unordered_samples == 8);
    CHECK(c.plate.take_batch().samples.size() == 24);
}

TEST_CASE("a stream that stops is noticed, said and started again, the same boot keeps its zero and its clock") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    REQUIRE(c.plate.state() == State::ready);
    const auto epoch = c.plate.epoch();
    c.wait(1900ms);
    CHECK(c.plate.state() == State::ready);
    c.wait(200ms);
    CHECK(c.plate.state() == State::connecting);
    CHECK_THAT(c.plate.message(), Catch::Contains("silent"));
    CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    c.hear(hello_frame(reference_hello()));
    CHECK(c.one_sent().type == HEELDROP_START);
    c.stream(1, 264, 3'300'000);
    CHECK(c.plate.state() == State::ready);
    CHECK(c.plate.epoch() == epoch);
    CHECK(c.plate.line_counts().lost_samples == 264 - 96);
}

TEST_CASE("a plate that boots again begins a new epoch and needs its zero") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 5'000'000);
    REQUIRE(c.plate.state() == State::ready);
    const auto epoch = c.plate.epoch();
    auto hello = reference_hello();
    hello.boot_id = 78;
    c.hear(hello_frame(hello));
    CHECK(c.one_sent().type == HEELDROP_START);
    c.stream(2, 0, 0);
    CHECK(c.plate.epoch() == epoch + 1);
    CHECK(c.plate.state() == State::needs_zero);
    const auto batch = c.plate.take_batch();
    REQUIRE(batch.samples.size() == 112);
    CHECK(batch.samples[96].tick == 0);
    REQUIRE(batch.breaks.size() == 1);
    CHECK(batch.breaks[0].at == 96);
    CHECK(batch.breaks[0].new_boot);
    CHECK_FALSE(batch.breaks[0].lost_samples);
}

TEST_CASE("held, a plate that comes back on another port keeps zero, clock and counts, the lost samples are a gap") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    REQUIRE(c.plate.state() == State::ready);
    c.plate.hold(true, c.now);
    c.plate.take_batch();
    c.plate.closed("the port is gone");
    CHECK(c.plate.state() == State::missing);
    CHECK_FALSE(c.plate.info());
    c.now += 10s;
    c.connect();
    c.stream(1, 400, 400 * 12500);
    CHECK(c.plate.state() == State::ready);
    CHECK(c.plate.conversion()->zero()[0].value == 1000);
    const auto batch = c.plate.take_batch();
    REQUIRE(batch.breaks.size() == 1);
    CHECK(batch.breaks[0].lost_samples == 400 - 96);
    CHECK(batch.breaks[0].length.value == Approx((400 - 95) * 0.0125));
    CHECK_FALSE(batch.breaks[0].new_boot);
    CHECK(c.plate.line_counts().lost_samples == 400 - 96);
    CHECK(c.plate.line_counts().gaps == 1);
}

TEST_CASE("held, a plate that booted while it was away keeps its zero, the gap is as long as the host's clock says") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    c.plate.hold(true, c.now);
    c.plate.take_batch();
    c.plate.closed("the port is gone");
    c.now += 10s;
    auto hello = reference_hello();
    SECTION("it says so") {
        hello.boot_id = 78;
    }
    SECTION("it does not tell its boots apart") {}
    c.connect(hello);
    c.stream(1, 0, 0);
    CHECK(c.plate.state() == State::ready);
    const auto batch = c.plate.take_batch();
    REQUIRE(batch.samples.size() == 8);
    REQUIRE(batch.breaks.size() == 1);
    CHECK(batch.breaks[0].new_boot);
    CHECK(batch.breaks[0].length.value == Approx(10.0 - 7 * 0.0125));
    CHECK(c.plate.line_counts().lost_samples == 0);
}

TEST_CASE("held, another plate is turned away by name, and taken once the first is let go") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    c.plate.hold(true, c.now);
    c.plate.closed("the port is gone");
    c.plate.opened("/dev/pts/10", false, c.now);
    c.one_sent();
    auto other = reference_hello();
    std::strcpy(other.serial, "HD-0002");
    c.hear(hello_frame(other));
    CHECK(c.plate.state() == State::refused);
    CHECK_THAT(c.plate.message(), Catch::Contains("HD-0002") && Catch::Contains("HD-0001"));
    CHECK(c.plate.other_serial() == "HD-0002");
    CHECK(c.sent().empty());
    c.plate.hold(false, c.now);
    CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    c.hear(hello_frame(other));
    CHECK(c.one_sent().type == HEELDROP_START);
    CHECK(c.plate.other_serial().empty());
}

TEST_CASE("held, the same plate with other cells is told as what it is, and taken once it is as before or let go") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    REQUIRE(c.plate.state() == State::ready);
    c.plate.hold(true, c.now);
    const bool set_right = GENERATE(true, false);
    auto other = reference_hello();
    std::string changed;
    SECTION("a gain") {
        other.channels[5].millicounts_per_newton = 2'100'000;
        changed = "cell right FR gave 2000 counts/N, and gives 2100";
    }
    SECTION("fewer cells") {
        other.channel_count = 7;
        changed = "it had 8 cells, and has 7";
    }
    SECTION("cells on other pads") {
        std::swap(other.channels[0].pad, other.channels[4].pad);
        changed = "its channel 0 was cell left FL, and is right FL";
    }
    SECTION("a place") {
        other.channels[0].x_tenth_mm = -1205;
        changed = "cell left FL was at x -130, y 150 mm, and is at x -120.5, y 150";
    }
    SECTION("a capacity") {
        other.channels[0].capacity_n = 500;
        changed = "cell left FL bore 981 N, and bears 500";
    }
    SECTION("a converter") {
        std::strcpy(other.converter, "ADS131M08");
        changed = "its converter was HX711, and is ADS131M08";
    }
    c.hear(hello_frame(other));
    CHECK(c.plate.state() == State::refused);
    CHECK_THAT(c.plate.message(), Catch::Contains("HD-0001") && Catch::Contains(changed) &&
                                      Catch::Contains("as before") && !Catch::Contains("Connect that one"));
    CHECK(c.plate.other_serial().empty());
    CHECK(c.sent().empty());
    if (set_right) {
        c.hear(hello_frame(reference_hello()));
        CHECK(c.one_sent().type == HEELDROP_START);
        c.stream(1, 96, 96 * 12500);
        CHECK(c.plate.state() == State::ready);
        CHECK(c.plate.take_batch().breaks.empty());
    } else {
        c.plate.hold(false, c.now);
        CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
        c.hear(hello_frame(other));
        CHECK(c.one_sent().type == HEELDROP_START);
    }
}

TEST_CASE("held without a zero, a plate finds it, and so it does after a boot") {
    Conversation c;
    c.connect();
    c.stream(2, 0, 0);
    REQUIRE(c.plate.state() == State::needs_zero);
    c.plate.hold(true, c.now);
    auto hello = reference_hello();
    hello.boot_id = 78;
    c.hear(hello_frame(hello));
    c.stream(12, 0, 0);
    CHECK(c.plate.state() == State::ready);
    CHECK(c.plate.conversion());
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

TEST_CASE("a cell that does not move from the start keeps the plate from being ready until it is known to be dead") {
    Conversation c;
    c.connect();
    std::array<std::int32_t, 8> swing;
    swing.fill(30);
    const bool dead = GENERATE(true, false);
    swing[6] = dead ? 0 : 30;
    auto stream = [&, f = 0u](unsigned frames) mutable {
        for (const unsigned end = f + frames; f < end; ++f)
            c.hear(samples_frame({.sequence = static_cast<std::uint16_t>(f),
                                  .index = 8 * f,
                                  .tick = 100'000 * f,
                                  .swing = swing}));
    };
    // The first second gives the zero, and well cells their verdict.
    stream(11);
    CHECK(c.plate.state() == (dead ? State::needs_zero : State::ready));
    CHECK(c.plate.conversion());
    if (!dead)
        return;
    CHECK_THAT(c.plate.message(), Catch::Contains("not moved"));
    stream(20);
    CHECK(c.plate.state() == State::ready);
    CHECK(c.plate.cells()[6].state == CellState::dead);
    CHECK_THAT(c.plate.message(), Catch::Contains("rear left cell of the right pad is dead"));
}

TEST_CASE("half a frame that was under way when the port was opened is no error") {
    Conversation c;
    c.plate.opened("/dev/pts/9", false, c.now);
    const auto half = samples_frame({});
    c.hear({half.begin() + 20, half.end()});
    CHECK(c.plate.line_counts().bad_frames == 0);
    c.hear({half.begin() + 20, half.end()});
    CHECK(c.plate.line_counts().bad_frames == 1);
}

TEST_CASE("a plate that says HELLO without end and never reads leaves no more than a few commands waiting") {
    Conversation c;
    auto hello = reference_hello();
    for (std::uint32_t boot = 0; boot < 3000; ++boot) {
        hello.boot_id = boot;
        c.hear(hello_frame(hello));
    }
    CHECK(c.plate.take_output().size() < 5000);
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

TEST_CASE("held or not, an empty plate has its zero found again, and is told from which sample on it counts") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0, 1000);
    c.plate.take_batch();
    const bool held = GENERATE(true, false);
    c.plate.hold(held, c.now);
    c.stream(24, 96, 96 * 12500, 1500);
    CHECK(c.plate.conversion()->zero()[0].value == 1500);
    const auto batch = c.plate.take_batch();
    REQUIRE_FALSE(batch.zeros.empty());
    CHECK(batch.zeros.back().at < batch.samples.size());
    CHECK(batch.zeros.back().zero[0].value == 1500);
}

TEST_CASE("a loaded plate keeps its zero") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0, 1000);
    c.plate.take_batch();
    c.plate.hold(GENERATE(true, false), c.now);
    c.stream(24, 96, 96 * 12500, 1000 + 20 * 2000);
    CHECK(c.plate.conversion()->zero()[0].value == 1000);
    CHECK(c.plate.take_batch().zeros.empty());
}

TEST_CASE("a certificate's map is used until a plate with another number, converter or cells says HELLO") {
    Conversation c;
    c.connect();
    c.stream(12, 0, 0);
    CHECK(c.plate.conversion()->uncalibrated());
    calibration::PlateMap map;
    map.certificate_id = "one";
    c.plate.use(map);
    CHECK(c.plate.conversion()->map() == map);
    c.plate.closed("the port is gone");
    auto hello = reference_hello();
    hello.boot_id = 78;
    c.connect(hello);
    c.stream(12, 0, 0);
    CHECK(c.plate.conversion()->map() == map);
    c.plate.closed("the port is gone");
    std::strcpy(hello.converter, "ADS131");
    c.connect(hello);
    c.stream(12, 0, 0);
    CHECK(c.plate.conversion()->uncalibrated());
}

TEST_CASE("the true rate is measured on the plate's clock") {
    Conversation c;
    c.connect();
    CHECK_FALSE(c.plate.measured_rate());
    c.stream(30, 0, 0);
    REQUIRE(c.plate.measured_rate());
    CHECK(c.plate.measured_rate()->value == Approx(80.0));
}

TEST_CASE("what a plate says of itself survives its JSON") {
    const PlateInfo info = plate_info(reference_hello());
    CHECK(info.cells[4].pad == calibration::Pad::right);
    CHECK(info.cells[1].gain.value == 2000.0);
    CHECK(plate_info_from_json(to_json(info)) == info);
    CHECK_THROWS(plate_info_from_json({{"serial", "x"}}));
}
