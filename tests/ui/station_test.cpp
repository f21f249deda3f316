#include "ui/models/station.hpp"

#include <catch2/catch.hpp>

using namespace heeldrop::ui;

namespace {

/// A station whose link is never opened: lines are put in at the link's own signal.
struct Fed {
    DaemonLink link{std::filesystem::path("/nowhere/daemon.sock")};
    Station station{link};
    void says(const char* line) { emit link.line(nlohmann::json::parse(line)); }
};

constexpr const char* ready = R"({"class":"plate","plate":{"state":"ready","uncalibrated":true}})";
constexpr const char* run_a = R"({"class":"session","session":{"id":"a","state":"running"}})";

}  // namespace

TEST_CASE("without a daemon the station says so, and what the client says about it") {
    Fed fed;
    emit fed.link.closed(QStringLiteral("nothing listens at /nowhere/daemon.sock"));
    CHECK(fed.station.condition() == "no_daemon");
    CHECK(fed.station.title() == "The daemon is missing");
    CHECK(fed.station.explanation().contains(QLatin1String("/nowhere/daemon.sock")));
    CHECK_FALSE(fed.station.can_start());
}

TEST_CASE("every state of the plate has a title of its own, and only a ready one can be started on") {
    Fed fed;
    emit fed.link.opened();
    QStringList titles;
    for (const char* state : {"missing", "connecting", "refused", "needs_zero", "ready"}) {
        fed.says((std::string(R"({"class":"plate","plate":{"message":"why","state":")") + state + "\"}}").c_str());
        CHECK_FALSE(titles.contains(fed.station.title()));
        titles << fed.station.title();
        CHECK(fed.station.can_start() == (std::string(state) == "ready"));
    }
    CHECK(titles.contains(QStringLiteral("The plate is missing")));
    CHECK(titles.contains(QStringLiteral("Step off the plate")));
}

TEST_CASE("an uncalibrated plate is said before the session") {
    Fed fed;
    emit fed.link.opened();
    fed.says(ready);
    CHECK(fed.station.warning().contains(QLatin1String("not calibrated")));
}

TEST_CASE("what is to be known of the plate's calibration is said in words, and what lets no session begin is the page") {
    Fed fed;
    emit fed.link.opened();
    const auto plate = [&](const std::string& marks, bool uncalibrated = false) {
        fed.says((R"({"class":"plate","plate":{"state":"ready","uncalibrated":)" +
                  std::string(uncalibrated ? "true" : "false") + R"(,"calibration":{"marks":[)" + marks + "]}}}")
                     .c_str());
    };
    plate("");
    CHECK(fed.station.warning().isEmpty());
    plate(R"({"code":"expired","refuses":false},{"code":"moved_or_uneven","refuses":false})");
    CHECK(fed.station.can_start());
    CHECK(fed.station.warning().contains(QLatin1String("expired")));
    CHECK(fed.station.warning().contains(QLatin1String("moved or stands unevenly")));
    CHECK(fed.station.warning().contains(QLatin1String("spot check")));
    plate(R"({"code":"converter_changed","refuses":true})", true);
    CHECK(fed.station.condition() == "unfit");
    CHECK_FALSE(fed.station.can_start());
    CHECK(fed.station.title().contains(QLatin1String("calibrated")));
    CHECK(fed.station.explanation().contains(QLatin1String("electronics")));
    CHECK(fed.station.remedy().contains(QLatin1String("until staff have calibrated it")));
    QStringList said;
    for (const char* code : {"calibration_failed", "another_plate", "converter_changed", "altered", "expired",
                             "moved_or_uneven", "spot_check_failed", "drifted", "store_failed"}) {
        plate(std::string(R"({"code":")") + code + R"(","refuses":false})");
        CHECK_FALSE(fed.station.warning().contains(QLatin1Char('_')));
        CHECK_FALSE(said.contains(fed.station.warning()));
        said << fed.station.warning();
    }
}

TEST_CASE("the page follows the session: ready, live, results, ready again") {
    Fed fed;
    emit fed.link.opened();
    fed.says(ready);
    CHECK(fed.station.page() == "ready");
    fed.says(R"({"class":"session","session":{"id":"a","state":"weighing"}})");
    CHECK(fed.station.page() == "live");
    fed.says(R"({"class":"session","session":{"id":"a","state":"finished"}})");
    CHECK(fed.station.page() == "results");
    fed.station.done();
    CHECK(fed.station.page() == "ready");
}

TEST_CASE("a session of long ago, told of at the start, does not open its results") {
    Fed fed;
    emit fed.link.opened();
    fed.says(R"({"class":"session","session":{"id":"old","state":"finished"}})");
    CHECK(fed.station.page() == "ready");
}

TEST_CASE("results that are not stored yet say so until they are") {
    Fed fed;
    emit fed.link.opened();
    fed.says(run_a);
    fed.says(R"({"class":"session","session":{"id":"a","state":"stopped","stored":false}})");
    CHECK(fed.station.page() == "results");
    CHECK(fed.station.results()->warnings().contains("Not stored yet"));
    fed.says(R"({"class":"session","session":{"id":"a","state":"stopped","stored":true}})");
    CHECK(fed.station.page() == "results");
    CHECK(fed.station.results()->warnings().isEmpty());
}

TEST_CASE("a new session takes the page from the results of the last one") {
    Fed fed;
    emit fed.link.opened();
    fed.says(run_a);
    fed.says(R"({"class":"session","session":{"id":"a","state":"stopped"}})");
    fed.says(R"({"class":"session","session":{"id":"b","state":"weighing"}})");
    CHECK(fed.station.page() == "live");
}

TEST_CASE("a rep of another session is not shown in this one") {
    Fed fed;
    emit fed.link.opened();
    fed.says(run_a);
    fed.says(R"({"class":"rep","session":"z","rep":{"index":1,"verdict":"good","faults":[],"reasons":[]}})");
    CHECK(fed.station.live()->last_index() == 0);
}

TEST_CASE("a plate lost during a session is said on the live page until it is back") {
    Fed fed;
    emit fed.link.opened();
    fed.says(ready);
    fed.says(run_a);
    CHECK(fed.station.live()->notice().isEmpty());
    fed.says(R"({"class":"plate","plate":{"state":"missing","message":"The cable is out."}})");
    CHECK(fed.station.live()->notice() == "The plate is missing. The cable is out.");
    CHECK(fed.station.page() == "live");
    fed.says(ready);
    CHECK(fed.station.live()->notice().isEmpty());
}

TEST_CASE("asking for help works without a daemon too") {
    Fed fed;
    emit fed.link.opened();
    fed.says(run_a);
    emit fed.link.closed(QStringLiteral("gone"));
    fed.station.stopAndCallHelp();
    CHECK(fed.station.page() == "help");
}

TEST_CASE("lines with missing or odd parts change nothing and break nothing") {
    Fed fed;
    emit fed.link.opened();
    for (const char* line : {R"({"class":"rep"})", R"({"class":"samples"})", R"({"class":"samples","live":null})",
                             R"({"class":"session","session":null})", R"({"class":"result","id":"x"})",
                             R"({"class":"error","id":null,"message":5})", R"({"class":"news","from":"later"})", "{}"})
        CHECK_NOTHROW(fed.says(line));
    CHECK(fed.station.page() == "ready");
}
