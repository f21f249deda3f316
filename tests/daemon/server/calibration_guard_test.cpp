// What is said of a plate before its figures are believed, and what settles it.
#include "daemon/server/calibration_guard.hpp"

#include <catch2/catch.hpp>

#include "tests/calibration/certificates.hpp"

using namespace heeldrop;
using namespace heeldrop::server;
using calibration::Zero;
using calibration::ZeroAttempt;

namespace {

const std::chrono::sys_seconds today = std::chrono::sys_days(std::chrono::days(20'000));

CalibrationKeeper::Standing in_force(calibration::Certificate certificate = calibration::test::passed_certificate()) {
    certificate.expires = today + std::chrono::days(30);
    CalibrationKeeper::Standing standing;
    standing.accepted_zero = certificate.corner_zeros;
    standing.in_force = std::make_shared<const calibration::Certificate>(std::move(certificate));
    return standing;
}

std::string codes(const CalibrationGuard& guard, std::chrono::sys_seconds now = today) {
    std::string all;
    for (const auto& mark : guard.marks(now)) {
        CHECK(mark.message.size() > 20);
        CHECK(mark.message.back() == '.');
        all += (all.empty() ? "" : " ") + mark.code + (mark.refuses ? "!" : "");
    }
    return all;
}

/// Counts of the certificate's zero with one corner so many newtons off.
Zero off(const calibration::Certificate& certificate, std::size_t corner, double newtons) {
    Zero zero = certificate.corner_zeros;
    zero[corner].value += newtons * certificate.seen.cells[corner].gain.value;
    return zero;
}

plate::EmptyPlate empty(const Zero& zero) {
    plate::EmptyPlate plate;
    plate.take(Seconds{1}, ZeroAttempt::found, zero);
    return plate;
}

}  // namespace

TEST_CASE("a plate with a calibration that holds has no mark, one that was never calibrated has none either") {
    CalibrationGuard guard(true);
    CHECK(codes(guard).empty());
    const auto standing = in_force();
    guard.standing_is(standing);
    guard.empty_is(standing.in_force->seen.cells, empty(off(*standing.in_force, 2, 4.9)));
    CHECK(codes(guard).empty());
    CHECK(guard.to_json(today)["zero"]["off_n"] == 4.9);
    CHECK(guard.to_json(today)["id"] == standing.in_force->of.id);
}

TEST_CASE("an expired calibration is marked from the day on that it expires, never refused") {
    CalibrationGuard guard(true);
    guard.standing_is(in_force());
    CHECK(codes(guard, today + std::chrono::days(30) - std::chrono::seconds(1)).empty());
    CHECK(codes(guard, today + std::chrono::days(30)) == "expired");
    CHECK(guard.marks(today + std::chrono::days(30))[0].fault == motion::SessionFault::calibration_expired);
}

TEST_CASE("an unfit calibration is refused or marked as the settings say, and named in a session that is measured") {
    const bool refuse = GENERATE(true, false);
    const auto [code, fault] = GENERATE(
        table<std::string, motion::SessionFault>({{"calibration_failed", motion::SessionFault::calibration_failed},
                                                  {"another_plate", motion::SessionFault::plate_changed},
                                                  {"cells_changed", motion::SessionFault::plate_changed},
                                                  {"converter_changed", motion::SessionFault::converter_changed},
                                                  {"altered", motion::SessionFault::certificate_altered},
                                                  {"another_station", motion::SessionFault::certificate_altered}}));
    CalibrationGuard guard(refuse);
    CalibrationKeeper::Standing standing;
    standing.unfit = calibration::NotAccepted{code, "It is not as it was. Calibrate again."};
    guard.standing_is(standing);
    CHECK(codes(guard) == code + (refuse ? "!" : ""));
    CHECK(guard.marks(today)[0].fault == fault);
}

TEST_CASE("a corner more than 5 N off its certificate's zero is moved or uneven, until a spot check or a calibration") {
    CalibrationGuard guard(true);
    auto standing = in_force();
    const auto& cells = standing.in_force->seen.cells;
    guard.standing_is(standing);
    const Zero moved = off(*standing.in_force, 5, -5.2);
    guard.empty_is(cells, empty(moved));
    CHECK(codes(guard) == "moved_or_uneven");
    CHECK_THAT(guard.marks(today)[0].message,
               Catch::Contains("right FR") && Catch::Contains("-5.2 N") && Catch::Contains("spot check"));
    guard.empty_is(cells, empty(standing.in_force->corner_zeros));
    CHECK(codes(guard) == "moved_or_uneven");  // it came back: that alone proves nothing

    SECTION("a passed spot check holds it to where it stands now") {
        standing.accepted_zero = moved;
        guard.standing_is(standing);
        guard.empty_is(cells, empty(moved));
        CHECK(codes(guard).empty());
    }
    SECTION("a passed spot check of the other pad settles nothing") {
        standing.accepted_zero = off(*standing.in_force, 1, 0.4);
        guard.standing_is(standing);
        CHECK(codes(guard) == "moved_or_uneven");
        CHECK(guard.moved());
    }
    SECTION("a failed one settles nothing") {
        standing.spot_failed[1] = true;
        guard.standing_is(standing);
        CHECK(codes(guard) == "moved_or_uneven spot_check_failed");
    }
    SECTION("a new calibration") {
        auto certificate = calibration::test::passed_certificate();
        certificate.of.id = "another";
        certificate.corner_zeros = moved;
        guard.standing_is(in_force(certificate));
        guard.empty_is(cells, empty(moved));
        CHECK(codes(guard).empty());
    }
    SECTION("another plate") {
        guard.standing_is({});
        guard.new_plate();
        CHECK(codes(guard).empty());
    }
}

TEST_CASE("a zero that moved under the load is told 20 s after step-off") {
    CalibrationGuard guard(true);
    const auto standing = in_force();
    const auto& certificate = *standing.in_force;
    guard.standing_is(standing);
    plate::EmptyPlate plate = empty(off(certificate, 1, -4.0));
    guard.empty_is(certificate.seen.cells, plate);
    CHECK(guard.to_json(today)["drift"].is_null());
    plate.take(Seconds{2}, ZeroAttempt::loaded, certificate.corner_zeros);
    plate.take(Seconds{23}, ZeroAttempt::found, off(certificate, 1, 1.5));
    guard.empty_is(certificate.seen.cells, plate);
    CHECK(codes(guard) == "drifted");
    CHECK(guard.to_json(today)["drift"] == exchange::Json{{"cell", "left FR"}, {"off_n", 5.5}});
}

TEST_CASE("a shifted empty pad in a rep is told with its rep and corner") {
    CalibrationGuard guard(true);
    const auto standing = in_force();
    guard.standing_is(standing);
    guard.pad_is(3, {standing.in_force->seen.cells[2], Newtons{4.0}});
    CHECK(codes(guard).empty());
    CHECK(guard.to_json(today)["empty_pad"] == exchange::Json{{"rep", 3}, {"cell", "left RL"}, {"off_n", 4.0}});
    guard.pad_is(4, {standing.in_force->seen.cells[2], Newtons{5.6}});
    CHECK(codes(guard) == "moved_or_uneven");
    CHECK_THAT(guard.marks(today)[0].message, Catch::Contains("rep 4") && Catch::Contains("left RL"));
}
