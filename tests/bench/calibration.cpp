// How well a calibration does its work: 100 random plates calibrated as a physio would, then loaded afresh; and plates
// with one fault each, which must be named. `./station calibration-bench` runs it; README.md of calibration says what
// the columns are. The simulated plate shares no code with the fit.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>

#include "calibration/lib/evaluation.hpp"
#include "calibration/lib/median.hpp"
#include "tests/calibration/simulated_calibration.hpp"

namespace {

using namespace heeldrop;
using namespace heeldrop::calibration;
using namespace heeldrop::virtual_plate;
using calibration::Pad;
using calibration::test::Bench;
using calibration::test::Hand;

constexpr double full_scale_n = 100.0 * 9.80665;
constexpr double force_target = 0.002 * full_scale_n, place_target = 3.0, edge_target = 5.0;
constexpr double edge_from = 0.7;

struct Figures {
    std::vector<double> force, place, edge;          // errors: N, and mm as the distance
    std::vector<double> force_stated, place_stated;  // k = 2, per error of one axis
    std::vector<double> force_error, place_error;    // of one axis each
    void add(const Figures& o) {
        const auto join = [](auto& a, const auto& b) { a.insert(a.end(), b.begin(), b.end()); };
        join(force, o.force);
        join(place, o.place);
        join(edge, o.edge);
        join(force_stated, o.force_stated);
        join(place_stated, o.place_stated);
        join(force_error, o.force_error);
        join(place_error, o.place_error);
    }
};

double largest(const std::vector<double>& v) {
    return v.empty() ? 0.0 : *std::max_element(v.begin(), v.end());
}
double rms(const std::vector<double>& v) {
    double sum = 0.0;
    for (const double x : v)
        sum += x * x;
    return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(1, v.size())));
}
double covered(const std::vector<double>& errors, const std::vector<double>& stated) {
    std::size_t inside = 0;
    for (std::size_t i = 0; i < errors.size(); ++i)
        inside += std::abs(errors[i]) <= stated[i];
    return 100.0 * static_cast<double>(inside) / static_cast<double>(std::max<std::size_t>(1, errors.size()));
}

Figures fresh_loads(Bench& bench, const Evaluation& judged) {
    Figures all;
    for (const Pad pad : {Pad::left, Pad::right}) {
        const PadFit& fit = *judged.fits[pad == Pad::left ? 0 : 1];
        for (const double kg : {10.0, 25.0, 50.0, 75.0, 100.0})
            for (const double px : {-0.85, -0.55, -0.25, 0.0, 0.25, 0.55, 0.85})
                for (const double py : {-0.85, -0.55, -0.25, 0.0, 0.25, 0.55, 0.85}) {
                    const double n = kg * 9.80665, x = px * corner_x_mm[1], y = py * corner_y_mm[0];
                    const auto got = fit.read(bench.fresh(pad, n, x, y));
                    const auto stated = fit.uncertainty(got.force, got.x, got.y);
                    const double ex = got.x.value - x, ey = got.y.value - y;
                    all.force.push_back(std::abs(got.force.value - n));
                    (std::abs(px) > edge_from || std::abs(py) > edge_from ? all.edge : all.place)
                        .push_back(std::hypot(ex, ey));
                    all.force_error.push_back(got.force.value - n);
                    all.force_stated.push_back(stated.force.value);
                    all.place_error.push_back(ex);
                    all.place_stated.push_back(stated.x.value);
                    all.place_error.push_back(ey);
                    all.place_stated.push_back(stated.y.value);
                }
    }
    return all;
}

struct Scenario {
    const char* name;
    PlateSpread spread;
    Hand hand;
};

