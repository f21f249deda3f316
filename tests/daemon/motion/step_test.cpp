// Drops that go below the step, and slow converters: the measures stay true.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;

namespace {

/// Sessions of one script by several people, analysed.
template <class Each>
void for_people(std::string_view elements, std::initializer_list<Person> people, Each each) {
    const std::string script = session_of(elements);
    for (const Person& person : people) {
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const std::vector<Rep> reps = counted(analyze(record.samples, record.criteria).reps);
        REQUIRE(reps.size() == record.truth.reps.size());
        each(record, reps);
    }
}

/// Metres, of the reps from the `first` on, counted from 0.
double mean_depth_error(const Record& record, const std::vector<Rep>& reps, std::size_t first) {
    double sum = 0.0;
    for (std::size_t i = first; i < reps.size(); ++i)
        sum += reps[i].drop_depth->value - record.truth.reps[i].drop_depth->value;
    return sum / static_cast<double>(reps.size() - first);
}

/// Of a bell-shaped movement of 1 in 1: how much is gone, and its acceleration.
double bell_way(double u) {
    u = std::clamp(u, 0.0, 1.0);
    return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
}
double bell_push(double u) {
    return u < 0.0 || u > 1.0 ? 0.0 : 60.0 * u - 180.0 * u * u + 120.0 * u * u * u;
}

/// A drop 6 s into each rep, 3 s after the foot lifted.
struct Drop {
    double depth, seconds;
    double back;                            ///< seconds from its end to the other foot's landing
    double lift = 0.0, lift_seconds = 1.0;  ///< with that landing
    double raises_on = 0.5;                 ///< the right foot's share while the body rises
    double rises_at = 1.0;                  ///< seconds into the rep
};

/// 75 kg at 80 samples/s, four reps of 15 s; every movement a bell.
std::vector<ForceSample> four_reps(const Drop& drop) {
    std::vector<ForceSample> samples;
    for (int k = 0; k < 80 * 72; ++k) {
        const double t = k / 80.0, in_rep = std::fmod(t - 8.0, 15.0), back = 6.0 + drop.seconds + drop.back;
        double acceleration = 0.0, right = 0.5;
        const auto moves = [&](double height, double from, double seconds) {
            acceleration += height / (seconds * seconds) * bell_push((in_rep - from) / seconds);
        };
        if (t > 8.0 && t < 68.0) {
            moves(drop.depth - drop.lift, drop.rises_at, 1.0);
            moves(-drop.depth, 6.0, drop.seconds);
            moves(drop.lift, back, drop.lift_seconds);
            right += 0.5 * bell_way((in_rep - 2.4) / 0.6) - 0.5 * bell_way((in_rep - back) / 0.4);
            right += (drop.raises_on - 0.5) * (bell_way(in_rep / 0.5) - bell_way((in_rep - 2.4) / 0.6));
        }
        const auto wave = [t](double hertz, double phase) { return std::sin(6.2832 * hertz * t + phase); };
        const double sway = 0.3 * wave(0.7, 0.3) + 0.4 * wave(1.7, 1.0) + 0.6 * wave(3.1, 2.0) + 0.8 * wave(5.3, 0.0);
        const double alone = std::max(0.0, 2.0 * right - 1.0);
        const double total = t < 1.0 || t > 70.0 ? 0.0 : 75.0 * (9.80665 + acceleration) + sway * (1.0 + 3.0 * alone);
        samples.push_back({Seconds{t}, Newtons{total * (1.0 - right)}, Newtons{total * right}});
    }
    return samples;
}

}  // namespace

TEST_CASE("what a return lifts tells again of the drop before it, the first of a set and the last") {
    for_people("good(drop=3,below=0.03)*2", {{52, 1000, right}, {53, 100, right}, {55, 80, left}, {57, 80, right}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   for (std::size_t i = 0; i < reps.size(); ++i) {
                       INFO("rep " << i + 1);
                       CHECK(reps[i].drop_depth->value == Approx(record.truth.reps[i].drop_depth->value).margin(0.008));
                   }
               });
}

