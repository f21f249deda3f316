#include "daemon/server/calibration_guard.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace heeldrop::server {
namespace {

using exchange::Json;
using motion::SessionFault;

constexpr const char* ask_spot_check =
    "Let it stand level and free, let a person of known mass stand on each pad for a spot check, or calibrate again.";

/// What an unfit calibration is called in a session.
SessionFault fault_of(const std::string& code) {
    if (code == "calibration_failed")
        return SessionFault::calibration_failed;
    if (code == "another_plate" || code == "cells_changed")
        return SessionFault::plate_changed;
    if (code == "converter_changed")
        return SessionFault::converter_changed;
    return SessionFault::certificate_altered;
}

}  // namespace

CalibrationGuard::Corner CalibrationGuard::furthest(const std::vector<calibration::Cell>& cells,
                                                    const calibration::Zero& zero, const calibration::Zero& from,
                                                    std::optional<calibration::Pad> pad) {
    Corner furthest{cells.front(), Newtons{0.0}};
    for (std::size_t c = 0; c < cells.size(); ++c) {
        if (pad && cells[c].pad != *pad)
            continue;
        const Newtons off{(zero[c] - from[c]).value / cells[c].gain.value};
        if (std::abs(off.value) > std::abs(furthest.off.value))
            furthest = {cells[c], off};
    }
    return furthest;
}

void CalibrationGuard::standing_is(const CalibrationKeeper::Standing& standing) {
    const bool another = !standing.in_force != !standing_.in_force ||
                         (standing.in_force && standing.in_force->of.id != standing_.in_force->of.id);
    // A new calibration settles what was found before it, a passed spot check what was found on its pad.
    for (const auto pad : {calibration::Pad::left, calibration::Pad::right}) {
        if (!another && !accepted_anew(standing, pad))
            continue;
        moved_[static_cast<std::size_t>(pad)].reset();
        if (off_ && off_->cell.pad == pad)
            off_.reset();
        if (pad_ && pad_->found.cell.pad == pad)
            pad_.reset();
    }
    standing_ = standing;
}

bool CalibrationGuard::accepted_anew(const CalibrationKeeper::Standing& standing, calibration::Pad pad) const {
    if (standing.accepted_zero.size() != standing_.accepted_zero.size())
        return true;
    if (!standing.in_force)
        return false;
    const auto cells = calibration::cells_of_pad(standing.in_force->seen.cells, pad);
    return std::any_of(cells.begin(), cells.end(),
                       [&](std::size_t c) { return standing.accepted_zero[c] != standing_.accepted_zero[c]; });
}

void CalibrationGuard::moved_is(const calibration::Cell& cell, std::string why) {
    auto& moved = moved_[static_cast<std::size_t>(cell.pad)];
    if (!moved)
        moved = std::move(why);
}

void CalibrationGuard::empty_is(const std::vector<calibration::Cell>& cells, const plate::EmptyPlate& empty) {
    if (!empty.judged())
        return;
    if (empty.before_load())
        drift_ = furthest(cells, *empty.judged(), *empty.before_load());
    if (!standing_.in_force || standing_.accepted_zero.size() != cells.size())
        return;
    off_ = furthest(cells, *empty.judged(), standing_.accepted_zero);
    for (const auto pad : {calibration::Pad::left, calibration::Pad::right}) {
        const Corner worst = furthest(cells, *empty.judged(), standing_.accepted_zero, pad);
        if (std::abs(worst.off.value) > corner_limit.value)
            moved_is(worst.cell,
                     fmt::format("The {} corner of the empty plate reads {:.1f} N from where it was calibrated: the "
                                 "plate was moved, stands unevenly, or something lies on it. {}",
                                 calibration::name_of(worst.cell), worst.off.value, ask_spot_check));
    }
}

void CalibrationGuard::pad_is(int rep, const EmptyPad::Found& found) {
    pad_ = {rep, found};
    if (std::abs(found.off.value) > corner_limit.value)
        moved_is(found.cell,
                 fmt::format("In rep {} the {} corner read {:.1f} N while nobody stood on its pad: the plate was moved "
                             "or stands unevenly. {}",
                             rep, calibration::name_of(found.cell), found.off.value, ask_spot_check));
}

void CalibrationGuard::new_plate() {
    off_.reset();
    drift_.reset();
    moved_ = {};
    pad_.reset();
}

std::vector<CalibrationMark> CalibrationGuard::marks(std::chrono::sys_seconds now) const {
    std::vector<CalibrationMark> list;
    if (standing_.unfit)
        list.push_back(
            {standing_.unfit->code, standing_.unfit->message, refuse_unfit_, fault_of(standing_.unfit->code)});
    if (standing_.in_force && standing_.in_force->expired(now))
        list.push_back({"expired",
                        fmt::format("The calibration expired on {}. Results are marked until the plate is calibrated "
                                    "again.",
                                    calibration::utc_text(standing_.in_force->expires).substr(0, 10)),
                        false, SessionFault::calibration_expired});
    for (const auto& moved : moved_)
        if (moved)
            list.push_back({"moved_or_uneven", *moved, false, SessionFault::moved_or_uneven});
    for (const auto pad : {calibration::Pad::left, calibration::Pad::right})
        if (standing_.in_force && standing_.spot_failed[static_cast<std::size_t>(pad)])
            list.push_back({"spot_check_failed",
                            fmt::format("The last spot check of the {} pad was off by more than is allowed. Repeat it, "
                                        "and calibrate again if it fails again.",
                                        calibration::name_of(pad)),
                            false, SessionFault::spot_check_failed});
    if (drift_ && std::abs(drift_->off.value) > corner_limit.value)
        list.push_back(
            {"drifted",
             fmt::format("The {} corner's zero moved by {:.1f} N while the plate was loaded, as it read 20 s "
                         "after step-off. Let the plate warm up for 15 minutes; if it goes on, check that "
                         "cell's plug.",
                         calibration::name_of(drift_->cell), drift_->off.value),
             false, std::nullopt});
    return list;
}

Json CalibrationGuard::to_json(std::chrono::sys_seconds now) const {
    const auto& certificate = standing_.in_force;
    Json marks_json = Json::array();
    for (const CalibrationMark& mark : marks(now))
        marks_json.push_back({{"code", mark.code}, {"refuses", mark.refuses}, {"message", mark.message}});
    const auto corner = [](const std::optional<Corner>& found) {
        return found ? Json{{"cell", calibration::name_of(found->cell)}, {"off_n", exchange::rounded(found->off)}} : Json(nullptr);
    };
    Json json{
        {"id", nullptr}, {"made_utc", nullptr}, {"expires_utc", nullptr}, {"operator", nullptr}, {"range_n", nullptr}};
    if (certificate) {
        json["id"] = certificate->of.id;
        json["made_utc"] = calibration::utc_text(certificate->of.made);
        json["expires_utc"] = calibration::utc_text(certificate->expires);
        json["operator"] = certificate->of.made_by;
        json["range_n"] = Json::array();
        for (const Newtons range : certificate->map().range)
            json["range_n"].push_back(exchange::rounded(range));
    }
    json["marks"] = std::move(marks_json);
    json["zero"] = corner(off_);
    json["drift"] = corner(drift_);
    json["empty_pad"] = nullptr;
    if (pad_)
        json["empty_pad"] = {
            {"rep", pad_->rep}, {"cell", calibration::name_of(pad_->found.cell)}, {"off_n", exchange::rounded(pad_->found.off)}};
    return json;
}

}  // namespace heeldrop::server
