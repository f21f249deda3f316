// The force curve as it is really drawn: pixels in each leg's colour, where the data say.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/ui/played_kiosk.hpp"

using heeldrop::test::PlayedKiosk;

namespace {

bool alike(const QColor& a, const QColor& b) {
    return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) < 40;
}

/// The drawn curve and the data it was drawn from.
struct Drawn {
    explicit Drawn(PlayedKiosk& kiosk) : data(*kiosk.station().results()->curve()) {
        QQuickItem* item = kiosk.item("forceCurve");
        const QImage window = kiosk.picture();
        picture = window.copy(item->mapRectToScene(QRectF(0, 0, item->width(), item->height())).toRect());
        left = item->property("leftColor").value<QColor>();
        right = item->property("rightColor").value<QColor>();
        drop_shade = item->property("dropShade").value<QColor>();
    }

    int column(double t_s) const {
        return std::min(picture.width() - 1, static_cast<int>(t_s / data.to().value * picture.width()));
    }
    int count(double t_s, const QColor& color) const {
        int n = 0;
        for (int y = 0; y < picture.height(); ++y)
            n += alike(picture.pixelColor(column(t_s), y), color);
        return n;
    }
    /// The force that the middle of this colour's pixels in the column of this instant stands for; NaN without one.
    double force_at(double t_s, const QColor& color) const {
        double sum = 0;
        int n = 0;
        for (int y = 0; y < picture.height(); ++y)
            if (alike(picture.pixelColor(column(t_s), y), color)) {
                sum += y + 0.5;
                ++n;
            }
        return n == 0 ? NAN : (1 - sum / n / picture.height()) * data.top().value;
    }

    heeldrop::ui::CurveData& data;
    QImage picture;
    QColor left, right, drop_shade;
};

void play_to_results(PlayedKiosk& kiosk) {
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap("startButton");
    REQUIRE(kiosk.play_to("rep 6"));
    kiosk.daemon().go_on();
    REQUIRE(kiosk.comes_to("results"));
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().results()->complete(); }));
}

}  // namespace

TEST_CASE("each leg's line is drawn where its force is, in every drop") {
    const QSize size = GENERATE(QSize(1280, 800), QSize(1920, 1080));
    PlayedKiosk kiosk{QStringLiteral("one-set.lines"), size};
    play_to_results(kiosk);
    const Drawn drawn(kiosk);
    const auto& curve = drawn.data.curve();
    int drops = 0;
    for (std::size_t p = 0; p + 1 < curve.phases.size(); ++p) {
        if (curve.phases[p].phase != "drop")
            continue;
        ++drops;
        const double t = (curve.phases[p].t.value + curve.phases[p + 1].t.value) / 2;
        const auto i =
            static_cast<std::size_t>(std::lower_bound(curve.t_s.begin(), curve.t_s.end(), t) - curve.t_s.begin());
        INFO("drop at " << t << " s");
        // A quick drop's line is steep: what a column spans is allowed for on top of a pen's width.
        CHECK(drawn.force_at(t, drawn.left) == Approx(curve.left_n[i]).margin(0.05 * drawn.data.top().value));
        CHECK(drawn.force_at(t, drawn.right) == Approx(curve.right_n[i]).margin(0.05 * drawn.data.top().value));
        CHECK(drawn.count(t, drawn.drop_shade) > drawn.picture.height() / 2);
    }
    CHECK(drops == 6);
}

TEST_CASE("the line has no holes: every column of the picture holds both legs, or one over the other") {
    PlayedKiosk kiosk{QStringLiteral("one-set.lines")};
    play_to_results(kiosk);
    const Drawn drawn(kiosk);
    int bare = 0;
    for (int x = 1; x + 1 < drawn.picture.width(); ++x) {
        const double t = (x + 0.5) / drawn.picture.width() * drawn.data.to().value;
        bare += drawn.count(t, drawn.right) == 0;
    }
    CHECK(bare == 0);
}

TEST_CASE("a session without a curve says so in its place") {
    PlayedKiosk kiosk{QStringLiteral("no-curve.lines")};
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().can_start(); }));
    kiosk.tap("startButton");
    REQUIRE(kiosk.comes_to("results"));
    REQUIRE(kiosk.comes_true([&] { return kiosk.station().results()->complete(); }));
    CHECK(kiosk.text("curveMessage") == "The recording of this session cannot be read.");
    CHECK(kiosk.text("noReps") == "No heel drops were seen in this session.");
    CHECK(kiosk.text("resultsSummary") == "No reps");
}
