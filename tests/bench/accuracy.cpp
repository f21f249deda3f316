// The accuracy bench: simulated people do scripted sessions, the motion library accounts for them, and both accounts
// are compared. Prints the tables that the README and a release quote. Knows both sides; neither knows the other.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "daemon/motion/analysis.hpp"
#include "daemon/motion/names.hpp"
#include "firmware-protocol/virtual-plate/simulation.hpp"

namespace {

using namespace heeldrop;
namespace vp = heeldrop::virtual_plate;

struct Session {
    std::uint64_t seed;
    double rate;
    vp::Converter converter;
    motion::PrescribedSide side;
    double mass;
    std::string script;
};

/// Every kind of rep and of non-exercise, in an order of its own, with quiet pauses as people make them.
Session draw_session(std::uint64_t seed, double rate, bool all_faults) {
    std::mt19937_64 random(seed * 7919 + 17);
    const auto pick = [&](double from, double to) { return std::uniform_real_distribution<>(from, to)(random); };
    std::vector<std::string> parts;
    const auto tempo = [&](double from, double to) { return fmt::format("{:.2f}", pick(from, to)); };
    for (int i = 0; i < 5; ++i)
        parts.push_back(fmt::format("good(drop={})", tempo(2.3, 5.0)));
    parts.push_back(fmt::format("good(drop={},toe={:.2f})", tempo(2.5, 4.0), pick(0.03, 0.07)));
    parts.push_back(fmt::format("fast_drop(drop={})", tempo(0.25, 0.9)));
    parts.push_back(fmt::format("fast_drop(drop={})", tempo(0.9, 1.5)));
    parts.push_back("hold_then_fall");
    parts.push_back("two_leg_drop");
    parts.push_back("wrong_leg");
    parts.push_back("one_leg_rise");
    if (all_faults) {
        parts.push_back("shallow");
        parts.push_back("bounce");
    }
    const char* others[] = {"sway", "shift", "squat", "one_leg"};
    parts.push_back(others[random() % 4]);
    parts.push_back(others[random() % 4]);
    std::shuffle(parts.begin(), parts.end(), random);
    std::string script = "empty:3,step_on,quiet:5";
    for (const auto& p : parts)
        script += "," + p;
    script += ",quiet:2,step_off,empty:2";
    return {seed,
            rate,
            rate > 500 ? vp::Converter::ads131m08 : vp::Converter::hx711,
            seed % 2 ? motion::PrescribedSide::left : motion::PrescribedSide::right,
            pick(45, 120),
            script};
}

struct Figures {
    std::vector<double> errors;
    void add(double e) { errors.push_back(e); }
    static double quantile(std::vector<double> v, double q) {
        if (v.empty())
            return std::nan("");
        std::sort(v.begin(), v.end());
        const double at = q * static_cast<double>(v.size() - 1);
        const auto i = static_cast<std::size_t>(at);
        return i + 1 < v.size() ? v[i] + (at - static_cast<double>(i)) * (v[i + 1] - v[i]) : v[i];
    }
    double median() const { return quantile(errors, 0.5); }
    double p95() const {
        auto a = errors;
        for (double& e : a)
            e = std::abs(e);
        return quantile(a, 0.95);
    }
    std::size_t n() const { return errors.size(); }
};

struct Count {
    int hit = 0, missed = 0, wrong = 0;
    double f1() const { return 2 * hit + missed + wrong == 0 ? 1.0 : 2.0 * hit / (2.0 * hit + missed + wrong); }
};

struct Table {
    Count reps;
    int side_right = 0, sides = 0, verdict_right = 0, verdicts = 0, unjudged = 0;
    std::map<std::string, Count> faults;
    Figures slow, quick, middle, depth, transfer, slow_u;
    int covered = 0, coverable = 0, depth_covered = 0;
    int falls = 0, falls_called_slow = 0;
    double seconds = 0;
};

bool overlap(const motion::Rep& r, const vp::TruthRep& t) {
    if (!r.drop_start || !t.drop_start || !t.drop_end)
        return false;
    const double from = std::max(r.drop_start->value, t.drop_start->value),
                 to = std::min(r.drop_end->value, t.drop_end->value);
    const double middle_apart =
        std::abs(r.drop_end->value + r.drop_start->value - t.drop_end->value - t.drop_start->value) / 2;
    return to > from || middle_apart < 0.6;
}

void compare(const Session& s, const vp::Simulation& sim, const motion::Analysis& found, Table& table, bool verbose) {
    std::vector<bool> used(found.reps.size());
    for (const auto& truth : sim.truth.reps) {
        if (!truth.counted)
            continue;
        std::size_t at = found.reps.size();
        for (std::size_t i = 0; i < found.reps.size() && at == found.reps.size(); ++i)
            if (!used[i] && found.reps[i].counted && overlap(found.reps[i], truth))
                at = i;
        std::vector<std::string> true_faults;
        for (auto f : truth.faults)
            true_faults.emplace_back(vp::name_of(f));
        if (at == found.reps.size()) {
            ++table.reps.missed;
            if (verbose)
                fmt::print("  seed {} rate {:.0f}: missed {} at {:.2f} (drop {:.2f} s)\n", s.seed, s.rate,
                           truth.element, truth.drop_start ? truth.drop_start->value : -1.0,
                           truth.drop_duration().value_or(Seconds{-1}).value);
            continue;
        }
        used[at] = true;
        ++table.reps.hit;
        const motion::Rep& rep = found.reps[at];
        std::vector<std::string> found_faults;
        for (auto f : rep.faults)
            found_faults.emplace_back(motion::name_of(f));
        if (truth.side) {
            ++table.sides;
            table.side_right += rep.side && motion::name_of(*rep.side) == vp::name_of(*truth.side);
        }
        ++table.verdicts;
        if (rep.verdict == motion::Verdict::unjudged)
            ++table.unjudged;
        const bool same =
            (rep.verdict == motion::Verdict::good) == true_faults.empty() && rep.verdict != motion::Verdict::unjudged;
        table.verdict_right += same;
        for (const auto& f : true_faults)
            std::count(found_faults.begin(), found_faults.end(), f) ? ++table.faults[f].hit : ++table.faults[f].missed;
        for (const auto& f : found_faults)
            if (!std::count(true_faults.begin(), true_faults.end(), f))
                ++table.faults[f].wrong;
        const double duration = truth.drop_duration()->value;
        if (truth.element == "hold_then_fall") {
            ++table.falls;
            table.falls_called_slow += rep.drop_duration && rep.drop_duration->value >= 2.0;
        }
        double error = std::nan("");
        if (rep.drop_duration) {
            error = rep.drop_duration->value - duration;
            (duration >= 2.0 ? table.slow : duration < 1.0 ? table.quick : table.middle).add(error);
            if (duration >= 2.0)
                table.slow_u.add(rep.drop_duration_uncertainty->value);
            ++table.coverable;
            table.covered += std::abs(error) <= 2 * rep.drop_duration_uncertainty->value;
        }
        if (rep.drop_depth && truth.drop_depth) {
            const double e = rep.drop_depth->value - truth.drop_depth->value;
            table.depth.add(e);
            table.depth_covered += std::abs(e) <= 2 * rep.drop_depth_uncertainty->value;
        }
        if (rep.transfer_start && truth.transfer_start)
            table.transfer.add(rep.transfer_start->value - truth.transfer_start->value);
        const bool odd = !same || found_faults != true_faults || std::abs(error) > (duration >= 2 ? 0.5 : 0.15);
        if (verbose && odd)
            fmt::print(
                "  seed {} rate {:.0f}: {:<14} {:<8} at {:6.2f} drop {:.2f} found {:.2f} u {:.2f} depth {:.3f} found "
                "{:.3f} [{}] found [{}]{}\n",
                s.seed, s.rate, truth.element, truth.profile, truth.drop_start->value, duration,
                rep.drop_duration.value_or(Seconds{-1}).value,
                rep.drop_duration_uncertainty.value_or(Seconds{-1}).value, truth.drop_depth->value,
                rep.drop_depth.value_or(Metres{-1}).value, fmt::join(true_faults, " "), fmt::join(found_faults, " "),
                rep.verdict == motion::Verdict::unjudged ? " unjudged" : "");
    }
    for (std::size_t i = 0; i < found.reps.size(); ++i) {
        if (used[i] || !found.reps[i].counted)
            continue;
        ++table.reps.wrong;
        if (verbose) {
            std::string during = "?";
            for (const auto& o : sim.truth.others)
                if (found.reps[i].drop_end->value > o.start.value && found.reps[i].drop_start->value < o.end.value)
                    during = o.element;
            fmt::print("  seed {} rate {:.0f}: false rep at {:.2f}-{:.2f} depth {:.3f} in {}\n", s.seed, s.rate,
                       found.reps[i].drop_start->value, found.reps[i].drop_end->value, found.reps[i].drop_depth->value,
                       during);
        }
    }
}

void print(const Table& t) {
    const auto row = [](std::string_view name, std::string value, std::string_view mark) {
        fmt::print("| {:<44} | {:<34} | {:<28} |\n", name, value, mark);
    };
    row("figure", "measured", "mark");
    fmt::print("|{:-<46}|{:-<36}|{:-<30}|\n", "", "", "");
    row("reps found: F1",
        fmt::format("{:.4f} ({} hit, {} missed, {} false)", t.reps.f1(), t.reps.hit, t.reps.missed, t.reps.wrong),
        "0.995");
    row("side", fmt::format("{}/{}", t.side_right, t.sides), "all");
    row("verdict, good or not",
        fmt::format("{:.2f} % ({} unjudged)", 100.0 * t.verdict_right / std::max(1, t.verdicts), t.unjudged), "98 %");
    for (const auto& [name, c] : t.faults)
        row("  " + name, fmt::format("F1 {:.3f} ({} hit, {} missed, {} false)", c.f1(), c.hit, c.missed, c.wrong),
            c.hit + c.missed > 0 ? "0.95" : "none was done: --all-faults");
    const auto times = [&](std::string_view name, const Figures& f, std::string_view mark) {
        row(name, fmt::format("median {:+.3f} s, p95 {:.3f} s (n {})", f.median(), f.p95(), f.n()), mark);
    };
    times("drop duration, 2 s and longer", t.slow, "0.05 / 0.30 (first form: 1.0)");
    times("drop duration, 1 to 2 s", t.middle, "");
    times("drop duration, quick (under 1 s)", t.quick, "p95 0.06 (first form: 0.2)");
    row("hold, then fall: called slow", fmt::format("{} of {}", t.falls_called_slow, t.falls), "never");
    row("depth", fmt::format("median {:+.1f} mm, p95 {:.1f} mm", 1e3 * t.depth.median(), 1e3 * t.depth.p95()),
        "3 / 12 (first form: 30)");
    times("transfer start", t.transfer, "p95 0.15");
    row("2u covers the duration error",
        fmt::format("{:.1f} %, median u {:.3f} s", 100.0 * t.covered / std::max(1, t.coverable), t.slow_u.median()),
        "95 %, 0.15");
    row("2u covers the depth error", fmt::format("{:.1f} %", 100.0 * t.depth_covered / std::max(1, t.coverable)),
        "95 %");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Scores the motion library against the virtual plate's truth on simulated sessions."};
    int sessions = 32;
    std::uint64_t seed = 1;
    bool verbose = false, all_faults = false;
    std::vector<double> rates{63, 80, 100, 1000};
    app.add_option("--sessions", sessions, "Sessions of 12 reps and 2 other movements each")->capture_default_str();
    app.add_option("--seed", seed, "First session's seed")->capture_default_str();
    app.add_option("--rates", rates, "Samples a second, in turn")->capture_default_str();
    app.add_flag("--all-faults", all_faults, "Two reps more in each: a shallow drop and a bounce");
    app.add_flag("-v,--verbose", verbose, "List every rep that was missed, invented or judged otherwise");
    CLI11_PARSE(app, argc, argv);

    Table table;
    for (int i = 0; i < sessions; ++i) {
        const Session s = draw_session(seed + static_cast<std::uint64_t>(i),
                                       rates[static_cast<std::size_t>(i) % rates.size()], all_faults);
        vp::Setup setup;
        setup.seed = s.seed;
        setup.mass = Kilograms{s.mass};
        setup.limits.side = s.side == motion::PrescribedSide::left ? vp::Prescribed::left : vp::Prescribed::right;
        setup.converter = s.converter;
        setup.rate = Hertz{s.rate};
        const vp::Simulation sim = vp::simulate(vp::parse_script(s.script), setup);
        std::vector<motion::ForceSample> samples;
        samples.reserve(sim.samples.size());
        for (const auto& p : sim.samples)
            samples.push_back({p.t, p.left, p.right, p.left_cop_y, p.right_cop_y, false, false});
        motion::Criteria criteria;
        criteria.side = s.side;
        compare(s, sim, motion::analyze(samples, criteria), table, verbose);
        table.seconds += sim.truth.duration.value;
    }
    fmt::print("{} sessions, {:.0f} minutes of simulated people, seeds from {}\n", sessions, table.seconds / 60, seed);
    print(table);
    return 0;
}