TEST_CASE("a drop below the step goes further than its rise, and the set teaches how much") {
    for_people("good(drop=3,below=0.025)*6",
               {{3, 80, left}, {4, 80, right}, {5, 1000, left}, {6, 1000, right}, {7, 63, left}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(verdicts(reps) == verdicts(record.truth));
                   CHECK(std::abs(mean_depth_error(record, reps, 2)) < 0.012);
               });
}

TEST_CASE("a return that lifts the body is no part of the descent, nor does its end undo any") {
    for_people("good(drop=3.5,below=0.02,bottom=0.4,return=0.4)*5",
               {{11, 80, left}, {12, 80, right}, {13, 1000, left}, {14, 1000, right}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(verdicts(reps) == verdicts(record.truth));
                   for (std::size_t i = 0; i < reps.size(); ++i) {
                       INFO("rep " << i + 1);
                       CHECK(*reps[i].drop_depth > *record.truth.reps[i].drop_depth - Metres{0.02});
                       CHECK(reps[i].drop_end->value < record.truth.reps[i].drop_end->value + 0.7);
                   }
               });
}

TEST_CASE("40 samples/s with conversions lost, 75 ms apart, tell a slow drop's length") {
    for_people(
        "good(drop=3)*5", {{21, 40, left}, {25, 40, left}, {26, 40, right}, {27, 40, left}},
        [](const Record& record, const std::vector<Rep>& reps) {
            for (std::size_t i = 0; i < reps.size(); ++i) {
                INFO("rep " << i + 1);
                CHECK(reps[i].drop_duration->value == Approx(record.truth.reps[i].drop_duration()->value).margin(0.5));
            }
        });
}

TEST_CASE("what a shallow drop leaves is lowered on two feet and counts once") {
    for_people("good(drop=3,rise_height=0.09,depth=0.062)*8", {{31, 80, left}, {32, 80, right}, {33, 1000, left}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(std::abs(mean_depth_error(record, reps, 0)) < 0.005);
               });
}

TEST_CASE("after a step off, how far drops go below the step is learned anew") {
    for_people("good(drop=3,below=0.035)*6,step_off,empty:3,step_on,quiet:5,good(drop=3)*5",
               {{43, 1000, right}, {45, 1000, left}, {46, 80, left}, {49, 80, left}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(std::abs(mean_depth_error(record, reps, 6)) < 0.008);
               });
}

TEST_CASE("a fall stays a fall if the other foot lands before it is over") {
    const double seconds = GENERATE(0.35, 0.5), early = GENERATE(0.0, 0.15, 0.25);
    CAPTURE(seconds, early);
    const auto reps =
        analyze(four_reps({.depth = seconds < 0.4 ? 0.09 : 0.06, .seconds = seconds, .back = -early}), {}).reps;
    CHECK(reps.size() == 4);
    for (const Rep& rep : reps) {
        INFO("rep " << rep.index);
        CHECK(std::find(rep.faults.begin(), rep.faults.end(), Fault::fast_drop) != rep.faults.end());
        CHECK(rep.drop_duration->value == Approx(0.83 * seconds).margin(0.06));
    }
}

TEST_CASE("a brisk lift by the other foot is no bounce") {
    const double back = GENERATE(0.6, 1.2), lift_seconds = GENERATE(0.3, 0.5);
    CAPTURE(back, lift_seconds);
    const auto reps =
        analyze(four_reps({.depth = 0.12, .seconds = 3.0, .back = back, .lift = 0.03, .lift_seconds = lift_seconds}),
                {})
            .reps;
    CHECK(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps)
        CHECK(rep.drop_duration->value == Approx(0.83 * 3.0).margin(0.5));
}

TEST_CASE("who straightens up slowly before the next rise has lowered nothing") {
    // Its first push was taken for the end of a drop on two feet.
    for (const double before : {1.0, 1.4, 1.8})
        for (const double height : {0.06, 0.08, 0.1}) {
            INFO(height << " m, over " << before << " s before the next rise");
            auto samples = four_reps({0.1, 0.4, 0.5});
            for (ForceSample& s : samples) {
                const double in_rep = std::fmod(s.t.value - 8.0, 15.0);
                const double push = 75.0 * height / (2.7 * 2.7) * bell_push((in_rep - 16.0 + before + 2.7) / 2.7);
                if (s.t.value > 8.0 && s.t.value < 65.0) {
                    s.left += Newtons{0.5 * push};
                    s.right += Newtons{0.5 * push};
                }
            }
            CHECK(verdicts(analyze(samples, {}).reps) == std::vector<std::string>(4, "fast_drop"));
        }
}

