#include "tests/bench/scoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "daemon/motion/names.hpp"

namespace heeldrop::bench {
namespace {

namespace vp = virtual_plate;

constexpr double nearby_s = 0.6;        ///< accounts whose middle is this near are of the same drop, overlapping or not
constexpr double stepping_off_s = 2.0;  ///< an incomplete rep's truth has no end: so long it may still be taken for one
constexpr double live_match_s = 1.5;    ///< a live phase further from the final one is another one's

struct Span {
    double from, to;
    double overlap(const Span& o) const { return std::min(to, o.to) - std::max(from, o.from); }
    double middle() const { return 0.5 * (from + to); }
};

template <class Rep>
std::optional<Span> drop_of(const Rep& r) {
    if (!r.drop_start || !r.drop_end)
        return std::nullopt;
    return Span{r.drop_start->value, r.drop_end->value};
}

/// From the first time it has to its last.
template <class Rep>
std::optional<Span> all_of(const Rep& r) {
    std::optional<Span> all;
    for (const auto& t :
         {r.rise_start, r.rise_end, r.transfer_start, r.transfer_end, r.drop_start, r.drop_end, r.return_end})
        if (t)
            all = all ? Span{std::min(all->from, t->value), std::max(all->to, t->value)} : Span{t->value, t->value};
    return all;
}

/// Positive where two accounts are of the same rep; more is better.
double likeness(const Span& a, const Span& b) {
    const double both = a.overlap(b);
    if (both > 0.0)
        return 1.0 + both;
    const double apart = std::abs(a.middle() - b.middle());
    return apart < nearby_s ? 1.0 - apart / nearby_s : 0.0;
}

template <class Faults>
FaultSet set_of(const Faults& faults) {
    FaultSet set = 0;
    for (const auto f : faults)
        set |= bit_of(f);
    return set;
}

/// Calf raises follow each other so closely, and are so quick, that the account may be of any of them.
class Matcher {
 public:
    Matcher(const vp::Truth& truth, const Played& played) : truth_(truth), played_(played) {
        found_for_.assign(truth.reps.size(), std::nullopt);
        used_.assign(played.reps.size(), false);
        match(true);
        match(false);
    }
    std::optional<std::size_t> found_for(std::size_t truth) const { return found_for_[truth]; }
    bool used(std::size_t rep) const { return used_[rep]; }

 private:
    void match(bool counted) {
        struct Pair {
            double likeness;
            std::size_t truth, rep;
        };
        std::vector<Pair> pairs;
        for (std::size_t i = 0; i < truth_.reps.size(); ++i)
            for (std::size_t k = 0; k < played_.reps.size(); ++k) {
                const auto& t = truth_.reps[i];
                const auto& r = played_.reps[k];
                if (t.counted != counted || r.counted != counted)
                    continue;
                // A whole rep may be told without its drop, where nothing was seen of that.
                const bool by_drop = counted && drop_of(r);
                const auto a = by_drop ? drop_of(t) : all_of(t), b = by_drop ? drop_of(r) : all_of(r);
                if (const double l = a && b ? likeness(*a, *b) : 0.0; l > 0.0)
                    pairs.push_back({l, i, k});
            }
        std::stable_sort(pairs.begin(), pairs.end(),
                         [](const Pair& a, const Pair& b) { return a.likeness > b.likeness; });
        for (const auto& p : pairs)
            if (!found_for_[p.truth] && !used_[p.rep]) {
                found_for_[p.truth] = p.rep;
                used_[p.rep] = true;
            }
    }

