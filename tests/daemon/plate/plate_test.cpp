// The plate's state machine: from the port's opening to samples, refusals, and its zero.
#include <cstring>
#include <functional>

#include "tests/daemon/plate/conversation.hpp"

using namespace heeldrop;
using namespace heeldrop::plate;
using namespace heeldrop::plate::test;

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

TEST_CASE("a refused plate is asked again every 2 s, unheard while nothing changes, and taken once it is right") {
    Conversation c;
    auto hello = reference_hello();
    std::function<void(const heeldrop_command&)> answer;
    SECTION("another major version") {
        answer = [&](const heeldrop_command&) {
            const std::uint8_t foreign[] = {HEELDROP_HELLO, 9, 3, 1, 2, 3, 4};
            c.hear(frame(foreign));
        };
    }
    SECTION("a field that breaks the rules") {
        auto wrong = reference_hello();
        wrong.channels[1].corner = wrong.channels[0].corner;
        answer = [&c, wrong](const heeldrop_command&) { c.hear(hello_frame(wrong)); };
    }
    SECTION("it does not describe itself") {
        answer = [&](const heeldrop_command& command) { c.hear(nak_frame(command, HEELDROP_NAK_UNSUPPORTED)); };
    }
    SECTION("it sends no samples") {
        answer = [&](const heeldrop_command& command) {
            c.hear(ack_frame(command));
            c.hear(hello_frame(reference_hello()));
            for (const auto& start : c.sent())
                c.hear(nak_frame(start, HEELDROP_NAK_UNSUPPORTED));
        };
        hello.boot_id = 78;
    }
    c.plate.opened("/dev/pts/9", false, c.now);
    answer(c.one_sent());
    REQUIRE(c.plate.state() == State::refused);
    CHECK(c.sent().empty());
    const auto revision = c.plate.revision();
    for (int round = 0; round < 3; ++round) {
        c.wait(1999ms);
        CHECK(c.sent().empty());
        c.wait(1ms);
        const auto asked = c.one_sent();
        CHECK(asked.type == HEELDROP_GET_HELLO);
        answer(asked);
        CHECK(c.sent().empty());
    }
    // It boots and says nothing that can be read: three tries, then the pause.
    c.wait(2000ms);
    for (int i = 0; i < 3; ++i) {
        CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
        c.wait(100ms);
    }
    CHECK(c.sent().empty());
    CHECK(c.plate.state() == State::refused);
    CHECK(c.plate.revision() == revision);
    c.wait(2000ms);
    CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    c.hear(hello_frame(hello));
    CHECK(c.one_sent().type == HEELDROP_START);
    c.stream(1, 0, 0);
    CHECK(c.plate.state() == State::needs_zero);
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

TEST_CASE("a cell that does not move from the start keeps the plate from being ready until it is known to be dead") {
    Conversation c;
    c.connect();
    std::array<std::int32_t, 8> swing;
    swing.fill(30);
    const bool dead = GENERATE(true, false);
    swing[6] = dead ? 0 : 30;
    auto stream = [&, f = 0u](unsigned frames) mutable {
        for (const unsigned end = f + frames; f < end; ++f)
            c.hear(samples_frame(
                {.sequence = static_cast<std::uint16_t>(f), .index = 8 * f, .tick = 100'000 * f, .swing = swing}));
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

TEST_CASE("what a plate says of itself survives its JSON") {
    const PlateInfo info = plate_info(reference_hello());
    CHECK(info.cells[4].pad == calibration::Pad::right);
    CHECK(info.cells[1].gain.value == 2000.0);
    CHECK(plate_info_from_json(to_json(info)) == info);
    CHECK_THROWS(plate_info_from_json({{"serial", "x"}}));
}
