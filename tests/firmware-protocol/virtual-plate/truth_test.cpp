// The truth: derived again from the height and the forces, and the verdict that each scripted rep must have.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "firmware-protocol/virtual-plate/simulation.hpp"

using namespace heeldrop;
using namespace heeldrop::virtual_plate;

namespace {

constexpr double rate = 1000.0;

Simulation play(const std::string& script, std::uint64_t seed, Prescribed side = Prescribed::right) {
    Setup s;
    s.seed = seed;
    s.signal = Signal::ideal;
    s.converter = Converter::ads131m08;
    s.rate = Hertz{rate};
    s.keep_trace = true;
    s.limits.side = side;
    return simulate(parse_script(script), s);
}

std::size_t at(double t) {
    return static_cast<std::size_t>(std::lround(t * rate));
}

/// Speed from the height alone.
double speed(const Simulation& s, std::size_t i) {
    return (s.trace[i + 1].height - s.trace[i - 1].height).value * rate / 2.0;
}

/// First crossing above and last below 10 % of the peak speed of the movement around [from, to]; `sign` -1 for down.
std::pair<double, double> window(const Simulation& s, double from, double to, double sign) {
    std::size_t peak = at(from);
    for (std::size_t i = at(from); i <= at(to); ++i)
        if (sign * speed(s, i) > sign * speed(s, peak))
            peak = i;
    const double level = 0.1 * std::abs(speed(s, peak));
    // The movement ends where the body is still.
    const auto edge = [&](int step) {
        std::size_t last = peak;
        for (std::size_t i = peak; std::abs(speed(s, i)) > 1e-6; i += static_cast<std::size_t>(step))
            if (sign * speed(s, i) >= level)
                last = i;
        return static_cast<double>(last) / rate;
    };
    return {edge(-1), edge(1)};
}

std::vector<Fault> faults(std::initializer_list<Fault> f) {
    return f;
}

}  // namespace

TEST_CASE("phase times, depth, speeds and shares follow from the heights and forces", "[truth]") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const auto s = play(
            "step_on,quiet:1,good(profile=bell),good(profile=skewed),good(profile=constant),good(profile=jerky),fast_"
            "drop,two_leg_drop",
            seed);
        REQUIRE(s.truth.reps.size() == 6);
        for (const auto& rep : s.truth.reps) {
            CAPTURE(seed, rep.index, rep.element, rep.profile);
            const auto drop = window(s, rep.drop_start->value, rep.drop_end->value, -1.0);
            CHECK(drop.first == Approx(rep.drop_start->value).margin(0.004));
            CHECK(drop.second == Approx(rep.drop_end->value).margin(0.004));
            const auto rise = window(s, rep.rise_start->value, rep.rise_end->value, 1.0);
            CHECK(rise.first == Approx(rep.rise_start->value).margin(0.004));
            CHECK(rise.second == Approx(rep.rise_end->value).margin(0.004));
            const double depth = (s.trace[at(drop.first)].height - s.trace[at(drop.second)].height).value;
            CHECK(rep.drop_depth->value == Approx(depth).margin(0.001));

            double one = 0.0, both = 0.0, fastest = 0.0;
            for (std::size_t i = at(drop.first); i <= at(drop.second); ++i) {
                one += (rep.side == Side::left ? s.samples[i].left : s.samples[i].right).value;
                both += (s.samples[i].left + s.samples[i].right).value;
                fastest = std::max(fastest, -speed(s, i));
            }
            CHECK(rep.peak_drop_speed->value == Approx(fastest).epsilon(0.01));
            CHECK(rep.working_share_drop->value == Approx(one / both).margin(0.002));
            CHECK(rep.impulse->value == Approx(one / rate).epsilon(0.005));
            if (rep.element == "two_leg_drop") {
                CHECK_FALSE(rep.transfer_start);
                continue;
            }
            const double before = rep.working_share_rise->value, after = rep.working_share_drop->value;
            const auto share = [&](double t) {
                const auto& x = s.samples[at(t)];
                return (rep.side == Side::left ? x.left : x.right) / (x.left + x.right);
            };
            CHECK(share(rep.transfer_start->value) == Approx(before + 0.1 * (after - before)).margin(0.01));
            CHECK(share(rep.transfer_end->value) == Approx(before + 0.9 * (after - before)).margin(0.01));
            CHECK(1.0 - share(rep.return_end->value) == Approx(0.30).margin(0.01));
            CHECK(*rep.rise_end < *rep.transfer_start);
            CHECK(*rep.transfer_end < *rep.drop_start);
            CHECK(*rep.drop_end < *rep.return_end);
        }
    }
}