std::vector<Scenario> scenarios() {
    PlateSpread issue;  // 5 % gain spread, 2 % cross-talk, 0.05 % non-linearity, HX711 noise
    PlateSpread worn = issue;
    worn.hysteresis_n = 0.3;
    worn.creep = 0.0008;
    worn.zero_per_kelvin_n = 0.05;
    worn.gain_per_kelvin = 0.00003;
    worn.warming_k = 3.0;
    worn.twist_n = 1.5;
    PlateSpread stiff = issue, limp = issue;
    stiff.least_softness = stiff.most_softness = 0.0;
    limp.least_softness = limp.most_softness = 1.0;
    const Hand jig{0.0, 0.0}, hand{1.0, 0.0002};
    return {{"weights in a jig: no error of mass or place", issue, jig},
            {"by hand: each weight within 1 mm, the set within 0.02 %", issue, hand},
            {"by hand, a rigid plate (no corner twist)", stiff, hand},
            {"by hand, a limp plate (corners carry corner loads)", limp, hand},
            {"by hand, with hysteresis, creep, warming and a twisting frame", worn, hand}};
}

bool run_scenario(const Scenario& scenario, int plates, std::uint64_t first_seed, bool each, double hold_minutes) {
    fmt::print("\n{}\n", scenario.name);
    if (each)
        fmt::print("{:>5} {:>8} {:>10} {:>8} {:>8} {:>9} {:>9} {:>5} {:>8}\n", "seed", "verdict", "force %FS", "CoP mm",
                   "edge mm", "cover F %", "cover C %", "rank", "within");
    Figures all;
    int within = 0, passed = 0;
    for (int i = 0; i < plates; ++i) {
        const auto seed = first_seed + static_cast<std::uint64_t>(i);
        Bench bench(draw_plate(seed, scenario.spread), seed, scenario.hand);
        bench.calibrate_plate(hold_minutes);
        const Evaluation judged = evaluate(bench.seen);
        if (!judged.fits[0] || !judged.fits[1]) {
            fmt::print("{:>5} refused: {}\n", seed, judged.findings.front().message);
            continue;
        }
        const Figures f = fresh_loads(bench, judged);
        const bool good =
            largest(f.force) <= force_target && largest(f.place) <= place_target && largest(f.edge) <= edge_target;
        within += good;
        passed += judged.passed();
        if (each || !judged.passed())
            fmt::print("{:>5} {:>8} {:>10.4f} {:>8.3f} {:>8.3f} {:>9.1f} {:>9.1f} {:>5} {:>8}\n", seed,
                       judged.passed() ? "passed" : "failed", 100 * largest(f.force) / full_scale_n, largest(f.place),
                       largest(f.edge), covered(f.force_error, f.force_stated), covered(f.place_error, f.place_stated),
                       fmt::format("{}{}", judged.fits[0]->rank(), judged.fits[1]->rank()), good ? "yes" : "NO");
        if (!judged.passed()) {
            for (const Finding& finding : judged.findings)
                fmt::print("      {}: {}\n", finding.code, finding.message);
            for (const Check& c : judged.checks)
                if (c.verdict == Verdict::not_measured)
                    fmt::print("      {} not measured: {}\n", c.code, c.note);
        }
        all.add(f);
    }
    const double cover_force = covered(all.force_error, all.force_stated);
    const double cover_place = covered(all.place_error, all.place_stated);
    const double ratio_force = calibration::median_of(all.force_stated) / rms(all.force_error);
    const double ratio_place = calibration::median_of(all.place_stated) / rms(all.place_error);
    fmt::print("{} plates: {} passed their checks, {} within the targets\n", plates, passed, within);
    fmt::print("  {:<34} {:>9} {:>9}\n", "", "measured", "target");
    fmt::print("  {:<34} {:>9.4f} {:>9.4f}\n", "largest force error, % FS", 100 * largest(all.force) / full_scale_n,
               0.2);
    fmt::print("  {:<34} {:>9.3f} {:>9.1f}\n", "largest CoP error, mm", largest(all.place), place_target);
    fmt::print("  {:<34} {:>9.3f} {:>9.1f}\n", "largest CoP error near edges, mm", largest(all.edge), edge_target);
    fmt::print("  {:<34} {:>9.1f} {:>9}\n", "k = 2 covers, force, %", cover_force, ">= 95");
    fmt::print("  {:<34} {:>9.1f} {:>9}\n", "k = 2 covers, CoP, %", cover_place, ">= 95");
    fmt::print("  {:<34} {:>9.3f} {:>9}\n", "RMS force error, N", rms(all.force_error), "");
    fmt::print("  {:<34} {:>9.3f} {:>9}\n", "RMS CoP error, mm", rms(all.place_error), "");
    fmt::print("  {:<34} {:>9.2f} {:>9}\n", "median stated / RMS, force", ratio_force, "<= 3");
    fmt::print("  {:<34} {:>9.2f} {:>9}\n", "median stated / RMS, CoP", ratio_place, "<= 3");
    return within == plates && passed == plates && cover_force >= 95.0 && cover_place >= 95.0 && ratio_force <= 3.0 &&
           ratio_place <= 3.0;
}

