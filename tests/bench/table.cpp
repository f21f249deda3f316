#include "tests/bench/table.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "daemon/motion/names.hpp"
#include "tests/bench/figures.hpp"

namespace heeldrop::bench {
namespace {

constexpr double slow_s = 2.0, quick_s = 1.0;  ///< a drop's classes of duration

/// Calf raises have rows of their own: whether each of a brisk series is found is nobody's question. Reps in damaged
/// data likewise: those may stay unjudged.
bool plain(const RepOutcome& r) {
    return !r.damaged && r.element != "calf_raise";
}

struct Spread {
    Sample errors, u;
    Part covered;
    void add(const Estimate& e) {
        errors.add(e.error);
        u.add(e.u);
        covered.add(std::abs(e.error) <= 2.0 * e.u);
    }
};

struct Tally {
    Count reps;
    std::array<Count, fault_kinds> faults;
    Part side, verdict, told, live, falls_called_slow, calf_good, calf_found, damaged_right, damaged_unjudged, revised;
    int unjudged = 0, damaged_missed = 0;
    Spread slow, middle, quick, durations, depths;
    std::map<int, Spread> depth_by_class;  ///< 0 slow, 1 middle, 2 quick
    Sample transfer, verdict_after;

    void add(const RepOutcome& r) {
        if (r.element == "calf_raise") {
            calf_found.add(r.found);
            calf_good.add(r.found && r.verdict == motion::Verdict::good);
            return;
        }
        if (r.damaged) {
            damaged_missed += !r.found;
            if (r.found && r.counted) {
                damaged_right.add(r.verdict_is_right());
                damaged_unjudged.add(r.verdict == motion::Verdict::unjudged);
            }
            return;
        }
        for (int i = 0; i < fault_kinds; ++i) {
            const bool is = r.true_faults & (1U << i), said = r.found_faults & (1U << i);
            auto& c = faults[static_cast<std::size_t>(i)];
            c.hit += is && said;
            c.missed += is && !said;  // in a rep that was not found, too: nobody was told of it
            c.wrong += !is && said;
        }
        if (!r.counted)
            return;
        r.found ? ++reps.hit : ++reps.missed;
        if (!r.found)
            return;
        if (r.side_right)
            side.add(*r.side_right);
        verdict.add(r.verdict_is_right());
        unjudged += r.verdict == motion::Verdict::unjudged;
        revised.add(r.verdict_revised);
        told.add(r.drop_duration.has_value());
        if (r.element == "hold_then_fall")
            falls_called_slow.add(r.drop_duration && r.drop_duration->truth + r.drop_duration->error >= slow_s);
        if (r.drop_duration) {
            durations.add(*r.drop_duration);
            (*r.duration >= slow_s ? slow : *r.duration < quick_s ? quick : middle).add(*r.drop_duration);
        }
        if (r.drop_depth) {
            depths.add(*r.drop_depth);
            depth_by_class[*r.duration >= slow_s ? 0 : *r.duration < quick_s ? 2 : 1].add(*r.drop_depth);
        }
        if (r.transfer_start)
            transfer.add(r.transfer_start->error);
        if (r.verdict_after)
            verdict_after.add(*r.verdict_after);
        for (const auto& c : r.live)
            live.add(c.error && std::abs(*c.error) <= 0.15);
    }

