// What clients ask of the station: ports, sessions' beginnings and ends, and stored recordings.
#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/server/messages.hpp"
#include "daemon/server/station.hpp"

namespace heeldrop::server {

namespace {

/// With a cell that says nothing there is no force to judge by; weighing in would never end.
bool fit_for_session(const plate::Plate& plate) {
    return plate.state() == plate::State::ready && plate.conversion() &&
           std::none_of(plate.cells().begin(), plate.cells().end(), [](const plate::CellHealth& cell) {
               return cell.state == plate::CellState::dead || cell.state == plate::CellState::stuck;
           });
}

}  // namespace

void Station::with_ports(std::function<void(Json)> done, Failed failed) {
    const auto list = [in_use = link_.plate().port(), turned_down = link_.turned_down(), named = link_.named()] {
        auto ports = plate::list_ports();
        const auto known = [&](const std::filesystem::path& path) {
            std::error_code error;
            const auto device = std::filesystem::canonical(path, error);
            return error || std::any_of(ports.begin(), ports.end(), [&](const auto& p) { return p.path == device; });
        };
        // A pseudo-terminal is in no list; it is shown where it is the one that is named.
        if (named && !known(*named)) {
            plate::PortEntry entry;
            std::error_code error;
            const auto device = std::filesystem::canonical(*named, error);  // it may have gone this moment
            entry.path = error ? named->native() : device.native();
            entry.links = {named->native()};
            entry.description = "pseudo-terminal, or a device that is no serial port";
            ports.push_back(std::move(entry));
        }
        // Whatever name each went by, the list has the device's own.
        const auto device_of = [](const std::string& path) {
            std::error_code error;
            const auto device = std::filesystem::canonical(path, error);
            return error ? path : device.native();
        };
        std::map<std::string, std::string> why;
        for (const auto& [path, reason] : turned_down)
            why[device_of(path)] = reason;
        return ports_json(ports, device_of(in_use), why, named.has_value());
    };
    on_worker<Json>(list, std::move(done), std::move(failed));
}

std::optional<Refusal> Station::why_no_session_or_calibration() const {
    if (starting_)
        return Refusal{"busy", "A session is just being started."};
    if (calibration_run_.active())
        return calibration_run_.busy();
    if (spot_check_.active())
        return Refusal{"busy", "A spot check is under way; it ends by itself within a minute."};
    if (!in_session())
        return std::nullopt;
    const auto& started = session_->summary().started;
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>((started.utc + started.zone_offset).time_since_epoch());
    return Refusal{"busy", fmt::format("A session is already running (started {:02}:{:02}). Stop it first.",
                                       minutes.count() / 60 % 24, minutes.count() % 60)};
}

void Station::start_session(const session::Prescription& prescription,
                            std::function<void(const session::Summary&)> done, Failed failed) {
    if (const auto busy = why_no_session_or_calibration())
        return failed(*busy);
    const plate::Plate& plate = link_.plate();
    if (plate.state() != plate::State::ready)
        return failed({"no_plate", plate.message()});
    starting_ = true;
    // A plate that has just come may have its certificate still on the way from the store.
    keeper_.when_known([this, prescription, done = std::move(done), failed = std::move(failed)] {
        start_known_session(prescription, done, failed);
    });
}

void Station::start_known_session(const session::Prescription& prescription,
                                  std::function<void(const session::Summary&)> done, Failed failed) {
    const plate::Plate& plate = link_.plate();
    const auto conversion = plate.conversion();
    session::CalibrationInUse calibration;
    std::optional<Refusal> why_not;
    if (!fit_for_session(plate))
        why_not = Refusal{"no_plate", plate.message()};
    for (const CalibrationMark& mark : guard_.marks(session::now_here().utc)) {
        if (mark.refuses && !why_not)
            why_not = Refusal{"calibration_unfit", mark.message};
        if (mark.fault)
            calibration.faults.push_back(*mark.fault);
    }
    if (why_not) {
        starting_ = false;
        return failed(*why_not);
    }
    if (conversion->map())
        calibration.id = conversion->map()->certificate_id;
    auto next = std::make_shared<session::Session>(session::new_session_id(), session::now_here(), prescription,
                                                   plate.info()->serial, std::move(calibration));
    // From now on, as the plate may be unplugged, changed or started anew while the store is slow.
    link_.hold(true);
    const auto not_begun = [this, failed](const Refusal& refusal) {
        starting_ = false;
        link_.hold(false);
        failed(refusal);
    };
    const auto job = database_job<bool>(
        [summary = next->summary()](store::Database& database) {
            database.put(summary);
            return true;
        },
        [this, next, map = conversion->map(), done = std::move(done), failed](bool) {
            starting_ = false;
            if (!fit_for_session(link_.plate())) {  // any more: it is in the store, and ends there as what it is
                session_.emplace(std::move(*next));
                commits_.add({session_->summary().id, session_->stop()});
                const std::string why = link_.plate().message();
                link_.hold(false);
                return failed({"no_plate", why});
            }
            session_map_ = map;
            session_.emplace(std::move(*next));
            feed_.flush();
            source_.reset();  // the next sample begins the session's clock
            last_t_.reset();
            spdlog::info("session {} started", session_->summary().id);
            done(session_->summary());
            tell_session();
        },
        not_begun);
    commits_.retry_now();
    commits_.when_stored(
        [this, job, not_begun] {
            if (!disk_->post(store::Lane::own, job))
                not_begun(refusal_of_full(store::Lane::own));
        },
        [not_begun](const std::string& why) {
            not_begun({"store_failed", fmt::format("The session before is not stored yet: {}. Free space on the disk, "
                                                   "and begin again.",
                                                   why)});
        });
}

void Station::stop_session(std::function<void(const session::Summary&)> done, Failed failed) {
    if (!in_session())
        return failed({"no_session", "No session is running."});
    on_session_changes(session_->stop());
    // Answered after what the stop has stored, so that whoever asks for the session then finds all of it.
    commits_.when_stored(
        [done = std::move(done), summary = session_->summary()] { done(summary); },
        [failed = std::move(failed)](const std::string& why) {
            failed({"store_failed", fmt::format("The session has ended, but is not stored yet: {}. Free space on the "
                                                "disk; it is tried again every {} s.",
                                                why, Commits::retry_every.count())});
        });
}

void Station::with_recording(const std::string& id_or_last,
                             std::function<Json(const session::Summary&, const std::filesystem::path&)> work,
                             std::function<void(Json)> done, Failed failed) {
    using Found = std::optional<session::Summary>;
    if (!room_for_question())
        return failed(refusal_of_full(store::Lane::asked));
    if (recorder_ && !recorder_->hand_over_now())
        storing_failed("the disk is too slow");
    ask<Found>(
        [id_or_last](store::Database& database) { return database.session(id_or_last); },
        [this, id_or_last, work = std::move(work), done = std::move(done), failed](Found found) {
            if (!found)
                return failed({"not_found", fmt::format("There is no session {}.", id_or_last)});
            const auto path = directory_.recording(found->id);
            std::error_code error;
            const bool there = std::filesystem::exists(path, error);
            if (error)
                return failed({"store_failed", fmt::format("{} cannot be read: {}.", path.native(), error.message())});
            if (!there)
                return failed({"not_found", fmt::format("Session {} has no samples.", found->id)});
            on_worker<Json>([work, summary = std::move(*found), path] { return work(summary, path); }, done, failed);
        },
        failed);
}

}  // namespace heeldrop::server
