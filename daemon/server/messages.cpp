#include "daemon/server/messages.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <cmath>

#include "daemon/motion/names.hpp"
#include "daemon/server/version.hpp"

namespace heeldrop::server {
namespace {

/// A force as a number, or null where the pad's sum means nothing.
Json force_json(Newtons force) {
    return std::isfinite(force.value) ? Json(exchange::rounded(force)) : Json(nullptr);
}

}  // namespace

Json hello_json() {
    return {{"class", "hello"},
            {"daemon", "heeldropd"},
            {"version", version},
            {"protocol", {{"major", protocol_major}, {"minor", protocol_minor}}},
            {"algorithm", motion::algorithm}};
}

Json plate_json(const plate::Plate& plate) {
    const auto& info = plate.info();
    const auto known = [&](auto value) { return info ? Json(value(*info)) : Json(nullptr); };
    const auto rate = plate.measured_rate();
    return {{"state", plate::name_of(plate.state())},
            {"message", plate.message()},
            {"port", plate.port().empty() ? Json(nullptr) : Json(plate.port())},
            {"serial", known([](const auto& i) { return i.serial; })},
            {"firmware", known([](const auto& i) { return i.firmware; })},
            {"converter", known([](const auto& i) { return i.converter; })},
            {"nominal_rate_hz", known([](const auto& i) { return i.nominal_rate.value; })},
            {"measured_rate_hz", rate ? Json(std::round(rate->value * 100) / 100) : Json(nullptr)},
            {"calibration", nullptr},
            {"uncalibrated", true},
            {"line",
             {{"bad_frames", plate.line_counts().bad_frames},
              {"lost_frames", plate.line_counts().lost_frames},
              {"lost_samples", plate.line_counts().lost_samples},
              {"unordered_samples", plate.line_counts().unordered_samples}}}};
}

std::string utc_text(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

Json session_json(const session::Summary& s) {
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
            {"uncalibrated", s.uncalibrated},
            {"algorithm", s.algorithm},
            {"session_faults", exchange::session_faults_json(s.faults)},
            {"plate_serial", s.plate_serial}};
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
