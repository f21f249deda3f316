#include "daemon/server/request.hpp"

#include <fmt/core.h>

#include <cmath>

namespace heeldrop::server {

using nlohmann::json;

Request::Request(Peer& peer, json message) : peer_(peer.weak_from_this()), message_(std::move(message)) {
    peer.request_begins();
    if (const auto id = message_.find("id"); id != message_.end() && (id->is_string() || id->is_number_integer()))
        id_ = *id;
    if (const auto kind = message_.find("class"); kind != message_.end() && kind->is_string())
        kind_ = *kind;
}

const json* Request::key(const char* name) const {
    const auto found = message_.find(name);
    return found == message_.end() || found->is_null() ? nullptr : &*found;
}

void Request::result(const Json& fields) const {
    Json line{{"class", "result"}, {"id", id_}, {"request", kind_}};
    line.update(fields);
    send(line);
}

void Request::refuse(const Refusal& refusal) const {
    send({{"class", "error"},
          {"id", id_},
          {"request", kind_.empty() ? Json(nullptr) : Json(kind_)},
          {"code", refusal.code},
          {"message", refusal.message}});
}

Station::Failed Request::refuser() const {
    return [request = *this](const Refusal& refusal) { request.refuse(refusal); };
}

/// What came in may hold broken UTF-8 and is echoed: replaced, never thrown over.
void Request::send(const Json& line) const {
    const auto peer = peer_.lock();
    if (!peer)
        return;
    peer->send(line.dump(-1, ' ', false, Json::error_handler_t::replace));
    peer->request_answered();
}

int whole_number(const Request& request, const char* name, int absent, int low, int high) {
    const json* given = request.key(name);
    if (given == nullptr)
        return absent;
    const double value = given->is_number_integer() ? given->get<double>() : std::nan("");
    if (!(value >= low && value <= high))
        throw BadRequest{fmt::format("\"{}\" must be a whole number from {} to {}.", name, low, high)};
    return static_cast<int>(value);
}

double number(const Request& request, const char* name, double low, double high) {
    const json* given = request.key(name);
    const double value = given != nullptr && given->is_number() ? given->get<double>() : std::nan("");
    if (!(value >= low && value <= high))
        throw BadRequest{fmt::format("\"{}\" must be a number from {:g} to {:g}.", name, low, high)};
    return value;
}

std::string text(const Request& request, const char* name, std::size_t longest) {
    const json* given = request.key(name);
    if (given == nullptr || !given->is_string() || given->get_ref<const std::string&>().empty() ||
        given->get_ref<const std::string&>().size() > longest)
        throw BadRequest{fmt::format("\"{}\" must be a text of 1 to {} bytes.", name, longest)};
    return given->get<std::string>();
}

bool flag(const Request& request, const char* name, bool absent) {
    const json* given = request.key(name);
    if (given != nullptr && !given->is_boolean())
        throw BadRequest{fmt::format("\"{}\" must be true or false.", name)};
    return given == nullptr ? absent : given->get<bool>();
}

}  // namespace heeldrop::server
