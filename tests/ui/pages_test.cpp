// The kiosk's real pages, driven through the real socket by recorded lines: what a patient reads and can touch.
#include <QTest>
#include <catch2/catch.hpp>

#include "tests/ui/played_kiosk.hpp"
#include "ui/pictures/item_texts.hpp"

using heeldrop::test::PlayedKiosk;

namespace {

const QString one_set = QStringLiteral("one-set.lines");

/// Every text that can be seen and is cut off, and every one that reaches out of the window sideways.
std::string spoilt_texts(PlayedKiosk& kiosk) {
    kiosk.settle();
    std::string spoilt;
    const std::function<void(QQuickItem&)> look = [&](QQuickItem& item) {
        if (!item.isVisible())
            return;
        const QString text = item.property("text").toString();
        const QRectF place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()));
        if (item.property("truncated").toBool() ||
            (!text.isEmpty() && (place.left() < -1 || place.right() > kiosk.window().width() + 1)))
            spoilt += text.toStdString() + "; ";
        for (QQuickItem* child : item.childItems())
            look(*child);
    };
    look(*kiosk.window().contentItem());
    return spoilt;
}

void start_session(PlayedKiosk& kiosk) {
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap(QStringLiteral("startButton"));
    REQUIRE(kiosk.comes_to(QStringLiteral("live")));
}

}  // namespace

TEST_CASE("a missing daemon is said plainly, and the page goes on by itself when it is there") {
    PlayedKiosk kiosk{QString()};
    REQUIRE(kiosk.comes_true([&] { return !kiosk.station().explanation().isEmpty(); }));
    CHECK(kiosk.text("stationTitle") == "The daemon is missing");
    CHECK(kiosk.text("stationExplanation").find(kiosk.socket().toStdString()) != std::string::npos);
    CHECK(kiosk.text("startButton").empty());
    CHECK(spoilt_texts(kiosk) == "");
    kiosk.start_daemon(one_set);
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    CHECK(kiosk.text("stationTitle") == "Which leg will you lower on?");
    kiosk.daemon().leave();
    REQUIRE(kiosk.comes_true([&] { return kiosk.text("stationTitle") == "The daemon is missing"; }));
}

TEST_CASE("what is wrong with the plate's calibration is said, and one that lets no session begin takes the page") {
    PlayedKiosk kiosk{QStringLiteral("unfit.lines")};
    REQUIRE(kiosk.comes_true([&] { return kiosk.text("stationTitle") == "The plate must be calibrated first"; }));
    CHECK(kiosk.text("stationExplanation") == "The plate's electronics were changed since its calibration: tell staff.");
    CHECK(kiosk.text("startButton").empty());
    CHECK(spoilt_texts(kiosk) == "");
    kiosk.daemon().say(R"({"class":"plate","plate":{"state":"ready","message":"The plate is ready.","uncalibrated":false,)"
                       R"("calibration":{"marks":[{"code":"expired","refuses":false},{"code":"moved_or_uneven","refuses":false},)"
                       R"({"code":"spot_check_failed","refuses":false},{"code":"drifted","refuses":false}]}}})");
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    CHECK(kiosk.text("stationWarning").find("moved or stands unevenly") != std::string::npos);
    CHECK(spoilt_texts(kiosk) == "");
}

TEST_CASE("a missing plate is said plainly, with the daemon's own message, and so is the zero") {
    PlayedKiosk kiosk{one_set};
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.daemon().say(R"({"class":"plate","plate":{"state":"missing","message":"No plate at /dev/heeldrop."}})");
    REQUIRE(kiosk.comes_true([&] { return kiosk.text("stationTitle") == "The plate is missing"; }));
    CHECK(kiosk.text("stationExplanation") == "No plate at /dev/heeldrop.");
    CHECK(kiosk.text("stationRemedy").find("cable") != std::string::npos);
    CHECK(kiosk.text("startButton").empty());
    kiosk.daemon().say(R"({"class":"plate","plate":{"state":"needs_zero","message":""}})");
    REQUIRE(kiosk.comes_true([&] { return kiosk.text("stationTitle") == "Step off the plate"; }));
    CHECK(spoilt_texts(kiosk) == "");
}

