#include "daemon/ctl/commands.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "daemon/client/connection.hpp"
#include "daemon/client/temporary_file.hpp"
#include "daemon/ctl/tables.hpp"
#include "daemon/settings/settings.hpp"

namespace heeldrop::ctl {
namespace {

using client::Connection;
using client::TemporaryFile;
using nlohmann::json;

Connection connected(const Common& common) {
    return Connection::open(common.socket);
}

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    if (std::fflush(stdout) != 0)
        throw CommandError("Cannot write to standard output.");
}

/// The answer without what belongs to the conversation alone.
void print_json(json answer) {
    for (const char* key : {"class", "id", "request"})
        answer.erase(key);
    print(answer.dump(2) + '\n');
}

std::string event_line(const Json& line) {
    const std::string kind = line.value("class", "");
    if (kind == "plate")
        return plate_text(line.at("plate"));
    if (kind == "session")
        return session_text(line.at("session"));
    if (kind == "rep")
        return rep_line(line.at("rep"));
    if (kind == "phase")
        return fmt::format("{:>8} s  {}{}\n", number_text(line, "t_s", 2), line.value("phase", ""),
                           line.at("side").is_string() ? " " + line.at("side").get<std::string>() : "");
    if (kind == "event")
        return fmt::format("{:>8} s  * {}\n", number_text(line, "t_s", 2), line.value("kind", ""));
    if (kind == "gap")
        return gaps_text(Json::array({line}));
    if (kind == "error")
        return line.value("message", "") + '\n';
    return {};
}

}  // namespace

void status(const Common& common) {
    auto connection = connected(common);
    const json answer = connection.request({{"class", "status"}});
    if (common.json)
        return print_json(answer);
    print(fmt::format("Daemon   {} at {}\n", connection.greeting().value("version", "?"), connection.path().native()) +
          plate_text(answer.at("plate")) + session_text(answer.at("session")));
}

void ports(const Common& common) {
    const json answer = connected(common).request({{"class", "ports"}});
    if (common.json)
        return print_json(answer);
    print(ports_text(answer.at("ports")));
}

void config_check(const std::optional<std::filesystem::path>& file, bool system) {
    const auto path = file ? file : settings::default_path(system);
    std::error_code error;
    if (!file && (!path || !std::filesystem::exists(*path, error)))
        return print(fmt::format("There is no {}: the daemon uses its defaults.\n",
                                 path ? path->native() : std::string("settings file")));
    settings::read_settings(*path);
    print(fmt::format("{}: good\n", path->native()));
}

void session_start(const Common& common, const Prescribed& prescribed) {
    json request = prescribed;
    request["class"] = "session_start";
    const json answer = connected(common).request(request);
    if (common.json)
        return print_json(answer);
    print(session_text(answer.at("session")));
}

void session_stop(const Common& common) {
    const json answer = connected(common).request({{"class", "session_stop"}});
    if (common.json)
        return print_json(answer);
    print(session_text(answer.at("session")));
}

void sessions_list(const Common& common, int limit) {
    const json answer = connected(common).request({{"class", "sessions"}, {"limit", limit}});
    if (common.json)
        return print_json(answer);
    print(sessions_table(answer.at("sessions")));
}

void sessions_show(const Common& common, const std::string& session) {
    const json answer = connected(common).request({{"class", "session"}, {"session", session}});
    if (common.json)
        return print_json(answer);
    print(session_text(answer.at("session")) + '\n' + reps_table(answer.at("reps")) +
          gaps_text(answer.value("gaps", json::array())));
}

void watch(const Common& common, bool samples) {
    auto connection = connected(common);
    const json snapshot = connection.request({{"class", "watch"}, {"samples", samples}});
    if (common.json)
        print(snapshot.dump() + '\n');
    else
        print(plate_text(snapshot.at("plate")) + session_text(snapshot.at("session")));
    while (const auto line = connection.next_line()) {
        if (common.json) {
            print(*line + '\n');
            continue;
        }
        print(event_line(Json::parse(*line)));
    }
}

void export_session(const Common& common, const std::string& session,
                    const std::optional<std::filesystem::path>& output, bool force) {
    auto connection = connected(common);
    std::filesystem::path place = output.value_or("");
    if (!output) {
        // "last" is known by its id once it lies in a file.
        const json found = connection.request({{"class", "session"}, {"session", session}});
        place = found.at("session").at("id").get<std::string>() + ".csv";
    }
    if (!force && std::filesystem::exists(place))
        throw client::AlreadyThere(place);
    TemporaryFile file(place);
    const json answer =
        connection.request_with_descriptor({{"class", "export"}, {"session", session}, {"format", "csv"}}, file.fd());
    file.put_in_place(force);
    if (common.json) {
        json told = answer;
        told["file"] = place.native();
        return print_json(told);
    }
    print(fmt::format("{}: {} samples\n", place.native(), answer.at("samples").get<std::size_t>()));
}

}  // namespace heeldrop::ctl