    void add(const FalseRep& f) {
        if (f.counted && f.during != "calf_raise")
            ++reps.wrong;
        if (!f.counted)
            ++faults[static_cast<std::size_t>(motion::Fault::incomplete)].wrong;
    }
};

Tally tally_of(std::span<const Outcome> outcomes) {
    Tally t;
    for (const auto& o : outcomes) {
        for (const auto& r : o.reps)
            t.add(r);
        for (const auto& f : o.false_reps)
            t.add(f);
    }
    return t;
}

std::string counted(const Count& c) {
    return c.any() ? fmt::format("{:.4f} ({} hit, {} missed, {} false)", c.f1(), c.hit, c.missed, c.wrong) : "none";
}

std::string spread(const Sample& s, double scale, const char* unit, int digits) {
    return s.n() == 0 ? "none"
                      : fmt::format("median {:+.{}f} {}, p95 {:.{}f} {} (n {})", scale * s.median(), digits, unit,
                                    scale * s.p95_size(), digits, unit, s.n());
}

std::string coverage(const Spread& s, double scale, const char* unit, int digits) {
    return s.covered.all == 0 ? "none"
                              : fmt::format("{:.1f} % (n {}), median u {:.{}f} {}", s.covered.percent(), s.covered.all,
                                            scale * s.u.median(), digits, unit);
}

std::string percent_of(const Part& p) {
    return p.all > 0 ? fmt::format("{:.1f} %", p.percent()) : "-";
}

std::optional<bool> within(std::size_t n, bool is) {
    return n > 0 ? std::optional(is) : std::nullopt;
}

}  // namespace

std::vector<Row> accuracy_rows(std::span<const Outcome> outcomes, std::optional<SecondsAnHour> work) {
    const Tally t = tally_of(outcomes);
    std::vector<Row> rows;
    const auto row = [&](std::string figure, std::string measured, std::string target, std::optional<bool> met) {
        rows.push_back({std::move(figure), std::move(measured), std::move(target), met});
    };
    row("reps found: F1", counted(t.reps), "0.995", within(t.reps.any(), t.reps.f1() >= 0.995));
    row("side", fmt::format("{} of {}", t.side.of, t.side.all), "all", within(t.side.all > 0, t.side.of == t.side.all));
    row("verdict, good or not",
        fmt::format("{:.2f} % (n {}, {} unjudged, {} revised)", t.verdict.percent(), t.verdict.all, t.unjudged,
                    t.revised.of),
        "98 %", within(t.verdict.all > 0, t.verdict.percent() >= 98.0));
    for (int i = 0; i < fault_kinds; ++i) {
        const auto& c = t.faults[static_cast<std::size_t>(i)];
        row(fmt::format("  {}: F1", motion::name_of(static_cast<motion::Fault>(i))), counted(c), "0.95",
            within(c.any(), c.f1() >= 0.95));
    }
    const auto times = [&](const char* name, const Spread& s, std::string target, std::optional<bool> met) {
        row(name, spread(s.errors, 1.0, "s", 3), std::move(target), s.errors.n() > 0 ? met : std::nullopt);
    };
    times("drop duration, 2 s and longer", t.slow, "0.05, p95 0.30",
          std::abs(t.slow.errors.median()) <= 0.05 && t.slow.errors.p95_size() <= 0.30);
    times("drop duration, 1 to 2 s", t.middle, "", std::nullopt);
    times("drop duration, quick: under 1 s", t.quick, "p95 0.06", t.quick.errors.p95_size() <= 0.06);
    row("drop duration told", fmt::format("{:.1f} % of the reps found", t.told.percent()), "", std::nullopt);
    row("hold, then a fall: called slow", fmt::format("{} of {}", t.falls_called_slow.of, t.falls_called_slow.all),
        "never", within(t.falls_called_slow.all > 0, t.falls_called_slow.of == 0));
    row("depth", spread(t.depths.errors, 1e3, "mm", 1), "3, p95 12",
        within(t.depths.errors.n(),
               std::abs(t.depths.errors.median()) <= 0.003 && t.depths.errors.p95_size() <= 0.012));
    row("transfer start", spread(t.transfer, 1.0, "s", 3), "p95 0.15",
        within(t.transfer.n(), t.transfer.p95_size() <= 0.15));
    row("2 u covers the duration error", coverage(t.durations, 1.0, "s", 3), "95 %",
        within(t.durations.errors.n(), t.durations.covered.percent() >= 95.0));
    row("  2 s and longer", coverage(t.slow, 1.0, "s", 3), "95 %, u 0.15",
        within(t.slow.errors.n(), t.slow.covered.percent() >= 95.0 && t.slow.u.median() <= 0.15));
    row("  1 to 2 s", coverage(t.middle, 1.0, "s", 3), "", std::nullopt);
    row("  under 1 s", coverage(t.quick, 1.0, "s", 3), "", std::nullopt);
    row("2 u covers the depth error", coverage(t.depths, 1e3, "mm", 1), "95 %",
        within(t.depths.errors.n(), t.depths.covered.percent() >= 95.0));
    constexpr const char* classes[] = {"  2 s and longer", "  1 to 2 s", "  under 1 s"};
    for (const auto& [which, s] : t.depth_by_class)
        row(classes[which], coverage(s, 1e3, "mm", 1), "", std::nullopt);
    int false_reps = 0, false_good = 0;
    for (const auto& o : outcomes)
        for (const auto& f : o.false_reps)
            if (f.counted && (!f.in_a_rep || f.during == "incomplete")) {
                ++false_reps;
                false_good += f.verdict == motion::Verdict::good;
            }
    row("no exercise: reps", fmt::format("{}, of them good {}", false_reps, false_good), "none", false_reps == 0);
    row("brisk two-leg calf raises: good",
        fmt::format("{} of {} ({} found)", t.calf_good.of, t.calf_good.all, t.calf_found.of), "never",
        within(t.calf_good.all > 0, t.calf_good.of == 0));
    row("live phase within 0.15 s of the final one",
        fmt::format("{:.1f} % of {} changes", t.live.percent(), t.live.all), "95 %",
        within(t.live.all > 0, t.live.percent() >= 95.0));
    row("verdict after the return",
        t.verdict_after.n()
            ? fmt::format("median {:.2f} s, p95 {:.2f} s", t.verdict_after.median(), t.verdict_after.p95())
            : "none",
        "p95 0.5", within(t.verdict_after.n(), t.verdict_after.p95() <= 0.5));
    if (t.damaged_right.all + t.damaged_missed > 0)
        row("reps in damaged data or with company",
            fmt::format("{} found: {} right, {} unjudged; {} not found", t.damaged_right.all, t.damaged_right.of,
                        t.damaged_unjudged.of, t.damaged_missed),
            "right or unjudged", t.damaged_right.of + t.damaged_unjudged.of == t.damaged_right.all);
    if (work) {
        row("an hour at 1000 samples/s, in memory", fmt::format("{:.2f} s of one core", work->recorded), "0.5 s",
            work->recorded < 0.5);
        row("live at 1000 samples/s", fmt::format("{:.2f} % of one core", work->live / 36.0), "1 %", work->live < 36.0);
    }
    return rows;
}

std::string false_rep_table(std::span<const Outcome> outcomes) {
    struct Line {
        Done done;
        int false_reps = 0, good = 0;
    };
    std::map<std::string, Line> lines;
    for (const auto& o : outcomes) {
        for (const auto& [what, done] : o.others) {
            lines[what].done.times += done.times;
            lines[what].done.seconds += done.seconds;
        }
        for (const auto& r : o.reps)
            ++lines["rep: " + r.element].done.times;
        for (const auto& f : o.false_reps)
            if (f.counted) {
                auto& line = lines[f.in_a_rep ? "rep: " + f.during : f.during];
                ++line.false_reps;
                line.good += f.verdict == motion::Verdict::good;
            }
    }
    std::string text =
        fmt::format("| {:<24} | {:>5} | {:>9} | {:>10} | {:>12} |\n|{:-<26}|{:-<6}:|{:-<10}:|{:-<11}:|{:-<13}:|\n",
                    "what was done", "times", "seconds", "false reps", "of them good", "", "", "", "", "");
    for (const auto& [what, l] : lines)
        text += fmt::format("| {:<24} | {:>5} | {:>9} | {:>10} | {:>12} |\n", what, l.done.times,
                            l.done.seconds > 0.0 ? fmt::format("{:.0f}", l.done.seconds) : "", l.false_reps, l.good);
    return text;
}

std::string live_phase_table(std::span<const Outcome> outcomes) {
    struct Line {
        Part near;
        int never = 0;
        Sample error, shown;
    };
    std::map<motion::Phase, Line> lines;
    for (const auto& o : outcomes)
        for (const auto& r : o.reps)
            if (plain(r))
                for (const auto& c : r.live) {
                    auto& l = lines[c.phase];
                    l.near.add(c.error && std::abs(*c.error) <= 0.15);
                    l.never += !c.error;
                    if (c.error) {
                        l.error.add(*c.error);
                        l.shown.add(*c.shown_late);
                    }
                }
    std::string text = fmt::format(
        "| {:<10} | {:>6} | {:>12} | {:>11} | {:>12} | {:>11} | {:>14} | {:>11} |\n"
        "|{:-<12}|{:-<7}:|{:-<13}:|{:-<12}:|{:-<13}:|{:-<12}:|{:-<15}:|{:-<12}:|\n",
        "live phase", "n", "in 0.15 s", "never shown", "median error", "p95 error", "shown after", "p95", "", "", "",
        "", "", "", "", "");
    for (const auto& [phase, l] : lines)
        text += fmt::format(
            "| {:<10} | {:>6} | {:>10.1f} % | {:>11} | {:>+10.2f} s | {:>9.2f} s | {:>+12.2f} s | {:>9.2f} s |\n",
            motion::name_of(phase), l.near.all, l.near.percent(), l.never, l.error.median(), l.error.p95_size(),
            l.shown.median(), l.shown.p95());
    return text;
}

std::string break_down(std::span<const Outcome> outcomes, const std::string& by) {
    const auto key = [&](const auto& r) -> std::string {
        if (by == "rate")
            return r.kind == "uneven" ? "uneven" : fmt::format("{:>5g}/s", r.rate);
        if (by == "kind")
            return r.kind;
        throw std::invalid_argument(fmt::format("by '{}': only rate, kind, profile and element are known", by));
    };
    std::map<std::string, Tally> groups;
    for (const auto& o : outcomes) {
        for (const auto& r : o.reps)
            groups[by == "profile" ? r.profile : by == "element" ? r.element : key(r)].add(r);
        if (by != "profile" && by != "element")
            for (const auto& f : o.false_reps)
                groups[key(f)].add(f);
    }
    std::string text = fmt::format(
        "| {:<16} | {:>5} | {:>6} | {:>5} | {:>9} | {:>15} | {:>15} | {:>15} | {:>8} | {:>8} |\n"
        "|{:-<18}|{:-<6}:|{:-<7}:|{:-<6}:|{:-<10}:|{:-<16}:|{:-<16}:|{:-<16}:|{:-<9}:|{:-<9}:|\n",
        by, "reps", "missed", "false", "verdict", "slow med/p95 s", "quick med/p95 s", "depth mm", "2u dur.",
        "2u depth", "", "", "", "", "", "", "", "", "", "");
    const auto pair = [](const Sample& s, double scale, int digits) {
        return s.n() == 0 ? std::string("-")
                          : fmt::format("{:+.{}f} {:.{}f}", scale * s.median(), digits, scale * s.p95_size(), digits);
    };
    for (const auto& [name, t] : groups)
        text += fmt::format("| {:<16} | {:>5} | {:>6} | {:>5} | {:>9} | {:>15} | {:>15} | {:>15} | {:>8} | {:>8} |\n",
                            name, t.reps.hit + t.reps.missed, t.reps.missed, t.reps.wrong, percent_of(t.verdict),
                            pair(t.slow.errors, 1.0, 3), pair(t.quick.errors, 1.0, 3), pair(t.depths.errors, 1e3, 1),
                            percent_of(t.durations.covered), percent_of(t.depths.covered));
    return text;
}

std::string as_text(std::span<const Row> rows) {
    std::string text = fmt::format("| {:<42} | {:<46} | {:<17} | {:<6} |\n|{:-<44}|{:-<48}|{:-<19}|{:-<8}|\n", "figure",
                                   "measured", "target", "", "", "", "", "");
    for (const auto& r : rows)
        text += fmt::format("| {:<42} | {:<46} | {:<17} | {:<6} |\n", r.figure, r.measured, r.target,
                            !r.met   ? ""
                            : *r.met ? "ok"
                                     : "MISSED");
    return text;
}

}  // namespace heeldrop::bench
