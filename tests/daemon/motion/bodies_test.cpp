// What bodies do beside the rep's own movements: knees dip, the load at rest changes, what was left undone is lowered.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/daemon/motion/drawn_body.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;
using drawn::Body;

namespace {

/// A descent on the right foot alone, from the shift of the weight to the other foot's return, seconds.
struct Alone {
    double depth, seconds;  ///< metres
    double shift = 0.7, stands = 1.3, bottom = 1.0, back = 0.5;
};

void lower(Body& body, const Alone& alone) {
    body.share(0.5, alone.shift);
    body.wait(alone.stands);
    body.height(-alone.depth, alone.seconds);
    body.wait(alone.bottom);
    body.share(-0.5, alone.back);
}

/// Four reps, each as `add` draws it.
template <class Add>
Body four(Add add) {
    Body body;
    for (int i = 0; i < 4; ++i)
        add(body);
    return body;
}

template <class Each>
void each_of_four(const Body& body, Each check) {
    const auto reps = body.reps();
    REQUIRE(reps.size() == 4);
    for (const Rep& rep : reps) {
        INFO("rep " << rep.index);
        check(rep);
    }
}

}  // namespace

TEST_CASE("knees that dip before a rise are no part of how far the heel rose") {
    // What the body came up from the dip was taken for the heel's way, and the drop told the deeper for it.
    const Body body = four([&](Body& b) {
        b.height(-0.025, 0.5);
        b.height(0.1, 0.8);
        b.wait(0.7);
        lower(b, {.depth = 0.075, .seconds = 4.5});
        b.wait(4.0);
    });
    each_of_four(body, [](const Rep& rep) { CHECK(rep.drop_depth->value == Approx(0.075).margin(0.005)); });
}

TEST_CASE("what a body overshoots its top by is no part of the drop") {
    // It lay in the drop's stretch, which made the drop 1 to 5 cm deeper and a second longer, or left it unjudged.
    const double by = GENERATE(0.006, 0.01), takes = GENERATE(0.3, 0.35, 0.45), stands = GENERATE(0.3, 0.6, 1.0);
    const Body body = four([&](Body& b) {
        b.height(0.08 + by, 1.0);
        b.height(-by, takes);
        b.wait(stands);
        lower(b, {.depth = 0.08, .seconds = 3.0, .shift = 0.6, .stands = 0.8, .bottom = 0.8});
        b.wait(4.0);
    });
    CAPTURE(by, takes, stands);
    CHECK(verdicts(body.reps()) == std::vector<std::string>(4, "good"));
    each_of_four(body, [](const Rep& rep) {
        CHECK(rep.drop_depth->value == Approx(0.08).margin(0.006));
        CHECK(rep.drop_duration->value == Approx(0.83 * 3.0).margin(0.12));
    });
}

TEST_CASE("knees that bend after the return, and straighten again, take nothing from the drop") {
    // At the bend's bottom the body stands for a moment, as if it had sunk there for good.
    const std::pair bend_after = GENERATE(std::pair{0.04, 0.3}, std::pair{0.04, 0.5}, std::pair{0.06, 0.3},
                                          std::pair{0.1, 0.3}, std::pair{0.1, 0.5});
    const Body body = four([&](Body& b) {
        b.height(0.08, 1.0);
        b.wait(0.5);
        lower(b, {.depth = 0.08, .seconds = 3.0, .shift = 0.6, .stands = 0.8, .bottom = 0.8});
        b.wait(bend_after.second);
        b.height(-bend_after.first, 0.7);
        b.wait(0.3);
        b.height(bend_after.first, 0.7);
        b.wait(3.0);
    });
    INFO("bends by " << bend_after.first << " m, " << bend_after.second << " s after");
    CHECK(verdicts(body.reps()) == std::vector<std::string>(4, "good"));
}

