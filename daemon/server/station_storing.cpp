// A session's way into the store: what is told of it, and what happens where the disk does not take it.
#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include "daemon/server/messages.hpp"
#include "daemon/server/station.hpp"

namespace heeldrop::server {
namespace {

/// To everybody who watches: no request's answer.
Json store_failed_line(const std::string& message) {
    return {{"class", "error"}, {"id", nullptr}, {"request", nullptr}, {"code", "store_failed"}, {"message", message}};
}

}  // namespace

Station::~Station() {
    disk_.reset();
    if (const std::string why = commits_.finish(); !why.empty()) {
        std::size_t changes = 0;
        std::string id;
        commits_.for_each_unstored([&](const Commits::Part& part) {
            id = part.session;
            changes += part.changes.size();
        });
        spdlog::error(
            "session {}: its last {} change(s) are lost, as the daemon ends and {} does not take them: {}. Its samples "
            "are in {}, as far as there was room.",
            id, changes, directory_.database().native(), why, directory_.recording(id).native());
    }
    worker_.join();
}

Commits::Surroundings Station::around_commits() {
    Commits::Surroundings around;
    around.on_disk = [this](std::function<void()> job) { (void)disk_->post(store::Lane::assured, std::move(job)); };
    around.put = [this](const Commits::Part& part) { database_.put(part.session, part.changes); };
    around.stored = [this](std::span<const Commits::Part> parts) {
        if (!ending_)  // then it was told already
            for (const Commits::Part& part : parts)
                tell_stored(part);
    };
    around.failed = [this](const std::string& why) { commit_failed(why); };
    around.stored_after_all = [this] {
        spdlog::info("session {}: all of it is stored now", session_->summary().id);
        tell_session();
    };
    return around;
}

bool Station::room_for_question() const {
    return commits_.callers() < most_questions && !disk_->full(store::Lane::asked);
}

bool Station::stored(const std::string& session_id) const {
    // No session begins before all of the one before is stored.
    return !commits_.failing() || !session_ || session_->summary().id != session_id;
}

Json Station::session_object(const session::Summary& summary) const {
    return session_json(summary, stored(summary.id));
}

void Station::tell_session() {
    news_.line({{"class", "session"}, {"session", session_object(session_->summary())}});
}

void Station::tell_stored(const Commits::Part& part) {
    for (const session::Change& change : part.changes) {
        if (const auto* rep = std::get_if<session::SessionRep>(&change))
            news_.line({{"class", "rep"}, {"session", part.session}, {"rep", session_rep_json(*rep)}});
        else if (const auto* summary = std::get_if<session::Summary>(&change);
                 summary != nullptr && (!commits_.failing() || ending_))  // else how it ended is known already
            news_.line({{"class", "session"}, {"session", session_object(*summary)}});
    }
}

void Station::end_recording() {
    if (recorder_ && !recorder_->finish())
        spdlog::error("the end of the recording could not be stored: the disk is too slow");
    recorder_.reset();
    feed_.flush();
    source_.reset();
    last_t_.reset();
    idle_live_.reset();
    session_map_.reset();
    link_.hold(false);
}

/// A session that cannot be stored is not carried on as if it could.
void Station::storing_failed(const std::string& why) {
    spdlog::error("storing failed: {}", why);
    if (!in_session())
        return;
    const auto changes = session_->stop();
    news_.line(store_failed_line(
        fmt::format("The session was stopped, because it cannot be stored: {}. Free space on the disk, or name another "
                    "data folder, and begin again.",
                    why)));
    on_session_changes(changes);
}

/// What is left is kept and tried again; everybody is told that it is not safe yet.
void Station::commit_failed(const std::string& why) {
    const bool running = in_session();
    if (running)
        on_session_changes(session_->stop());
    std::size_t changes = 0;
    commits_.for_each_unstored([&](const Commits::Part& part) { changes += part.changes.size(); });
    spdlog::error(
        "session {}: {} change(s) are not stored yet, {} does not take them: {}. Free space on its disk; tried again "
        "every {} s",
        session_->summary().id, changes, directory_.database().native(), why, Commits::retry_every.count());
    if (ending_)
        return;
    news_.line(store_failed_line(
        fmt::format("{}: {}. Free space on the disk. What is not stored is kept and tried again every {} s while the "
                    "daemon runs; no session begins before.",
                    running ? "The session was stopped, because it cannot be stored" : "The session is not stored yet",
                    why, Commits::retry_every.count())));
    tell_session();
}

}  // namespace heeldrop::server
