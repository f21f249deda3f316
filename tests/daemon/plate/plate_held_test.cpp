// A plate that is held for a session: it, and no other, may come back.
#include <cstring>

#include "tests/daemon/plate/conversation.hpp"

using namespace heeldrop;
using namespace heeldrop::plate;
using namespace heeldrop::plate::test;

TEST_CASE("held, a plate that comes back on another port keeps zero, clock and counts, the lost samples are a gap") {
    Conversation c;
    c.hold_ready();
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
    const auto other = another_plates_hello();
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

TEST_CASE("held, the right plate is taken after another one though its boot's HELLO was damaged on the line") {
    Conversation c;
    c.hold_ready();
    const auto other = another_plates_hello();
    c.hear(hello_frame(other));
    REQUIRE(c.plate.state() == State::refused);
    auto hello = reference_hello();
    hello.boot_id = 78;
    auto damaged = hello_frame(hello);
    damaged[damaged.size() / 2] ^= 0x10;
    c.hear(damaged);
    CHECK(c.plate.other_serial() == "HD-0002");
    const bool other_again = GENERATE(true, false);
    const auto revision = c.plate.revision();
    c.wait(2000ms);
    CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    if (other_again) {
        c.hear(hello_frame(other));
        CHECK(c.plate.revision() == revision);
        CHECK(c.plate.other_serial() == "HD-0002");
        c.wait(2000ms);
        CHECK(c.one_sent().type == HEELDROP_GET_HELLO);
    }
    c.hear(hello_frame(hello));
    CHECK(c.plate.other_serial().empty());
    CHECK(c.one_sent().type == HEELDROP_START);
    c.stream(1, 0, 0);
    CHECK(c.plate.state() == State::ready);
}

TEST_CASE("held, the number of another plate is forgotten when what follows is refused for something else") {
    Conversation c;
    c.hold_ready();
    const auto other = another_plates_hello();
    c.hear(hello_frame(other));
    REQUIRE(c.plate.other_serial() == "HD-0002");
    const std::uint8_t foreign[] = {HEELDROP_HELLO, 9, 3, 1, 2, 3, 4};
    c.hear(frame(foreign));
    CHECK(c.plate.state() == State::refused);
    CHECK(c.plate.other_serial().empty());
}

TEST_CASE("held, the same plate with other cells is told as what it is, and taken once it is as before or let go") {
    Conversation c;
    c.hold_ready();
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
