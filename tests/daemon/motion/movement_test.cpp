// Movements found in force alone: analytic ones are given, and their times and heights must come back.
#include "daemon/motion/movement.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "calibration/lib/units.hpp"
#include "daemon/motion/grid.hpp"
#include "tests/daemon/motion/generators.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;

namespace {

/// A minimum-jerk movement: s = 10 u^3 - 15 u^4 + 6 u^5, its speed 30 u^2 (1-u)^2 over its duration.
struct Bell {
    double begin, whole;  ///< seconds
    double height;        ///< metres, up positive

    double speed(double t) const {
        const double u = (t - begin) / whole;
        return u <= 0 || u >= 1 ? 0.0 : height * 30 * u * u * (1 - u) * (1 - u) / whole;
    }
    /// Its speed is 10 % of the peak where 16 u^2 (1-u)^2 = 0.1.
    static double first_part() {
        const double product = std::sqrt(0.1) / 4.0;
        return 0.5 * (1.0 - std::sqrt(1.0 - 4.0 * product));
    }
    static Bell with_window(double start, double duration, double height) {
        const double whole = duration / (1.0 - 2.0 * first_part());
        return {start - first_part() * whole, whole, height};
    }
    double start() const { return begin + first_part() * whole; }
    double end() const { return begin + (1.0 - first_part()) * whole; }
    /// What is travelled within the 10 % window.
    double height_in_window() const {
        const auto way = [](double u) { return u * u * u * (10 - 15 * u + 6 * u * u); };
        return std::abs(height) * (way(1.0 - first_part()) - way(first_part()));
    }
};

struct Stretch {
    std::vector<double> force, share_shift, noise;
    MovementWindow window;

    Stretch(double seconds, double mass, const Bell& bell, Stance stance) {
        const double weight = mass * standard_gravity.value;
        const auto n = static_cast<std::size_t>(seconds / bin_seconds + 0.5);
        for (std::size_t k = 0; k < n; ++k) {
            const double t = static_cast<double>(k) * bin_seconds;
            force.push_back(weight + mass * (bell.speed(t + bin_seconds) - bell.speed(t)) / bin_seconds);
        }
        share_shift.assign(n, 0.0);
        noise.assign(n, (stance == Stance::two_legs ? 0.0015 : 0.007) * weight);
        window.force = force;
        window.share_shift = share_shift;
        window.noise = noise;
        window.stance = stance;
        window.mass = mass;
        window.baseline = weight;
        window.baseline_sd = 0.002 * weight;
        window.gain_sd = 0.008 * weight;
        window.direction = bell.height < 0 ? -1 : 1;
    }
    Stretch(const Stretch&) = delete;
    Stretch& operator=(const Stretch&) = delete;
};

/// Some of what a body on one leg does beside.
void sway(Stretch& stretch, double times = 1.0) {
    for (std::size_t k = 0; k < stretch.force.size(); ++k) {
        const double t = static_cast<double>(k) * bin_seconds;
        stretch.force[k] +=
            times * (4.0 * std::sin(2.1 * 6.28 * t) + 5.0 * std::sin(3.7 * 6.28 * t + 1.0) + std::sin(0.7 * 6.28 * t));
    }
}

}  // namespace

TEST_CASE("a descent on one leg is found where it is for any duration and mass") {
    for (const double mass : {20.0, 180.0}) {
        for (const double duration : {0.3, 0.5, 0.8, 1.3, 2.0, 3.0, 4.0}) {
            const Bell bell = Bell::with_window(1.37, duration, -0.1);
            Stretch stretch(duration + 2.7, mass, bell, Stance::one_leg);
            // As after a rise of this height: a descent of 4 s alone can hardly be told from a load that creeps.
            stretch.window.height_mean = 0.1;
            stretch.window.height_sd = 0.01;
            const auto fit = fit_movement(stretch.window);
            INFO(mass << " kg, " << duration << " s");
            REQUIRE(fit);
            const double slack = 0.02 + 0.08 * duration;
            CHECK(fit->start == Approx(bell.start()).margin(slack));
            CHECK(fit->end == Approx(bell.end()).margin(slack));
            CHECK(fit->duration == Approx(duration).margin(slack));
            CHECK(fit->height == Approx(bell.height_in_window()).epsilon(0.18));
            CHECK(fit->evidence > 0.0);
            CHECK(fit->duration_sd > 0.0);
            CHECK(fit->height_sd > 0.0);
        }
    }
}