struct Fault {
    const char* what;
    const char* code;
    /// Plants it; returns whether what was found names the right thing.
    std::function<std::function<bool(const Finding&)>(Random&, PlateTruth&,
                                                      std::function<void(int, double&, double&, double&)>&)>
        plant;
};

std::vector<Fault> faults() {
    using Blunder = std::function<void(int, double&, double&, double&)>;
    const auto cell_is = [](std::size_t cell) { return [cell](const Finding& f) { return f.cell == cell; }; };
    const auto pad_is = [](Pad pad) { return [pad](const Finding& f) { return f.pad == pad; }; };
    const auto any_cell = [](Random& r) { return static_cast<std::size_t>(r.uniform(0.0, 8.0)); };
    const auto any_placement = [](Random& r) {
        const int in_pad = 1 + static_cast<int>(r.uniform(0.0, 19.0));
        return in_pad + (r.chance(0.5) ? 19 : 0);
    };
    return {
        {"mistyped weight", "mistyped_weight",
         [=](Random& r, PlateTruth&, Blunder& blunder) {
             const int at = any_placement(r);
             const double by = (r.chance(0.5) ? 1.0 : -1.0) * (r.chance(0.5) ? 5.0 : 2.5);
             blunder = [=](int number, double& kg, double&, double&) {
                 if (number == at)
                     kg += by;
             };
             return [at, by](const Finding& f) { return f.placement == at && std::abs(f.amount + by) < 0.3; };
         }},
        {"swapped cells", "swapped_cells",
         [=](Random& r, PlateTruth& plate, Blunder&) {
             const auto a = any_cell(r);
             auto b = any_cell(r);
             while (b == a)
                 b = any_cell(r);
             std::swap(plate.channel[a], plate.channel[b]);
             return cell_is(std::min(a, b));
         }},
        {"inverted cell", "inverted_cell",
         [=](Random& r, PlateTruth& plate, Blunder&) {
             const auto c = any_cell(r);
             plate.cells[c].counts_per_newton *= -1.0;
             return cell_is(c);
         }},
        {"dead cell", "dead_cell",
         [=](Random& r, PlateTruth& plate, Blunder&) {
             const auto c = any_cell(r);
             plate.cells[c].counts_per_newton = 0.0;
             return cell_is(c);
         }},
        {"sticky corner", "sticky_corner",
         [=](Random& r, PlateTruth& plate, Blunder&) {
             const auto c = any_cell(r);
             plate.cells[c].friction = Newtons{r.uniform(4.0, 15.0)};
             return cell_is(c);
         }},
        {"creep twice the limit", "creep",
         [=](Random& r, PlateTruth& plate, Blunder&) {
             const auto pad = static_cast<std::size_t>(r.uniform(0.0, 2.0));
             for (std::size_t k = 0; k < 4; ++k) {
                 plate.cells[4 * pad + k].creep = -2.0 * 0.0035;
                 plate.cells[4 * pad + k].creep_time_s = r.uniform(300.0, 500.0);
             }
             return pad_is(pad == 0 ? Pad::left : Pad::right);
         }},
        {"drifting zero", "drifting_zero",
         [=](Random& r, PlateTruth& plate, Blunder&) {
             const auto c = any_cell(r);
             plate.cells[c].zero_drift_n_per_min = (r.chance(0.5) ? 1.0 : -1.0) * r.uniform(0.8, 3.0);
             return pad_is(c < 4 ? Pad::left : Pad::right);
         }},
        {"weight 5 cm off its mark", "off_mark",
         [=](Random& r, PlateTruth&, Blunder& blunder) {
             const int at = any_placement(r);
             const double angle = r.uniform(0.0, 6.2832);
             blunder = [=](int number, double&, double& x, double& y) {
                 if (number == at) {
                     x += 50.0 * std::cos(angle);
                     y += 50.0 * std::sin(angle);
                 }
             };
             return [at](const Finding& f) { return f.placement == at && std::abs(f.amount - 50.0) < 15.0; };
         }},
    };
}

