// The daemon's objects as text for people. It must not know where they came from: socket, store and analyze look the
// same.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace heeldrop::ctl {

using Json = nlohmann::ordered_json;

std::string plate_text(const Json& plate);
std::string session_text(const Json& session);
/// A few lines a port.
std::string ports_text(const Json& ports);
/// A line a gap; nothing where there is none.
std::string gaps_text(const Json& gaps);
/// A table with a line a rep.
std::string reps_table(const Json& reps);
/// A table with a line a session.
std::string sessions_table(const Json& sessions);
std::string rep_line(const Json& rep);
/// A value that may be null: its number with the decimals, or a dash.
std::string number_text(const Json& object, const char* key, int decimals, double scale = 1.0);

}  // namespace heeldrop::ctl
