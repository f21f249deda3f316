#include "ui/models/quantity_text.hpp"

#include <catch2/catch.hpp>

#include "tests/ui/plain.hpp"

using namespace heeldrop;
using namespace heeldrop::ui;

TEST_CASE("forces and shares are whole numbers with their unit") {
    CHECK(plain(force_text(Newtons{811.6})) == "812 N");
    CHECK(plain(force_text(Newtons{-0.3})) == "0 N");
    CHECK(plain(force_text(Newtons{-1.4})) == "0 N");
    CHECK(plain(force_text(Newtons{-25})) == "-25 N");  // no zero error: the plate is wrong, and it shows
    CHECK(plain(share_text(Fraction{0.976})) == "98 %");
}

TEST_CASE("a figure and its unit are never parted at a line's end") {
    CHECK(force_text(Newtons{5}).contains(QChar(0x00a0)));
    CHECK_FALSE(duration_text(Seconds{2.9}, Seconds{0.2}).contains(QLatin1Char(' ')));
}

TEST_CASE("an uncertainty is rounded up and never to nothing") {
    CHECK(plain(duration_text(Seconds{3.12}, Seconds{0.21})) == "3.1 ± 0.3 s");
    CHECK(plain(duration_text(Seconds{1.1}, Seconds{0.04})) == "1.1 ± 0.1 s");
    CHECK(plain(duration_text(Seconds{3.0}, Seconds{0.3})) == "3.0 ± 0.3 s");
    CHECK(plain(duration_text(Seconds{3.0}, std::nullopt)) == "3.0 s");
    CHECK(plain(depth_text(Metres{0.121}, Metres{0.012})) == "12 ± 2 cm");
}

TEST_CASE("longer times read as a clock") {
    CHECK(clock_text(Seconds{0}) == "0:00");
    CHECK(clock_text(Seconds{65.4}) == "1:05");
    CHECK(clock_text(Seconds{59.6}) == "1:00");
    CHECK(clock_text(Seconds{3605}) == "60:05");
}

TEST_CASE("a weighed-in load is shown as the mass a person knows") {
    CHECK(plain(mass_of_weight_text(Newtons{804.1453})) == "82.0 kg");
}
