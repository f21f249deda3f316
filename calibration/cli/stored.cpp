#include "calibration/cli/stored.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "calibration/cli/columns.hpp"
#include "calibration/cli/exit_codes.hpp"
#include "daemon/client/connection.hpp"
#include "daemon/client/temporary_file.hpp"

namespace heeldrop::calibrate {
namespace {

using nlohmann::json;
using Row = std::vector<std::string>;

constexpr int spot_checks_shown = 6;

/// As the daemon gives them: a name for a file, wherever it came from.
bool is_certificate_id(const std::string& id) {
    return id.size() == 36 && id.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

std::string text(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "-";
}

/// 2026-11-25T21:05:00Z as people write it.
std::string time_text(const json& object, const char* key) {
    std::string utc = text(object, key);
    if (utc.size() < 17)
        return utc;
    utc[10] = ' ';
    return utc.substr(0, 16) + " UTC";
}

void print_table(const std::vector<Row>& rows) {
    std::vector<std::size_t> width(rows.front().size());
    for (const Row& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c)
            width[c] = std::max(width[c], row[c].size());
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c)
            line += fmt::format("{:<{}}  ", row[c], width[c]);
        line.erase(line.find_last_not_of(' ') + 1);
        fmt::print("{}\n", line);
    }
}

void print_json(json answer) {
    for (const char* key : {"class", "id", "request"})
        answer.erase(key);
    fmt::print("{}\n", answer.dump(2));
}

void print_corner(const char* what, const json& corner, const char* meaning) {
    if (!corner.is_null())
        fmt::print("{:<12} {:+.1f} N at {}, {}\n", what, corner.at("off_n").get<double>(), text(corner, "cell"),
                   meaning);
}

void print_calibration(const json& plate) {
    fmt::print("Plate        {}, {}: {}\n", text(plate, "serial"), text(plate, "converter"), text(plate, "message"));
    const json& c = plate.at("calibration");
    if (c.is_null())
        return;
    if (c.at("id").is_null()) {
        fmt::print("Calibration  none in force: forces are computed with the cells' nominal gains\n");
    } else {
        fmt::print("Calibration  {}\n             made {} by {}, expires {}\n", text(c, "id"), time_text(c, "made_utc"),
                   text(c, "operator"), time_text(c, "expires_utc"));
        fmt::print("Range        left {:.0f} N, right {:.0f} N\n", c.at("range_n")[0].get<double>(),
                   c.at("range_n")[1].get<double>());
    }
    print_corner("Zero", c.at("zero"), "the corner that is furthest off the calibration");
    print_corner("Drift", c.at("drift"), "the corner that moved furthest under the last load");
    if (!c.at("empty_pad").is_null())
        fmt::print("Empty pad    {:+.1f} N at {}, in rep {}\n", c["empty_pad"].at("off_n").get<double>(),
                   text(c["empty_pad"], "cell"), c["empty_pad"].at("rep").get<int>());
    if (c.at("marks").empty())
        fmt::print("Marks        none\n");
    for (const json& mark : c.at("marks"))
        fmt::print("{:<12} {}{}\n             {}\n", &mark == &c["marks"].front() ? "Marks" : "", text(mark, "code"),
                   mark.value("refuses", false) ? ": no session is started" : "", text(mark, "message"));
}

void print_spot_checks(const json& checks) {
    if (checks.empty())
        return;
    std::vector<Row> rows{{"spot check", "pad", "kg", "expected N", "read N", "", "by"}};
    for (const json& check : checks)
        rows.push_back({time_text(check, "made_utc"), text(check, "pad"),
                        fmt::format("{:g}", check.at("mass_kg").get<double>()),
                        fmt::format("{:.1f}", check.at("expected_n").get<double>()),
                        fmt::format("{:.1f}", check.at("read_n").get<double>()),
                        check.value("passed", false) ? "passed" : "FAILED", text(check, "operator")});
    fmt::print("\n");
    print_table(rows);
}

}  // namespace

int status(const DaemonOptions& options) {
    auto daemon = client::Connection::open(options.socket);
    json answer = daemon.request({{"class", "status"}});
    const json checks = daemon.request({{"class", "spot_checks"}, {"limit", spot_checks_shown}}).at("spot_checks");
    if (options.json) {
        print_json({{"plate", answer.at("plate")}, {"spot_checks", checks}});
        return done;
    }
    print_calibration(answer.at("plate"));
    print_spot_checks(checks);
    return done;
}