TEST_CASE("what a body lowers on two feet as the other comes back is no part of the drop") {
    // A shallow drop's rest, so soon that nothing of it was seen to go on by itself.
    const Body body = four([&](Body& b) {
        b.height(0.07, 0.8);
        b.wait(1.0);
        lower(b, {.depth = 0.045, .seconds = 4.0, .back = 0.4});
        b.wait(-0.2);
        b.height(-0.025, 0.6);
        b.wait(4.0);
    });
    each_of_four(body, [](const Rep& rep) { CHECK(rep.drop_depth->value == Approx(0.045).margin(0.01)); });
}

TEST_CASE("a body that sinks a little for long after the return was not lifted by it") {
    // The end of the sinking looks like the beginning of a lift, which made a fall twice as long and half as deep
    // again.
    const double by = GENERATE(0.008, 0.012, 0.016), takes = GENERATE(1.0, 1.3, 1.6);
    const Body body = four([&](Body& b) {
        b.height(0.09, 0.8);
        b.wait(1.0);
        lower(b, {.depth = 0.08, .seconds = 0.9, .bottom = 1.2, .back = 0.4});
        b.wait(0.2);
        b.height(-by, takes);
        b.wait(4.0);
    });
    CAPTURE(by, takes);
    each_of_four(body, [](const Rep& rep) {
        CHECK(rep.drop_duration->value == Approx(0.75).margin(0.1));
        CHECK(rep.drop_depth->value == Approx(0.08).margin(0.012));
    });
}

TEST_CASE("a load at rest that changes before a rise is no rise itself") {
    // It seemed to rise ever faster until it was found to stand, and the true rise that followed at once went unseen.
    struct Change {
        double newtons, takes, before, dip;
    };
    const Change change = GENERATE(Change{2.0, 0.3, 1.4, 0.0}, Change{2.0, 1.0, 1.7, 0.0}, Change{3.0, 0.3, 1.7, 0.015},
                                   Change{4.0, 0.3, 2.6, 0.015}, Change{5.0, 0.3, 2.0, 0.0});
    const Body body = four([&](Body& b) {
        b.load(change.newtons, change.takes);
        b.wait(change.before - change.takes);
        b.height(-change.dip, 0.4);
        b.wait(change.dip > 0.0 ? 0.0 : -0.4);
        b.height(0.09 + change.dip, 0.8);
        lower(b, {.depth = 0.09, .seconds = 3.6, .shift = 0.5, .stands = 1.5});
        b.wait(1.0);
        b.load(-change.newtons, 1.0);
        b.wait(3.0);
    });
    CAPTURE(change.newtons, change.takes, change.before, change.dip);
    CHECK(verdicts(body.reps()) == std::vector<std::string>(4, "good"));
}

TEST_CASE("a rise between two stances on one foot is found although both spoil its ends") {
    const double dip = GENERATE(0.01, 0.02), share = GENERATE(0.35, 0.44), until = GENERATE(-0.3, 0.0);
    Body body;
    body.height(0.07, 1.3);
    body.wait(0.2);
    body.share(0.5, 0.5);
    for (int i = 0; i < 3; ++i) {
        body.wait(0.2);
        body.height(-0.06, 4.0);
        body.wait(1.0);
        body.share(-share, 0.3);
        if (i < 2) {
            body.wait(-0.1);
            body.height(-dip, 0.3);
            body.height(0.06 + dip, 1.2);
            body.wait(until);
            body.share(share, 0.5);
        }
    }
    body.wait(3.0);
    CAPTURE(dip, share, until);
    CHECK(verdicts(body.reps()) == std::vector<std::string>(3, "good"));
}

TEST_CASE("the weight may go over to one foot while the rise comes to a stop") {
    // The rise was lost as the foot lifted before the body stood, and the rep with it.
    const double before = GENERATE(0.1, 0.2, 0.3), shift = GENERATE(0.25, 0.4);
    const Body body = four([&](Body& b) {
        b.height(0.08, 0.9);
        b.wait(-before);
        lower(b, {.depth = 0.08, .seconds = 3.0, .shift = shift, .stands = 1.2});
        b.wait(4.0);
    });
    CAPTURE(before, shift);
    const auto reps = body.reps();
    CHECK(verdicts(reps) == std::vector<std::string>(4, "good"));
    for (const Rep& rep : reps)
        CHECK(rep.rise_start);
}

