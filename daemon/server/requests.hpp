// Requests of PROTOCOL.md: reads a line, checks it, asks the station, answers once.
#pragma once

#include <string_view>

#include "daemon/server/peer.hpp"
#include "daemon/server/station.hpp"

namespace heeldrop::server {

/// Runs on the station's thread. The station outlives it.
class Requests {
 public:
    explicit Requests(Station& station) : station_(station) {}

    void take(Peer& peer, std::string_view line);
    static void line_too_long(Peer& peer);

 private:
    Station& station_;
};

}  // namespace heeldrop::server