TEST_CASE("what hands take after a return, or the next rise at the record's end, is not taken for its lift") {
    const Drop drop{0.1, 2.5, 0.7};
    const auto depths = [](const std::vector<ForceSample>& samples) {
        std::vector<double> all;
        for (const Rep& r : counted(analyze(samples, {}).reps))
            all.push_back(r.drop_depth->value);
        return all;
    };
    const auto plain = depths(four_reps(drop));
    REQUIRE(plain.size() == 4);
    for (const double part : {-0.02, -0.012, -0.008, -0.005, 0.005, 0.008, 0.012, 0.02}) {
        INFO(part << " of the weight, from half a second after the second return");
        auto samples = four_reps(drop);
        for (ForceSample& s : samples) {
            const double more = part * 75.0 * 9.81 * bell_way((s.t.value - 32.9) / 0.3);
            if (s.t.value < 70.0) {
                s.left += Newtons{0.5 * more};
                s.right += Newtons{0.5 * more};
            }
        }
        CHECK(depths(samples)[1] == Approx(plain[1]).margin(0.012));
    }
    for (const double end : {39.3, 39.5, 39.7, 39.9}) {
        INFO("ends at " << end << " s, in the next rise");
        auto samples = four_reps({0.1, 8.0, 0.7});
        std::erase_if(samples, [&](const ForceSample& s) { return s.t.value > end; });
        const auto whole = depths(four_reps({0.1, 8.0, 0.7}));
        const auto cut = depths(samples);
        REQUIRE(cut.size() >= 2);
        CHECK(cut[1] == Approx(whole[1]).margin(0.012));
    }
}

TEST_CASE("minutes of standing after a lift change nothing of what is told") {
    auto samples = four_reps({0.12, 2.5, 0.7, 0.03});
    const auto told = analyze(samples, {}).reps;
    std::erase_if(samples, [](const ForceSample& s) { return s.t.value > 66.0; });
    const std::vector<ForceSample> still(samples.end() - 80, samples.end());
    for (int second = 0; second < 150; ++second)
        for (ForceSample s : still) {
            s.t += Seconds{second + 1.0};
            samples.push_back(s);
        }
    const auto later = analyze(samples, {}).reps;
    REQUIRE(later.size() == told.size());
    for (std::size_t i = 0; i < told.size(); ++i)
        CHECK(later[i].drop_depth->value == Approx(told[i].drop_depth->value).margin(1e-9));
}

TEST_CASE("a lift as high as a rise is none, nor does a descent begin with it, and it tells the drop before it") {
    // The lift was taken for a rise and the next rise's push for a landing: two-leg drops that nobody made.
    const double lift = GENERATE(0.035, 0.05, 0.06), back = GENERATE(0.5, 1.0, 2.5);
    CAPTURE(lift, back);
    const auto reps = analyze(four_reps({.depth = 0.06 + lift, .seconds = 3.6, .back = back, .lift = lift}), {}).reps;
    CHECK(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps) {
        INFO("rep " << rep.index);
        CHECK(rep.drop_depth->value == Approx(0.06 + lift).margin(0.015));
    }
}

TEST_CASE("a rise on the working leg after a lift is that rep's rise, and the lift is none") {
    for_people(
        "good(below=0.045,depth=0.11),one_leg_rise(drop=3,below=0.045,depth=0.11)*3",
        {{6, 80, right}, {6, 1000, right}, {7, 80, left}},
        [](const Record& record, const std::vector<Rep>& reps) { CHECK(verdicts(reps) == verdicts(record.truth)); });
}

TEST_CASE("who gets up on the other foot, as Alfredson has it, has not lowered on that") {
    const double other = GENERATE(0.02, 0.1, 0.2);
    CAPTURE(other);
    const auto samples = four_reps({.depth = 0.1, .seconds = 3.6, .back = 0.6, .raises_on = other});
    Criteria criteria;
    criteria.side = PrescribedSide::right;
    const auto reps = analyze(samples, criteria).reps;
    CHECK(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps)
        CHECK(rep.rise_start);
}