TEST_CASE("the leg and dose that were touched are what is asked of the daemon") {
    PlayedKiosk kiosk{one_set};
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap("side_left");
    kiosk.tap("sets_3");
    kiosk.tap("reps_15");
    CHECK(spoilt_texts(kiosk) == "");
    kiosk.tap("startButton");
    REQUIRE(kiosk.comes_to("live"));
    const auto asked = nlohmann::json::parse(kiosk.daemon().requests().back().toStdString());
    CHECK(asked["class"] == "session_start");
    CHECK(asked["side"] == "left");
    CHECK(asked["sets"] == 3);
    CHECK(asked["reps"] == 15);
}

TEST_CASE("a start that the daemon refuses says why and can be tried again") {
    PlayedKiosk kiosk{QStringLiteral("busy.lines")};
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap("startButton");
    REQUIRE(kiosk.comes_true([&] { return !kiosk.text("refusal").empty(); }));
    CHECK(kiosk.text("refusal") == "A session is already running (started 10:02). Stop it first.");
    CHECK(kiosk.station().can_start());
    CHECK(spoilt_texts(kiosk) == "");
}

TEST_CASE("the live page tells each phase in words, at both screen sizes, with nothing cut off") {
    const QSize size = GENERATE(QSize(1280, 800), QSize(1920, 1080));
    PlayedKiosk kiosk{one_set, size};
    start_session(kiosk);
    REQUIRE(kiosk.play_to("nobody"));
    CHECK(kiosk.text("headline") == "Step onto the plate");
    CHECK_FALSE(kiosk.item("paceGuide")->isVisible());
    REQUIRE(kiosk.play_to("weighing"));
    CHECK(kiosk.text("headline") == "Stand still: weighing");
    CHECK(kiosk.text("verdictHeadline") == "No reps yet");
    const std::pair<const char*, const char*> told[] = {{"running", "Rise on both feet"},
                                                        {"rise", "Rise on both feet"},
                                                        {"transfer", "Shift onto your right leg"},
                                                        {"drop", "Lower slowly"},
                                                        {"bottom", "Put your left foot down"}};
    for (const auto& [pause, words] : told) {
        INFO(pause);
        REQUIRE(kiosk.play_to(QString::fromLatin1(pause)));
        CHECK(kiosk.text("headline") == words);
        CHECK(spoilt_texts(kiosk) == "");
    }
    CHECK(kiosk.text("rightShare") == "97 %");
    CHECK(kiosk.item("rightBar")->height() > 20 * kiosk.item("leftBar")->height());
}

TEST_CASE("the descent's guide moves down and the patient's own disc with it") {
    PlayedKiosk kiosk{one_set};
    start_session(kiosk);
    REQUIRE(kiosk.play_to("transfer"));
    kiosk.settle();  // the way down gets its place when there is somebody to follow it
    const double top = kiosk.item("paceGuide")->y();
    CHECK_FALSE(kiosk.item("paceOwn")->isVisible());
    REQUIRE(kiosk.play_to("drop"));
    CHECK(kiosk.item("paceGuide")->y() > top + 50);
    CHECK(kiosk.item("paceOwn")->isVisible());
    CHECK(kiosk.text("paceWords") == "Good pace");
    CHECK(kiosk.text("target") == "of 3.0 s");
}

