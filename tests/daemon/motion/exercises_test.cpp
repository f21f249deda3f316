// Whole sessions of simulated people: each rep gets the verdict that is true of what the body did.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <tuple>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;

namespace {

void tells_the_truth(std::string_view elements, std::initializer_list<Person> people) {
    const std::string script = session_of(elements);
    for (const Person& person : people) {
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const Analysis found = analyze(record.samples, record.criteria);
        CHECK(verdicts(found.reps) == verdicts(record.truth));
        const auto reps = counted(found.reps);
        if (reps.size() != record.truth.reps.size())
            continue;
        for (std::size_t i = 0; i < reps.size(); ++i) {
            const auto& truth = record.truth.reps[i];
            INFO("rep " << i + 1);
            CHECK(reps[i].index == static_cast<int>(i) + 1);
            if (std::abs(truth.working_share_drop->value - 0.5) > 0.06) {
                REQUIRE(reps[i].side);
                CHECK((*reps[i].side == left) == (*truth.side == virtual_plate::Side::left));
            }
            REQUIRE((reps[i].drop_start && reps[i].drop_end));
            CHECK(reps[i].drop_start->value < truth.drop_end->value);
            CHECK(reps[i].drop_end->value > truth.drop_start->value);
            CHECK(reps[i].working_share_drop->value == Approx(truth.working_share_drop->value).margin(0.04));
            CHECK(reps[i].working_share_rise->value == Approx(truth.working_share_rise->value).margin(0.06));
        }
    }
}

/// One person's only session, analysed.
std::vector<Rep> reps_of(std::string_view elements, const Person& person, Criteria criteria = {}) {
    const Record record = simulated::record(session_of(elements), person);
    criteria.side = record.criteria.side;
    return analyze(record.samples, criteria).reps;
}

bool has(const Rep& rep, Fault fault) {
    return std::count(rep.faults.begin(), rep.faults.end(), fault) > 0;
}
bool has(const Rep& rep, Reason reason) {
    return std::count(rep.reasons.begin(), rep.reasons.end(), reason) > 0;
}

}  // namespace

TEST_CASE("three good reps and each of three faults are told apart") {
    tells_the_truth("good*3,fast_drop,two_leg_drop,wrong_leg", {
                                                                   {1, 80, right},
                                                                   {2, 80, left},
                                                                   {3, 1000, right},
                                                                   {4, 1000, left},
                                                               });
}

TEST_CASE("the order of good and faulty reps does not matter") {
    tells_the_truth("fast_drop,good,wrong_leg,good,two_leg_drop,good", {
                                                                           {2, 80, left},
                                                                           {3, 80, right},
                                                                           {7, 1000, right},
                                                                       });
}

TEST_CASE("a session may begin with its faults") {
    tells_the_truth("two_leg_drop,wrong_leg,good*2,fast_drop,good", {
                                                                        {1, 80, right},
                                                                        {3, 1000, right},
                                                                        {4, 80, left},
                                                                        {6, 1000, left},
                                                                    });
}

TEST_CASE("a child of 20 kg and a man of 180 kg are judged alike") {
    tells_the_truth("good*2,fast_drop,wrong_leg", {
                                                      {1, 80, right, Kilograms{20}},
                                                      {2, 80, left, Kilograms{180}},
                                                  });
}

TEST_CASE("with both sides prescribed either leg may work") {
    const Record record = simulated::record(session_of("good,wrong_leg,good"), {3, 80, right});
    Criteria free = record.criteria;
    free.side = PrescribedSide::both;
    const auto reps = analyze(record.samples, free).reps;
    CHECK(verdicts(reps) == std::vector<std::string>{"good", "good", "good"});
    REQUIRE(reps.size() == 3);
    CHECK(reps[0].side == right);
    CHECK(reps[1].side == left);
}

TEST_CASE("rising on the working leg alone is said") {
    const auto reps = reps_of("good,one_leg_rise(rise_share=0.9),good", {2, 80, right});
    CHECK(verdicts(reps) == std::vector<std::string>{"good", "one_leg_rise", "good"});
}

