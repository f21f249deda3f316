// The pictures the kiosk takes of itself, and the words beside them.
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <catch2/catch.hpp>

#include "tests/ui/played_kiosk.hpp"
#include "ui/pictures/picture_taker.hpp"

using heeldrop::test::PlayedKiosk;

TEST_CASE("a session leaves a picture of each moment and the words that stood on it") {
    PlayedKiosk kiosk{QStringLiteral("one-set.lines")};
    const QString folder = kiosk.folder() + QStringLiteral("/pictures");
    heeldrop::ui::PictureTaker taker(folder, kiosk.window(), kiosk.station(), kiosk.link());
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap("startButton");
    REQUIRE(kiosk.play_to("rep 6"));
    kiosk.daemon().go_on();
    REQUIRE(kiosk.comes_true([&] { return taker.has_results(); }));

    for (const char* name : {"live-rise.png", "live-drop.png", "live-verdict.png", "results.png"}) {
        INFO(name);
        CHECK(QImage(folder + QLatin1Char('/') + QLatin1String(name)).size() == QSize(1280, 800));
    }
    QFile file(folder + QStringLiteral("/texts.json"));
    REQUIRE(file.open(QIODevice::ReadOnly));
    const auto texts = nlohmann::json::parse(file.readAll().toStdString());
    const auto& pictures = texts["pictures"];
    CHECK(pictures["live-rise.png"]["texts"]["headline"] == "Rise on both feet");
    CHECK(pictures["live-drop.png"]["texts"]["headline"] == "Lower slowly");
    CHECK(pictures["live-verdict.png"]["texts"]["verdictHeadline"] == "Rep 6 of 6: not judged");
    const auto& reps = pictures["results.png"]["reps"];
    REQUIRE(reps.size() == 6);
    CHECK(reps[1]["index"] == 2);
    CHECK(reps[1]["verdict"] == "fault");
    CHECK(reps[1]["faults"] == nlohmann::json{"fast_drop"});
    CHECK(reps[4]["side"] == "left");
    // The results came before the page had ever been drawn; where its curve stands must be the picture's place all the same.
    kiosk.settle();
    const QQuickItem* curve = kiosk.item("forceCurve");
    const QRectF stands = curve->mapRectToScene(QRectF(0, 0, curve->width(), curve->height()));
    const auto& place = pictures["results.png"]["curve"];
    CHECK(place["x"] == stands.x());
    CHECK(place["y"] == stands.y());
    CHECK(place["width"] == stands.width());
    CHECK(place["height"] == stands.height());
    REQUIRE(texts["live_verdicts"].size() == 6);
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(texts["live_verdicts"][i]["index"] == reps[i]["index"]);
        CHECK(texts["live_verdicts"][i]["verdict"] == reps[i]["verdict"]);
    }
}

TEST_CASE("a folder that cannot be written to is refused at the start, by name") {
    PlayedKiosk kiosk{QString()};
    QFile(kiosk.folder() + QStringLiteral("/file")).open(QIODevice::WriteOnly);
    const QString folder = kiosk.folder() + QStringLiteral("/file/pictures");
    CHECK_THROWS_WITH(heeldrop::ui::PictureTaker(folder, kiosk.window(), kiosk.station(), kiosk.link()),
                      Catch::Contains(folder.toStdString()));
}

// For the eyes of whoever changes a page: test_ui_pages "[look]" with HEELDROP_PICTURES=FOLDER.
TEST_CASE("every page, to be looked at", "[.][look]") {
    const QString folder = qEnvironmentVariable("HEELDROP_PICTURES");
    REQUIRE(QDir().mkpath(folder));
    const QSize size = GENERATE(QSize(1280, 800), QSize(1920, 1080));
    const auto keep = [&](PlayedKiosk& kiosk, const char* name) {
        kiosk.settle();
        CHECK(kiosk.picture().save(QStringLiteral("%1/%2-%3.png").arg(folder, QLatin1String(name)).arg(size.width())));
    };
    PlayedKiosk absent{QString(), size};
    REQUIRE(absent.comes_true([&] { return !absent.station().explanation().isEmpty(); }));
    keep(absent, "no-daemon");
    PlayedKiosk kiosk{QStringLiteral("one-set.lines"), size};
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    keep(kiosk, "ready");
    kiosk.daemon().say(R"({"class":"plate","plate":{"state":"missing","message":"No plate at /dev/heeldrop."}})");
    REQUIRE(kiosk.comes_true([&] { return !kiosk.station().can_start(); }));
    keep(kiosk, "no-plate");
    kiosk.daemon().say(R"({"class":"plate","plate":{"state":"ready"}})");
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap("startButton");
    for (const char* pause : {"weighing", "rise", "transfer", "drop", "bottom", "rep 1", "rep 2", "rep 5"}) {
        REQUIRE(kiosk.play_to(QString::fromLatin1(pause)));
        keep(kiosk, pause);
    }
    REQUIRE(kiosk.play_to("rep 6"));
    kiosk.daemon().go_on();
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().results()->complete(); }));
    keep(kiosk, "results");
    QQuickItem* list = kiosk.item("repList");
    list->setProperty("contentY", list->property("contentHeight").toDouble() - list->height());
    keep(kiosk, "results-end");
    kiosk.station().stopAndCallHelp();
    keep(kiosk, "help");
    PlayedKiosk empty{QStringLiteral("no-curve.lines"), size};
    REQUIRE(empty.comes_true([&] { return empty.station().can_start(); }));
    empty.tap("startButton");
    REQUIRE(empty.comes_true([&] { return empty.station().results()->complete(); }));
    keep(empty, "results-empty");
}
