// Sessions and reps in the database: what goes in comes out, and what must not be opened is refused.
#include "daemon/store/database.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "daemon/store/data_directory.hpp"
#include "daemon/store/migrations.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::store;
using session::Change;
using session::SessionRep;
using session::State;
using session::Summary;

namespace {

Summary summary(const std::string& id, int started, State state = State::running) {
    Summary s;
    s.id = id;
    s.state = state;
    s.started = {std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + started)), std::chrono::minutes(60)};
    s.prescription.reps = 6;
    s.prescription.body_mass = Kilograms{81.5};
    s.prescription.min_depth = Metres{0.07};
    s.system_weight = Newtons{801.25};
    s.set = 2;
    s.reps_in_set = 3;
    s.counted = 9;
    s.good = 7;
    s.duration = Seconds{61.25};
    s.uncalibrated = true;
    s.faults = {motion::SessionFault::second_person, motion::SessionFault::uncalibrated};
    s.plate_serial = "HD-7";
    return s;
}

SessionRep rep(int index, int revision, motion::Verdict verdict) {
    SessionRep r;
    r.rep.index = index;
    r.rep.revision = revision;
    r.rep.verdict = verdict;
    r.rep.side = motion::Side::left;
    r.rep.drop_duration = Seconds{3.01234567};
    r.set = 2;
    return r;
}

}  // namespace

TEST_CASE("a session is read back as it was put, also by a later daemon") {
    test::TemporaryFolder folder;
    {
        Database database(folder.path / "h.db");
        database.put(summary("a", 0));
        Summary later = summary("a", 0, State::finished);
        later.good = 8;
        database.put(later);
        database.put(summary("b", 5, State::stopped));
    }
    Database database(folder.path / "h.db");
    Summary expected = summary("a", 0, State::finished);
    expected.good = 8;
    CHECK(database.session("a") == expected);
    CHECK(database.session("last")->id == "b");
    CHECK_FALSE(database.session("c"));
    const auto list = database.sessions(10);
    REQUIRE(list.size() == 2);
    CHECK(list[0].id == "b");
    CHECK(database.sessions(1).size() == 1);
}

TEST_CASE("an empty database has no last session") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    CHECK_FALSE(database.session("last"));
    CHECK(database.sessions(5).empty());
}

TEST_CASE("a higher revision replaces a rep's account, a lower one does not") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    database.put(summary("a", 0));
    const std::vector<Change> first{rep(1, 1, motion::Verdict::unjudged), rep(2, 1, motion::Verdict::good)};
    database.put("a", first);
    const std::vector<Change> better{rep(1, 3, motion::Verdict::fault)};
    database.put("a", better);
    const std::vector<Change> late{rep(1, 2, motion::Verdict::good)};
    database.put("a", late);
    const auto reps = database.reps("a");
    REQUIRE(reps.size() == 2);
    CHECK(reps[0].revision == 3);
    CHECK(reps[0].account == exchange::rep_json(rep(1, 3, motion::Verdict::fault).rep));
    CHECK(reps[1].set == 2);
    CHECK(reps[1].counted);
}

TEST_CASE("phases and events keep their order") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    database.put(summary("a", 0));
    const std::vector<Change> changes{motion::Event{Seconds{1}, motion::EventKind::step_on},
                                      motion::PhaseChange{Seconds{2}, motion::Phase::drop, motion::Side::right},
                                      motion::PhaseChange{Seconds{1.5}, motion::Phase::homing, std::nullopt}};
    database.put("a", changes);
    CHECK(database.events("a") == std::vector{motion::Event{Seconds{1}, motion::EventKind::step_on}});
    const auto phases = database.phases("a");
    REQUIRE(phases.size() == 2);
    CHECK(phases[0] == std::get<motion::PhaseChange>(changes[1]));
    CHECK(phases[1] == std::get<motion::PhaseChange>(changes[2]));
}

TEST_CASE("changes of a session that is not there are refused whole") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    const std::vector<Change> changes{rep(1, 1, motion::Verdict::good)};
    CHECK_THROWS_AS(database.put("nobody", changes), SQLite::Exception);
    CHECK(database.reps("nobody").empty());
}

