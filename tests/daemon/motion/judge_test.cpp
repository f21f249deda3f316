// Verdicts from measured figures: each fault by its own threshold, and none where a rep cannot be judged.
#include "daemon/motion/judge.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

using namespace heeldrop;
using namespace heeldrop::motion;

namespace {

constexpr double just = 1e-6;

/// Nothing wrong with it by the default criteria.
Account faultless() {
    Account a;
    Rep& r = a.rep;
    r.side = Side::right;
    r.rise_duration = Seconds{1.5};
    r.drop_start = Seconds{10};
    r.drop_end = Seconds{13};
    r.drop_duration = Seconds{3};
    r.drop_duration_uncertainty = Seconds{0.1};
    r.drop_depth = Metres{0.09};
    r.drop_depth_uncertainty = Metres{0.004};
    r.peak_drop_speed = MetresPerSecond{0.05};
    r.working_share_drop = Fraction{0.98};
    r.working_share_rise = Fraction{0.5};
    return a;
}

using Faults = std::vector<Fault>;

Faults faults_of(Account a, const Criteria& c = {}) {
    judge(a, c);
    CHECK((a.rep.verdict == Verdict::good) == a.rep.faults.empty());
    return a.rep.faults;
}

template <class Change>
Faults after(Change&& change, const Criteria& c = {}) {
    Account a = faultless();
    change(a);
    return faults_of(a, c);
}

}  // namespace

TEST_CASE("a rep with no fault is good") {
    Account a = faultless();
    judge(a, Criteria{});
    CHECK(a.rep.verdict == Verdict::good);
    CHECK(a.rep.faults.empty());
}

TEST_CASE("a drop shorter than the minimum is fast") {
    for (const double least : {0.5, 2.0, 6.0}) {
        Criteria c;
        c.min_drop = Seconds{least};
        CHECK(after([&](Account& a) { a.rep.drop_duration = Seconds{least - just}; }, c) == Faults{Fault::fast_drop});
        CHECK(after([&](Account& a) { a.rep.drop_duration = Seconds{least}; }, c).empty());
    }
}

TEST_CASE("too little on the working leg in the drop is a two-leg drop") {
    for (const double least : {0.7, 0.85, 0.95}) {
        Criteria c;
        c.min_working_share = Fraction{least};
        const auto with = [&](double share) {
            return after([&](Account& a) { a.rep.working_share_drop = Fraction{share}; }, c);
        };
        CHECK(with(least - just) == Faults{Fault::two_leg_drop});
        CHECK(with(least).empty());
    }
}

TEST_CASE("too much on the working leg in the rise is a one-leg rise where there was a rise") {
    Criteria c;
    c.max_rise_share = Fraction{0.6};
    CHECK(after([](Account& a) { a.rep.working_share_rise = Fraction{0.6 + just}; }, c) == Faults{Fault::one_leg_rise});
    CHECK(after([](Account& a) { a.rep.working_share_rise = Fraction{0.6}; }, c).empty());
    CHECK(after([](Account& a) { a.rep.working_share_rise.reset(); }, c).empty());
}

TEST_CASE("the leg is wrong only where one side is prescribed") {
    for (const Side done : {Side::left, Side::right}) {
        for (const auto asked : {PrescribedSide::left, PrescribedSide::right, PrescribedSide::both}) {
            Criteria c;
            c.side = asked;
            const bool wrong = asked != PrescribedSide::both && (asked == PrescribedSide::left) != (done == Side::left);
            CHECK(after([&](Account& a) { a.rep.side = done; }, c) == (wrong ? Faults{Fault::wrong_leg} : Faults{}));
            CHECK(after([&](Account& a) { a.rep.side.reset(); }, c).empty());
        }
    }
}

TEST_CASE("a drop is shallow only where twice its uncertainty cannot save it and never on the flat") {
    const auto with = [](double depth, double u, const Criteria& c = {}) {
        return after(
            [&](Account& a) {
                a.rep.drop_depth = Metres{depth};
                a.rep.drop_depth_uncertainty = Metres{u};
            },
            c);
    };
    CHECK(with(0.03, 0.0099) == Faults{Fault::shallow_drop});
    CHECK(with(0.03, 0.0101).empty());
    CHECK(with(0.0499, 0.0) == Faults{Fault::shallow_drop});
    CHECK(with(0.0501, 0.0).empty());

    Criteria deep;
    deep.min_depth = Metres{0.08};
    CHECK(with(0.07, 0.004, deep) == Faults{Fault::shallow_drop});
    CHECK(with(0.07, 0.006, deep).empty());
    Criteria flat;
    flat.surface = Surface::flat;
    CHECK(with(0.01, 0.0, flat).empty());
    Criteria no_limit;
    no_limit.min_depth.reset();
    CHECK(with(0.01, 0.0, no_limit).empty());
    CHECK(after([](Account& a) { a.rep.drop_depth.reset(), a.rep.drop_depth_uncertainty.reset(); }).empty());
}

