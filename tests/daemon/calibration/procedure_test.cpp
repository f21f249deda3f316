// The procedure's own promises: whatever is redone, skipped, unplugged or cancelled, nothing is lost or counted twice.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/daemon/calibration/simulated_weights.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using heeldrop::calibration::test::quick_plan;
using heeldrop::calibration::test::Weights;

namespace {

Step step_of(StepKind kind, Pad pad, std::optional<double> kg, double seconds, Role role = Role::up, double x = 0.0) {
    Step s;
    s.kind = kind;
    s.pad = pad;
    if (kg)
        s.mass = Kilograms{*kg};
    s.duration = Seconds{seconds};
    s.role = role;
    s.x = Millimetres{x};
    return s;
}

/// One of everything, in little time.
Plan short_plan() {
    Plan plan;
    plan.name = "short";
    plan.steps = {step_of(StepKind::warm_up, Pad::left, {}, 10),
                  step_of(StepKind::empty, Pad::left, {}, 1),
                  step_of(StepKind::place, Pad::left, 20, 0, Role::up),
                  step_of(StepKind::place, Pad::left, 40, 0, Role::up),
                  step_of(StepKind::place, Pad::left, 20, 0, Role::down),
                  step_of(StepKind::empty, Pad::left, {}, 1),
                  step_of(StepKind::place, Pad::right, 40, 0, Role::corner, 72),
                  step_of(StepKind::place, Pad::right, 40, 0, Role::corner, -72),
                  step_of(StepKind::empty, Pad::left, {}, 1),
                  step_of(StepKind::hold, Pad::left, 40, 70),
                  step_of(StepKind::empty, Pad::left, {}, 5),
                  step_of(StepKind::person, Pad::right, {}, 0),
                  step_of(StepKind::empty, Pad::left, {}, 1)};
    int number = 0;
    for (Step& s : plan.steps)
        s.placement = s.kind == StepKind::place ? ++number : 0;
    plan.steps[7].optional = true;
    return plan;
}

class Operator {
 public:
    explicit Operator(Plan plan = short_plan(), std::uint64_t seed = 3)
        : procedure(test::described_cells(), std::move(plan), standard_gravity, false),
          weights(virtual_plate::draw_plate(seed), seed) {}

    void pass(double s) {
        for (int i = 0; i < 64 * s && !procedure.over(); ++i)
            procedure.push(weights.sample());
    }
    /// Puts on what the step wants and says so, and waits until the step is over.
    void do_step() {
        if (!procedure.progress().stability.valid)
            pass(1.0);
        const std::size_t step = procedure.progress().step;
        if (procedure.progress().waiting == Waiting::mass)
            REQUIRE_FALSE(procedure.tell_mass(Kilograms{80.0}));
        weights.obey(procedure.plan().steps[step], 80.0);
        if (procedure.progress().waiting == Waiting::load)
            REQUIRE_FALSE(procedure.next());
        for (int i = 0; procedure.progress().step == step && !procedure.over(); ++i) {
            REQUIRE(i < 200);
            pass(1.0);
        }
    }
    void finish() {
        for (int i = 0; !procedure.over(); ++i) {
            REQUIRE(i < 200);
            do_step();
        }
    }