TEST_CASE("a calf raise is never a good rep") {
    for (const Person& person : {Person{1, 80, right}, Person{2, 1000, left}, Person{3, 80, left}}) {
        INFO(description(person, "calf_raise*4"));
        for (const Rep& r : reps_of("calf_raise*4", person))
            CHECK(r.verdict != Verdict::good);
    }
}

TEST_CASE("a set that begins at the top has no rise and is judged without") {
    for (const Person& person : {Person{1, 80, right}, Person{4, 1000, left}, Person{5, 80, right}}) {
        const std::string script = "empty:3,step_on(high),quiet:4,good(no_rise),good,quiet:3,step_off,empty:2";
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto reps = analyze(record.samples, record.criteria).reps;
        REQUIRE(reps.size() == 2);
        CHECK(reps[0].verdict == Verdict::good);
        CHECK_FALSE(reps[0].rise_start);
        CHECK_FALSE(reps[0].rise_duration);
        CHECK_FALSE(reps[0].working_share_rise);
        CHECK(has(reps[0], Reason::no_rise));
        CHECK(reps[1].rise_start);
        CHECK_FALSE(has(reps[1], Reason::no_rise));
    }
}

TEST_CASE("a set's first rep from the top, too gentle to be told from sway by itself, is told once the set goes on") {
    for (const Person& person : {Person{3, 80, right}, Person{16, 80, left}, Person{21, 80, right}}) {
        const std::string start = "empty:3,step_on(high),quiet:4,good(no_rise,drop=4.5)";
        INFO(description(person, start));
        const Record alone = simulated::record(start + ",quiet:3,step_off,empty:2", person);
        CHECK(counted(analyze(alone.samples, alone.criteria).reps).empty());
        const Record in_a_set = simulated::record(start + ",good,good,quiet:3,step_off,empty:2", person);
        const auto reps = counted(analyze(in_a_set.samples, in_a_set.criteria).reps);
        REQUIRE(reps.size() == 3);
        CHECK(reps[0].index == 1);
        CHECK(has(reps[0], Reason::no_rise));
        CHECK(*reps[0].drop_start < *reps[1].rise_start);
    }
}

TEST_CASE("what may be a set's first rep is told neither after a later one nor of who has stepped off since") {
    const std::string start = "empty:3,step_on(high),quiet:4,good(no_rise,drop=4.5)";
    const std::string broken_off = start + ",incomplete(at=transfer,back),good,good,quiet:3,step_off,empty:2";
    const std::string another =
        start + ",step_off,empty:2,step_on,quiet:3,good(side=left,drop=3),quiet:2,step_off,empty:2";
    for (std::uint64_t seed = 1; seed <= 8; ++seed)
        for (const std::string& script : {broken_off, another}) {
            const Person person{seed, 80, left};
            INFO(description(person, script));
            const Record record = simulated::record(script, person);
            const Analysis found = analyze(record.samples, record.criteria);
            const auto at = [](const Rep& r) { return r.drop_start ? *r.drop_start : *r.rise_start; };
            for (std::size_t i = 1; i < found.reps.size(); ++i) {
                CHECK(found.reps[i].index == found.reps[i - 1].index + 1);
                CHECK(at(found.reps[i]) > at(found.reps[i - 1]));
            }
            for (std::size_t i = 1; i < found.phases.size(); ++i) {
                CHECK(found.phases[i].t > found.phases[i - 1].t);
                CHECK((found.phases[i].phase != found.phases[i - 1].phase ||
                       found.phases[i].side != found.phases[i - 1].side));
            }
            bool off = false;
            for (const Output& told : Tracker(record.criteria).push(record.samples)) {
                if (const auto* event = std::get_if<Event>(&told); event && event->kind == EventKind::step_off)
                    off = true;
                if (const auto* rep = std::get_if<Rep>(&told); rep && off && rep->counted)
                    CHECK(rep->rise_start);
            }
        }
}

