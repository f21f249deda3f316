#include "daemon/session/prescription.hpp"

#include <fmt/core.h>

#include <cmath>

#include "daemon/motion/names.hpp"

namespace heeldrop::session {
namespace {

using nlohmann::json;

const json* present(const json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

template <class Enum>
void read(const json& object, const char* key, Enum& value, const char* choices) {
    const json* given = present(object, key);
    if (given == nullptr)
        return;
    const auto named =
        given->is_string() ? motion::named<Enum>(given->get_ref<const std::string&>()) : std::optional<Enum>();
    if (!named)
        throw PrescriptionError(key, fmt::format("\"{}\" must be {}, not {}.", key, choices, given->dump()));
    value = *named;
}

void read(const json& object, const char* key, int& value, int low, int high) {
    const json* given = present(object, key);
    if (given == nullptr)
        return;
    // A number far beyond an int's range must be refused, not folded into it.
    const double number = given->is_number_integer() ? given->get<double>() : std::nan("");
    if (!(number >= low && number <= high))
        throw PrescriptionError(
            key, fmt::format("\"{}\" must be a whole number from {} to {}, not {}.", key, low, high, given->dump()));
    value = given->get<int>();
}

/// What was given, as a person would write it: JSON itself has no word for these and would say null.
std::string shown(const json& given) {
    if (given.is_number_float() && !std::isfinite(given.get<double>()))
        return fmt::format("{}", given.get<double>());
    return given.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 60);
}

std::optional<double> number(const json& object, const char* key, double low, double high) {
    const json* given = present(object, key);
    if (given == nullptr)
        return std::nullopt;
    const double value = given->is_number() ? given->get<double>() : std::nan("");
    if (!(value >= low && value <= high))
        throw PrescriptionError(
            key, fmt::format("\"{}\" must be a number from {} to {}, not {}.", key, low, high, shown(*given)));
    return value;
}

}  // namespace

Prescription prescription_from_json(const json& object, const Prescription& defaults) {
    Prescription p = defaults;
    read(object, "side", p.side, "\"left\", \"right\" or \"both\"");
    read(object, "sets", p.sets, 1, 10);
    read(object, "reps", p.reps, 1, 100);
    if (const auto target = number(object, "target_drop_s", 0.5, 30.0))
        p.target_drop = Seconds{*target};
    p.min_drop = std::min(p.min_drop, p.target_drop);
    if (const auto minimum = number(object, "min_drop_s", 0.1, 30.0))
        p.min_drop = Seconds{*minimum};
    if (p.min_drop > p.target_drop)
        throw PrescriptionError(
            "min_drop_s", fmt::format("\"min_drop_s\" ({}) must not be above \"target_drop_s\" ({}).", p.min_drop.value,
                                      p.target_drop.value));
    for (const Threshold& t : thresholds)
        if (const auto given = number(object, t.key, t.low, t.high))
            t.set(p, *given);
    read(object, "surface", p.surface, "\"step\" or \"flat\"");
    read(object, "hands", p.hands, "\"fingertips\", \"rail\" or \"free\"");
    if (const auto mass = number(object, "body_weight_kg", 15.0, 250.0))
        p.body_mass = Kilograms{*mass};
    return p;
}

nlohmann::ordered_json to_json(const Prescription& p) {
    using Json = nlohmann::ordered_json;
    Json all{{"side", motion::name_of(p.side)},
             {"sets", p.sets},
             {"reps", p.reps},
             {"target_drop_s", p.target_drop.value},
             {"min_drop_s", p.min_drop.value}};
    for (const Threshold& t : thresholds)
        all[t.key] = t.get(p);
    all["surface"] = motion::name_of(p.surface);
    all["hands"] = motion::name_of(p.hands);
    all["body_weight_kg"] = p.body_mass ? Json(p.body_mass->value) : Json(nullptr);
    return all;
}

motion::Criteria criteria(const Prescription& p) {
    motion::Criteria c;
    c.side = p.side;
    c.surface = p.surface;
    c.hands = p.hands;
    c.target_drop = p.target_drop;
    c.min_drop = p.min_drop;
    c.min_working_share = p.min_share;
    c.max_rise_share = p.max_rise_share;
    c.min_depth = p.min_depth;
    if (p.surface == motion::Surface::flat || p.min_depth.value == 0.0)
        c.min_depth.reset();  // off the floor no heel passes below it
    c.bounce_speed = p.bounce_speed;
    c.bounce_window = p.bounce_window;
    c.fingertips_min_load = p.fingertips_min_load;
    c.rail_min_load = p.rail_min_load;
    c.second_person_load = p.second_person_load;
    c.body_mass = p.body_mass;
    return c;
}

}  // namespace heeldrop::session