    Procedure procedure;
    Weights weights;
};

/// What a whole calibration of this plan holds: each placement, hold and person once, an empty reading of each step.
void check_whole(const Procedure& p, bool without_optional = false) {
    const Observations seen = p.observations();
    std::vector<int> wanted, got;
    std::size_t empties = 0;
    for (const Step& s : p.plan().steps) {
        if (s.kind == StepKind::place && !(without_optional && s.optional))
            wanted.push_back(s.placement);
        empties += s.kind == StepKind::empty;
    }
    for (const Placement& placement : seen.placements) {
        got.push_back(placement.number);
        const Step& s = p.plan().steps[*p.plan().step_of(placement.number)];
        RC_ASSERT(placement.mass == *s.mass);
        // What stood there when it was read was this placement's load and no other.
        const auto newtons = nominal_newtons(seen, placement.reading);
        double sum = 0.0;
        for (const std::size_t c : cells_of_pad(seen.cells, placement.pad))
            sum += newtons[c];
        RC_ASSERT(std::abs(sum / weight_of(placement.mass).value - 1.0) < 0.2);
    }
    RC_ASSERT(got == wanted);
    RC_ASSERT(seen.holds.size() == 1u);
    RC_ASSERT(seen.spots.size() == 1u);
    RC_ASSERT(seen.empties.size() >= empties);
    for (std::size_t i = 1; i < seen.empties.size(); ++i)
        RC_ASSERT(seen.empties[i - 1].t < seen.empties[i].t);
    // A loaded plate was never read as an empty one.
    for (const MeanReading& e : seen.empties)
        for (std::size_t c = 0; c < seen.cells.size(); ++c)
            RC_ASSERT(std::abs(e.mean[c] - seen.empties.front().mean[c]) / seen.cells[c].gain.value < 15.0);
}

}  // namespace

TEST_CASE("step after step, each says what it waits for, and in the end everything is there once") {
    Operator op;
    CHECK(op.procedure.progress().waiting == Waiting::time);
    CHECK(op.procedure.next()->code == "not_now");
    op.do_step();
    CHECK(op.procedure.progress().step == 1);
    op.do_step();
    CHECK(op.procedure.progress().step == 2);
    CHECK(op.procedure.progress().waiting == Waiting::load);
    op.pass(30.0);
    CHECK(op.procedure.progress().step == 2);  // nobody has said that it is there
    op.weights.put(Pad::left, 20.0, 0, 0);
    REQUIRE_FALSE(op.procedure.next());
    op.pass(2.0);
    CHECK(op.procedure.progress().waiting == Waiting::still);
    CHECK(op.procedure.progress().remaining.value == Approx(6.0).margin(0.5));
    CHECK(op.procedure.progress().left.value == Approx(196.0).epsilon(0.15));
    CHECK(op.procedure.next()->code == "not_now");
    op.pass(7.0);
    CHECK(op.procedure.progress().step == 3);
    op.finish();
    CHECK(op.procedure.progress().state == ProcedureState::complete);
    check_whole(op.procedure);
    CHECK(op.procedure.warmed_up().value == Approx(10.0).margin(0.5));
}

TEST_CASE("a load that does not come to rest is waited for, and its restlessness is told") {
    Operator op;
    op.do_step();
    op.do_step();
    REQUIRE_FALSE(op.procedure.next());
    for (int i = 0; i < 64 * 30; ++i) {
        op.weights.put(Pad::left, 20.0 + 2.0 * std::sin(i / 40.0), 0, 0);
        op.procedure.push(op.weights.sample());
    }
    CHECK(op.procedure.progress().step == 2);
    CHECK(op.procedure.progress().stability.value > op.procedure.progress().stability.limit);
    op.weights.put(Pad::left, 20.0, 0, 0);
    op.pass(9.0);
    CHECK(op.procedure.progress().step == 3);
}

TEST_CASE("the empty plate is not read while something is left on it, and that is said") {
    Operator op;
    for (int i = 0; i < 5; ++i)
        op.do_step();
    REQUIRE(op.procedure.plan().steps[op.procedure.progress().step].kind == StepKind::empty);
    REQUIRE_FALSE(op.procedure.next());  // the 20 kg are still there
    op.pass(60.0);
    CHECK(op.procedure.progress().step == 5);
    CHECK(op.procedure.progress().trouble.find("left pad is not empty: it carries") != std::string::npos);
    op.weights.clear();
    op.pass(12.0);
    CHECK(op.procedure.progress().step == 6);
    CHECK(op.procedure.progress().trouble.empty());
}