TEST_CASE("a fall right after stepping up high is found: its landing is no way up from a squat, its hitches no other") {
    const auto falls = [](double seconds, const Person& person) {
        const std::string script = fmt::format(
            "empty:3,step_on(high),quiet:4,good,good,step_off,empty:2,step_on(high),quiet:2,fast_drop(drop={}),good,"
            "quiet:3,step_off,empty:2",
            seconds);
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        CHECK(counted(analyze(record.samples, record.criteria).reps).size() == 4);
    };
    falls(0.6, {1, 80, right});
    falls(0.6, {4, 80, left});
    falls(0.6, {6, 80, left});
    falls(1.3, {8, 80, left});
    falls(1.3, {27, 80, right});
}

TEST_CASE("a rep that is broken off is said and not counted") {
    for (const char* broken : {"incomplete(at=top)", "incomplete(at=transfer)", "incomplete(at=drop)"}) {
        for (const Person& person : {Person{1, 80, right}, Person{2, 80, left}}) {
            const std::string script = session_of(fmt::format("good,{},quiet:4,good", broken));
            INFO(description(person, script));
            const Record record = simulated::record(script, person);
            const auto reps = analyze(record.samples, record.criteria).reps;
            CHECK(verdicts(reps) == std::vector<std::string>{"good", "good"});
            for (const Rep& r : reps)
                if (!r.counted) {
                    CHECK(r.verdict == Verdict::fault);
                    CHECK(has(r, Fault::incomplete));
                }
        }
    }
}

TEST_CASE("a slow shallow drop is known by what the body sinks on two feet afterwards") {
    const std::vector<std::string> expected{"good", "shallow_drop", "good"};
    for (const Person& person : {Person{1, 80, right}, Person{2, 1000, left}}) {
        const std::string script = session_of("good,shallow(drop=3,depth=0.025),good");
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto reps = analyze(record.samples, record.criteria).reps;
        CHECK(verdicts(reps) == expected);
        REQUIRE(reps.size() == 3);
        CHECK(reps[1].revision == 2);
    }
}

TEST_CASE("a fall that a slow converter sees begin or end in one or two samples is timed to a tenth of a second") {
    // Their landings, or their first push, were left out as transfer errors, or came to half of what they were.
    for (const Person& person :
         {Person{9, 63, right}, Person{12, 63, left}, Person{16, 63, left}, Person{24, 63, left}, Person{31, 63, right},
          Person{37, 63, right}, Person{1, 100, right}, Person{2, 100, left}, Person{47, 100, right}}) {
        const std::string script = session_of(
            "fast_drop(drop=0.55,profile=constant),fast_drop(drop=0.65,profile=constant),"
            "fast_drop(drop=0.6,profile=constant)");
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto reps = counted(analyze(record.samples, record.criteria).reps);
        REQUIRE(reps.size() == 3);
        for (std::size_t i = 0; i < reps.size(); ++i) {
            const auto& truth = record.truth.reps[i];
            CHECK(reps[i].drop_duration->value == Approx((*truth.drop_end - *truth.drop_start).value).margin(0.1));
        }
    }
}

