// The objects of PROTOCOL.md as JSON: the one place where the daemon's values get their names on the socket.
#pragma once

#include <map>

#include "daemon/exchange/analysis_json.hpp"
#include "daemon/plate/plate.hpp"
#include "daemon/plate/port_list.hpp"
#include "daemon/session/session.hpp"
#include "daemon/store/database.hpp"

namespace heeldrop::server {

using exchange::Json;

Json hello_json();
/// `calibration`: the guard's object, null where no plate is known.
Json plate_json(const plate::Plate& plate, Json calibration, bool uncalibrated);
/// `stored`: all of it is in the store, or on its way there.
Json session_json(const session::Summary& summary, bool stored);
/// rep_json's keys, then "set", "revision" and "counted".
Json session_rep_json(const session::SessionRep& rep);
Json session_rep_json(const store::StoredRep& rep);
/// {"from_s","to_s","lost_samples","new_boot"}
Json gap_json(const session::Gap& gap);
Json live_json(const motion::Live& live);

/// `in_use`: the plate's own port now; `turned_down`: why others are not, by path.
Json ports_json(const std::vector<plate::PortEntry>& ports, const std::string& in_use,
                const std::map<std::string, std::string>& turned_down, bool named);

/// 2026-01-02T10:02:03Z
std::string utc_text(std::chrono::sys_seconds time);

}  // namespace heeldrop::server
