// Plans: what they say, and what is said of wrong ones.
#include <algorithm>
#include <catch2/catch.hpp>

#include "calibration/lib/plan_file.hpp"
#include "tests/daemon/calibration/simulated_weights.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;

namespace {

std::string error_of(const std::string& text) {
    try {
        read_plan(text, "plan.toml", test::described_cells());
    } catch (const PlanFileError& error) {
        return error.what();
    }
    return "";
}

Plan plan_of(const std::string& text) {
    return plan_from_json(read_plan(text, "plan.toml", test::described_cells()), test::described_cells());
}

}  // namespace

TEST_CASE("the standard plan of five masses has what every check wants") {
    const Plan plan = plan_of("[standard]\nmasses_kg = [20, 40, 60, 80, 100]\nperson_kg = 81.5\n");
    int corners = 0, verify = 0, up = 0, down = 0;
    for (const Step& s : plan.steps) {
        corners += s.kind == StepKind::place && s.role == Role::corner;
        verify += s.kind == StepKind::place && s.role == Role::verify;
        up += s.kind == StepKind::place && s.role == Role::up;
        down += s.kind == StepKind::place && s.role == Role::down;
        if (s.role == Role::corner && s.kind == StepKind::place)
            CHECK(s.mass == Kilograms{40.0});
    }
    CHECK(up == 10);
    CHECK(down == 8);
    CHECK(corners == 8);
    CHECK(verify == 8);
    CHECK(plan.steps.front().kind == StepKind::warm_up);
    CHECK(plan.steps.front().duration == Seconds{900.0});
    CHECK(plan.step_of(10).has_value());
    CHECK(plan.steps[*plan.step_of(10)].role == Role::corner);
}

TEST_CASE("a plan written out step by step is the same plan again") {
    const Plan plan = test::quick_plan();
    const nlohmann::json text = nlohmann::json::parse(to_json(plan).dump());
    CHECK(plan_from_json(text, {}) == plan);
}

TEST_CASE("a listed plan keeps its order, tolerances and limits") {
    const Plan plan = plan_of(R"(
name = "two loads"
gravity_m_s2 = 9.81
[tolerance]
mass_percent = 0.01
[limits]
months = 6
[[step]]
do = "empty"
[[step]]
do = "place"
pad = "right"
mass_kg = 25
x_mm = 40.5
direction = "corner"
[[step]]
do = "empty"
seconds = 60
)");
    CHECK(plan.name == "two loads");
    CHECK(plan.gravity == MetresPerSecond2{9.81});
    CHECK(plan.tolerance.mass.value == Approx(0.0001));
    CHECK(plan.limits.months == 6);
    REQUIRE(plan.steps.size() == 3);
    CHECK(plan.steps[1].x == Millimetres{40.5});
    CHECK(plan.steps[1].pad == Pad::right);
    CHECK(plan.steps[1].placement == 1);
    CHECK(plan.steps[2].duration == Seconds{60.0});
}

