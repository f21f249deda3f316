// A plan's keys: each with its type and range in one place, whether they come from a file or over the socket.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "calibration/lib/certificate.hpp"
#include "calibration/lib/plan.hpp"

namespace heeldrop::calibration {
namespace {

using nlohmann::json;

constexpr std::size_t longest_name = 80, most_masses = 20;

std::string shown(const json& given) {
    if (given.is_number_float() && !std::isfinite(given.get<double>()))
        return fmt::format("{}", given.get<double>());
    return given.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 60);
}

/// One object of the plan, and where it stands.
class Keys {
 public:
    Keys(const json& object, std::string where, std::set<std::string> known) : object_(object), where_(where) {
        if (!object.is_object())
            throw PlanError(where_, "keys and values are wanted here");
        for (const auto& [key, value] : object.items())
            if (known.count(key) == 0) {
                std::string list;
                for (const auto& name : known)
                    list += (list.empty() ? "" : ", ") + name;
                throw PlanError(at(key), fmt::format("there is no key {}; there are {}", key.substr(0, 60), list));
            }
    }

    std::string at(const std::string& key) const { return where_ + "/" + key; }
    const json* find(const char* key) const {
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }
    std::optional<double> number(const char* key, double low, double high) const {
        const json* given = find(key);
        return given == nullptr ? std::nullopt : std::optional(number_of(*given, at(key), key, low, high));
    }
    double needed(const char* key, double low, double high) const {
        const auto value = number(key, low, high);
        if (!value)
            throw PlanError(where_, fmt::format("{} is missing", key));
        return *value;
    }
    std::optional<std::string> text(const char* key) const {
        const json* given = find(key);
        if (given == nullptr)
            return std::nullopt;
        if (!given->is_string() || given->get_ref<const std::string&>().empty() ||
            given->get_ref<const std::string&>().size() > longest_name)
            throw PlanError(at(key), fmt::format("{} must be a text of 1 to {} letters", key, longest_name));
        return given->get<std::string>();
    }
    template <class Named, std::size_t N>
    Named named(const char* key, const std::array<Named, N>& all, std::optional<Named> absent = std::nullopt) const {
        const json* given = find(key);
        if (given == nullptr && absent)
            return *absent;
        std::string names;
        for (const Named value : all) {
            if (given != nullptr && given->is_string() && given->get_ref<const std::string&>() == name_of(value))
                return value;
            names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name_of(value));
        }
        if (given == nullptr)
            throw PlanError(where_, fmt::format("{} is missing; it is one of {}", key, names));
        throw PlanError(at(key), fmt::format("{} must be one of {}, not {}", key, names, shown(*given)));
    }
    bool flag(const char* key) const {
        const json* given = find(key);
        if (given != nullptr && !given->is_boolean())
            throw PlanError(at(key), fmt::format("{} must be true or false", key));
        return given != nullptr && given->get<bool>();
    }
    static double number_of(const json& given, const std::string& where, const char* key, double low, double high) {
        const double value = given.is_number() ? given.get<double>() : std::nan("");
        if (!(value >= low && value <= high))
            throw PlanError(where,
                            fmt::format("{} must be a number from {:g} to {:g}, not {}", key, low, high, shown(given)));
        return value;
    }

 private:
    const json& object_;
    std::string where_;
};

constexpr double most_mm = 1000.0;

