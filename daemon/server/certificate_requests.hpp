// Requests of PROTOCOL.md about certificates and spot checks that are stored.
#pragma once

#include "daemon/server/request.hpp"

namespace heeldrop::server {

void on_calibrations(Station& station, Peer& peer, const Request& request);
void on_calibration(Station& station, Peer& peer, const Request& request);
void on_calibration_load(Station& station, Peer& peer, const Request& request);
void on_spot_check(Station& station, Peer& peer, const Request& request);
void on_spot_checks(Station& station, Peer& peer, const Request& request);

}  // namespace heeldrop::server