TEST_CASE("a hold whose load is touched begins again") {
    Operator op;
    for (int i = 0; i < 9; ++i)
        op.do_step();
    op.weights.put(Pad::left, 40.0, 0, 0);
    REQUIRE_FALSE(op.procedure.next());
    op.pass(40.0);
    CHECK(op.procedure.progress().waiting == Waiting::time);
    op.weights.clear();
    op.pass(1.0);
    CHECK(op.procedure.progress().waiting == Waiting::load);
    op.finish();
    check_whole(op.procedure);
}

TEST_CASE("unplugged it pauses where it is, says why, and goes on with the next samples") {
    Operator op;
    for (int i = 0; i < 3; ++i)
        op.do_step();
    const Observations before = op.procedure.observations();
    op.weights.put(Pad::left, 40.0, 0, 0);
    REQUIRE_FALSE(op.procedure.next());
    op.pass(5.0);
    op.procedure.pause("The plate is unplugged.");
    CHECK(op.procedure.progress().state == ProcedureState::paused);
    CHECK(op.procedure.progress().reason == "The plate is unplugged.");
    CHECK(op.procedure.next()->code == "not_now");
    op.weights.wait(300.0);
    op.pass(4.0);
    CHECK(op.procedure.progress().state == ProcedureState::running);
    CHECK(op.procedure.progress().step == 3);  // the seconds before the pause do not count
    CHECK(op.procedure.observations() == before);
    op.finish();
    check_whole(op.procedure);
}

TEST_CASE("time without samples warms nothing up") {
    Operator op;
    op.pass(4.0);
    op.procedure.pause("unplugged");
    op.weights.wait(100.0);
    op.pass(1.0);
    CHECK(op.procedure.progress().step == 0);
    CHECK(op.procedure.progress().remaining.value == Approx(5.0).margin(0.5));
}

TEST_CASE("a warm-up that is cut short says how long it was") {
    Operator op;
    op.pass(4.0);
    REQUIRE_FALSE(op.procedure.skip());
    CHECK(op.procedure.progress().step == 1);
    CHECK(op.procedure.warmed_up().value == Approx(4.0).margin(0.1));
    CHECK(op.procedure.skip()->code == "not_now");
}

TEST_CASE("a step of an earlier series has the whole series read again, between two readings of the empty plate") {
    Operator op;
    for (int i = 0; i < 7; ++i)
        op.do_step();
    REQUIRE_FALSE(op.procedure.redo(3));
    CHECK(op.procedure.progress().step == 1);
    CHECK(op.procedure.observations().placements.size() == 1);
    std::vector<std::size_t> order;
    while (!op.procedure.over()) {
        order.push_back(op.procedure.progress().step);
        op.do_step();
    }
    CHECK(order == std::vector<std::size_t>{1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12});
    check_whole(op.procedure);
    CHECK(op.procedure.observations().empties.size() == 5 + 2);
}

TEST_CASE("a step beside the series is read again by itself") {
    Operator op;
    for (int i = 0; i < 9; ++i)
        op.do_step();
    REQUIRE_FALSE(op.procedure.redo(6));
    std::vector<std::size_t> order;
    while (!op.procedure.over()) {
        order.push_back(op.procedure.progress().step);
        op.do_step();
    }
    CHECK(order == std::vector<std::size_t>{5, 6, 8, 9, 10, 11, 12});
    check_whole(op.procedure);
}

