// What must not matter does not: which pad is which, how heavy the body is, when the clock began, how the samples come
// cut, how long somebody stood about before.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <map>
#include <utility>

#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;
using namespace heeldrop::motion;
using namespace heeldrop::simulated;

namespace {

constexpr const char* elements = "good,fast_drop,two_leg_drop";

/// Sessions take a while to analyse, so there are few of them, and the same ones each time.
template <class Property>
bool holds(int cases, Property&& property) {
    rc::detail::TestParams params;
    params.seed = 20240229;
    params.maxSuccess = cases;
    params.disableShrinking = true;
    const auto result = rc::detail::checkTestable(std::forward<Property>(property), rc::detail::TestMetadata{}, params);
    rc::detail::printResultMessage(result, std::cerr);
    std::cerr << '\n';
    return result.template is<rc::detail::SuccessResult>();
}

Record any_session() {
    const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1000);
    return record(session_of(elements),
                  {seed, *rc::gen::element(80.0, 80.0, 250.0), *rc::gen::arbitrary<bool>() ? Side::left : Side::right});
}

std::optional<Side> other(std::optional<Side> side) {
    if (side)
        side = *side == Side::left ? Side::right : Side::left;
    return side;
}

/// The same reps, their times `later` and all numbers within what rounding and small steps may change.
bool same_reps(const std::vector<Rep>& a, const std::vector<Rep>& b, double later, double slack) {
    const auto near = [&](const auto& x, const auto& y, double shift, double most) {
        return x.has_value() == y.has_value() && (!x || std::abs(y->value - x->value - shift) <= most);
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Rep& x, const Rep& y) {
        return x.index == y.index && x.counted == y.counted && x.side == y.side && x.verdict == y.verdict &&
               x.faults == y.faults && x.reasons == y.reasons && near(x.rise_start, y.rise_start, later, slack) &&
               near(x.rise_end, y.rise_end, later, slack) && near(x.transfer_start, y.transfer_start, later, slack) &&
               near(x.transfer_end, y.transfer_end, later, slack) && near(x.drop_start, y.drop_start, later, slack) &&
               near(x.drop_end, y.drop_end, later, slack) && near(x.return_end, y.return_end, later, slack) &&
               near(x.drop_depth, y.drop_depth, 0.0, 0.1 * slack) &&
               near(x.working_share_drop, y.working_share_drop, 0.0, 0.1 * slack);
    });
}

std::vector<Output> outputs(const Record& record, const std::vector<std::size_t>& lengths) {
    Tracker tracker(record.criteria);
    std::vector<Output> all;
    std::span<const ForceSample> rest(record.samples);
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const auto n = std::min(lengths[i % lengths.size()], rest.size());
        for (auto& o : tracker.push(rest.first(n)))
            all.push_back(std::move(o));
        rest = rest.subspan(n);
    }
    for (auto& o : tracker.finish())
        all.push_back(std::move(o));
    return all;
}

/// A minute of quiet standing put in at `at`, where the person stands quietly for `there` seconds anyway.
std::vector<ForceSample> with_a_quiet_minute(const std::vector<ForceSample>& samples, double at, double there) {
    std::vector<ForceSample> before, quiet, after;
    for (const ForceSample& s : samples)
        (s.t.value < at ? before : s.t.value < at + there ? quiet : after).push_back(s);
    std::vector<ForceSample> out = before;
    const int times = static_cast<int>(60.0 / there);
    for (int i = 0; i <= times; ++i)
        for (ForceSample s : quiet) {
            s.t += Seconds{there * i};
            out.push_back(s);
        }
    for (ForceSample s : after) {
        s.t += Seconds{there * times};
        out.push_back(s);
    }
    return out;
}

}  // namespace

TEST_CASE("pads that are swapped swap the sides and nothing else") {
    CHECK(holds(4, [] {
        const Record one = any_session();
        Record two = one;
        for (ForceSample& s : two.samples) {
            std::swap(s.left, s.right);
            std::swap(s.left_cop_y, s.right_cop_y);
        }
        two.criteria.side = one.criteria.side == PrescribedSide::left ? PrescribedSide::right : PrescribedSide::left;
        auto a = analyze(one.samples, one.criteria).reps;
        const auto b = analyze(two.samples, two.criteria).reps;
        RC_ASSERT(!a.empty());
        for (Rep& r : a)
            r.side = other(r.side);
        RC_ASSERT(same_reps(a, b, 0.0, 1e-3));
    }));
}

