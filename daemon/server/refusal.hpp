// Why something cannot be done, as it goes to a client.
#pragma once

#include <string>

namespace heeldrop::server {

/// A code of PROTOCOL.md and a sentence for people.
struct Refusal {
    std::string code, message;
};

}  // namespace heeldrop::server
