// The keeper by itself, on a database: what spot checks settle, and what is loaded for the plate that says HELLO.
#include "daemon/server/calibration_keeper.hpp"

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include "tests/calibration/certificates.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::server;
using calibration::Pad;
using calibration::test::sound_observations;

namespace {

/// The disk's jobs run when the loop does, in order.
struct Kept {
    heeldrop::test::TemporaryFolder folder;
    boost::asio::io_context io;
    store::Database database{folder.path / "h.db"};
    int changes = 0;
    CalibrationKeeper keeper{io, calibration::StationKey::load_or_create(folder.path / "station-key"),
                             [this](store::Lane, std::function<void(store::Database&)> job) {
                                 boost::asio::post(io, [this, job = std::move(job)] { job(database); });
                                 return true;
                             },
                             [this] { ++changes; }};
    calibration::PlateIdentity plate{"HD-0007", "1.2.3", "HX711"};

    void run() {
        io.restart();
        io.run();
    }
    void say_hello() {
        keeper.plate_is(plate, sound_observations().cells);
        run();
    }
    std::string take_over(const calibration::Certificate& certificate) {
        std::string code = "never answered";
        keeper.take_over(
            keeper.seal(certificate), store::Lane::own, [&](const CalibrationKeeper::CertificatePtr&) { code.clear(); },
            [&](const Refusal& refusal) { code = refusal.code; });
        run();
        return code;
    }
    void check(Pad pad, double off_n) {
        store::StoredSpotCheck spot{{},
                                    plate.serial,
                                    keeper.in_force()->of.id,
                                    "Ada",
                                    pad,
                                    Kilograms{80.0},
                                    Newtons{784.5},
                                    Newtons{784.5 + off_n},
                                    false,
                                    {}};
        spot.made = std::chrono::sys_seconds(std::chrono::seconds(1'900'000'000 + ++checks));
        bool done = false;
        keeper.add(
            spot, [&] { done = true; }, [](const Refusal&) { FAIL("not stored"); });
        run();
        CHECK(done);
    }
    int checks = 0;
};

}  // namespace

TEST_CASE("without a plate nothing is taken over, with one it is in force once it is stored") {
    Kept kept;
    const auto certificate = calibration::test::passed_certificate();
    CHECK(kept.take_over(certificate) == "no_plate");
    kept.say_hello();
    CHECK_FALSE(kept.keeper.in_force());
    CHECK_FALSE(kept.keeper.standing().unfit);
    CHECK(kept.take_over(certificate) == "");
    REQUIRE(kept.keeper.in_force());
    CHECK(kept.keeper.in_force()->of.id == certificate.of.id);
    CHECK(kept.keeper.standing().accepted_zero == certificate.corner_zeros);
    CHECK(kept.database.calibrations().in_force("HD-0007")->id == certificate.of.id);
}

TEST_CASE("a plate that says HELLO again changes nothing, another converter leaves nothing in force, said") {
    Kept kept;
    kept.say_hello();
    kept.take_over(calibration::test::passed_certificate());
    const int changes = kept.changes;
    kept.say_hello();
    CHECK(kept.changes == changes);
    kept.plate.firmware = "1.2.4";
    kept.say_hello();
    CHECK(kept.keeper.in_force());
    kept.plate.converter = "ADS131M08";
    kept.keeper.plate_is(kept.plate, sound_observations().cells);
    CHECK_FALSE(kept.keeper.in_force());  // at once, before the store has answered
    bool known = false;
    kept.keeper.when_known([&] { known = true; });
    CHECK_FALSE(known);
    kept.run();
    CHECK(known);
    REQUIRE(kept.keeper.standing().unfit);
    CHECK(kept.keeper.standing().unfit->code == "converter_changed");
}

TEST_CASE("a plate that was never calibrated is told from one where another was") {
    Kept kept;
    kept.say_hello();
    kept.take_over(calibration::test::passed_certificate());
    kept.plate.serial = "HD-0008";
    kept.say_hello();
    REQUIRE(kept.keeper.standing().unfit);
    CHECK(kept.keeper.standing().unfit->code == "another_plate");
    CHECK_THAT(kept.keeper.standing().unfit->message, Catch::Contains("HD-0007") && Catch::Contains("HD-0008"));
}

TEST_CASE("a passed spot check holds its pad, and only that, to the zeros it was made with, a failed one is said") {
    Kept kept;
    kept.say_hello();
    kept.take_over(calibration::test::passed_certificate());
    const auto zeros = kept.keeper.standing().accepted_zero;
    calibration::Zero now = zeros;
    for (auto& counts : now)
        counts += Counts{30'000};
    kept.keeper.zero_is(now);
    kept.check(Pad::right, 0.5);
    CHECK(kept.keeper.standing().accepted_zero[3] == zeros[3]);
    CHECK(kept.keeper.standing().accepted_zero[4] == now[4]);
    CHECK(kept.keeper.standing().spot_failed == std::array{false, false});
    kept.check(Pad::left, 60.0);
    CHECK(kept.keeper.standing().accepted_zero[3] == zeros[3]);
    CHECK(kept.keeper.standing().spot_failed == std::array{true, false});
    kept.check(Pad::left, -0.5);
    CHECK(kept.keeper.standing().accepted_zero == now);
    CHECK(kept.keeper.standing().spot_failed == std::array{false, false});
    std::vector<store::StoredSpotCheck> listed;
    kept.keeper.spot_checks(
        "HD-0007", 10, [&](auto list) { listed = std::move(list); }, [](const Refusal&) {});
    kept.run();
    REQUIRE(listed.size() == 3);
    CHECK(listed[0].passed);
    CHECK_FALSE(listed[1].passed);

    // A later daemon knows of it, and a new calibration begins anew.
    kept.plate.serial = "HD-0008";
    kept.say_hello();
    kept.plate.serial = "HD-0007";
    kept.say_hello();
    CHECK(kept.keeper.standing().accepted_zero == now);
    kept.take_over(calibration::test::passed_certificate());
    CHECK(kept.keeper.standing().accepted_zero == zeros);
}
