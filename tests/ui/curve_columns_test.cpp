#include "ui/curve/curve_columns.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace heeldrop;
using namespace heeldrop::ui;

TEST_CASE("no sample is lost: every one lies within its column, however many share it") {
    const bool holds = rc::check([](const std::vector<int>& raw) {
        std::vector<double> t;
        std::vector<double> f;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            t.push_back(static_cast<double>(i) * 0.01);
            f.push_back(raw[i] % 1000);
        }
        const int count = *rc::gen::inRange(1, 60);
        RC_PRE(t.size() > 1u);
        const auto columns = columns_of(t, f, Seconds{t.front()}, Seconds{t.back()}, count);
        RC_ASSERT(columns.size() == static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < t.size(); ++i) {
            const auto at = std::min(static_cast<std::size_t>(t[i] / t.back() * count), columns.size() - 1);
            RC_ASSERT(columns[at].low_n <= f[i] + 1e-6 && columns[at].high_n >= f[i] - 1e-6);
        }
        // Neighbours share a value: the line has no seams.
        for (std::size_t c = 1; c < columns.size(); ++c)
            RC_ASSERT(columns[c].low_n <= columns[c - 1].high_n + 1e-6 &&
                      columns[c].high_n >= columns[c - 1].low_n - 1e-6);
    });
    CHECK(holds);
}

TEST_CASE("a peak one sample wide is seen among ten thousand samples on a hundred columns") {
    std::vector<double> t(10000);
    std::vector<double> f(10000, 400.0);
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = static_cast<double>(i) / 1000;
    f[5432] = 1900;
    const auto columns = columns_of(t, f, Seconds{0}, Seconds{10}, 100);
    CHECK(columns[54].high_n == 1900);
    CHECK(columns[54].low_n == 400);
    CHECK(columns[20].high_n == 400);
}

TEST_CASE("few samples on many columns give an unbroken sloping line") {
    const std::vector<double> t{0.0, 0.3};
    const std::vector<double> f{0.0, 300.0};
    const auto columns = columns_of(t, f, Seconds{0}, Seconds{0.3}, 30);
    for (int i = 0; i < 30; ++i)
        CHECK(columns[static_cast<std::size_t>(i)].high_n == Approx(10.0 * (i + 1)));
}

TEST_CASE("a gap in the data is a gap in the line") {
    const std::vector<double> t{0.0, 0.1, 0.2, 1.2, 1.3};
    const std::vector<double> f{100, 100, 100, 100, 100};
    const auto columns = columns_of(t, f, Seconds{0}, Seconds{1.3}, 13);
    CHECK(std::isnan(columns[6].low_n));
    CHECK(columns[1].high_n == 100);
    CHECK(columns[12].high_n == 100);
}

TEST_CASE("an instant without a force is passed over, a longer stretch without one is a hole") {
    const std::vector<double> t{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7};
    const std::vector<double> f{100, NAN, 100, NAN, NAN, NAN, 100, 100};
    const auto columns = columns_of(t, f, Seconds{0}, Seconds{0.7}, 70);
    CHECK(columns[10].high_n == 100);
    CHECK(std::isnan(columns[40].low_n));
    CHECK(columns[65].high_n == 100);
}

TEST_CASE("a long session thinned to one value in half a second is still one line") {
    std::vector<double> t(8000);
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = 0.5 * static_cast<double>(i);
    const std::vector<double> f(t.size(), 400.0);
    for (const Column& column : columns_of(t, f, Seconds{0}, Seconds{t.back()}, 1000, join_of(t)))
        CHECK(column.high_n == 400);
}

TEST_CASE("axis ticks are round, start at 0 and reach the top") {
    CHECK(round_ticks(880, 7) == std::vector<double>{0, 200, 400, 600, 800, 1000});
    CHECK(round_ticks(1020, 7) == std::vector<double>{0, 200, 400, 600, 800, 1000, 1200});
    CHECK(round_ticks(0, 6) == std::vector<double>{0});
    CHECK(time_ticks(Seconds{45}, 11) == std::vector<double>{0, 5, 10, 15, 20, 25, 30, 35, 40, 45});
    CHECK(time_ticks(Seconds{4000}, 11).size() <= 11);
}