TEST_CASE("a drop measures the tempo and the depth it was asked for, whatever its profile", "[truth]") {
    const auto profile = GENERATE("bell", "skewed", "constant", "jerky");
    for (const auto& [drop, depth] : {std::pair{"0.6", "0.06"}, {"1.5", "0.08"}, {"3", "0.1"}, {"6", "0.13"}}) {
        const auto s =
            play(std::string("step_on,good(drop=") + drop + ",depth=" + depth + ",profile=" + profile + ")", 3);
        CAPTURE(profile, drop);
        CHECK(s.truth.reps[0].drop_duration()->value == Approx(std::stod(drop)).margin(1e-9));
        CHECK(s.truth.reps[0].drop_depth->value == Approx(std::stod(depth)).margin(1e-9));
        const auto w = window(s, s.truth.reps[0].drop_start->value, s.truth.reps[0].drop_end->value, -1.0);
        CHECK(w.second - w.first == Approx(std::stod(drop)).margin(0.008));
    }
}

TEST_CASE("every scripted rep has the faults it stands for, on both sides, and no others", "[truth]") {
    const auto side = GENERATE(Prescribed::left, Prescribed::right);
    const auto [element, expected] = GENERATE(table<const char*, std::vector<Fault>>({
        {"good", {}},
        {"good(run_on),good", {}},
        {"good(toe=0.05)", {}},
        {"good(no_rise)", {}},
        {"good(hands=0.03)", {}},
        {"good(hands=0.12)", faults({Fault::hand_support})},
        {"fast_drop", faults({Fault::fast_drop})},
        {"hold_then_fall", faults({Fault::fast_drop})},
        {"good(toe=0.25)", faults({Fault::two_leg_drop})},
        {"wrong_leg", faults({Fault::wrong_leg})},
        {"one_leg_rise", faults({Fault::one_leg_rise})},
        {"shallow", faults({Fault::shallow_drop})},
        {"shallow(stay)", faults({Fault::shallow_drop})},
        {"shallow(stay),good", {}},
        {"shallow(stay),good(no_rise)", {}},
        {"shallow(stay),shallow", faults({Fault::shallow_drop})},
        {"bounce", faults({Fault::bounce})},
        {"incomplete(at=top)", faults({Fault::incomplete})},
        {"incomplete(at=transfer)", faults({Fault::incomplete})},
        {"incomplete(at=transfer,back)", faults({Fault::incomplete})},
        {"incomplete(at=drop)", faults({Fault::incomplete})},
    }));
    for (std::uint64_t seed = 1; seed <= 15; ++seed) {
        const auto s = play(std::string("step_on,quiet:1,") + element + ",quiet:1", seed, side);
        CAPTURE(element, seed);
        REQUIRE_FALSE(s.truth.reps.empty());
        const auto& rep = s.truth.reps.back();
        CHECK(rep.faults == expected);
        CHECK(rep.counted == (expected != faults({Fault::incomplete})));
    }
}

TEST_CASE("a two-leg drop has its fault, and a side only where one leg carries clearly more", "[truth]") {
    bool none_seen = false, one_seen = false;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const auto s = play("step_on,quiet:1,two_leg_drop", seed, Prescribed::both);
        const auto& rep = s.truth.reps.at(0);
        CHECK(rep.faults == faults({Fault::two_leg_drop}));
        CHECK_FALSE(rep.transfer_start);
        none_seen = none_seen || !rep.side;
        one_seen = one_seen || rep.side;
    }
    CHECK(none_seen);
    CHECK(one_seen);
}

TEST_CASE("what is no rep is none in the truth either", "[truth]") {
    const auto s = play(
        "empty:1,step_on,quiet:2,squat,squat(side=left),sit_to_stand,sway,shift,shift(quick),shift(slow),lean,"
        "lean(side=right),march,jump,one_leg,load(kg=10),second_person,step_off,empty:1",
        2);
    CHECK(s.truth.reps.empty());
    CHECK(s.truth.others.size() == 19);
}

