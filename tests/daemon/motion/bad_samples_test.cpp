// Samples that are missing, or that mean nothing: what they leave unjudged, and what is said of the plate.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <variant>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/drawn_body.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;

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

TEST_CASE("samples missing where nothing moves leave nothing unjudged") {
    // Any gap between rise and return did.
    for (const Person& person : {Person{1, 80, right}, Person{2, 1000, left}, Person{3, 63, right}}) {
        Record record = simulated::record(session_of("good(drop=2.6,pause=1.8)*3"), person);
        INFO(description(person, "good(drop=2.6,pause=1.8)*3"));
        REQUIRE(record.truth.reps.size() == 3);
        for (const auto& rep : record.truth.reps) {
            const double top = 0.5 * (rep.rise_end->value + rep.drop_start->value);
            std::erase_if(record.samples, [&](const ForceSample& s) { return std::abs(s.t.value - top) < 0.22; });
        }
        const Analysis found = analyze(record.samples, record.criteria);
        CHECK(verdicts(found.reps) == std::vector<std::string>{"good", "good", "good"});
        CHECK(std::count_if(found.events.begin(), found.events.end(),
                            [](const Event& e) { return e.kind == EventKind::gap; }) == 3);
    }
}

TEST_CASE("a fall that a gap may hide leaves the rep unjudged, however slowly the rest is lowered") {
    // What was lowered before the eyes was called good.
    drawn::Body body;
    std::vector<double> falls;
    for (int i = 0; i < 4; ++i) {
        body.height(0.09, 0.9);
        body.wait(0.4);
        body.share(0.5, 0.4);
        body.wait(0.6);
        falls.push_back(body.t);
        body.height(-0.055, 0.35);
        body.wait(0.5);
        body.height(-0.035, 3.0);
        body.wait(0.5);
        body.share(-0.5, 0.4);
        body.wait(3.0);
    }
    auto samples = body.samples();
    std::erase_if(samples, [&](const ForceSample& s) {
        return std::any_of(falls.begin(), falls.end(),
                           [&](double fall) { return s.t.value > fall - 0.2 && s.t.value < fall + 0.55; });
    });
    CHECK(verdicts(analyze(samples, Criteria{}).reps) ==
          std::vector<std::string>{"unjudged", "unjudged", "unjudged", "unjudged"});
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

TEST_CASE("a drop over which its pad was saturated is told, unjudged, but none of its figures") {
    // Only the whole body saturates such a pad: after three seconds everything was forgotten, and no rep told.
    Record record = simulated::record(session_of("good*2"), Person{1, 80, right});
    REQUIRE(record.truth.reps.size() == 2);
    const auto& first = record.truth.reps[0];
    for (ForceSample& s : record.samples)
        s.right_fault = s.t.value > first.drop_start->value - 1.0 && s.t.value < first.drop_end->value + 0.4;
    const Analysis found = analyze(record.samples, record.criteria);
    CHECK(verdicts(found.reps) == std::vector<std::string>{"unjudged", "good"});
    REQUIRE(found.reps.size() == 2);
    const Rep& unseen = found.reps[0];
    CHECK(unseen.reasons == std::vector{Reason::descent_not_resolved, Reason::saturated});
    CHECK(unseen.rise_start);
    CHECK((!unseen.drop_start && !unseen.drop_duration && !unseen.drop_depth && !unseen.working_share_drop));
}

TEST_CASE("a gap behind a saturated pad ends what was under way, however long both are") {
    // Neither alone reached its limit at the bin that was asked: a rep was told from what had been forgotten.
    Record record = simulated::record(session_of("good*2"), Person{1, 80, right});
    const double alone = record.truth.reps[0].drop_start->value - 1.0;
    std::vector<ForceSample> samples;
    for (ForceSample s : record.samples) {
        s.right_fault = s.t.value > alone && s.t.value < alone + 4.0;
        if (s.t.value >= alone + 4.0)
            s.t += Seconds{20.0};
        samples.push_back(s);
    }
    const Analysis found = analyze(samples, record.criteria);
    REQUIRE(found.reps.size() == 1);
    CHECK(found.reps[0].rise_start->value > alone + 24.0);
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

TEST_CASE("a fall whose push and landing are two or three samples each is no converter's error") {
    // Both were left out: the rep went untold, or was told as 2 cm. A converter that errs for sure is not believed so.
    for (const double rate : {63.0, 80.0, 100.0})
        for (const double ramp : {rate < 80.0 ? 0.04 : 0.03, 0.05})
            for (const double lasts : {0.7, 0.9}) {
                INFO(rate << "/s, pushes for " << ramp << " s, falls for " << lasts << " s");
                const double height = 0.09, fall = 12.0, mass = 75.0;
                const auto jerk = [](double t, double from, double takes) {
                    const double u = std::clamp((t - from) / takes, 0.0, 1.0);
                    return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
                };
                std::vector<ForceSample> samples;
                for (double t = 0.0; t < 24.0; t += 1.0 / rate) {
                    constexpr double d = 0.004;
                    const double push = height / (lasts - ramp) / ramp;
                    double a =
                        height * (jerk(t + d, 8.0, 1.2) - 2.0 * jerk(t, 8.0, 1.2) + jerk(t - d, 8.0, 1.2)) / (d * d);
                    if (t > fall && t < fall + ramp)
                        a -= push;
                    if (t > fall + lasts - ramp && t < fall + lasts)
                        a += push;
                    const double share = 0.5 + 0.5 * jerk(t, 9.8, 0.8) - 0.5 * jerk(t, 14.5, 0.8);
                    const double sway =
                        4.0 * std::abs(share - 0.5) * std::sin(2.3 * 6.28 * t) + std::sin(4.1 * 6.28 * t);
                    const double total = t < 2.0 || t > 21.0 ? 0.0 : mass * (standard_gravity.value + a) + sway;
                    samples.push_back({Seconds{t}, Newtons{total * (1.0 - share)}, Newtons{total * share}});
                }
                const auto reps = analyze(samples, {}).reps;
                REQUIRE(reps.size() == 1);
                CHECK(reps[0].faults == std::vector{Fault::fast_drop});
                CHECK(reps[0].drop_depth->value == Approx(height).margin(0.02));
                CHECK(reps[0].drop_duration->value == Approx(lasts).margin(0.1));
            }
}