bool run_faults(int plates, std::uint64_t first_seed, double hold_minutes, bool each) {
    fmt::print("\nfaults, one at a time, on {} plates each (by hand, as above)\n", plates);
    fmt::print("{:<26} {:>12} {:>14} {:>9}   {}\n", "fault", "named first", "right thing", "accepted", "otherwise");
    bool all = true;
    for (const Fault& fault : faults()) {
        int named = 0, right = 0, accepted = 0;
        std::map<std::string, int> otherwise;
        for (int i = 0; i < plates; ++i) {
            const auto seed = first_seed + static_cast<std::uint64_t>(i);
            Random random(seed, 80);
            PlateTruth plate = draw_plate(seed);
            std::function<void(int, double&, double&, double&)> blunder;
            const auto is_right = fault.plant(random, plate, blunder);
            Bench bench(plate, seed, Hand{1.0, 0.0002});
            bench.blunder = blunder;
            bench.calibrate_plate(hold_minutes);
            const Evaluation judged = evaluate(bench.seen);
            accepted += judged.passed();
            if (judged.findings.empty()) {
                ++otherwise["nothing"];
                continue;
            }
            const Finding& first = judged.findings.front();
            const bool hit = first.code == fault.code;
            named += hit;
            right += hit && is_right(first);
            if (!hit)
                ++otherwise[first.code];
            if (each || !hit || !is_right(first))
                fmt::print("  seed {}: {}\n", seed, first.message);
        }
        std::string others;
        for (const auto& [code, count] : otherwise)
            others += fmt::format("{} x {} ", count, code);
        fmt::print("{:<26} {:>8}/{:<3} {:>10}/{:<3} {:>9}   {}\n", fault.what, named, plates, right, plates, accepted,
                   others);
        all = all && named == plates && right == plates && accepted == 0;
    }
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    int plates = 100, fault_plates = 25;
    std::uint64_t seed = 1;
    bool each = false, only_faults = false;
    double hold = 30.0;
    CLI::App app{
        "Calibrates simulated plates, loads them afresh, and plants faults. Exit code 1 where a target is missed."};
    app.add_option("--plates", plates, "in each scenario")->capture_default_str();
    app.add_option("--fault-plates", fault_plates, "for each fault")->capture_default_str();
    app.add_option("--seed", seed, "of the first plate")->capture_default_str();
    app.add_option("--hold", hold, "minutes under the largest load")->capture_default_str();
    app.add_flag("--each", each, "a line for every plate, not only for the summary");
    app.add_flag("--faults", only_faults, "only the faults");
    CLI11_PARSE(app, argc, argv);
    bool good = true;
    if (!only_faults) {
        bool first = true;
        for (const Scenario& scenario : scenarios()) {
            good = run_scenario(scenario, plates, seed, each || first, hold) && good;
            first = false;
        }
    }
    good = run_faults(fault_plates, seed, hold, each) && good;
    fmt::print("\n{}\n", good ? "every target is met" : "a target is MISSED");
    return good ? 0 : 1;
}