TEST_CASE("who leaves the plate in a drop after a rise that was still being braked is told of") {
    // The load at rest seemed another than before the rise, as if hands had let go.
    Body body;
    for (int i = 0; i < 2; ++i) {
        body.height(0.08, 0.9);
        body.wait(0.6);
        lower(body, {.depth = 0.08, .seconds = 3.0});
        body.wait(4.0);
    }
    body.height(0.09, 0.9);
    body.wait(-0.2);
    body.share(0.5, 0.25);
    body.height(-0.005, 0.5);
    body.wait(0.7);
    body.height(-0.06, 3.0);
    const double leaves = body.t - 1.0;
    auto samples = body.samples();
    for (ForceSample& s : samples)
        if (s.t.value > leaves)
            s.left = s.right = Newtons{0.0};
    const auto reps = motion::analyze(samples, Criteria{}).reps;
    REQUIRE(reps.size() == 3);
    CHECK(reps[2].faults == std::vector{Fault::incomplete});
    CHECK(!reps[2].counted);
}

TEST_CASE("nearly all of a drop may be left undone") {
    // Beyond four fifths of the rise its drop was told as deep as any.
    const Body body = four([](Body& b) {
        b.height(0.075, 0.8);
        b.wait(0.7);
        lower(b, {.depth = 0.0115, .seconds = 2.0, .bottom = 0.4, .back = 0.3});
        b.wait(-0.3);
        b.height(-0.0635, 1.2);
        b.wait(4.0);
    });
    each_of_four(body, [](const Rep& rep) { CHECK(rep.drop_depth->value < 0.03); });
}

TEST_CASE("who stood on one foot for a while and lowered on two has lowered on two") {
    // What little seemed to have been lowered on one foot was told as shallow, or the whole as good.
    const Body body = four([](Body& b) {
        b.height(0.075, 0.8);
        b.wait(0.1);
        lower(b, {.depth = 0.0, .seconds = 0.0, .shift = 0.3, .stands = 1.6, .bottom = 0.0, .back = 0.3});
        b.wait(0.5);
        b.height(-0.075, 0.5);
        b.wait(3.0);
    });
    each_of_four(body, [](const Rep& rep) {
        CHECK(rep.faults == std::vector{Fault::fast_drop, Fault::two_leg_drop});
        CHECK(rep.drop_depth->value == Approx(0.075).margin(0.005));
    });
}

TEST_CASE("knees that bend after a whole drop take nothing from it") {
    // As deep as the rise, it was told as shallow, and later as a fast drop on two legs.
    for (const double bend : {0.08, 0.092}) {
        INFO("knees bend by " << bend << " m");
        const Body body = four([&](Body& b) {
            b.height(0.08, 0.9);
            b.wait(0.6);
            lower(b, {.depth = 0.08, .seconds = 3.2, .shift = 0.4, .stands = 0.5, .bottom = 0.3, .back = 0.4});
            b.wait(0.5);
            b.height(-bend, 0.7);
            b.wait(1.5);
            b.height(bend, 0.8);
            b.wait(3.0);
        });
        each_of_four(body, [](const Rep& rep) {
            CHECK(rep.faults.empty());
            CHECK(rep.drop_depth->value == Approx(0.08).margin(0.012));
        });
    }
}

TEST_CASE("a rise as high as usual after a low one was not lifted from below the step") {
    // What it rose by more was taken for the lift, and the shallow drop before it told as one that may be deep enough.
    Body body;
    for (const bool low : {false, false, true, false}) {
        body.height(low ? 0.04 : 0.085, 0.8);
        body.wait(0.7);
        lower(body, {.depth = low ? 0.04 : 0.085, .seconds = low ? 2.6 : 3.0});
        body.wait(4.0);
    }
    CHECK(verdicts(body.reps()) == std::vector<std::string>{"good", "good", "shallow_drop", "good"});
}
