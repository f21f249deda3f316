#include "daemon/exchange/analysis_json.hpp"

#include <fmt/core.h>

#include <cmath>

#include "daemon/motion/names.hpp"

namespace heeldrop::exchange {
namespace {

using namespace motion;

/// Adding zero turns a rounded "-0" into "0".
double to_steps(double value, double steps_per_unit) {
    return std::round(value * steps_per_unit) / steps_per_unit + 0.0;
}

template <class Unit>
Json number(const std::optional<Unit>& value) {
    if (!value)
        return nullptr;
    const double number = rounded(*value);
    return std::isfinite(number) ? Json(number) : Json(nullptr);
}

template <class Enum>
Json words(std::span<const Enum> values) {
    Json list = Json::array();
    for (const Enum value : values)
        list.push_back(name_of(value));
    return list;
}

/// Every quantity of a rep by its key, in the schema's order: the one list that writing and reading share.
template <class RepRef, class Visit>
void for_each_quantity(RepRef& rep, Visit visit) {
    visit("rise_start_s", rep.rise_start);
    visit("rise_end_s", rep.rise_end);
    visit("transfer_start_s", rep.transfer_start);
    visit("transfer_end_s", rep.transfer_end);
    visit("drop_start_s", rep.drop_start);
    visit("drop_end_s", rep.drop_end);
    visit("return_end_s", rep.return_end);
    visit("rise_duration_s", rep.rise_duration);
    visit("drop_duration_s", rep.drop_duration);
    visit("drop_duration_uncertainty_s", rep.drop_duration_uncertainty);
    visit("drop_depth_m", rep.drop_depth);
    visit("drop_depth_uncertainty_m", rep.drop_depth_uncertainty);
    visit("peak_drop_speed_m_s", rep.peak_drop_speed);
    visit("working_share_drop", rep.working_share_drop);
    visit("working_share_rise", rep.working_share_rise);
    visit("peak_force_n", rep.peak_force);
    visit("mean_force_n", rep.mean_force);
    visit("impulse_ns", rep.impulse);
}

const Json& member(const Json& text, const char* key) {
    const auto found = text.find(key);
    if (found == text.end())
        throw std::invalid_argument(fmt::format("a rep without {}", key));
    return *found;
}

template <class Enum>
Enum word(const Json& value, const char* key) {
    if (value.is_string())
        if (const auto known = named<Enum>(value.get_ref<const std::string&>()))
            return *known;
    throw std::invalid_argument(fmt::format("a rep whose {} is {}", key, value.dump()));
}

template <class Enum>
std::vector<Enum> read_words(const Json& text, const char* key) {
    std::vector<Enum> values;
    const Json& list = member(text, key);
    if (!list.is_array())
        throw std::invalid_argument(fmt::format("a rep whose {} is no list", key));
    for (const Json& value : list)
        values.push_back(word<Enum>(value, key));
    return values;
}

}  // namespace

double rounded(Seconds value) {
    return to_steps(value.value, 1e4);
}
double rounded(Newtons value) {
    return to_steps(value.value, 1e2);
}
double rounded(Metres value) {
    return to_steps(value.value, 1e4);
}
double rounded(Fraction value) {
    return to_steps(value.value, 1e4);
}
double rounded(NewtonSeconds value) {
    return to_steps(value.value, 1e2);
}
double rounded(MetresPerSecond value) {
    return to_steps(value.value, 1e4);
}

Json rep_json(const Rep& rep) {
    Json text{{"index", rep.index},
              {"side", rep.side ? Json(name_of(*rep.side)) : Json(nullptr)},
              {"verdict", name_of(rep.verdict)},
              {"faults", words<Fault>(rep.faults)},
              {"reasons", words<Reason>(rep.reasons)}};
    for_each_quantity(rep, [&](const char* key, const auto& value) { text[key] = number(value); });
    return text;
}

Rep rep_from_json(const Json& text) {
    if (!text.is_object())
        throw std::invalid_argument("a rep that is no JSON object");
    Rep rep;
    const Json& index = member(text, "index");
    if (!index.is_number_integer())
        throw std::invalid_argument("a rep whose index is no whole number");
    rep.index = index.get<int>();
    if (const Json& side = member(text, "side"); !side.is_null())
        rep.side = word<Side>(side, "side");
    rep.verdict = word<Verdict>(member(text, "verdict"), "verdict");
    rep.faults = read_words<Fault>(text, "faults");
    rep.reasons = read_words<Reason>(text, "reasons");
    for_each_quantity(rep, [&](const char* key, auto& value) {
        const Json& number = member(text, key);
        if (number.is_null())
            return;
        if (!number.is_number())
            throw std::invalid_argument(fmt::format("a rep whose {} is no number", key));
        value.emplace(number.get<double>());
    });
    return rep;
}

Json event_json(const Event& event) {
    return Json{{"t_s", rounded(event.t)}, {"kind", name_of(event.kind)}};
}

Json phase_json(const PhaseChange& change) {
    return Json{{"t_s", rounded(change.t)},
                {"phase", name_of(change.phase)},
                {"side", change.side ? Json(name_of(*change.side)) : Json(nullptr)}};
}

Json session_faults_json(std::span<const SessionFault> faults) {
    return words<SessionFault>(faults);
}

Json analysis_json(const Analysis& analysis) {
    Json reps = Json::array(), events = Json::array();
    for (const Rep& rep : analysis.reps)
        reps.push_back(rep_json(rep));
    for (const Event& event : analysis.events)
        events.push_back(event_json(event));
    return Json{{"schema", analysis_schema},
                {"algorithm", algorithm},
                {"sample_rate_hz", to_steps(analysis.sample_rate.value, 1e2)},
                {"system_weight_n", number(analysis.system_weight)},
                {"duration_s", rounded(analysis.duration)},
                {"session_faults", session_faults_json(analysis.session_faults)},
                {"reps", std::move(reps)},
                {"events", std::move(events)}};
}

}  // namespace heeldrop::exchange
