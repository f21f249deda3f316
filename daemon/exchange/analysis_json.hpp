// The JSON of reps and analyses (design section 6): `analyze`, the socket and the store print a rep through here alone,
// so that their accounts compare equal, character for character.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/motion/analysis.hpp"

namespace heeldrop::exchange {

/// Keeps the order of its keys, which is the documented one.
using Json = nlohmann::ordered_json;

inline constexpr std::string_view analysis_schema = "heeldrop.analysis/1";

/// Rounded for reading, once and for all: times 0.1 ms, lengths 0.1 mm, speeds 0.1 mm/s, shares 0.0001, forces and
/// impulses 0.01 N (s). Rounding what is already rounded changes nothing. Unknown is null.
Json rep_json(const motion::Rep& rep);

/// The other way; `revision` and `counted` are not in the text and keep their defaults. Keys beyond rep_json's are
/// ignored. Throws std::invalid_argument on a word or a type that is not the schema's.
motion::Rep rep_from_json(const Json& text);

Json event_json(const motion::Event& event);
/// {"t_s","phase","side"}
Json phase_json(const motion::PhaseChange& change);
Json session_faults_json(std::span<const motion::SessionFault> faults);
Json analysis_json(const motion::Analysis& analysis);

/// The rounding of rep_json, for other messages that show the same quantities.
double rounded(Seconds value);
double rounded(Newtons value);
double rounded(Metres value);
double rounded(MetresPerSecond value);
double rounded(Fraction value);
double rounded(NewtonSeconds value);

/// Null where there is no value.
template <class Unit>
Json rounded(const std::optional<Unit>& value) {
    return value ? Json(rounded(*value)) : Json(nullptr);
}

}  // namespace heeldrop::exchange