Step step_from(const json& text, const std::string& where) {
    const Keys keys(text, where, {"do", "pad", "mass_kg", "x_mm", "y_mm", "direction", "seconds", "optional"});
    Step s;
    s.kind = keys.named("do", std::array{StepKind::warm_up, StepKind::preload, StepKind::empty, StepKind::place,
                                         StepKind::hold, StepKind::person});
    const bool loads = bears_load(s.kind);
    const auto none = [&](const char* key, bool allowed) {
        if (!allowed && keys.find(key) != nullptr)
            throw PlanError(keys.at(key), fmt::format("a step \"{}\" has no {}", name_of(s.kind), key));
    };
    none("pad", loads);
    none("mass_kg", loads);
    for (const char* key : {"x_mm", "y_mm", "direction"})
        none(key, s.kind == StepKind::place);
    none("seconds", s.kind != StepKind::place && s.kind != StepKind::person);
    const MassRange masses = masses_of(s.kind);
    if (loads)
        s.pad = keys.named("pad", std::array{Pad::left, Pad::right});
    if (s.kind == StepKind::person) {
        if (const auto mass = keys.number("mass_kg", masses.least.value, masses.most.value))
            s.mass = Kilograms{*mass};
    } else if (loads) {
        s.mass = Kilograms{keys.needed("mass_kg", masses.least.value, masses.most.value)};
    }
    if (s.kind == StepKind::place) {
        s.x = Millimetres{keys.number("x_mm", -most_mm, most_mm).value_or(0.0)};
        s.y = Millimetres{keys.number("y_mm", -most_mm, most_mm).value_or(0.0)};
        s.role = keys.named("direction", std::array{Role::up, Role::down, Role::corner, Role::verify, Role::repeat});
    }
    const double absent = s.kind == StepKind::empty ? 20.0 : s.kind == StepKind::preload ? 30.0 : 0.0;
    if (s.kind == StepKind::warm_up || s.kind == StepKind::hold)
        s.duration = Seconds{keys.needed("seconds", 1.0, 14400.0)};
    else if (s.kind == StepKind::empty || s.kind == StepKind::preload)
        s.duration = Seconds{keys.number("seconds", 0.0, 14400.0).value_or(absent)};
    s.optional = keys.flag("optional");
    return s;
}

void check_order(const std::vector<Step>& steps) {
    std::optional<std::size_t> first_empty, last_load;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::string where = fmt::format("/step/{}", i);
        const StepKind kind = steps[i].kind;
        if (kind == StepKind::warm_up && i != 0)
            throw PlanError(where, "the warm-up must be the first step");
        if (kind == StepKind::empty)
            first_empty = first_empty.value_or(i);
        if (reads_load(kind)) {
            if (!first_empty)
                throw PlanError(where,
                                "the plate must be read empty before the first load: put a step \"empty\" first");
            last_load = i;
        }
    }
    if (!last_load)
        throw PlanError("/step", "no load is put on in this plan");
    if (steps.back().kind != StepKind::empty)
        throw PlanError(fmt::format("/step/{}", steps.size() - 1), "the last step must be \"empty\"");
}

Plan standard_from(const json& text, const std::vector<Cell>& cells) {
    const Keys keys(text, "/standard", {"masses_kg", "corner_kg", "warm_up_min", "hold_min", "person_kg"});
    const MassRange weights = masses_of(StepKind::place), persons = masses_of(StepKind::person);
    StandardLoads loads;
    const json* masses = keys.find("masses_kg");
    if (masses == nullptr || !masses->is_array() || masses->size() < 3 || masses->size() > most_masses)
        throw PlanError(masses == nullptr ? "/standard" : keys.at("masses_kg"),
                        fmt::format("masses_kg must list 3 to {} masses, five or more to pass", most_masses));
    for (std::size_t i = 0; i < masses->size(); ++i) {
        const std::string where = fmt::format("/standard/masses_kg/{}", i);
        const Kilograms mass{Keys::number_of((*masses)[i], where, "a mass", weights.least.value, weights.most.value)};
        if (!loads.masses.empty() && mass <= loads.masses.back())
            throw PlanError(where, fmt::format("masses_kg must rise: {:g} kg comes after {:g} kg", mass.value,
                                               loads.masses.back().value));
        loads.masses.push_back(mass);
    }
    if (const auto corner = keys.number("corner_kg", weights.least.value, weights.most.value))
        loads.corner = Kilograms{*corner};
    if (const auto minutes = keys.number("warm_up_min", 0.0, 240.0))
        loads.warm_up = Seconds{60.0 * *minutes};
    if (const auto minutes = keys.number("hold_min", 1.0, 240.0))
        loads.hold = Seconds{60.0 * *minutes};
    if (const auto person = keys.number("person_kg", persons.least.value, persons.most.value))
        loads.person = Kilograms{*person};
    return standard_plan(loads, cells);
}

/// The most that a limit may be set to: a percentage typed for a part of one is no limit but a slip.
double most_of(const std::string& limit) {
    static const std::map<std::string, double> most{{"points", 20.0},
                                                    {"range_kg", 500.0},
                                                    {"test_load", 1.0},
                                                    {"gain", 1.0},
                                                    {"map_places", 50.0},
                                                    {"zero_return_n", 50.0},
                                                    {"zero_drift_n_per_min", 50.0},
                                                    {"place_mm", 50.0},
                                                    {"place_edge_mm", 50.0},
                                                    {"months", 120.0}};
    constexpr double of_full_scale = 0.1;
    const auto found = most.find(limit);
    return found == most.end() ? of_full_scale : found->second;
}