TEST_CASE("each rep is judged at once, in words") {
    PlayedKiosk kiosk{one_set};
    start_session(kiosk);
    const char* headlines[] = {"Rep 1 of 6: good",         "Rep 2 of 6: too fast",  "Rep 3 of 6: good",
                               "Rep 4 of 6: on both legs", "Rep 5 of 6: wrong leg", "Rep 6 of 6: not judged"};
    for (int rep = 1; rep <= 6; ++rep) {
        REQUIRE(kiosk.play_to(QStringLiteral("rep %1").arg(rep)));
        CHECK(kiosk.text("verdictHeadline") == headlines[rep - 1]);
        CHECK(kiosk.text("countText") == std::to_string(rep) + " of 6 reps");
        CHECK(spoilt_texts(kiosk) == "");
    }
}

TEST_CASE("the results page has a row for each rep with its figures, verdict and what to change") {
    const QSize size = GENERATE(QSize(1280, 800), QSize(1920, 1080));
    PlayedKiosk kiosk{one_set, size};
    start_session(kiosk);
    REQUIRE(kiosk.play_to("rep 6"));
    kiosk.daemon().go_on();
    REQUIRE(kiosk.comes_to("results"));
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().results()->complete(); }));
    CHECK(kiosk.text("resultsSummary") == "2 of 6 reps good");
    const QJsonArray rows = heeldrop::ui::rep_rows(*kiosk.window().contentItem());
    REQUIRE(rows.size() == 6);
    const auto row = [&](int i, const char* key) {
        return rows[i].toObject().value(QLatin1String(key)).toString().replace(QChar(0x00a0), ' ').toStdString();
    };
    CHECK(row(0, "verdict_word") == "Good");
    CHECK(row(0, "descent") == "3.1 ± 0.4 s");
    CHECK(row(1, "verdict_word") == "Too fast");
    CHECK(row(1, "advice") == "Lower more slowly: take 3.0 s.");
    CHECK(row(3, "share") == "58 %");
    CHECK(row(4, "side") == "left");
    CHECK(row(4, "advice") == "Lower on your right leg, not on the left.");
    CHECK(row(5, "descent") == "Not measured");
    CHECK(row(5, "verdict_word") == "Not judged");
    for (int i = 0; i < rows.size(); ++i) {
        const QJsonArray shown = rows[i].toObject().value("shown").toArray();
        for (const char* key : {"verdict_word", "descent", "share", "advice", "number_words"})
            CHECK(shown.contains(rows[i].toObject().value(QLatin1String(key))));
    }
    CHECK(spoilt_texts(kiosk) == "");
    // More rows than fit are reached by scrolling.
    CHECK(kiosk.item("repList")->property("contentHeight").toDouble() > kiosk.item("repList")->height());
    kiosk.tap("doneButton");
    CHECK(kiosk.comes_to("ready"));
}

TEST_CASE("stop ends the session, calls for staff, and shows the results once somebody has come") {
    PlayedKiosk kiosk{one_set};
    start_session(kiosk);
    REQUIRE(kiosk.play_to("rep 2"));
    kiosk.tap("stopButton");
    REQUIRE(kiosk.comes_to("help"));
    CHECK(kiosk.text("helpTitle") == "Stopped. Call staff now.");
    CHECK(spoilt_texts(kiosk) == "");
    CHECK(kiosk.comes_true([&] { return kiosk.station().results()->complete(); }));
    bool asked = false;
    for (const QByteArray& request : kiosk.daemon().requests())
        asked = asked || nlohmann::json::parse(request.toStdString())["class"] == "session_stop";
    CHECK(asked);
    kiosk.tap("helpDoneButton");
    CHECK(kiosk.comes_to("results"));
}

TEST_CASE("what can be touched is large enough for a finger") {
    PlayedKiosk kiosk{one_set};
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.settle();
    for (const char* name : {"side_left", "side_right", "side_both", "sets_1", "reps_15", "startButton"}) {
        INFO(name);
        CHECK(kiosk.item(name)->height() >= 64);
        CHECK(kiosk.item(name)->width() >= 64);
    }
    start_session(kiosk);
    CHECK(kiosk.item("stopButton")->height() >= 64);
}