TEST_CASE("the mass does not change when and how far a body moved") {
    const Bell bell = Bell::with_window(1.2, 2.4, -0.09);
    const Stretch light(5, 20, bell, Stance::one_leg), heavy(5, 180, bell, Stance::one_leg);
    const auto a = fit_movement(light.window), b = fit_movement(heavy.window);
    REQUIRE((a && b));
    CHECK(a->duration == Approx(b->duration).margin(0.05));
    CHECK(a->height == Approx(b->height).epsilon(0.05));
}

TEST_CASE("integration finds a movement on two feet exactly up and down") {
    CHECK(rc::check([] {
        const double duration = within(0.3, 4.0), mass = within(20, 180);
        const double height = within(0.03, 0.15) * (*rc::gen::arbitrary<bool>() ? 1 : -1);
        const Bell bell = Bell::with_window(within(0.7, 1.3) + 0.2 * duration, duration, height);
        const Stretch stretch(bell.begin + bell.whole + within(0.4, 1.5), mass, bell, Stance::two_legs);
        const auto fit = integrate_movement(stretch.window);
        RC_ASSERT(fit.has_value());
        const double slack = 0.012 + 0.01 * duration;
        RC_ASSERT(std::abs(fit->start - bell.start()) < slack);
        RC_ASSERT(std::abs(fit->end - bell.end()) < slack);
        RC_ASSERT(std::abs(fit->duration - duration) < slack);
        RC_ASSERT(std::abs(fit->height - bell.height_in_window()) < 0.001 + 0.01 * std::abs(height));
        RC_ASSERT(std::abs(fit->peak_speed - std::abs(height) * 1.875 / bell.whole) < 0.03 * fit->peak_speed);
    }));
}

TEST_CASE("an offset of the scale does not move what integration finds") {
    const Bell bell = Bell::with_window(1.207, 2.0, -0.08);
    Stretch stretch(4.6, 70, bell, Stance::two_legs);
    const auto before = integrate_movement(stretch.window);
    for (double& f : stretch.force)
        f += 6.0;
    const auto after = integrate_movement(stretch.window);
    REQUIRE((before && after));
    CHECK(after->duration == Approx(before->duration).margin(1e-6));
    CHECK(after->height == Approx(before->height).margin(1e-9));
}

TEST_CASE("too short a window holds no movement") {
    const Bell bell{0.02, 0.24, -0.08};
    for (const double seconds : {0.0, 0.02, 0.1, 0.28}) {
        const Stretch stretch(seconds, 70, bell, Stance::one_leg);
        INFO(seconds << " s");
        CHECK_FALSE(fit_movement(stretch.window));
        CHECK_FALSE(integrate_movement(stretch.window));
    }
}

TEST_CASE("a still body has not moved") {
    const Stretch stretch(4, 70, Bell{1, 1, 0.0}, Stance::two_legs);
    CHECK_FALSE(integrate_movement(stretch.window));
}

TEST_CASE("less than the least height is no movement") {
    const Bell bell = Bell::with_window(1.0, 1.0, -0.03);
    Stretch stretch(3, 70, bell, Stance::two_legs);
    CHECK(integrate_movement(stretch.window));
    stretch.window.least_height = 0.05;
    CHECK_FALSE(integrate_movement(stretch.window));
}

TEST_CASE("a movement the other way is not taken for the one asked for") {
    const Bell bell = Bell::with_window(1.0, 0.8, 0.10);
    Stretch stretch(3, 70, bell, Stance::two_legs);
    CHECK(integrate_movement(stretch.window));
    stretch.window.direction = -1;
    CHECK_FALSE(integrate_movement(stretch.window));
}

