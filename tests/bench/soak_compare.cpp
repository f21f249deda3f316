#include "tests/bench/soak_compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace heeldrop::bench {
namespace {

/// How long what a control line asks for may go on, in seconds.
double lasts(const std::string& text, double samples_per_second) {
    std::istringstream words(text);
    std::string word, cell;
    double amount = 1.0;
    words >> word;
    const double frame_s = 9.0 / samples_per_second;
    if (word == "garbage")
        return 2.0 * frame_s;
    if (word == "stall" || word == "hang" || word == "unplug" || word == "reboot") {
        words >> amount;
        return amount + 2.0 * frame_s;
    }
    if (word == "saturate" || word == "freeze" || word == "kill" || word == "spike") {
        words >> cell >> amount;
        return amount * (word == "spike" ? 10.0 : 1.0) / samples_per_second + frame_s;
    }
    words >> amount;  // frames
    return (amount + 2.0) * frame_s;
}

std::pair<double, double> extent(const json& rep) {
    double from = HUGE_VAL, to = -HUGE_VAL;
    for (const char* key : {"rise_start_s", "rise_end_s", "transfer_start_s", "transfer_end_s", "drop_start_s",
                            "drop_end_s", "return_end_s"})
        if (rep[key].is_number()) {
            from = std::min(from, rep[key].get<double>());
            to = std::max(to, rep[key].get<double>());
        }
    return {from, to};
}

bool near(const json& rep, const std::vector<Disturbance>& disturbances, double margin_s) {
    const auto [from, to] = extent(rep);
    return std::any_of(disturbances.begin(), disturbances.end(), [&, from = from, to = to](const Disturbance& d) {
        return d.from_s < to + margin_s && d.to_s > from - margin_s;
    });
}

/// How far the nearest disturbances are, before and after.
std::string distances(const json& rep, const std::vector<Disturbance>& disturbances) {
    const auto [from, to] = extent(rep);
    double before = HUGE_VAL, after = HUGE_VAL;
    for (const Disturbance& d : disturbances) {
        if (d.to_s <= from)
            before = std::min(before, from - d.to_s);
        if (d.from_s >= to)
            after = std::min(after, d.from_s - to);
    }
    return fmt::format("{:.1f} s after one, {:.1f} s before one", before, after);
}

/// Its number, its set and how often it was looked at depend on the reps before it, which may have been disturbed.
json account_of(json rep) {
    for (const char* of_others : {"index", "set", "revision"})
        rep.erase(of_others);
    return rep;
}

/// How far a figure may move because of what was learnt before: two measurements of the same agree within their
/// expanded uncertainties (k = 2) together, as JCGM 100 has it; those that state none within 1 % or 20 ms.
double tolerance(const json& a, const json& b, const std::string& key) {
    const auto figure = [](const json& rep, const char* name) {
        return rep[name].is_number() ? rep[name].get<double>() : 0.0;
    };
    const auto together = [&](const char* name) { return 2.0 * std::hypot(figure(a, name), figure(b, name)); };
    const double own = std::abs(figure(a, key.c_str())), duration_s = together("drop_duration_uncertainty_s");
    if (key == "drop_depth_m")
        return together("drop_depth_uncertainty_m");
    if (key == "drop_duration_s" || key == "drop_start_s" || key == "drop_end_s")
        return std::max(duration_s, 0.02);
    if (key == "impulse_ns")  // as its duration
        return own * (0.01 + duration_s / std::max(0.1, figure(a, "drop_duration_s")));
    if (key.ends_with("uncertainty_s") || key.ends_with("uncertainty_m"))
        return HUGE_VAL;  // this is what was learnt
    if (key == "peak_drop_speed_m_s")
        return 0.2 * own;
    return key.ends_with("_s") ? 0.02 : 0.01 * own;
}

/// What differs by more than it may; nothing may where `exact`.
std::string differing_fields(const json& a, const json& b, bool exact) {
    std::string text;
    for (const auto& [key, value] : a.items()) {
        const json other = b.value(key, json(nullptr));
        const bool numbers = value.is_number() && other.is_number();
        const double by = numbers ? std::abs(value.get<double>() - other.get<double>()) : 0.0;
        if (value != other && (exact || !numbers || by > tolerance(a, b, key)))
            text += fmt::format(" {} {} / {}", key, value.dump(), other.dump());
    }
    return text;
}

/// In standard uncertainties.
double moved(const json& a, const json& b) {
    double most = 0.0;
    for (const auto& [figure, uncertainty] : {std::pair{"drop_duration_s", "drop_duration_uncertainty_s"},
                                              std::pair{"drop_depth_m", "drop_depth_uncertainty_m"}})
        if (a[figure].is_number() && b[figure].is_number() && a[uncertainty].is_number() && b[uncertainty].is_number())
            most = std::max(most,
                            std::abs(a[figure].get<double>() - b[figure].get<double>()) / a[uncertainty].get<double>());
    return most;
}

}  // namespace