int history(const DaemonOptions& options, int limit) {
    auto daemon = client::Connection::open(options.socket);
    const json answer = daemon.request({{"class", "calibrations"}, {"limit", limit}});
    if (options.json) {
        print_json(answer);
        return done;
    }
    const json& list = answer.at("calibrations");
    if (list.empty()) {
        fmt::print("No calibration has been made on this station.\n");
        return done;
    }
    std::vector<Row> rows{{"certificate", "plate", "made", "expires", "verdict", ""}};
    for (const json& one : list)
        rows.push_back({text(one, "id"), text(one, "plate_serial"), time_text(one, "made_utc"),
                        time_text(one, "expires_utc"), text(one, "verdict"),
                        one.value("in_force", false) ? "in force" : ""});
    print_table(rows);
    return done;
}

int export_certificate(const DaemonOptions& options, const std::string& id,
                       const std::optional<std::filesystem::path>& output, bool force) {
    if (id != "last" && id != "in_force" && !is_certificate_id(id))
        throw FileError(fmt::format("{} is no certificate's ID; `heeldrop-calibrate history` lists them.", id));
    auto daemon = client::Connection::open(options.socket);
    if (output && !force && std::filesystem::exists(*output))
        throw client::AlreadyThere(*output);
    std::filesystem::path place = output.value_or(std::filesystem::path(id + ".json"));
    // "last" and "in_force" are known by their IDs once they lie in a file.
    if (!output && (id == "last" || id == "in_force")) {
        const json list = daemon.request({{"class", "calibrations"}, {"limit", 500}}).at("calibrations");
        const json plate = daemon.request({{"class", "status"}}).at("plate");
        for (const json& one : list) {
            if (id == "last" || (one.value("in_force", false) && one.at("plate_serial") == plate.at("serial"))) {
                place = text(one, "id") + ".json";
                break;
            }
        }
    }
    client::TemporaryFile file(place);
    json answer = daemon.request_with_descriptor({{"class", "calibration"}, {"calibration", id}}, file.fd());
    file.put_in_place(force);
    answer["file"] = place.native();
    if (options.json)
        print_json(answer);
    else
        fmt::print("{}: {} bytes, plate {}, {}\n", place.native(), answer.at("bytes").get<std::size_t>(),
                   text(answer.at("calibration"), "plate_serial"), text(answer.at("calibration"), "verdict"));
    return done;
}

int load(const DaemonOptions& options, const std::filesystem::path& file) {
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        throw FileError(fmt::format("{}: cannot be read: {}.", file.native(), std::strerror(errno)));
    try {
        auto daemon = client::Connection::open(options.socket);
        const json before = daemon.request({{"class", "status"}}).at("plate").at("calibration");
        const json answer = daemon.request_with_descriptor({{"class", "calibration_load"}}, fd);
        close(fd);
        const json& loaded = answer.at("calibration");
        if (options.json) {
            print_json(answer);
            return done;
        }
        fmt::print("Certificate {} is in force on plate {}.\n", text(loaded, "id"), text(loaded, "plate_serial"));
        // Times have one spelling, so that they compare as texts.
        if (!before.is_null() && before.at("id").is_string() && text(before, "made_utc") > text(loaded, "made_utc"))
            fmt::print(
                "It is older than {}, made {}, which was in force: `heeldrop-calibrate export {}` and `load` put "
                "that one back.\n",
                text(before, "id"), time_text(before, "made_utc"), text(before, "id"));
        return done;
    } catch (const client::RequestError& error) {
        close(fd);
        const bool daemons_trouble = error.code() == "store_failed" || error.code() == "no_plate" ||
                                     error.code() == "no_descriptor" || error.code() == "bad_request";
        fmt::print(stderr, "heeldrop-calibrate: {}: {}{}\n", file.native(), error.what(),
                   daemons_trouble ? "" : " What was in force before still is.");
        if (options.json)
            print_json({{"code", error.code()}, {"message", error.what()}});
        return daemons_trouble ? impossible : error.code() == "another_station" ? another_station : bad_result;
    } catch (...) {
        close(fd);
        throw;
    }
}

}  // namespace heeldrop::calibrate
