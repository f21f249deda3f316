// Why something cannot be done, as it goes to a client.
#pragma once

#include <string>

#include "daemon/store/disk_thread.hpp"

namespace heeldrop::server {

/// A code of PROTOCOL.md and a sentence for people.
struct Refusal {
    std::string code, message;
};

/// What is said where a lane of the disk takes no more.
inline Refusal refusal_of_full(store::Lane lane) {
    if (lane == store::Lane::asked)
        return {"busy", "The disk has not answered what others asked before. Ask again in a moment."};
    return {"store_failed", "The disk is too slow: it has not yet written what came before. Try again later."};
}

}  // namespace heeldrop::server