TEST_CASE("the bob of the shifting weight is not the drop") {
    for (const Person& person : {Person{8, 80, left}, Person{15, 80, right}, Person{18, 80, left},
                                 Person{49, 80, right}, Person{56, 80, left}}) {
        const std::string script = session_of("good(top=1.5),good(top=1.5),good(top=1.5)");
        INFO(description(person, script));
        Record record = simulated::record(script, person);
        const double mass = analyze(record.samples, record.criteria).system_weight->value / standard_gravity.value;
        // The body sinks by 13 mm within half a second.
        constexpr double takes = 0.5, sinks = 0.013, turn = 2.0 * std::numbers::pi;
        for (ForceSample& s : record.samples)
            for (const auto& rep : record.truth.reps) {
                const double u = (s.t.value - rep.transfer_start->value - 0.3) / takes;
                if (u <= 0.0 || u >= 1.0)
                    continue;
                const double force = -mass * turn * sinks / (takes * takes) * std::sin(turn * u);
                const double share = s.left / (s.left + s.right);
                s.left += Newtons{share * force};
                s.right += Newtons{(1.0 - share) * force};
            }
        const auto reps = counted(analyze(record.samples, record.criteria).reps);
        REQUIRE(reps.size() == 3);
        for (std::size_t i = 0; i < reps.size(); ++i) {
            CHECK(reps[i].verdict == Verdict::good);
            CHECK(reps[i].drop_depth->value == Approx(record.truth.reps[i].drop_depth->value).margin(0.02));
        }
    }
}

TEST_CASE("a quick shallow drop while the weight still goes over is no bob") {
    for (const auto& [drop, depth, bottom, person] :
         {std::tuple{0.35, 0.02, 2, Person{88, 1000, right}}, std::tuple{0.5, 0.025, 4, Person{40, 1000, right}},
          std::tuple{0.5, 0.025, 4, Person{64, 1000, right}}}) {
        const std::string script =
            session_of(fmt::format("shallow(drop={},depth={},bottom={},transfer=0.3,hold=0)*3", drop, depth, bottom));
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto reps = counted(analyze(record.samples, record.criteria).reps);
        REQUIRE(reps.size() == 3);
        for (const Rep& rep : reps)
            CHECK(rep.faults == std::vector{Fault::fast_drop, Fault::shallow_drop});
    }
}

TEST_CASE("the prescription's minimum decides what is a fast drop") {
    const Record record = simulated::record(session_of("good(drop=3)"), {1, 80, right});
    for (const auto& [least, word] : {std::pair{1.5, "good"}, std::pair{6.0, "fast_drop"}}) {
        Criteria criteria = record.criteria;
        criteria.min_drop = Seconds{least};
        CHECK(verdicts(analyze(record.samples, criteria).reps) == std::vector<std::string>{word});
    }
}

TEST_CASE("samples missing within a drop leave the rep unjudged because of the gap") {
    for (const Person& person : {Person{1, 80, right}, Person{2, 1000, left}}) {
        Record record = simulated::record(session_of("good*2"), person);
        INFO(description(person, "good*2"));
        REQUIRE(record.truth.reps.size() == 2);
        const auto& second = record.truth.reps[1];
        const double middle = 0.5 * (second.drop_start->value + second.drop_end->value);
        std::erase_if(record.samples, [&](const ForceSample& s) { return std::abs(s.t.value - middle) < 0.3; });
        const Analysis found = analyze(record.samples, record.criteria);
        CHECK(verdicts(found.reps) == std::vector<std::string>{"good", "unjudged"});
        REQUIRE(found.reps.size() == 2);
        CHECK(has(found.reps[1], Reason::gap));
        CHECK(found.reps[1].faults.empty());
        CHECK(std::count_if(found.events.begin(), found.events.end(), [&](const Event& e) {
                  return e.kind == EventKind::gap && std::abs(e.t.value - middle) < 0.4;
              }) == 1);
    }
}

TEST_CASE("a pad that is saturated within a drop leaves the rep unjudged and the session says plate fault") {
    for (const Person& person : {Person{1, 80, right}, Person{2, 1000, left}}) {
        Record record = simulated::record(session_of("good*2"), person);
        INFO(description(person, "good*2"));
        REQUIRE(record.truth.reps.size() == 2);
        const auto& first = record.truth.reps[0];
        const double middle = 0.5 * (first.drop_start->value + first.drop_end->value);
        for (ForceSample& s : record.samples)
            s.right_fault = std::abs(s.t.value - middle) < 0.3;
        const Analysis found = analyze(record.samples, record.criteria);
        CHECK(verdicts(found.reps) == std::vector<std::string>{"unjudged", "good"});
        REQUIRE(found.reps.size() == 2);
        CHECK(has(found.reps[0], Reason::saturated));
        CHECK(found.session_faults == std::vector{SessionFault::plate_fault});
        std::vector<EventKind> said;
        for (const Event& e : found.events)
            if (e.kind == EventKind::saturated || e.kind == EventKind::recovered)
                said.push_back(e.kind);
        CHECK(said == std::vector{EventKind::saturated, EventKind::recovered});
    }
}