    const vp::Truth& truth_;
    const Played& played_;
    std::vector<std::optional<std::size_t>> found_for_;
    std::vector<bool> used_;
};

std::vector<LiveChange> compare_live(const motion::Rep& rep, const Played& played) {
    using motion::Phase;
    std::vector<LiveChange> changes;
    const auto compare = [&](Phase phase, const std::optional<Seconds>& begins) {
        if (!begins)
            return;
        LiveChange c{phase, std::nullopt, std::nullopt};
        for (const auto& said : played.phases) {
            const double error = (said.what.t - *begins).value;
            if (said.what.phase == phase && std::abs(error) < live_match_s &&
                (!c.error || std::abs(error) < std::abs(*c.error))) {
                c.error = error;
                c.shown_late = (said.at - *begins).value;
            }
        }
        changes.push_back(c);
    };
    compare(Phase::rise, rep.rise_start);
    compare(Phase::top, rep.rise_end);
    compare(Phase::transfer, rep.transfer_start);
    compare(Phase::drop, rep.drop_start);
    if (rep.transfer_start)
        compare(Phase::bottom, rep.drop_end);
    return changes;
}

struct Happening {
    std::string what;
    bool rep;
};

Happening what_happened(const Session& s, const vp::Truth& truth, const Span& when) {
    Happening best{"pause after a rep", false};
    double most = 0.0;
    const auto consider = [&](const Span& span, const std::string& what, bool rep) {
        if (when.overlap(span) > most) {
            most = when.overlap(span);
            best = {what, rep};
        }
    };
    for (const auto& o : truth.others)
        consider({o.start.value, o.end.value}, o.element, false);
    for (const auto& t : truth.reps)
        if (const auto all = all_of(t))
            consider({all->from, all->to + (t.counted ? 0.0 : stepping_off_s)}, t.element, true);
    // What a session of that kind is about goes by the kind's name: one-sided squats are not squats.
    const auto kind = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& k) { return k.name == s.kind; });
    constexpr std::string_view everywhere[] = {"step_on", "step_off", "empty", "quiet", "pause after a rep"};
    if (!best.rep && kind != kinds().end() && !kind->exercise &&
        std::find(std::begin(everywhere), std::end(everywhere), best.what) == std::end(everywhere))
        best.what = s.kind;
    return best;
}

void add_estimates(RepOutcome& o, const vp::TruthRep& t, const motion::Rep& rep) {
    if (rep.drop_duration && t.drop_duration()) {
        const double truth = t.drop_duration()->value;
        o.drop_duration = Estimate{truth, rep.drop_duration->value - truth,
                                   rep.drop_duration_uncertainty.value_or(Seconds{0.0}).value};
    }
    if (rep.drop_depth && t.drop_depth) {
        const double truth = t.drop_depth->value;
        o.drop_depth =
            Estimate{truth, rep.drop_depth->value - truth, rep.drop_depth_uncertainty.value_or(Metres{0.0}).value};
    }
    if (rep.transfer_start && t.transfer_start)
        o.transfer_start = Estimate{t.transfer_start->value, (*rep.transfer_start - *t.transfer_start).value, 0.0};
}

}  // namespace

std::string words_of(FaultSet faults) {
    std::vector<std::string_view> words;
    for (int i = 0; i < fault_kinds; ++i)
        if (faults & (1U << i))
            words.push_back(motion::name_of(static_cast<motion::Fault>(i)));
    return words.empty() ? "-" : fmt::format("{}", fmt::join(words, " "));
}