TEST_CASE(
    "a complete one is taken up again at any step, whenever its plate sends again, with another mass where one is "
    "told") {
    Operator op;
    op.finish();
    const Seconds before = op.procedure.observations().empties.back().t;
    for (int i = 0; i < 64 * 200; ++i)
        op.weights.sample();  // nobody reads it for some minutes
    REQUIRE_FALSE(op.procedure.redo(6));
    CHECK(op.procedure.progress().state == ProcedureState::paused);
    CHECK(op.procedure.next()->code == "not_now");
    op.pass(1.0);
    CHECK(op.procedure.progress().state == ProcedureState::running);
    std::vector<std::size_t> order;
    while (!op.procedure.over()) {
        const std::size_t step = op.procedure.progress().step;
        order.push_back(step);
        if (step == 6) {
            CHECK(op.procedure.tell_mass(Kilograms{900.0})->code == "bad_request");
            REQUIRE_FALSE(op.procedure.tell_mass(Kilograms{39.0}));
        }
        op.do_step();
    }
    CHECK(order == std::vector<std::size_t>{5, 6, 8});
    CHECK(op.procedure.progress().state == ProcedureState::complete);
    const Observations seen = op.procedure.observations();
    CHECK(seen.placements[3].mass == Kilograms{39.0});
    CHECK(seen.placements[4].mass == Kilograms{40.0});
    CHECK(seen.placements[3].reading.t > before);
}

TEST_CASE("the empty plate read again before any load replaces its reading") {
    Operator op;
    op.do_step();
    op.do_step();
    const Observations before = op.procedure.observations();
    REQUIRE_FALSE(op.procedure.redo(1));
    op.do_step();
    REQUIRE(op.procedure.observations().empties.size() == 1);
    CHECK(op.procedure.observations().empties.front().t > before.empties.front().t);
}

TEST_CASE("unattended, an arrival is the word, and a person's mass must be in the plan") {
    CHECK_THROWS_AS(Procedure(test::described_cells(), short_plan(), standard_gravity, true), std::invalid_argument);
    Plan plan = short_plan();
    plan.steps[11].mass = Kilograms{80.0};
    Procedure p(test::described_cells(), plan, standard_gravity, true);
    Weights weights(virtual_plate::draw_plate(3), 3);
    const auto pass = [&](double s) {
        for (int i = 0; i < 64 * s; ++i)
            p.push(weights.sample());
    };
    pass(60.0);
    CHECK(p.progress().step == 2);
    weights.put(Pad::left, 5.0, 0, 0);
    pass(20.0);
    CHECK(p.progress().waiting == Waiting::load);  // a quarter of it: maybe the rest is on its way
    weights.put(Pad::left, 20.0, 0, 0);
    pass(9.0);
    CHECK(p.progress().step == 3);
    weights.put(Pad::left, 24.0, 0, 0);  // a fifth of the change, and nothing more comes
    pass(50.0);
    CHECK(p.progress().step == 4);
}

TEST_CASE("a preload that is left on is no zero, whoever says so and however long it stands") {
    const bool unattended = GENERATE(true, false);
    Plan plan = short_plan();
    plan.steps[11].mass = Kilograms{80.0};
    plan.steps.insert(plan.steps.begin() + 1,
                      {step_of(StepKind::preload, Pad::left, 40, 5), step_of(StepKind::preload, Pad::right, 40, 5)});
    Procedure p(test::described_cells(), plan, standard_gravity, unattended);
    Weights weights(virtual_plate::draw_plate(3), 3);
    const auto pass = [&](double s) {
        for (int i = 0; i < 64 * s; ++i)
            p.push(weights.sample());
    };
    const auto say = [&] {
        if (!unattended)
            REQUIRE_FALSE(p.next());
    };
    pass(12.0);
    weights.put(Pad::left, 40.0, 0, 0);
    pass(1.0);
    say();
    pass(9.0);
    REQUIRE(p.progress().step == 2);
    pass(100.0);  // it still stands on the left
    CHECK(p.progress().step == 2);
    CHECK(p.progress().waiting == Waiting::load);
    weights.put(Pad::right, 40.0, 0, 0);
    pass(1.0);
    say();
    pass(9.0);
    REQUIRE(p.progress().step == 3);
    say();
    pass(unattended ? 100.0 : 300.0);  // nobody takes it off
    CHECK(p.progress().step == 3);
    CHECK(p.observations().empties.empty());
    weights.clear();
    pass(15.0);
    REQUIRE(p.progress().step == 4);
    weights.put(Pad::right, 40.0, 0, 0);
    pass(10.0);
    CHECK(p.progress().right.value == Approx(40 * 9.80665).epsilon(0.1));
}