Limits limits_from(const json& text) {
    OrderedJson all = to_json(Limits{});
    std::set<std::string> known;
    for (const auto& [key, value] : all.items())
        known.insert(key);
    const Keys keys(text, "/limits", known);
    for (const auto& [key, value] : text.items()) {
        const bool whole = all[key].is_number_integer();
        const double given = Keys::number_of(value, keys.at(key), key.c_str(), whole ? 1.0 : 0.0, most_of(key));
        if (whole && given != std::floor(given))
            throw PlanError(keys.at(key), fmt::format("{} must be a whole number", key));
        all[key] = whole ? OrderedJson(static_cast<int>(given)) : OrderedJson(given);
    }
    return limits_from_json(all);
}

}  // namespace

Plan plan_from_json(const json& text, const std::vector<Cell>& cells) {
    const Keys keys(text, "", {"name", "gravity_m_s2", "tolerance", "limits", "standard", "step"});
    const json *standard = keys.find("standard"), *steps = keys.find("step");
    if ((standard == nullptr) == (steps == nullptr))
        throw PlanError("", "a plan has either \"standard\" or its own list \"step\"");
    Plan plan;
    if (standard != nullptr) {
        plan = standard_from(*standard, cells);
    } else {
        if (!steps->is_array() || steps->empty() || steps->size() > most_steps)
            throw PlanError("/step", fmt::format("step must list 1 to {} steps", most_steps));
        int placements = 0;
        for (std::size_t i = 0; i < steps->size(); ++i) {
            plan.steps.push_back(step_from((*steps)[i], fmt::format("/step/{}", i)));
            if (plan.steps.back().kind == StepKind::place)
                plan.steps.back().placement = ++placements;
        }
        plan.name = "unnamed";
    }
    check_order(plan.steps);
    plan.name = keys.text("name").value_or(plan.name);
    if (const auto gravity = keys.number("gravity_m_s2", least_gravity.value, most_gravity.value))
        plan.gravity = MetresPerSecond2{*gravity};
    if (const json* tolerance = keys.find("tolerance")) {
        const Keys of(*tolerance, "/tolerance", {"mass_percent", "position_mm", "person_kg"});
        if (const auto value = of.number("mass_percent", 0.0001, 5.0))
            plan.tolerance.mass = Fraction{*value / 100.0};
        if (const auto value = of.number("position_mm", 0.01, 20.0))
            plan.tolerance.position = Millimetres{*value};
        if (const auto value = of.number("person_kg", 0.0, 5.0))
            plan.tolerance.person = Kilograms{*value};
    }
    if (const json* limits = keys.find("limits"))
        plan.limits = limits_from(*limits);
    return plan;
}

nlohmann::ordered_json to_json(const Step& s) {
    nlohmann::ordered_json text{{"do", name_of(s.kind)}};
    if (bears_load(s.kind)) {
        text["pad"] = name_of(s.pad);
        text["mass_kg"] = s.mass ? nlohmann::ordered_json(s.mass->value) : nlohmann::ordered_json(nullptr);
    }
    if (s.kind == StepKind::place) {
        text["x_mm"] = s.x.value;
        text["y_mm"] = s.y.value;
        text["direction"] = name_of(s.role);
    } else if (s.kind != StepKind::person) {
        text["seconds"] = s.duration.value;
    }
    if (s.optional)
        text["optional"] = true;
    return text;
}

nlohmann::ordered_json to_json(const Plan& plan) {
    nlohmann::ordered_json text{{"name", plan.name}};
    if (plan.gravity)
        text["gravity_m_s2"] = plan.gravity->value;
    text["tolerance"] = {{"mass_percent", plan.tolerance.mass.value * 100.0},
                         {"position_mm", plan.tolerance.position.value},
                         {"person_kg", plan.tolerance.person.value}};
    text["limits"] = to_json(plan.limits);
    text["step"] = nlohmann::ordered_json::array();
    for (const Step& step : plan.steps)
        text["step"].push_back(to_json(step));
    return text;
}

}  // namespace heeldrop::calibration