TEST_CASE("a slow lift tells how far the drop before it went, and so does a higher rise after none") {
    auto reps =
        analyze(four_reps({.depth = 0.1, .seconds = 3.6, .back = 0.6, .lift = 0.04, .lift_seconds = 2.4}), {}).reps;
    REQUIRE(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps)
        CHECK(rep.drop_depth->value == Approx(0.1).margin(0.012));
    // The first rise begins on the step, the others 4.5 cm below it, where the drops have ended and the body rests.
    auto samples = four_reps({.depth = 0.11, .seconds = 3.6, .back = 0.6});
    for (ForceSample& s : samples) {
        const double less = 75.0 * 0.045 * bell_push(s.t.value - 9.0);
        if (s.t.value > 8.0 && s.t.value < 11.0) {
            s.left -= Newtons{0.5 * less};
            s.right -= Newtons{0.5 * less};
        }
    }
    reps = counted(analyze(samples, {}).reps);
    REQUIRE(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps)
        CHECK(rep.drop_depth->value == Approx(0.11).margin(0.015));
}

TEST_CASE("who leaves from the bottom, or whose record ends there, has not returned: the drop counts") {
    const Drop drop{.depth = 0.1, .seconds = 3.6, .back = 2.5};
    const double bottom = 8.0 + 15.0 + 6.0 + drop.seconds, last = bottom + 1.2;
    auto leaves = four_reps(drop);
    std::erase_if(leaves, [&](const ForceSample& s) { return s.t.value > last + 4.0; });
    auto ends = leaves;
    std::erase_if(ends, [&](const ForceSample& s) { return s.t.value > last; });
    for (ForceSample& s : leaves)
        if (s.t.value > last)
            s.left = s.right = Newtons{0.0};
    for (const auto* samples : {&leaves, &ends}) {
        INFO((samples == &ends ? "the record ends" : "the plate is left"));
        const auto reps = analyze(*samples, {}).reps;
        CHECK(verdicts(reps) == std::vector<std::string>{"good", "incomplete"});
        REQUIRE(reps.size() == 2);
        CHECK(reps[1].drop_depth->value == Approx(0.1).margin(0.02));
        CHECK(has(reps[1], Reason::no_return));
    }
}

TEST_CASE("a small lift and the next rise soon after it are no sinking that takes from the drop") {
    // 10 cm were told as 2, sure to 6 mm.
    for_people("good(drop=3.5,below=0.015,pause=0.6)*4", {{7, 1000, right}, {12, 80, right}, {25, 80, right}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(verdicts(reps) == verdicts(record.truth));
                   for (std::size_t i = 0; i < reps.size(); ++i)
                       CHECK(reps[i].drop_depth->value == Approx(record.truth.reps[i].drop_depth->value).margin(0.02));
               });
}

TEST_CASE("a return that runs into the next rise tells how far the drop before it went") {
    // The first rise begins on the step, the others where the drop has ended, 4.5 cm below it.
    auto samples = four_reps({.depth = 0.11, .seconds = 6.0, .back = 2.5, .rises_at = 0.2});
    for (ForceSample& s : samples) {
        const double less = 75.0 * 0.045 * bell_push(s.t.value - 8.2);
        if (s.t.value > 8.0 && s.t.value < 11.0) {
            s.left -= Newtons{0.5 * less};
            s.right -= Newtons{0.5 * less};
        }
    }
    const auto reps = counted(analyze(samples, {}).reps);
    REQUIRE(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps) {
        INFO("rep " << rep.index);
        CHECK(rep.drop_depth->value == Approx(0.11).margin(0.015));
    }
}

TEST_CASE("who rests a quarter of the weight on the other foot is seen to put it back") {
    // No rep was told: the other foot never came back to the share asked of it.
    auto samples = four_reps({.depth = 0.1, .seconds = 3.6, .back = 0.6});
    for (ForceSample& s : samples) {
        const Newtons total = s.left + s.right;
        s.left = Newtons{0.54 * s.left.value};
        s.right = total - s.left;
    }
    const auto reps = analyze(samples, {}).reps;
    CHECK(reps.size() == 4);
    for (const Rep& rep : reps)
        CHECK(rep.drop_duration->value == Approx(0.83 * 3.6).margin(0.5));
}