TEST_CASE("a quick rebound is a bounce") {
    CHECK(after([](Account& a) { a.bounce_speed = 0.151; }) == Faults{Fault::bounce});
    CHECK(after([](Account& a) { a.bounce_speed = 0.149; }).empty());
    Criteria c;
    c.bounce_speed = MetresPerSecond{0.3};
    CHECK(after([](Account& a) { a.bounce_speed = 0.29; }, c).empty());
    CHECK(after([](Account& a) { a.bounce_speed = 0.31; }, c) == Faults{Fault::bounce});
}

TEST_CASE("which hand support is a fault depends on what the prescription allows") {
    const auto with = [](double load, HandSupport allowed) {
        Criteria c;
        c.hands = allowed;
        return after([&](Account& a) { a.least_load = load; }, c);
    };
    const Faults support{Fault::hand_support};
    CHECK(with(0.951, HandSupport::fingertips).empty());
    CHECK(with(0.949, HandSupport::fingertips) == support);
    CHECK(with(0.801, HandSupport::rail).empty());
    CHECK(with(0.799, HandSupport::rail) == support);
    CHECK(with(0.5, HandSupport::free).empty());
}

TEST_CASE("several faults are all named in their order") {
    Criteria c;
    c.side = PrescribedSide::left;
    const auto all = after(
        [](Account& a) {
            a.rep.drop_duration = Seconds{0.5};
            a.rep.working_share_drop = Fraction{0.6};
            a.rep.working_share_rise = Fraction{0.8};
            a.rep.drop_depth = Metres{0.01};
            a.bounce_speed = 0.4;
            a.least_load = 0.7;
        },
        c);
    CHECK(all == Faults{Fault::fast_drop, Fault::two_leg_drop, Fault::one_leg_rise, Fault::wrong_leg,
                        Fault::shallow_drop, Fault::bounce, Fault::hand_support});
}

TEST_CASE("what makes a rep unjudged clears its faults and stays as the reason") {
    for (const Reason why : {Reason::gap, Reason::saturated, Reason::second_person}) {
        Account a = faultless();
        a.rep.drop_duration = Seconds{0.5};
        a.bounce_speed = 0.4;
        a.rep.reasons = {why};
        judge(a, Criteria{});
        CHECK(a.rep.verdict == Verdict::unjudged);
        CHECK(a.rep.faults.empty());
        CHECK(a.rep.reasons == std::vector{why});
    }
}

TEST_CASE("without a duration or a share nothing is judged") {
    Account no_duration = faultless();
    no_duration.rep.drop_duration.reset();
    judge(no_duration, Criteria{});
    CHECK(no_duration.rep.verdict == Verdict::unjudged);

    Account no_share = faultless();
    no_share.rep.working_share_drop.reset();
    no_share.bounce_speed = 0.4;
    judge(no_share, Criteria{});
    CHECK(no_share.rep.verdict == Verdict::unjudged);
    CHECK(no_share.rep.faults.empty());
}

TEST_CASE("a reason that only explains an absent figure does not stop the judging") {
    for (const Reason why : {Reason::no_rise, Reason::side_ambiguous, Reason::no_transfer, Reason::no_return}) {
        Account a = faultless();
        a.rep.reasons = {why};
        judge(a, Criteria{});
        CHECK(a.rep.verdict == Verdict::good);
        CHECK(a.rep.reasons == std::vector{why});
    }
}

TEST_CASE("nobody is good whose rise hands may have hidden, but faulty all the same") {
    Account a = faultless();
    a.rep.reasons = {Reason::no_rise, Reason::hand_force_changing};
    judge(a, Criteria{});
    CHECK(a.rep.verdict == Verdict::unjudged);
    a.rep.working_share_drop = Fraction{0.6};
    judge(a, Criteria{});
    CHECK(a.rep.faults == std::vector{Fault::two_leg_drop});
}

TEST_CASE("reasons come out ascending and each once and a verdict agrees with its faults") {
    CHECK(rc::check([] {
        Account a = faultless();
        const auto value = [](double low, double high) {
            return low + (high - low) * *rc::gen::inRange(0, 1001) / 1000.0;
        };
        a.rep.drop_duration = Seconds{value(0, 4)};
        a.rep.working_share_drop = Fraction{value(0.5, 1)};
        a.rep.working_share_rise = Fraction{value(0, 1)};
        a.rep.drop_depth = Metres{value(0, 0.2)};
        a.bounce_speed = value(0, 0.3);
        a.least_load = value(0.6, 1.1);
        const int n = *rc::gen::inRange(0, 5);
        for (int i = 0; i < n; ++i)
            a.rep.reasons.push_back(static_cast<Reason>(*rc::gen::inRange(0, 9)));
        judge(a, Criteria{});
        const Rep& r = a.rep;
        RC_ASSERT(std::adjacent_find(r.reasons.begin(), r.reasons.end(), std::greater_equal<>()) == r.reasons.end());
        RC_ASSERT(std::adjacent_find(r.faults.begin(), r.faults.end(), std::greater_equal<>()) == r.faults.end());
        RC_ASSERT((r.verdict == Verdict::fault) == !r.faults.empty());
    }));
}