std::vector<Disturbance> disturbances(const Played& disturbed, const std::string& rate) {
    std::vector<Disturbance> list;
    const double samples_per_second = rate == "1000" ? 1000.0 : 60.0;
    for (const json& did : disturbed.account["did"]) {
        const std::string what = did["what"];
        if (what == "pause" || what == "go" || what.starts_with("random"))
            continue;
        const double from = did["t_s"].get<double>() - disturbed.session_from_s;
        list.push_back({from - 0.2, from + lasts(what, samples_per_second), what});
    }
    for (const json& gap : disturbed.account["gaps"])
        list.push_back({gap["from_s"].get<double>() - disturbed.session_from_s,
                        gap["to_s"].get<double>() - disturbed.session_from_s, "gap"});
    return list;
}

Comparison compare(const Played& undisturbed, const Played& disturbed, const std::string& rate, double margin_s) {
    Comparison found;
    const auto all = disturbances(disturbed, rate);
    const json &before = undisturbed.session["reps"], &after = disturbed.session["reps"];
    const auto counterpart = [](const json& reps, const json& rep) {
        const double at = extent(rep).second;
        return std::find_if(reps.begin(), reps.end(),
                            [&](const json& other) { return std::abs(extent(other).second - at) < 0.5; });
    };
    for (const json& rep : before) {
        if (near(rep, all, margin_s)) {
            ++found.inside;
            continue;
        }
        ++found.outside;
        const auto other = counterpart(after, rep);
        if (other == after.end()) {
            found.differences.push_back(
                fmt::format("rep {} at {:.2f} s is missing", rep["index"].dump(), extent(rep).first));
            continue;
        }
        const json ours = account_of(rep), theirs = account_of(*other);
        found.same_to_the_digit += ours == theirs;
        found.most_moved = std::max(found.most_moved, moved(ours, theirs));
        const bool exact = std::none_of(all.begin(), all.end(),
                                        [&](const Disturbance& d) { return d.from_s < extent(rep).second + margin_s; });
        if (const auto fields = differing_fields(ours, theirs, exact); !fields.empty())
            found.differences.push_back(fmt::format("rep {} at {:.2f} s, {}:{}", rep["index"].dump(), extent(rep).first,
                                                    distances(rep, all), fields));
    }
    for (const json& rep : after) {
        const json& reasons = rep["reasons"];
        found.unjudged += rep["verdict"] == "unjudged" &&
                          std::any_of(reasons.begin(), reasons.end(),
                                      [](const json& why) { return why == "gap" || why == "saturated"; });
        if (!near(rep, all, margin_s) && counterpart(before, rep) == before.end())
            found.differences.push_back(
                fmt::format("rep {} at {:.2f} s was not there undisturbed", rep["index"].dump(), extent(rep).first));
    }
    return found;
}

std::vector<std::string> account_differences(const Played& disturbed) {
    std::vector<std::string> list;
    const auto check = [&](const std::string& what, const json& plate, const json& daemon) {
        if (plate != daemon)
            list.push_back(fmt::format("{}: plate {}, daemon {}", what, plate.dump(), daemon.dump()));
    };
    const json plate_line = line_of(disturbed.account), daemon_line = line_of(disturbed.plate);
    for (const auto& [key, value] : plate_line.items())
        check(key, value, daemon_line.value(key, json(nullptr)));
    const json plate_cells = cells_of(disturbed.account), daemon_cells = cells_of(disturbed.plate);
    for (std::size_t c = 0; c < plate_cells.size(); ++c)
        check(fmt::format("cell {}", c), plate_cells[c], daemon_cells.size() > c ? daemon_cells[c] : json(nullptr));
    const json &plate_gaps = disturbed.account["gaps"], &daemon_gaps = disturbed.session["gaps"];
    check("gaps in the session", plate_gaps.size(), daemon_gaps.size());
    for (std::size_t i = 0; i < std::min(plate_gaps.size(), daemon_gaps.size()); ++i) {
        const json &theirs = plate_gaps[i], &ours = daemon_gaps[i];
        check(fmt::format("samples lost in gap {}", i), theirs["lost_samples"], ours["lost_samples"]);
        // A boot is as long as the host's clock says, and flat out that is not the plate's.
        if (theirs["new_boot"] == true)
            continue;
        const auto length = [](const json& gap) {
            return std::llround(1e6 * (gap["to_s"].get<double>() - gap["from_s"].get<double>()));
        };
        if (std::abs(length(theirs) - length(ours)) > 2)
            check(fmt::format("length of gap {} in us", i), length(theirs), length(ours));
    }
    return list;
}

}  // namespace heeldrop::bench
