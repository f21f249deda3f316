// Certificates are kept for ever, one of them counts for each plate, and spot checks make a trend.
#include "daemon/store/calibrations.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>

#include "daemon/store/database.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::store;

namespace {

std::chrono::sys_seconds at(int day) {
    return std::chrono::sys_days(std::chrono::days(20'000 + day));
}

StoredCalibration made(const std::string& id, int day, const std::string& serial = "HD-7", bool passed = true) {
    return {id, serial, at(day), at(day + 365), passed, "{\"certificate\":{\n\"id\":\"" + id + "\"\n}}\n"};
}

}  // namespace

TEST_CASE("every certificate stays readable as it was signed, also to a later daemon") {
    test::TemporaryFolder folder;
    {
        Database database(folder.path / "h.db");
        for (int day = 0; day < 3; ++day)
            database.calibrations().add(made(std::string(1, static_cast<char>('a' + day)), day));
        database.calibrations().put_in_force("c", at(3));
    }
    Database database(folder.path / "h.db");
    auto calibrations = database.calibrations();
    CHECK(calibrations.find("a") == made("a", 0));
    CHECK(calibrations.find("last") == made("c", 2));
    CHECK_FALSE(calibrations.find("d"));
    REQUIRE(calibrations.newest(10).size() == 3);
    CHECK(calibrations.newest(2).back().id == "b");
    CHECK(calibrations.in_force("HD-7") == made("c", 2));
}

TEST_CASE("each plate has one calibration in force, and an older one can be taken up again") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    auto calibrations = database.calibrations();
    CHECK_FALSE(calibrations.in_force("HD-7"));
    calibrations.add(made("a", 0));
    calibrations.add(made("b", 1));
    calibrations.add(made("x", 1, "HD-8"));
    CHECK_FALSE(calibrations.in_force("HD-7"));
    for (const char* id : {"a", "b", "a", "x"})
        calibrations.put_in_force(id, at(2));
    CHECK(calibrations.in_force("HD-7")->id == "a");
    CHECK(calibrations.in_force("HD-8")->id == "x");
}

TEST_CASE("a calibration that failed or is not there is not put in force, and the old one stays") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    auto calibrations = database.calibrations();
    calibrations.add(made("a", 0));
    calibrations.add(made("bad", 1, "HD-7", false));
    calibrations.put_in_force("a", at(1));
    CHECK_THROWS_WITH(calibrations.put_in_force("bad", at(2)), Catch::Contains("has not passed"));
    CHECK_THROWS_WITH(calibrations.put_in_force("nothing", at(2)), Catch::Contains("There is no calibration"));
    CHECK(calibrations.in_force("HD-7")->id == "a");
    CHECK(calibrations.find("bad") == made("bad", 1, "HD-7", false));
}

TEST_CASE("a stored certificate is never changed nor removed") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    auto calibrations = database.calibrations();
    calibrations.add(made("a", 0));
    CHECK_NOTHROW(calibrations.add(made("a", 0)));
    auto other = made("a", 0);
    other.certificate += " ";
    CHECK_THROWS_WITH(calibrations.add(other), Catch::Contains("stays as it is"));
    SQLite::Database raw((folder.path / "h.db").native(), SQLite::OPEN_READWRITE);
    CHECK_THROWS_WITH(raw.exec("UPDATE calibration SET passed = 1"), Catch::Contains("never changed"));
    CHECK_THROWS_WITH(raw.exec("DELETE FROM calibration"), Catch::Contains("never removed"));
    CHECK(calibrations.find("a") == made("a", 0));
}

TEST_CASE("spot checks are listed for their plate, the newest first") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    auto calibrations = database.calibrations();
    calibrations.add(made("a", 0));
    calibrations.add(made("x", 0, "HD-8"));
    const auto check = [](int day, const char* serial, const char* id, calibration::Pad pad) {
        return StoredSpotCheck{at(day), serial, id, "R.", pad, Kilograms{81.5}, Newtons{799.24}, Newtons{800.1}, day % 2 == 0,
                               {Counts{12345.678}, Counts{-0.1}}};
    };
    const auto first = check(1, "HD-7", "a", calibration::Pad::left),
               second = check(2, "HD-7", "a", calibration::Pad::right);
    calibrations.add(first);
    calibrations.add(check(1, "HD-8", "x", calibration::Pad::left));
    calibrations.add(second);
    CHECK(calibrations.spot_checks("HD-7", 10) == std::vector{second, first});
    CHECK(calibrations.spot_checks("HD-7", 1) == std::vector{second});
    CHECK_THROWS_AS(calibrations.add(check(3, "HD-7", "none", calibration::Pad::left)), SQLite::Exception);
}