TEST_CASE("unattended, a load that was another than was said holds nothing up: the next one is known by itself") {
    Plan plan = short_plan();
    plan.steps[11].mass = Kilograms{80.0};
    Procedure p(test::described_cells(), plan, standard_gravity, true);
    Weights weights(virtual_plate::draw_plate(3), 3);
    const auto until_step = [&](std::size_t step) {
        for (int i = 0; p.progress().step < step; ++i) {
            REQUIRE(i < 64 * 60);
            p.push(weights.sample());
        }
    };
    until_step(2);
    weights.put(Pad::left, 20.0, 0, 0);
    until_step(3);
    weights.put(Pad::left, 31.0, 0, 0);  // where 40 kg should stand
    until_step(4);
    weights.put(Pad::left, 20.0, 0, 0);
    until_step(5);
    weights.put(Pad::left, 0.0, 0, 0);
    until_step(6);
}

TEST_CASE("the word for a load that is not there is asked for again, and given again it is believed") {
    Operator op;
    while (op.procedure.progress().step < 2)
        op.do_step();
    REQUIRE_FALSE(op.procedure.next());
    op.pass(12.0);
    CHECK(op.procedure.progress().step == 2);
    CHECK(op.procedure.progress().waiting == Waiting::load);
    CHECK_THAT(op.procedure.progress().trouble, Catch::Contains("20 kg would be 196 N"));
    op.do_step();
    CHECK(op.procedure.progress().step == 3);
    REQUIRE_FALSE(op.procedure.next());
    op.pass(12.0);
    CHECK(op.procedure.progress().step == 3);
    REQUIRE_FALSE(op.procedure.next());
    op.pass(12.0);
    CHECK(op.procedure.progress().step == 4);
}

TEST_CASE("whatever is redone, skipped and unplugged on the way, nothing is lost or counted twice") {
    rc::check([] {
        Operator op(short_plan(), *rc::gen::inRange<std::uint64_t>(1, 1000));
        const auto words = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100));
        bool skipped = false;
        for (const int word : words) {
            if (op.procedure.over())
                break;
            const std::size_t step = op.procedure.progress().step;
            switch (word % 10) {
                case 0:
                    if (!op.procedure.redo(static_cast<std::size_t>(word / 10) % (step + 1)))
                        skipped = skipped && op.procedure.done(7);
                    break;
                case 1:
                    if (op.procedure.plan().steps[step].optional && !op.procedure.skip())
                        skipped = true;
                    break;
                case 2:
                    op.procedure.pause("unplugged");
                    op.weights.wait(word);
                    op.pass(1.0);
                    break;
                case 3:  // half a step, with the word, and something else on its way
                    op.weights.obey(op.procedure.plan().steps[step], 80.0);
                    op.procedure.next();
                    op.pass(word % 7);
                    break;
                default:
                    op.do_step();
            }
        }
        op.finish();
        RC_ASSERT(op.procedure.progress().state == ProcedureState::complete);
        const bool has_optional = op.procedure.observations().placements.size() == 5u;
        RC_ASSERT(has_optional != skipped);
        check_whole(op.procedure, skipped);
    });
}

TEST_CASE("cancelled at any step nothing is left, and nothing brings it back") {
    rc::check([] {
        Operator op;
        const int steps = *rc::gen::inRange(0, 13);
        for (int i = 0; i < steps; ++i)
            op.do_step();
        op.pass(*rc::gen::inRange(0, 10));
        op.procedure.cancel();
        op.pass(20.0);
        RC_ASSERT(op.procedure.next());
        RC_ASSERT(op.procedure.redo(0));
        RC_ASSERT(op.procedure.skip());
        RC_ASSERT(op.procedure.progress().state == ProcedureState::cancelled);
        const Observations seen = op.procedure.observations();
        RC_ASSERT(seen.placements.empty() && seen.empties.empty() && seen.holds.empty() && seen.spots.empty());
    });
}
