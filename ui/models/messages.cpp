#include "ui/models/messages.hpp"

#include <algorithm>
#include <limits>

namespace heeldrop::ui {
namespace {

using Json = nlohmann::json;

const Json& at(const Json& object, const char* key) {
    static const Json absent;
    if (!object.is_object())
        return absent;
    const auto found = object.find(key);
    return found == object.end() ? absent : *found;
}

template <class Quantity>
std::optional<Quantity> quantity(const Json& object, const char* key) {
    const Json& value = at(object, key);
    return value.is_number() ? std::optional(Quantity{value.get<double>()}) : std::nullopt;
}

template <class Quantity>
Quantity quantity(const Json& object, const char* key, Quantity otherwise) {
    return quantity<Quantity>(object, key).value_or(otherwise);
}

int integer(const Json& object, const char* key, int otherwise) {
    const Json& value = at(object, key);
    return value.is_number() ? value.get<int>() : otherwise;
}

bool truth(const Json& object, const char* key, bool otherwise) {
    const Json& value = at(object, key);
    return value.is_boolean() ? value.get<bool>() : otherwise;
}

QStringList words(const Json& object, const char* key) {
    QStringList list;
    for (const Json& word : at(object, key))
        if (word.is_string())
            list << QString::fromStdString(word.get<std::string>());
    return list;
}

std::vector<double> numbers(const Json& object, const char* key) {
    std::vector<double> list;
    const Json& array = at(object, key);
    if (!array.is_array())
        return list;
    list.reserve(array.size());
    for (const Json& value : array)
        list.push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
    return list;
}

}  // namespace

QString text_in(const Json& object, const char* key) {
    const Json& value = at(object, key);
    return value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString();
}

PlateInfo plate_from(const Json& json) {
    PlateInfo plate;
    if (const QString state = text_in(json, "state"); !state.isEmpty())
        plate.state = state;
    plate.message = text_in(json, "message");
    plate.port = text_in(json, "port");
    plate.uncalibrated = truth(json, "uncalibrated", false);
    for (const Json& mark : at(at(json, "calibration"), "marks")) {
        const QString code = text_in(mark, "code");
        plate.marks << code;
        if (truth(mark, "refuses", false) && plate.refusal_by_mark.isEmpty())
            plate.refusal_by_mark = code;
    }
    return plate;
}

SessionInfo session_from(const Json& json) {
    SessionInfo session;
    session.id = text_in(json, "id");
    session.state = text_in(json, "state");
    const Json& asked = at(json, "prescription");
    Prescription& p = session.prescription;
    if (const QString side = text_in(asked, "side"); !side.isEmpty())
        p.side = side;
    p.sets = integer(asked, "sets", p.sets);
    p.reps = integer(asked, "reps", p.reps);
    p.target_drop = quantity(asked, "target_drop_s", p.target_drop);
    p.min_drop = quantity(asked, "min_drop_s", p.min_drop);
    p.min_share = quantity(asked, "min_share", p.min_share);
    session.system_weight = quantity<Newtons>(json, "system_weight_n");
    session.set = integer(json, "set", session.set);
    session.reps_in_set = integer(json, "reps_in_set", session.reps_in_set);
    session.counted = integer(json, "counted", session.counted);
    session.good = integer(json, "good", session.good);
    session.duration = quantity<Seconds>(json, "duration_s");
    session.uncalibrated = truth(json, "uncalibrated", false);
    session.stored = truth(json, "stored", true);
    session.faults = words(json, "session_faults");
    return session;
}

RepInfo rep_from(const Json& json) {
    RepInfo rep;
    rep.index = integer(json, "index", rep.index);
    rep.revision = integer(json, "revision", rep.revision);
    rep.set = integer(json, "set", rep.set);
    rep.side = text_in(json, "side");
    rep.verdict = text_in(json, "verdict");
    rep.faults = words(json, "faults");
    rep.reasons = words(json, "reasons");
    // Only a rep left unfinished is reported without being counted (design section 6).
    rep.counted = truth(json, "counted", !rep.faults.contains(QLatin1String("incomplete")));
    rep.drop_duration = quantity<Seconds>(json, "drop_duration_s");
    rep.drop_duration_uncertainty = quantity<Seconds>(json, "drop_duration_uncertainty_s");
    rep.transfer_end = quantity<Seconds>(json, "transfer_end_s");
    rep.return_end = quantity<Seconds>(json, "return_end_s");
    rep.drop_depth = quantity<Metres>(json, "drop_depth_m");
    rep.working_share_drop = quantity<Fraction>(json, "working_share_drop");
    return rep;
}

LiveInfo live_from(const Json& json) {
    LiveInfo live;
    live.t = quantity(json, "t_s", live.t);
    if (const QString phase = text_in(json, "phase"); !phase.isEmpty())
        live.phase = phase;
    live.phase_start = quantity(json, "phase_start_s", live.phase_start);
    live.side = text_in(json, "side");
    live.left = quantity(json, "left_n", live.left);
    live.right = quantity(json, "right_n", live.right);
    live.depth = quantity<Metres>(json, "depth_m");
    live.system_weight = quantity<Newtons>(json, "system_weight_n");
    return live;
}

PhaseMark phase_from(const Json& json) {
    return {quantity(json, "t_s", Seconds{}), text_in(json, "phase"), text_in(json, "side")};
}

Curve curve_from(const Json& json) {
    Curve curve{numbers(json, "t_s"), numbers(json, "left_n"), numbers(json, "right_n"), {}};
    const std::size_t common = std::min({curve.t_s.size(), curve.left_n.size(), curve.right_n.size()});
    curve.t_s.resize(common);
    curve.left_n.resize(common);
    curve.right_n.resize(common);
    const Json& phases = at(json, "phases");
    if (phases.is_array())
        for (const Json& phase : phases)
            curve.phases.push_back(phase_from(phase));
    return curve;
}

}  // namespace heeldrop::ui
