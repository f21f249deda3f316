// Drops that go below the step, and slow converters: the measures stay true.
#include <catch2/catch.hpp>
#include <cmath>

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