TEST_CASE("sessions that nobody closed are marked interrupted") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    database.put(summary("a", 0, State::weighing));
    database.put(summary("b", 1, State::running));
    database.put(summary("c", 2, State::finished));
    const auto unknown = [](const std::string&) { return std::nullopt; };
    CHECK(database.mark_interrupted(unknown) == 2);
    CHECK(database.session("a")->state == State::interrupted);
    CHECK(database.session("b")->state == State::interrupted);
    CHECK(database.session("c")->state == State::finished);
    CHECK(database.mark_interrupted(unknown) == 0);
}

TEST_CASE("an interrupted session lasts as long as its recording, and no shorter than what was stored") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    for (const char* id : {"further", "behind", "unknown"})
        database.put(summary(id, 0));
    database.put(summary("closed", 0, State::finished));
    const std::map<std::string, double> recorded{{"further", 70.5}, {"behind", 60.0}, {"closed", 99.0}};
    database.mark_interrupted([&](const std::string& id) -> std::optional<Seconds> {
        const auto found = recorded.find(id);
        return found == recorded.end() ? std::nullopt : std::optional(Seconds{found->second});
    });
    CHECK(database.session("further")->duration.value == 70.5);
    for (const char* id : {"behind", "unknown", "closed"})
        CHECK(database.session(id)->duration.value == 61.25);
}

TEST_CASE("a database of every older version is brought up to date, and its sessions are uncalibrated") {
    test::TemporaryFolder folder;
    const auto path = folder.path / "h.db";
    const int version = GENERATE(1, 2, 3);
    {
        // What that version has made, with a session in it.
        SQLite::Database old(path.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        migrate(old, version);
        old.exec("INSERT INTO session (id, state, started_utc, zone_offset_min, prescription, set_number, reps_in_set, "
                 "counted, good, duration_s, uncalibrated, algorithm, faults, plate_serial) VALUES ('old', 'finished', "
                 "1700000000, 60, '{}', 1, 6, 6, 5, 60.5, 1, 'heeldrop-motion/2', '[\"uncalibrated\"]', 'HD-7')");
        CHECK(old.execAndGet("PRAGMA user_version").getInt() == version);
    }
    Database database(path);
    const auto session = database.session("old");
    REQUIRE(session);
    CHECK(session->prescription == session::Prescription{});
    CHECK(session->calibration_id.empty());
    CHECK(session->uncalibrated);
    CHECK(session->good == 5);
    CHECK(database.calibrations().newest(5).empty());
    database.put(summary("new", 9));
    CHECK(database.session("last")->id == "new");
}

TEST_CASE("a session names the certificate that it was measured with, which must be there") {
    test::TemporaryFolder folder;
    Database database(folder.path / "h.db");
    Summary calibrated = summary("a", 0);
    calibrated.calibration_id = "c-1";
    CHECK_THROWS_AS(database.put(calibrated), SQLite::Exception);
    database.calibrations().add({"c-1", "HD-7", {}, {}, true, "text"});
    database.put(calibrated);
    CHECK(database.session("a")->calibration_id == "c-1");
}

TEST_CASE("a database from a newer version, or no database at all, is refused in a sentence") {
    test::TemporaryFolder folder;
    const auto path = folder.path / "h.db";
    SECTION("newer") {
        { Database database(path); }
        SQLite::Database(path.native(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
        CHECK_THROWS_WITH(Database(path), Catch::Contains("newer Heeldrop") && Catch::Contains(path.native()));
    }
    SECTION("not one") {
        std::FILE* file = std::fopen(path.c_str(), "w");
        std::fputs("this is not a database, although it is long enough to be looked at as one, surely it is.\n", file);
        std::fclose(file);
        CHECK_THROWS_WITH(Database(path), Catch::Contains("Cannot use the database"));
    }
}

TEST_CASE("a data folder has one daemon") {
    test::TemporaryFolder folder;
    auto first = std::make_unique<DataDirectory>(folder.path / "data");
    CHECK_THROWS_WITH(DataDirectory(folder.path / "data"), Catch::Contains("Another heeldropd"));
    first.reset();
    CHECK_NOTHROW(DataDirectory(folder.path / "data"));
    CHECK(std::filesystem::is_directory(folder.path / "data" / "raw"));
}
