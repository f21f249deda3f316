// Requests of PROTOCOL.md about a calibration under way.
#pragma once

#include "daemon/server/request.hpp"

namespace heeldrop::server {

void on_calibration_start(Station& station, Peer& peer, const Request& request);
void on_calibration_do(Station& station, Peer& peer, const Request& request);
void on_calibration_cancel(Station& station, Peer& peer, const Request& request);
void on_calibration_plan(Station& station, Peer& peer, const Request& request);

}  // namespace heeldrop::server