TEST_CASE("a rep that began at the top has no rise", "[truth]") {
    const auto s = play("step_on(high),quiet:2,good,good", 2);
    REQUIRE(s.truth.reps.size() == 2);
    CHECK_FALSE(s.truth.reps[0].rise_start);
    CHECK_FALSE(s.truth.reps[0].working_share_rise);
    CHECK(s.truth.reps[0].transfer_start);
    CHECK(s.truth.reps[0].faults.empty());
    CHECK(s.truth.reps[1].rise_start);
}

TEST_CASE("after a shallow drop the heels stay up until the next rep, which ends where the first one rose from",
          "[truth]") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto s = play("step_on,quiet:1,shallow(stay,pause=2),good(pause=3),quiet:1", seed);
        const auto& first = s.truth.reps.at(0);
        const auto& next = s.truth.reps.at(1);
        CAPTURE(seed);
        REQUIRE(next.rise_start);
        const double before = s.trace[at(first.rise_start->value - 0.5)].height.value;
        const double between = s.trace[at(next.rise_start->value - 0.5)].height.value;
        CHECK(between - before > 0.02);
        CHECK(next.rise_height->value < first.rise_height->value);
        CHECK(s.trace[at(next.drop_end->value + 2.5)].height.value == Approx(before).margin(0.01));
    }
}

TEST_CASE("a shallow drop's next rep begins at the top where it is asked not to rise", "[truth]") {
    const auto s = play("step_on,quiet:1,shallow(stay),good(no_rise)", 3);
    REQUIRE(s.truth.reps.size() == 2);
    CHECK_FALSE(s.truth.reps[1].rise_start);
    CHECK(std::none_of(s.truth.others.begin(), s.truth.others.end(),
                       [](const auto& o) { return o.element == "step_off"; }));
}

TEST_CASE("a second person can stand there while the reps go on", "[truth]") {
    const auto s = play("step_on,quiet:2,second_person:3(meanwhile,kg=50),good(drop=3),good", 3);
    REQUIRE(s.truth.reps.size() == 2);
    const auto visit = std::find_if(s.truth.others.begin(), s.truth.others.end(),
                                    [](const auto& o) { return o.element == "second_person"; });
    REQUIRE(visit != s.truth.others.end());
    CHECK(visit->end > *s.truth.reps[0].rise_start);
    const auto total = [&](double t) { return (s.samples[at(t)].left + s.samples[at(t)].right).value; };
    CHECK(total(visit->start.value + 2.0) - total(visit->end.value + 1.0) > 400.0);
}

TEST_CASE("a drop below the step goes further than its rise, and the return lifts the body back") {
    const auto s = play("step_on,quiet:1,good(drop=3,depth=0.09,below=0.02),quiet:3,good", 4);
    const auto& rep = s.truth.reps.at(0);
    const auto height = [&](double t) { return s.trace[at(t)].height.value; };
    CHECK(rep.rise_height->value == Approx(0.07).margin(0.003));
    CHECK(rep.drop_depth->value == Approx(0.09).margin(1e-9));
    CHECK(height(rep.drop_end->value + 0.1) == Approx(height(rep.rise_start->value - 0.5) - 0.02).margin(0.003));
    CHECK(height(s.truth.reps.at(1).rise_start->value - 0.5) ==
          Approx(height(rep.rise_start->value - 0.5)).margin(0.001));
    CHECK(rep.faults.empty());
}

TEST_CASE("a heaving body is higher on one foot, and what it was asked to do stays the same", "[truth]") {
    const auto plain = play("step_on,quiet:1,good(drop=3,depth=0.09),good", 4);
    const auto heaving = play("step_on,quiet:1,good(drop=3,depth=0.09,heave=0.01),good", 4);
    const auto& a = plain.truth.reps.at(0);
    const auto& b = heaving.truth.reps.at(0);
    CHECK(a.drop_start == b.drop_start);
    CHECK(a.drop_end == b.drop_end);
    CHECK(a.drop_depth == b.drop_depth);
    CHECK(a.faults == b.faults);
    const auto higher = [&](double t) { return (heaving.trace[at(t)].height - plain.trace[at(t)].height).value; };
    CHECK(higher(a.rise_end->value) == Approx(0.0).margin(1e-6));
    CHECK(higher(a.drop_start->value) == Approx(0.01).margin(1e-6));
    CHECK(higher(a.drop_end->value) == Approx(0.01).margin(1e-6));
    CHECK(higher(plain.truth.reps.at(1).rise_start->value) == Approx(0.0).margin(1e-6));
}