TEST_CASE("a pad that is faulty throughout is said, and as soon as it is known to be more than a hiccup") {
    Record record = simulated::record(session_of("good*2"), Person{1, 80, right});
    for (ForceSample& s : record.samples)
        s.left_fault = true;
    Tracker tracker(record.criteria);
    std::vector<Event> events;
    for (const ForceSample& s : record.samples) {
        for (const Output& o : tracker.push({&s, 1}))
            if (const auto* event = std::get_if<Event>(&o))
                events.push_back(*event);
        CHECK((s.t.value - record.samples.front().t.value < 1.1 || !tracker.session_faults().empty()));
    }
    REQUIRE(events.size() == 1);
    CHECK(events.front().kind == EventKind::saturated);
    CHECK(tracker.session_faults() == std::vector{SessionFault::plate_fault});
    CHECK(tracker.live().phase == Phase::unknown);
}

TEST_CASE("the first quiet stance weighs the person in and added load on a step is said") {
    const Record record = simulated::record(session_of("quiet:5"), {3, 80, right, Kilograms{80}});
    Criteria told = record.criteria;
    for (const auto& [mass, added] : {std::pair{80.0, false}, std::pair{60.0, true}}) {
        told.body_mass = Kilograms{mass};
        const Analysis found = analyze(record.samples, told);
        REQUIRE(found.system_weight);
        CHECK(found.system_weight->value == Approx(80 * standard_gravity.value).epsilon(0.01));
        CHECK((found.session_faults == std::vector{SessionFault::added_load_on_step}) == added);
        CHECK(found.session_faults.empty() != added);
    }
    told.surface = Surface::flat;
    CHECK(analyze(record.samples, told).session_faults.empty());
}

TEST_CASE("stepping on and off are said once each") {
    const Record record = simulated::record(session_of("quiet:4"), {4, 80, right});
    const Analysis found = analyze(record.samples, record.criteria);
    std::vector<EventKind> kinds;
    for (const Event& e : found.events)
        kinds.push_back(e.kind);
    CHECK(kinds == std::vector{EventKind::step_on, EventKind::step_off});
    CHECK(found.duration.value == Approx(record.truth.duration.value).margin(0.5));
}

TEST_CASE(
    "a transfer shown live begins where the final account has it begin, and no phase begins before the one before") {
    for (const Person& person : {Person{31, 80.0, right}, Person{32, 1000.0, left}}) {
        const std::string script = session_of("good*3");
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const Analysis found = analyze(record.samples, record.criteria);
        const auto shown = shown_live(record);
        REQUIRE(counted(found.reps).size() == 3);
        for (const Rep& rep : found.reps) {
            REQUIRE(rep.transfer_start);
            CHECK(std::any_of(shown.begin(), shown.end(), [&](const PhaseChange& change) {
                return change.phase == Phase::transfer && std::abs(change.t.value - rep.transfer_start->value) < 0.15;
            }));
        }
        for (std::size_t i = 1; i < shown.size(); ++i)
            if (shown[i].phase != shown[i - 1].phase)
                CHECK(shown[i].t >= shown[i - 1].t);
    }
}

TEST_CASE("a slow drop on two feet that goes unseen does not take the next rise for itself") {
    for (const Person& person : {Person{64, 63.0, right}, Person{107, 80.0, right}}) {
        const std::string script = session_of("two_leg_drop(drop=5),good,good");
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        CHECK(verdicts(analyze(record.samples, record.criteria).reps) == verdicts(record.truth));
    }
}
