#include "daemon/server/requests.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <map>

#include "daemon/motion/final_phases.hpp"
#include "daemon/server/calibration_requests.hpp"
#include "daemon/server/certificate_requests.hpp"
#include "daemon/server/descriptor.hpp"
#include "daemon/server/messages.hpp"
#include "daemon/server/request.hpp"
#include "daemon/server/stored_forces.hpp"

namespace heeldrop::server {
namespace {

using nlohmann::json;

std::string session_key(const Request& request) {
    const json* given = request.key("session");
    if (given == nullptr || !given->is_string())
        throw BadRequest{"\"session\" must be a session's id or \"last\"."};
    return given->get<std::string>();
}

Json session_or_null(const Station& station) {
    return station.session() != nullptr ? station.session_object(station.session()->summary()) : Json(nullptr);
}

Json status(Station& station) {
    return {{"plate", station.plate_object()},
            {"session", session_or_null(station)},
            {"calibration_run", station.calibration_run().json()}};
}

void on_status(Station& station, Peer&, const Request& request) {
    request.result(status(station));
}

void on_watch(Station& station, Peer& peer, const Request& request) {
    const bool samples = flag(request, "samples", true);
    peer.watching = true;
    peer.watching_samples = samples;
    Json snapshot = status(station);
    const auto live = station.live();
    snapshot["live"] = live ? live_json(*live) : Json(nullptr);
    snapshot["reps"] = Json::array();
    if (station.session() != nullptr)
        for (const auto& rep : station.session()->reps())
            snapshot["reps"].push_back(session_rep_json(rep));
    request.result(snapshot);
}

void on_session_start(Station& station, Peer&, const Request& request) {
    session::Prescription prescription;
    try {
        prescription = session::prescription_from_json(request.message(), station.default_prescription());
    } catch (const session::PrescriptionError& error) {
        throw BadRequest{error.what()};
    }
    station.start_session(
        prescription,
        [&station, request](const session::Summary& summary) {
            request.result({{"session", station.session_object(summary)}});
        },
        request.refuser());
}

void on_session_stop(Station& station, Peer&, const Request& request) {
    station.stop_session(
        [&station, request](const session::Summary& summary) {
            request.result({{"session", station.session_object(summary)}});
        },
        request.refuser());
}

void on_ports(Station& station, Peer&, const Request& request) {
    station.with_ports([request](const Json& ports) { request.result({{"ports", ports}}); }, request.refuser());
}

void on_sessions(Station& station, Peer&, const Request& request) {
    using Answer = std::vector<session::Summary>;
    const int limit = whole_number(request, "limit", 50, 1, 500);
    station.ask<Answer>([limit](store::Database& database) { return database.sessions(limit); },
                        [&station, request](const Answer& sessions) {
                            Json list = Json::array();
                            for (const auto& summary : sessions)
                                list.push_back(station.session_object(summary));
                            request.result({{"sessions", std::move(list)}});
                        },
                        request.refuser());
}

void on_session(Station& station, Peer&, const Request& request) {
    using Answer = std::optional<Json>;
    const std::string id = session_key(request);
    station.ask<Answer>(
        [id](store::Database& database) -> Answer {
            const auto summary = database.session(id);
            if (!summary)
                return std::nullopt;
            Json answer{{"session", session_json(*summary, true)},
                        {"reps", Json::array()},
                        {"events", Json::array()},
                        {"gaps", Json::array()}};
            for (const auto& gap : database.gaps(summary->id))
                answer["gaps"].push_back(gap_json(gap));
            for (const auto& rep : database.reps(summary->id))
                answer["reps"].push_back(session_rep_json(rep));
            for (const auto& event : database.events(summary->id))
                answer["events"].push_back(exchange::event_json(event));
            return answer;
        },
        [&station, request, id](Answer answer) {
            if (!answer)
                return request.refuse({"not_found", fmt::format("There is no session {}.", id)});
            Json& session = (*answer)["session"];
            session["stored"] = station.stored(session["id"].get<std::string>());
            request.result(*answer);
        },
        request.refuser());
}

void on_curve(Station& station, Peer&, const Request& request) {
    const std::string id = session_key(request);
    const auto points = static_cast<std::size_t>(whole_number(request, "points", 2000, 2, 10000));
    station.with_recording(
        id,
        [points](const session::Summary& summary, const std::filesystem::path& recording) {
            Json answer{{"session", summary.id}};
            answer.update(curve(recording, points));
            return answer;
        },
        [&station, request](Json answer) {
            const std::string found = answer["session"].get<std::string>();
            station.ask<Json>(
                [found](store::Database& database) {
                    std::vector<motion::Rep> reps;
                    for (const auto& rep : database.reps(found))
                        reps.push_back(exchange::rep_from_json(rep.account));
                    Json more{{"phases", Json::array()}, {"gaps", Json::array()}};
                    for (const auto& phase : motion::final_phases(reps, database.phases(found)))
                        more["phases"].push_back(exchange::phase_json(phase));
                    for (const auto& gap : database.gaps(found))
                        more["gaps"].push_back(gap_json(gap));
                    return more;
                },
                [request, answer](const Json& more) mutable {
                    answer.update(more);
                    request.result(answer);
                },
                request.refuser());
        },
        request.refuser());
}

void on_export(Station& station, Peer& peer, const Request& request) {
    auto descriptor = std::make_shared<OwnedDescriptor>(peer.take_descriptor());
    const std::string id = session_key(request);
    if (const json* format = request.key("format"); format != nullptr && *format != "csv")
        throw BadRequest{"\"format\" must be \"csv\"."};
    if (const auto why = why_not_writable(*descriptor))
        return request.refuse(*why);
    station.with_recording(
        id,
        [descriptor](const session::Summary& summary, const std::filesystem::path& recording) {
            const Written written = export_csv(recording, descriptor->get());
            return Json{{"session", summary.id},
                        {"bytes", written.bytes},
                        {"samples", written.samples},
                        {"calibration", summary.calibration_id.empty() ? Json(nullptr) : Json(summary.calibration_id)}};
        },
        [request](const Json& answer) { request.result(answer); }, request.refuser());
}

/// The parser's own words, which quote what it could not read (a NaN, say), without the name of its exception.
std::string why_not_json(std::string_view what) {
    constexpr std::size_t longest = 200;
    if (const auto end = what.find("] "); end != what.npos)
        what.remove_prefix(end + 2);
    return fmt::format("The line is not JSON: {}{}.", what.substr(0, longest), what.size() > longest ? " ..." : "");
}

const std::map<std::string, void (*)(Station&, Peer&, const Request&)>& handlers() {
    static const std::map<std::string, void (*)(Station&, Peer&, const Request&)> table{
        {"status", on_status},
        {"watch", on_watch},
        {"session_start", on_session_start},
        {"session_stop", on_session_stop},
        {"ports", on_ports},
        {"sessions", on_sessions},
        {"session", on_session},
        {"curve", on_curve},
        {"export", on_export},
        {"calibrations", on_calibrations},
        {"calibration", on_calibration},
        {"calibration_load", on_calibration_load},
        {"spot_check", on_spot_check},
        {"spot_checks", on_spot_checks},
        {"calibration_start", on_calibration_start},
        {"calibration_do", on_calibration_do},
        {"calibration_cancel", on_calibration_cancel},
        {"calibration_plan", on_calibration_plan}};
    return table;
}

}  // namespace

void Requests::take(Peer& peer, std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
        return;
    json message;
    std::string not_json;
    try {
        message = json::parse(line);
    } catch (const json::exception& error) {
        not_json = why_not_json(error.what());
    }
    const Request request(peer, std::move(message));
    try {
        if (!not_json.empty())
            throw BadRequest{not_json};
        if (!request.message().is_object())
            throw BadRequest{"The line is JSON, but not an object."};
        if (const json* id = request.key("id"); id != nullptr && !id->is_string() && !id->is_number_integer())
            throw BadRequest{"\"id\" must be a string or a whole number."};
        if (request.kind().empty())
            throw BadRequest{"\"class\" must name a request."};
        const auto handler = handlers().find(request.kind());
        if (handler == handlers().end())
            throw BadRequest{fmt::format("There is no request \"{}\".", request.kind().substr(0, 40))};
        handler->second(station_, peer, request);
    } catch (const BadRequest& bad) {
        request.refuse({"bad_request", bad.message});
    } catch (const std::exception& error) {
        // No client's request may cost the others their daemon.
        spdlog::error("the request \"{}\" failed: {}", request.kind(), error.what());
        request.refuse({"failed", fmt::format("The daemon could not do this: {}.", error.what())});
    }
}

void Requests::line_too_long(Peer& peer) {
    Request(peer, json::object()).refuse({"too_long", "The line is longer than 64 KiB and was passed over."});
}

}  // namespace heeldrop::server
