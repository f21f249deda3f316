#include "daemon/server/messages.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "daemon/motion/names.hpp"
#include "daemon/server/version.hpp"

namespace heeldrop::server {
namespace {

/// A force as a number, or null where the pad's sum means nothing.
Json force_json(Newtons force) {
    return std::isfinite(force.value) ? Json(exchange::rounded(force)) : Json(nullptr);
}

/// A gap's ends as exact as the samples' own times.
double microseconds(Seconds value) {
    return std::round(value.value * 1e6) / 1e6;
}

Json cells_json(const plate::Plate& plate) {
    constexpr const char* pads[] = {"left", "right"};
    constexpr const char* corners[] = {"FL", "FR", "RL", "RR"};
    Json cells = Json::array();
    for (std::size_t c = 0; c < plate.cells().size(); ++c) {
        const auto& cell = plate.info()->cells[c];
        const plate::CellHealth& health = plate.cells()[c];
        cells.push_back({{"pad", pads[static_cast<std::size_t>(cell.pad)]},
                         {"corner", corners[static_cast<std::size_t>(cell.corner)]},
                         {"state", plate::name_of(health.state)},
                         {"saturated", health.saturated},
                         {"invalid", health.invalid},
                         {"stuck", health.stuck},
                         {"spikes", health.spikes}});
    }
    return cells;
}

}  // namespace

Json hello_json() {
    return {{"class", "hello"},
            {"daemon", "heeldropd"},
            {"version", version},
            {"protocol", {{"major", protocol_major}, {"minor", protocol_minor}}},
            {"algorithm", motion::algorithm}};
}

Json plate_json(const plate::Plate& plate, Json calibration, bool uncalibrated) {
    const auto& info = plate.info();
    const auto known = [&](auto value) { return info ? Json(value(*info)) : Json(nullptr); };
    const auto rate = plate.measured_rate();
    const auto error = plate.clock_error_percent();
    const auto& line = plate.line_counts();
    return {{"state", plate::name_of(plate.state())},
            {"message", plate.message()},
            {"port", plate.port().empty() ? Json(nullptr) : Json(plate.port())},
            {"serial", known([](const auto& i) { return i.serial; })},
            {"firmware", known([](const auto& i) { return i.firmware; })},
            {"converter", known([](const auto& i) { return i.converter; })},
            {"nominal_rate_hz", known([](const auto& i) { return i.nominal_rate.value; })},
            {"measured_rate_hz", rate ? Json(std::round(rate->value * 100) / 100) : Json(nullptr)},
            {"calibration", std::move(calibration)},
            {"uncalibrated", uncalibrated},
            {"other_serial", plate.other_serial().empty() ? Json(nullptr) : Json(plate.other_serial())},
            {"clock_error_percent", error ? Json(std::round(*error * 100) / 100) : Json(nullptr)},
            {"line",
             {{"samples", line.samples},
              {"bad_frames", line.bad_frames},
              {"lost_frames", line.lost_frames},
              {"lost_samples", line.lost_samples},
              {"unordered_samples", line.unordered_samples},
              {"clock_jumps", line.clock_jumps},
              {"gaps", line.gaps},
              {"gap_s", microseconds(line.gap_time)}}},
            {"cells", cells_json(plate)}};
}

Json gap_json(const session::Gap& gap) {
    return {{"from_s", microseconds(gap.from)},
            {"to_s", microseconds(gap.to)},
            {"lost_samples", gap.lost_samples ? Json(*gap.lost_samples) : Json(nullptr)},
            {"new_boot", gap.new_boot}};
}

Json ports_json(const std::vector<plate::PortEntry>& ports, const std::string& in_use,
                const std::map<std::string, std::string>& turned_down, bool named) {
    Json list = Json::array();
    for (const plate::PortEntry& port : ports) {
        const auto is = [&port](const std::string& path) {
            return path == port.path || std::find(port.links.begin(), port.links.end(), path) != port.links.end();
        };
        const auto reason =
            std::find_if(turned_down.begin(), turned_down.end(), [&](const auto& entry) { return is(entry.first); });
        std::string why;
        if (!is(in_use)) {
            if (reason != turned_down.end())
                why = reason->second;
            else if (named)
                why = "Another port is named.";
            else if (!port.usb)
                why = "It is no USB port: name it with --port if a plate is there.";
            else if (port.adapter == nullptr)
                why = "It is no adapter that a plate is known to hang on: name it with --port if one does.";
            else
                why = "Not looked at yet.";
        }
        Json usb = nullptr;
        if (port.usb)
            usb = {{"vendor", fmt::format("{:04x}", port.usb->vendor)},
                   {"product", fmt::format("{:04x}", port.usb->product)},
                   {"manufacturer", port.usb->manufacturer},
                   {"name", port.usb->name},
                   {"serial", port.usb->serial}};
        list.push_back({{"path", port.path},
                        {"links", port.links},
                        {"description", port.description},
                        {"driver", port.driver.empty() ? Json(nullptr) : Json(port.driver)},
                        {"usb", std::move(usb)},
                        {"adapter", port.adapter == nullptr ? Json(nullptr) : Json(port.adapter->name)},
                        {"in_use", is(in_use)},
                        {"held_by", plate::holders_of(port.path)},
                        {"reason", why.empty() ? Json(nullptr) : Json(why)}});
    }
    return list;
}

std::string utc_text(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

Json session_json(const session::Summary& s, bool stored) {
    return {{"id", s.id},
            {"state", session::name_of(s.state)},
            {"started_utc", utc_text(s.started.utc)},
            {"zone_offset_min", s.started.zone_offset.count()},
            {"prescription", session::to_json(s.prescription)},
            {"system_weight_n", exchange::rounded(s.system_weight)},
            {"set", s.set},
            {"reps_in_set", s.reps_in_set},
            {"counted", s.counted},
            {"good", s.good},
            {"duration_s", exchange::rounded(s.duration)},
            {"calibration", s.calibration_id.empty() ? Json(nullptr) : Json(s.calibration_id)},
            {"uncalibrated", s.uncalibrated},
            {"algorithm", s.algorithm},
            {"session_faults", exchange::session_faults_json(s.faults)},
            {"plate_serial", s.plate_serial},
            {"gaps", s.gaps},
            {"lost_samples", s.lost_samples},
            {"gap_s", microseconds(s.gap_time)},
            {"affected_reps", s.affected_reps},
            {"stored", stored}};
}

Json session_rep_json(const session::SessionRep& entry) {
    return session_rep_json(
        store::StoredRep{exchange::rep_json(entry.rep), entry.set, entry.rep.revision, entry.rep.counted});
}

Json session_rep_json(const store::StoredRep& rep) {
    Json json = rep.account;
    json["set"] = rep.set;
    json["revision"] = rep.revision;
    json["counted"] = rep.counted;
    return json;
}

Json live_json(const motion::Live& live) {
    return {{"t_s", exchange::rounded(live.t)},
            {"phase", motion::name_of(live.phase)},
            {"phase_start_s", exchange::rounded(live.phase_start)},
            {"side", live.side ? Json(motion::name_of(*live.side)) : Json(nullptr)},
            {"left_n", force_json(live.left)},
            {"right_n", force_json(live.right)},
            {"speed_m_s", exchange::rounded(live.speed)},
            {"depth_m", exchange::rounded(live.depth)},
            {"system_weight_n", exchange::rounded(live.system_weight)}};
}

}  // namespace heeldrop::server