TEST_CASE("whether somebody watches changes no rep, and the phases of a whole record are its reps' own") {
    CHECK(holds(2, [] {
        const Record one = any_session();
        const Analysis whole = analyze(one.samples, one.criteria);
        RC_ASSERT(!whole.reps.empty());
        std::map<int, Rep> live;
        for (const Output& o : outputs(one, {one.samples.size()}))
            if (const auto* rep = std::get_if<Rep>(&o))
                live[rep->index] = *rep;
        std::vector<Rep> last;
        for (const auto& [index, rep] : live)
            last.push_back(rep);
        RC_ASSERT(same_reps(last, whole.reps, 0.0, 0.0));
        for (const Rep& rep : whole.reps) {
            const auto tells = [&](std::optional<Seconds> t, Phase phase) {
                return !t || std::any_of(whole.phases.begin(), whole.phases.end(),
                                         [&](const PhaseChange& p) { return p.t == *t && p.phase == phase; });
            };
            RC_ASSERT(tells(rep.drop_start, Phase::drop));
            if (rep.return_end && rep.drop_end && *rep.drop_end < *rep.return_end)
                RC_ASSERT(tells(rep.drop_end, Phase::bottom));
            if (rep.return_end)
                RC_ASSERT(tells(rep.return_end, Phase::homing));
        }
    }));
}

TEST_CASE("a body of twice the mass that moves alike is timed and judged alike") {
    CHECK(holds(4, [] {
        const Record one = any_session();
        Record two = one;
        for (ForceSample& s : two.samples) {
            s.left = 2.0 * s.left;
            s.right = 2.0 * s.right;
        }
        const Analysis a = analyze(one.samples, one.criteria), b = analyze(two.samples, two.criteria);
        RC_ASSERT(!a.reps.empty());
        RC_ASSERT(std::abs(*b.system_weight / *a.system_weight - 2.0) < 1e-3);
        RC_ASSERT(same_reps(a.reps, b.reps, 0.0, 0.12));
    }));
}

TEST_CASE("a clock that began earlier tells the same reps at its own times") {
    CHECK(holds(4, [] {
        const Record one = any_session();
        const double later = *rc::gen::element(-7.0, 3.3, 86400.0);
        Record two = one;
        for (ForceSample& s : two.samples)
            s.t += Seconds{later};
        const auto a = analyze(one.samples, one.criteria).reps, b = analyze(two.samples, two.criteria).reps;
        RC_ASSERT(!a.empty());
        RC_ASSERT(same_reps(a, b, later, 2e-3));
    }));
}

TEST_CASE("however the samples are cut the outputs are the same to the last bit") {
    CHECK(holds(3, [] {
        const Record record = any_session();
        const auto whole = outputs(record, {record.samples.size()});
        RC_ASSERT(std::any_of(whole.begin(), whole.end(), [](const Output& o) { return o.index() == 3; }));
        RC_ASSERT(outputs(record, {1}) == whole);
        std::vector<std::size_t> lengths(5);
        for (auto& n : lengths)
            n = *rc::gen::inRange<std::size_t>(1, 400);
        RC_ASSERT(outputs(record, lengths) == whole);
    }));
}

TEST_CASE("a quiet minute before or after changes no verdict") {
    for (const Person& person : {Person{1, 80, Side::right}, Person{2, 80, Side::left}}) {
        const std::string script = session_of(elements);
        INFO(description(person, script));
        const Record record = simulated::record(script, person);
        const auto words = verdicts(analyze(record.samples, record.criteria).reps);
        CHECK(words == verdicts(record.truth));
        const double first = record.truth.reps.front().rise_start->value;
        const double last = record.truth.duration.value - 2.0 - 3.0 - 2.0;  // empty, stepping off, quiet

        const auto before = analyze(with_a_quiet_minute(record.samples, first - 3.0, 2.0), record.criteria).reps;
        CHECK(verdicts(before) == words);
        REQUIRE(!before.empty());
        CHECK(before[0].rise_start->value == Approx(first + 60.0).margin(0.3));

        const auto after = analyze(with_a_quiet_minute(record.samples, last, 1.0), record.criteria).reps;
        CHECK(verdicts(after) == words);
        REQUIRE(!after.empty());
        CHECK(after[0].rise_start->value == Approx(first).margin(0.3));
    }
}
