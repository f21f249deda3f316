#include "daemon/ctl/tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace heeldrop::ctl {
namespace {

std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "-";
}

long long whole(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<long long>() : 0;
}

std::string words(const Json& object, const char* key) {
    std::string joined;
    if (const auto found = object.find(key); found != object.end())
        for (const auto& word : *found)
            joined += (joined.empty() ? "" : ", ") + word.get<std::string>();
    return joined;
}

/// 2026-01-02T10:02:03Z at an offset of minutes, as people there read it.
std::string local_time(const Json& session) {
    std::tm time{};
    const std::string utc = text(session, "started_utc");
    if (strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time) == nullptr)
        return utc;
    const std::time_t local = timegm(&time) + static_cast<std::time_t>(60 * whole(session, "zone_offset_min"));
    gmtime_r(&local, &time);
    char out[32];
    std::strftime(out, sizeof out, "%Y-%m-%d %H:%M", &time);
    return out;
}

using Row = std::vector<std::string>;

/// Of UTF-8: every byte but those that continue a character.
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Columns as wide as their widest cell, two spaces apart.
std::string table(const std::vector<Row>& rows) {
    std::vector<std::size_t> width(rows.front().size());
    for (const Row& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c)
            width[c] = std::max(width[c], characters(row[c]));
    std::string out;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c)
            line += fmt::format("{:<{}}  ", row[c], width[c]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

std::string with_uncertainty(const Json& rep, const char* value, const char* uncertainty, int decimals, double scale) {
    if (!rep.contains(value) || rep[value].is_null())
        return "-";
    std::string out = number_text(rep, value, decimals, scale);
    if (rep.contains(uncertainty) && !rep[uncertainty].is_null())
        out += " ± " + number_text(rep, uncertainty, decimals, scale);
    return out;
}

/// In percent. The other pad's zero may be off by a newton or two: the share is then a little beyond the whole.
std::string share_text(const Json& rep, const char* key) {
    const auto found = rep.find(key);
    if (found == rep.end() || !found->is_number())
        return "-";
    return fmt::format("{:.0f}", 100.0 * std::clamp(found->get<double>(), 0.0, 1.0));
}

Row rep_row(const Json& rep) {
    std::string notes = words(rep, "faults");
    if (const std::string reasons = words(rep, "reasons"); !reasons.empty())
        notes += (notes.empty() ? "(" : " (") + reasons + ")";
    return {std::to_string(whole(rep, "index")),
            text(rep, "side"),
            text(rep, "verdict"),
            with_uncertainty(rep, "drop_duration_s", "drop_duration_uncertainty_s", 2, 1.0),
            with_uncertainty(rep, "drop_depth_m", "drop_depth_uncertainty_m", 1, 100.0),
            share_text(rep, "working_share_drop"),
            share_text(rep, "working_share_rise"),
            notes};
}

/// Which certificate, until when, and what is to be known before its figures are believed.
std::string calibration_text(const Json& calibration) {
    if (calibration.is_null())
        return {};
    std::string out = "         calibration: ";
    if (calibration.at("id").is_null())
        out += "none in force, forces by the cells' nominal gains\n";
    else
        out += fmt::format("{}, expires {}\n", text(calibration, "id"), text(calibration, "expires_utc").substr(0, 10));
    for (const Json& mark : calibration.at("marks"))
        out += fmt::format("         {}: {}{}\n", text(mark, "code"), text(mark, "message"),
                           mark.value("refuses", false) ? " No session is started." : "");
    return out;
}

}  // namespace

std::string number_text(const Json& object, const char* key, int decimals, double scale) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number())
        return "-";
    return fmt::format("{:.{}f}", found->get<double>() * scale, decimals);
}

std::string plate_text(const Json& plate) {
    std::string out = fmt::format("Plate    {}: {}\n", text(plate, "state"), text(plate, "message"));
    if (!plate.at("serial").is_null())
        out +=
            fmt::format("         {} on {}, {} {}, {} samples/s{}\n", text(plate, "serial"), text(plate, "port"),
                        text(plate, "converter"), text(plate, "firmware"),
                        plate.at("measured_rate_hz").is_null() ? number_text(plate, "nominal_rate_hz", 0) + " nominal"
                                                               : number_text(plate, "measured_rate_hz", 1),
                        plate.value("uncalibrated", false) ? ", uncalibrated" : "");
    out += calibration_text(plate.value("calibration", Json(nullptr)));
    if (const Json line = plate.value("line", Json::object()); whole(line, "bad_frames") + whole(line, "lost_samples") +
                                                                   whole(line, "unordered_samples") +
                                                                   whole(line, "clock_jumps") + whole(line, "gaps") >
                                                               0)
        out += fmt::format("         line: {} bad frames, {} samples lost, {} out of order, {} jumps of its clock; {} gaps, {} s\n",
                           whole(line, "bad_frames"), whole(line, "lost_samples"), whole(line, "unordered_samples"),
                           whole(line, "clock_jumps"), whole(line, "gaps"), number_text(line, "gap_s", 3));
    for (const Json& cell : plate.value("cells", Json::array()))
        if (text(cell, "state") != "ok" ||
            whole(cell, "saturated") + whole(cell, "invalid") + whole(cell, "stuck") + whole(cell, "spikes") > 0)
            out += fmt::format("         cell {} {}: {}; samples saturated {}, invalid {}, stuck {}, spikes {}\n",
                               text(cell, "pad"), text(cell, "corner"), text(cell, "state"), whole(cell, "saturated"),
                               whole(cell, "invalid"), whole(cell, "stuck"), whole(cell, "spikes"));
    return out;
}

