// One request of a client, as its handler sees it: its keys, and the way back to who asked.
// It must not know what the requests mean.
#pragma once

#include <nlohmann/json.hpp>

#include "daemon/server/messages.hpp"
#include "daemon/server/station.hpp"

namespace heeldrop::server {

/// Safe to keep after the client has gone: then answers go nowhere. On the station's thread.
class Request {
 public:
    /// Counts as one of the client's open requests until it is answered.
    Request(Peer& peer, nlohmann::json message);

    const std::string& kind() const { return kind_; }
    const nlohmann::json& message() const { return message_; }
    /// None where the key is absent or null.
    const nlohmann::json* key(const char* name) const;

    /// Exactly one of these, once.
    void result(const Json& fields) const;
    void refuse(const Refusal& refusal) const;
    Station::Failed refuser() const;

 private:
    void send(const Json& line) const;

    std::weak_ptr<Peer> peer_;
    nlohmann::json message_;
    Json id_ = nullptr;
    std::string kind_;
};

/// Thrown by handlers: answered with `bad_request`.
struct BadRequest {
    std::string message;
};

/// Of the texts that name something: a run, a certificate, a plate.
inline constexpr std::size_t longest_id = 64;

/// Throw BadRequest, which names the key and what it may be.
int whole_number(const Request& request, const char* name, int absent, int low, int high);
double number(const Request& request, const char* name, double low, double high);
/// Of 1 to `longest` bytes.
std::string text(const Request& request, const char* name, std::size_t longest);
bool flag(const Request& request, const char* name, bool absent);

}  // namespace heeldrop::server