TEST_CASE("the pressure under the foot tells when a slow descent was, wherever the foot stands") {
    const Bell bell = Bell::with_window(1.6, 3.2, -0.1);
    Stretch stretch(6.4, 75, bell, Stance::one_leg);
    sway(stretch);
    stretch.window.height_mean = 0.1;
    stretch.window.height_sd = 0.01;
    const auto by_force = fit_movement(stretch.window);
    std::vector<double> pressure(stretch.force.size());
    const auto fit_with = [&](double place, double millimetres_a_metre) {
        double way = 0.0;
        for (std::size_t k = 0; k < pressure.size(); ++k) {
            way += bell.speed((static_cast<double>(k) + 0.5) * bin_seconds) * bin_seconds;
            pressure[k] = place + millimetres_a_metre * way;
        }
        stretch.window.pressure = pressure;
        return fit_movement(stretch.window);
    };
    stretch.window.pressure_noise = 0.8;
    stretch.window.coupling = 400.0;
    stretch.window.coupling_sd = 100.0;
    const auto with = fit_with(0.0, 400.0), elsewhere = fit_with(35.0, 400.0);
    REQUIRE((by_force && with && elsewhere));
    CHECK(with->duration_sd < 0.8 * by_force->duration_sd);
    CHECK(with->start == Approx(bell.start()).margin(3.0 * with->start_sd));
    CHECK(with->end == Approx(bell.end()).margin(3.0 * with->end_sd));
    CHECK(with->evidence > by_force->evidence);
    CHECK(elsewhere->duration == Approx(with->duration).margin(0.01));
    // A foot whose pressure does not go with its heel says less, but nothing else.
    stretch.window.coupling = 0.0;
    stretch.window.coupling_sd = 50.0;
    const auto unlike = fit_with(0.0, 0.0);
    REQUIRE(unlike);
    CHECK(unlike->duration == Approx(by_force->duration).margin(by_force->duration_sd));
}

TEST_CASE("a pressure that is not known is none") {
    const Bell bell = Bell::with_window(1.6, 3.2, -0.1);
    Stretch stretch(6.4, 75, bell, Stance::one_leg);
    const auto without = fit_movement(stretch.window);
    const std::vector<double> unknown(stretch.force.size(), std::numeric_limits<double>::quiet_NaN());
    stretch.window.pressure = unknown;
    const auto with = fit_movement(stretch.window);
    REQUIRE((without && with));
    CHECK(with->duration == without->duration);
    CHECK(with->duration_sd == without->duration_sd);
}

TEST_CASE("a drop like those before is expected, and another one is believed all the same") {
    const Bell bell = Bell::with_window(1.6, 3.0, -0.1);
    Stretch stretch(6.2, 75, bell, Stance::one_leg);
    sway(stretch, 3.0);
    stretch.window.height_mean = 0.1;
    stretch.window.height_sd = 0.01;
    const auto alone = fit_movement(stretch.window);
    const auto after = [&](double seconds) {
        stretch.window.log_duration_mean = std::log(seconds);
        stretch.window.log_duration_sd = 0.17;
        return fit_movement(stretch.window);
    };
    const auto like = after(3.0), unlike = after(1.5);
    REQUIRE((alone && like && unlike));
    CHECK(like->duration_sd < alone->duration_sd);
    CHECK(std::abs(like->duration - 3.0) < std::abs(alone->duration - 3.0) + 0.01);
    CHECK(unlike->duration == Approx(alone->duration).margin(0.5 * alone->duration_sd));
}

TEST_CASE("bins that are not usable do not decide") {
    const Bell bell = Bell::with_window(1.2, 2.0, -0.09);
    Stretch stretch(4.6, 70, bell, Stance::one_leg);
    for (std::size_t k = 20; k < 28; ++k) {
        stretch.force[k] = 0.0;
        stretch.noise[k] = std::numeric_limits<double>::infinity();
    }
    const auto fit = fit_movement(stretch.window);
    REQUIRE(fit);
    CHECK(fit->duration == Approx(2.0).margin(0.3));
    CHECK(fit->height == Approx(bell.height_in_window()).epsilon(0.25));
}