std::string ports_text(const Json& ports) {
    if (ports.empty())
        return "This computer has no serial port.\n";
    std::string out;
    for (const Json& port : ports) {
        out += text(port, "path");
        if (const Json& usb = port.at("usb"); !usb.is_null())
            out +=
                fmt::format("  USB {}:{} {} {}{}", text(usb, "vendor"), text(usb, "product"), text(usb, "manufacturer"),
                            text(usb, "name"), text(usb, "serial").empty() ? "" : ", serial " + text(usb, "serial"));
        else
            out += "  " + text(port, "description");
        out += '\n';
        for (const auto& link : port.at("links"))
            out += fmt::format("    also     {}\n", link.get<std::string>());
        if (!port.at("adapter").is_null())
            out += fmt::format("    adapter  {}\n", text(port, "adapter"));
        if (const std::string held = words(port, "held_by"); !held.empty())
            out += fmt::format("    open in  {}\n", held);
        if (port.value("in_use", false))
            out += "    the plate's port\n";
        else
            out += fmt::format("    not used: {}\n", text(port, "reason"));
    }
    return out;
}

std::string gaps_text(const Json& gaps) {
    std::string out;
    for (const Json& gap : gaps)
        out += fmt::format("gap      {} s to {} s, {}\n", number_text(gap, "from_s", 3), number_text(gap, "to_s", 3),
                           gap.at("lost_samples").is_null()
                               ? std::string("the plate had booted")
                               : std::to_string(whole(gap, "lost_samples")) + " samples lost");
    return out;
}

std::string session_text(const Json& session) {
    if (session.is_null())
        return "Session  none\n";
    const Json& p = session.at("prescription");
    std::string out =
        fmt::format("Session  {} {}, started {}\n", text(session, "id"), text(session, "state"), local_time(session));
    out += fmt::format("         {} x {} on {}, {} s down (at least {} s), {}, hands: {}\n", whole(p, "sets"),
                       whole(p, "reps"), text(p, "side"), number_text(p, "target_drop_s", 1),
                       number_text(p, "min_drop_s", 1), text(p, "surface"), text(p, "hands"));
    out += fmt::format("         set {}, rep {}; {} counted, {} good; {} s; weighed {} N\n", whole(session, "set"),
                       whole(session, "reps_in_set"), whole(session, "counted"), whole(session, "good"),
                       number_text(session, "duration_s", 0), number_text(session, "system_weight_n", 0));
    if (whole(session, "gaps") > 0)
        out += fmt::format("         {} gaps, {} s together, {} samples lost; {} reps affected\n",
                           whole(session, "gaps"), number_text(session, "gap_s", 1), whole(session, "lost_samples"),
                           whole(session, "affected_reps"));
    out += fmt::format("         calibration: {}\n", session.value("calibration", Json(nullptr)).is_string()
                                                         ? text(session, "calibration")
                                                         : "none (nominal gains)");
    if (const std::string faults = words(session, "session_faults"); !faults.empty())
        out += "         " + faults + '\n';
    if (!session.value("stored", true))
        out += "         NOT STORED YET: the disk does not take it. Free space on it, and leave the daemon running.\n";
    return out;
}

std::string reps_table(const Json& reps) {
    if (reps.empty())
        return "No reps.\n";
    std::vector<Row> rows{{"rep", "side", "verdict", "drop s", "depth cm", "share %", "rise %", "faults (reasons)"}};
    for (const auto& rep : reps)
        rows.push_back(rep_row(rep));
    return table(rows);
}

std::string sessions_table(const Json& sessions) {
    if (sessions.empty())
        return "No sessions.\n";
    std::vector<Row> rows{{"session", "started", "state", "side", "dose", "counted", "good", "s"}};
    for (const auto& s : sessions) {
        const Json& p = s.at("prescription");
        rows.push_back({text(s, "id"), local_time(s), text(s, "state"), text(p, "side"),
                        fmt::format("{} x {}", whole(p, "sets"), whole(p, "reps")), std::to_string(whole(s, "counted")),
                        std::to_string(whole(s, "good")), number_text(s, "duration_s", 0)});
    }
    return table(rows);
}

std::string rep_line(const Json& rep) {
    const Row row = rep_row(rep);
    return fmt::format("rep {} {}: {}{}; drop {} s, depth {} cm, share {} %\n", row[0], row[1], row[2],
                       row[7].empty() ? "" : ", " + row[7], row[3], row[4], row[5]);
}

}  // namespace heeldrop::ctl