TEST_CASE("the standard plan of five masses can pass, and what keeps another from it is named by pad") {
    Plan plan = test::quick_plan();
    CHECK(why_it_cannot_pass(plan).empty());
    const auto drop = [&](auto what) { std::erase_if(plan.steps, what); };
    std::string expected;
    SECTION("lighter") {
        for (Step& s : plan.steps)
            if (s.mass)
                s.mass = *s.mass * 0.8;
        expected = "the largest load is 80 kg, 100 are needed";
    }
    SECTION("the largest twice") {
        drop([](const Step& s) { return s.kind == StepKind::place && s.role == Role::down && s.mass->value == 20.0; });
        expected = "5 different loads up and 4 down";
    }
    SECTION("no map") {
        drop([](const Step& s) { return s.role == Role::verify; });
        expected = "loads in 5 places, 9 are needed";
    }
    SECTION("no corners") {
        drop([](const Step& s) { return s.role == Role::corner; });
        expected = "0 loads in corners";
    }
    SECTION("corners too light") {
        for (Step& s : plan.steps)
            if (s.role == Role::corner)
                s.mass = Kilograms{20.0};
        expected = "a load away from the centre of 20 kg, 25 are needed";
    }
    SECTION("nothing again") {
        drop([](const Step& s) { return s.role == Role::repeat; });
        expected = "put on again";
    }
    SECTION("no hold") {
        drop([](const Step& s) { return s.kind == StepKind::hold; });
        expected = "no load is left alone";
    }
    SECTION("a short hold") {
        for (Step& s : plan.steps)
            if (s.kind == StepKind::hold)
                s.duration = Seconds{240.0};
        expected = "the hold is shorter than 5 min";
    }
    SECTION("no return to zero") {
        for (Step& s : plan.steps)
            if (s.kind == StepKind::empty)
                s.duration = Seconds{60.0};
        expected = "no \"empty\" of 180 s or more";
    }
    SECTION("nobody") {
        drop([](const Step& s) { return s.kind == StepKind::person; });
        expected = "no person of known mass";
    }
    const auto missing = why_it_cannot_pass(plan);
    REQUIRE(missing.size() >= 2);
    const auto of = [&](const char* pad) {
        return std::any_of(missing.begin(), missing.end(), [&](const std::string& line) {
            return line.find(pad) == 0 && line.find(expected) != std::string::npos;
        });
    };
    for (const std::string& line : missing)
        UNSCOPED_INFO(line);
    CHECK(of("left pad: "));
    CHECK(of("right pad: "));
}

TEST_CASE("a wrong plan is told in one line, with the line it stands in") {
    const std::string head = "[[step]]\ndo = \"empty\"\n[[step]]\n";
    const auto [text, expected] = GENERATE_COPY(table<std::string, std::string>({
        {"name = 3 4", "plan.toml:1: this is not TOML"},
        {"name = \"x\"", "plan.toml: a plan has either"},
        {"nome = \"x\"\n", "plan.toml:1: there is no key nome; there are "},
        {"[standard]\nmasses_kg = [20, 40]\n", "plan.toml:2: masses_kg must list 3 to 20"},
        {"[standard]\nmasses_kg = [20, 40, \"60\"]\n",
         "plan.toml:2: a mass must be a number from 0.1 to 500, not \"60\""},
        {"[standard]\nmasses_kg = [\n20,\n60,\n40]\n", "plan.toml:5: masses_kg must rise: 40 kg comes after 60 kg"},
        {"[standard]\nmasses_kg = [1,2,3]\nperson_kg = 900\n",
         "plan.toml:3: person_kg must be a number from 15 to 250"},
        {head + "do = \"put\"\n", "plan.toml:4: do must be one of"},
        {head + "do = \"place\"\npad = \"left\"\ndirection = \"up\"\n", "plan.toml:3: mass_kg is missing"},
        {head + "do = \"place\"\npad = \"middle\"\n",
         "plan.toml:5: pad must be one of \"left\", \"right\", not \"middle\""},
        {head + "do = \"empty\"\npad = \"left\"\n", "plan.toml:5: a step \"empty\" has no pad"},
        {head + "do = \"hold\"\npad = \"left\"\nmass_kg = 50\n", "plan.toml:3: seconds is missing"},
        {head + "do = \"person\"\npad = \"left\"\n", "plan.toml:3: the last step must be \"empty\""},
        {"[[step]]\ndo = \"person\"\npad = \"left\"\n",
         "plan.toml:1: the plate must be read empty before the first load"},
        {"[limits]\nmonths = 0.5\n[standard]\nmasses_kg = [1, 2, 3]\n", "plan.toml:2: months must be a number from 1"},
        {"[limits]\ncreep = 0.35\n[standard]\nmasses_kg = [1, 2, 3]\n",
         "plan.toml:2: creep must be a number from 0 to 0.1"},
        {"[standard]\nmasses_kg = [1, 2, 3]\nwarm_up_min = nan\n", "plan.toml:3: warm_up_min must be a number"},
        {"[standard]\nmasses_kg = [1979-05-27, 2, 3]\n", "plan.toml: dates and times have no place in a plan"},
    }));
    CAPTURE(text);
    const std::string error = error_of(text);
    CHECK_THAT(error, Catch::StartsWith(expected));
    CHECK(error.find('\n') == std::string::npos);
}
