// Whether a plan can end in an accepted calibration at all: what its limits ask for and no step of it gives.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "calibration/lib/checks.hpp"
#include "calibration/lib/plan.hpp"

namespace heeldrop::calibration {
namespace {

/// The steps of one pad that bear a load and are read, and the empty ones, which are both pads'.
std::vector<const Step*> steps_of(const Plan& plan, Pad pad) {
    std::vector<const Step*> steps;
    for (const Step& s : plan.steps)
        if (s.kind == StepKind::empty || (reads_load(s.kind) && s.pad == pad))
            steps.push_back(&s);
    return steps;
}

void prospect_of_pad(const Plan& plan, Pad pad, std::vector<std::string>& missing) {
    const Limits& limits = plan.limits;
    const auto steps = steps_of(plan, pad);
    std::multiset<double> up, down, repeats;
    std::set<std::pair<double, double>> places;
    double largest = 0.0, lightest_aside = 1e9;
    int corners = 0, persons = 0;
    bool held = false, hold_long_enough = false, returned = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& s = *steps[i];
        persons += s.kind == StepKind::person;
        if (s.kind == StepKind::hold && !held) {
            held = true;
            hold_long_enough = s.duration >= least_hold;
            for (std::size_t k = i + 1; k < steps.size() && steps[k]->kind == StepKind::empty && !returned; ++k)
                returned = steps[k]->duration >= least_zero_return;
        }
        if (s.kind != StepKind::place)
            continue;
        const double mass = s.mass->value;
        largest = std::max(largest, mass);
        places.emplace(s.x.value, s.y.value);
        corners += s.role == Role::corner;
        if (s.role == Role::corner || s.role == Role::verify)
            lightest_aside = std::min(lightest_aside, mass);
        if (s.role == Role::up)
            up.insert(mass);
        if (s.role == Role::down)
            down.insert(mass);
        if (s.role == Role::repeat)
            repeats.insert(mass);
    }
    const auto lacks = [&](bool lacking, const std::string& what) {
        if (lacking)
            missing.push_back(fmt::format("{} pad: {}", name_of(pad), what));
    };
    const std::set<double> masses_up(up.begin(), up.end());
    std::set<double> masses_down(down.begin(), down.end());
    if (!masses_up.empty())
        masses_down.insert(*masses_up.rbegin());  // the largest belongs to both series and is put on once
    const auto fewest = static_cast<int>(std::min(masses_up.size(), masses_down.size()));
    lacks(fewest < limits.points, fmt::format("{} different loads up and {} down, {} of each are needed",
                                              masses_up.size(), masses_down.size(), limits.points));
    lacks(largest < limits.range.value - 1e-9,
          fmt::format("the largest load is {:g} kg, {:g} are needed", largest, limits.range.value));
    lacks(corners < 3, fmt::format("{} loads in corners, 3 are needed, better 4", corners));
    lacks(lightest_aside < limits.test_load.value * largest - 1e-9,
          fmt::format("a load away from the centre of {:g} kg, {:g} are needed", lightest_aside,
                      limits.test_load.value * largest));
    lacks(static_cast<int>(places.size()) < limits.map_places,
          fmt::format("loads in {} places, {} are needed", places.size(), limits.map_places));
    const bool twice =
        std::any_of(repeats.begin(), repeats.end(), [&](double m) { return up.count(m) > 0 || repeats.count(m) > 1; });
    lacks(!twice, "no load of the series is put on again (direction \"repeat\")");
    lacks(!held, "no load is left alone (\"hold\"), which tells the creep");
    lacks(held && !hold_long_enough,
          fmt::format("the hold is shorter than {:g} min, too short to tell the creep", least_hold.value / 60.0));
    lacks(held && !returned,
          fmt::format("no \"empty\" of {:g} s or more comes right after the hold, which tells the zero's return",
                      least_zero_return.value));
    lacks(persons == 0, "no person of known mass stands on it (\"person\")");
}

}  // namespace

std::vector<std::string> why_it_cannot_pass(const Plan& plan) {
    std::vector<std::string> missing;
    for (const Pad pad : {Pad::left, Pad::right})
        prospect_of_pad(plan, pad, missing);
    return missing;
}

}  // namespace heeldrop::calibration