Outcome score(const Session& session, const vp::Truth& truth, const Played& played,
              std::span<const Interval> unusable) {
    Outcome outcome;
    outcome.seconds = truth.duration.value;
    const Matcher matcher(truth, played);
    for (std::size_t i = 0; i < truth.reps.size(); ++i) {
        const auto& t = truth.reps[i];
        RepOutcome o;
        o.kind = session.kind;
        o.element = t.element;
        o.profile = t.profile;
        o.seed = session.seed;
        o.rate = session.rate.value;
        o.counted = t.counted;
        o.true_faults = set_of(t.faults);
        const Span all = all_of(t).value_or(Span{0.0, 0.0});
        o.at = t.drop_start.value_or(Seconds{all.from});
        if (t.drop_duration())
            o.duration = t.drop_duration()->value;
        for (const auto& u : unusable)
            o.damaged = o.damaged || all.overlap({u.from.value, u.to.value}) > 0.0;
        for (const auto& other : truth.others)
            o.damaged = o.damaged ||
                        (other.element == "second_person" && all.overlap({other.start.value, other.end.value}) > 0.0);
        if (const auto at = matcher.found_for(i)) {
            const auto& rep = played.reps[*at];
            const auto& first = played.first_said[*at];
            o.found = true;
            o.verdict = rep.verdict;
            o.found_faults = set_of(rep.faults);
            if (t.side)
                o.side_right = rep.side && motion::name_of(*rep.side) == vp::name_of(*t.side);
            add_estimates(o, t, rep);
            if (t.return_end && t.transfer_start)
                o.verdict_after = (first.at - *t.return_end).value;
            o.verdict_revised = first.what.verdict != rep.verdict || first.what.faults != rep.faults;
            if (t.counted)
                o.live = compare_live(rep, played);
        }
        outcome.reps.push_back(std::move(o));
    }
    for (const auto& other : truth.others) {
        auto& done = outcome.others[what_happened(session, truth, {other.start.value, other.end.value}).what];
        ++done.times;
        done.seconds += (other.end - other.start).value;
    }
    for (std::size_t k = 0; k < played.reps.size(); ++k) {
        const auto& rep = played.reps[k];
        const auto drop = drop_of(rep), all = all_of(rep);
        if (matcher.used(k))
            continue;
        const Span when = drop ? *drop : all.value_or(Span{0.0, 0.0});
        const auto during = what_happened(session, truth, when);
        outcome.false_reps.push_back({session.kind, during.what, during.rep, session.seed, session.rate.value,
                                      Seconds{when.from}, Seconds{when.to}, rep.drop_depth, rep.counted, rep.verdict});
    }
    return outcome;
}

std::vector<std::string> remarks(const Outcome& outcome) {
    std::vector<std::string> lines;
    const auto whence = [](const auto& o) {
        return fmt::format("--kind {} --seed {} --rates {:g}", o.kind, o.seed, o.rate);
    };
    for (const auto& o : outcome.reps) {
        const double error = o.drop_duration ? std::abs(o.drop_duration->error) : 0.0;
        const double depth_error = o.drop_depth ? std::abs(o.drop_depth->error) : 0.0;
        const bool odd = !o.verdict_is_right() || o.found_faults != o.true_faults || o.side_right == false ||
                         error > (o.duration.value_or(0.0) >= 2.0 ? 0.5 : 0.15) || depth_error > 0.02;
        if (!odd)
            continue;
        const auto what = fmt::format("{:<14} {:<8} at {:6.2f}", o.element, o.profile, o.at.value);
        if (!o.found) {
            lines.push_back(fmt::format("{:<42} {} missed{}{}", whence(o), what,
                                        o.duration ? fmt::format(" (drop {:.2f} s)", *o.duration) : "",
                                        o.damaged ? " in damage" : ""));
            continue;
        }
        const auto estimate = [](const std::optional<Estimate>& e, int digits) {
            return e ? fmt::format("{:.{}f} found {:.{}f} u {:.{}f}", e->truth, digits, e->truth + e->error, digits,
                                   e->u, digits)
                     : "not told";
        };
        lines.push_back(fmt::format("{:<42} {} drop {}, depth {} [{}] found [{}]{}{}{}", whence(o), what,
                                    estimate(o.drop_duration, 2), estimate(o.drop_depth, 3), words_of(o.true_faults),
                                    words_of(o.found_faults), o.verdict == motion::Verdict::unjudged ? " unjudged" : "",
                                    o.side_right == false ? " wrong side" : "", o.damaged ? " in damage" : ""));
    }
    for (const auto& f : outcome.false_reps)
        lines.push_back(fmt::format("{:<42} false {} at {:.2f}-{:.2f} depth {:.3f}, {}, in {}", whence(f),
                                    f.counted ? "rep" : "incomplete", f.from.value, f.to.value,
                                    f.depth.value_or(Metres{-1}).value, motion::name_of(f.verdict), f.during));
    return lines;
}

}  // namespace heeldrop::bench
