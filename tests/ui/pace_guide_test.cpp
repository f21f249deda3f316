#include "ui/models/pace_guide.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace heeldrop;
using heeldrop::ui::PaceGuide;

namespace {

/// The descent of someone who follows the guide, measured as the station measures: between the points where the speed
/// is 10 % of its own peak. Times start where the drawn guide's window does.
Seconds measured(const PaceGuide& guide) {
    const double step = guide.full_time().value / 20000;
    const double begin = -guide.full_time().value;
    std::vector<double> speed;
    for (int i = 0; i < 60000; ++i)
        speed.push_back(
            (guide.depth_at(Seconds{begin + (i + 1) * step}).value - guide.depth_at(Seconds{begin + i * step}).value) /
            step);
    const double limit = 0.1 * *std::max_element(speed.begin(), speed.end());
    int first = 0;
    while (speed[static_cast<std::size_t>(first)] < limit)
        ++first;
    int last = static_cast<int>(speed.size()) - 1;
    while (speed[static_cast<std::size_t>(last)] < limit)
        --last;
    return Seconds{(last - first + 1) * step};
}

}  // namespace

TEST_CASE("following the guide exactly measures the target, whatever the target") {
    const bool holds = rc::check([] {
        const double target = *rc::gen::inRange(300, 12000) / 1000.0;
        RC_ASSERT(std::abs(measured(PaceGuide(Seconds{target})).value - target) < 0.002 * target);
    });
    CHECK(holds);
}

TEST_CASE("a bell-shaped movement of 3 s measures 2.48 s, so the guide's whole movement is longer than its target") {
    CHECK(3.0 * PaceGuide::window_part().value == Approx(2.48).margin(0.005));
    CHECK(PaceGuide(Seconds{3.0}).full_time().value == Approx(3.628).margin(0.001));
}

TEST_CASE("the guide starts high, is half way at half the target, ends low, and never goes back up") {
    const PaceGuide guide(Seconds{3.0});
    CHECK(guide.depth_at(Seconds{0}).value < 0.01);
    CHECK(guide.depth_at(Seconds{1.5}).value == Approx(0.5));
    CHECK(guide.depth_at(Seconds{3.0}).value > 0.99);
    CHECK(guide.depth_at(Seconds{-5}).value == 0.0);
    CHECK(guide.depth_at(Seconds{60}).value == 1.0);
    double before = 0;
    for (int i = 0; i < 400; ++i) {
        const double depth = guide.depth_at(Seconds{i / 100.0}).value;
        CHECK(depth >= before);
        before = depth;
    }
}
