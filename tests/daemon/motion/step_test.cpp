// Drops that go below the step, and slow converters: the measures stay true.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
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

}  // namespace

TEST_CASE("a drop below the step goes further than its rise, and the set teaches how much") {
    for_people("good(drop=3,below=0.025)*6",
               {{3, 80, left}, {4, 80, right}, {5, 1000, left}, {6, 1000, right}, {7, 63, left}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(verdicts(reps) == verdicts(record.truth));
                   double off = 0.0;
                   for (std::size_t i = 2; i < reps.size(); ++i)
                       off += (reps[i].drop_depth->value - record.truth.reps[i].drop_depth->value) / 4.0;
                   CHECK(std::abs(off) < 0.012);
               });
}

TEST_CASE("a return that lifts the body is no part of the descent, nor does its end undo any") {
    for_people("good(drop=3.5,below=0.02,bottom=0.4,return=0.4)*5",
               {{11, 80, left}, {12, 80, right}, {13, 1000, left}, {14, 1000, right}},
               [](const Record& record, const std::vector<Rep>& reps) {
                   CHECK(verdicts(reps) == verdicts(record.truth));
                   for (std::size_t i = 0; i < reps.size(); ++i) {
                       INFO("rep " << i + 1);
                       CHECK(reps[i].revision == 1);
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
                   double off = 0.0;
                   for (std::size_t i = 0; i < reps.size(); ++i)
                       off += (reps[i].drop_depth->value - record.truth.reps[i].drop_depth->value) / 8.0;
                   CHECK(std::abs(off) < 0.005);
               });
}

TEST_CASE("after a step off, how far drops go below the step is learned anew") {
    for_people("good(drop=3,below=0.035)*6,step_off,empty:3,step_on,quiet:5,good(drop=3)*5",
               {{41, 80, left}, {42, 1000, right}}, [](const Record& record, const std::vector<Rep>& reps) {
                   double off = 0.0;
                   for (std::size_t i = 6; i < reps.size(); ++i)
                       off += (reps[i].drop_depth->value - record.truth.reps[i].drop_depth->value) / 5.0;
                   CHECK(std::abs(off) < 0.006);
               });
}

TEST_CASE("a fall stays a fall if the other foot lands before it is over") {
    const double fall_seconds = GENERATE(0.35, 0.5), foot_early = GENERATE(0.0, 0.15, 0.25);
    const double depth = fall_seconds < 0.4 ? 0.09 : 0.06, mass = 75.0;
    const auto bell_way = [](double u) {
        u = std::clamp(u, 0.0, 1.0);
        return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
    };
    const auto bell_push = [](double u) {
        return u < 0.0 || u > 1.0 ? 0.0 : 60.0 * u - 180.0 * u * u + 120.0 * u * u * u;
    };
    std::vector<ForceSample> samples;
    for (int k = 0; k < 80 * 60; ++k) {
        const double t = k / 80.0, in_rep = std::fmod(t - 8.0, 12.0);
        double acceleration = 0.0, right = 0.5;
        if (t > 8.0 && t < 56.0) {
            acceleration = depth * bell_push(in_rep - 1.0) -
                           depth / (fall_seconds * fall_seconds) * bell_push((in_rep - 6.0) / fall_seconds);
            const double back = 6.0 + fall_seconds - foot_early;
            right = 0.5 + 0.5 * bell_way((in_rep - 2.4) / 0.6) - 0.5 * bell_way((in_rep - back) / 0.4);
        }
        const auto wave = [t](double hertz, double phase) { return std::sin(6.2832 * hertz * t + phase); };
        const double sway = 0.3 * wave(0.7, 0.3) + 0.4 * wave(1.7, 1.0) + 0.6 * wave(3.1, 2.0) + 0.8 * wave(5.3, 0.0);
        const double alone = std::max(0.0, 2.0 * right - 1.0);
        const double total = t < 1.0 || t > 58.0 ? 0.0 : mass * (9.80665 + acceleration) + sway * (1.0 + 3.0 * alone);
        samples.push_back({Seconds{t}, Newtons{total * (1.0 - right)}, Newtons{total * right}});
    }
    CAPTURE(fall_seconds, foot_early);
    const auto reps = analyze(samples, Criteria{}).reps;
    CHECK(reps.size() == 4);
    for (const Rep& rep : reps) {
        INFO("rep " << rep.index);
        CHECK(std::find(rep.faults.begin(), rep.faults.end(), Fault::fast_drop) != rep.faults.end());
        CHECK(rep.drop_duration->value == Approx(0.83 * fall_seconds).margin(0.06));
    }
}
