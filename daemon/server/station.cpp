#include "daemon/server/station.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <cmath>
#include <utility>

#include "daemon/server/messages.hpp"

namespace heeldrop::server {
namespace {

/// Blocks of raw samples, a few rows a rep: minutes of work for a disk that answers at all.
constexpr std::size_t disk_queue_jobs = 4096;

}  // namespace

Station::Station(boost::asio::io_context& io, const Options& options, store::DataDirectory& directory, News news)
    : io_(io),
      directory_(directory),
      news_(std::move(news)),
      database_(directory.database()),
      link_(io, options.port, options.baud, [this] { on_plate_activity(); }),
      feed_(
          io, [this] { return live(); }, news_.samples) {
    if (const int count = database_.mark_interrupted(); count > 0)
        spdlog::warn("{} session(s) were not closed when the daemon last ended; they are marked interrupted", count);
    disk_.emplace(disk_queue_jobs,
                  [this](const std::string& why) { boost::asio::post(io_, [this, why] { storing_failed(why); }); });
}

Station::~Station() {
    worker_.join();
    disk_.reset();
}

void Station::start() {
    link_.start();
}

void Station::stop() {
    if (in_session())
        on_session_changes(session_->stop());
    feed_.stop();
    link_.stop();
}

std::optional<motion::Live> Station::live() const {
    if (in_session() && source_)
        return session_->live();
    return idle_live_;
}

void Station::on_plate_activity() {
    plate::Plate& plate = link_.plate();
    const auto samples = plate.take_samples();
    if (plate.state() == plate::State::missing || plate.epoch() != source_epoch_) {
        // The clock of the samples is another one, or none. A session cannot go on over that.
        if (in_session()) {
            spdlog::error("the plate started anew or its port is gone: the session is stopped");
            on_session_changes(session_->stop_for_plate_fault());
        }
        feed_.flush();
        source_.reset();
        idle_live_.reset();
        source_epoch_ = plate.epoch();
    }
    tell_plate_if_changed();
    // Between sessions the display follows the zero; in one, hold_zero keeps it.
    if (const auto conversion = plate.conversion(); source_ && !in_session() && conversion)
        if (conversion->zero() != source_->conversion().zero())
            source_.reset();
    for (const plate::RawSample& sample : samples)
        take(sample);
    if (recorder_ && !recorder_->hand_over())
        storing_failed("the disk is too slow");
}

void Station::take(const plate::RawSample& sample) {
    const plate::Plate& plate = link_.plate();
    if (!source_) {
        auto conversion = plate.conversion();
        if (!conversion)
            return;  // without a zero a count says nothing
        source_.emplace(std::move(*conversion), plate.info()->tick_hz, in_session() ? sample.tick : 0);
        if (in_session()) {
            const auto& used = source_->conversion();
            recorder_ = std::make_unique<Recorder>(
                directory_.recording(session_->summary().id),
                store::RecordingHeader{session_->summary().id, *plate.info(), used.zero(), sample.tick},
                [this](std::function<void()> job) { return post_to_disk(std::move(job)); });
        }
    }
    const motion::ForceSample force = (*source_)(sample);
    feed_.add(force);
    if (!in_session()) {
        motion::Live live;
        live.t = force.t;
        live.left = force.left;
        live.right = force.right;
        idle_live_ = live;
        return;
    }
    if (!recorder_->add(sample))
        return storing_failed("the disk is too slow");
    on_session_changes(session_->push(force));
}

/// Stores and tells; ends the recording with the session.
void Station::on_session_changes(std::vector<session::Change> changes) {
    if (changes.empty())
        return;
    const std::string id = session_->summary().id;
    if (!session_->active())
        end_recording();
    for (const session::Change& change : changes) {
        if (const auto* phase = std::get_if<motion::PhaseChange>(&change)) {
            Json line{{"class", "phase"}};
            line.update(exchange::phase_json(*phase));
            news_.line(line);
        } else if (const auto* event = std::get_if<motion::Event>(&change)) {
            Json line{{"class", "event"}};
            line.update(exchange::event_json(*event));
            news_.line(line);
        } else if (const auto* rep = std::get_if<session::SessionRep>(&change)) {
            news_.line({{"class", "rep"}, {"session", id}, {"rep", session_rep_json(*rep)}});
        } else if (const auto* summary = std::get_if<session::Summary>(&change)) {
            news_.line({{"class", "session"}, {"session", session_json(*summary)}});
        }
    }
    if (!session_->active())
        spdlog::info("session {} {}: {} of {} reps good", id, session::name_of(session_->summary().state),
                     session_->summary().good, session_->summary().counted);
    if (!post_to_disk([this, id, changes = std::move(changes)] { database_.put(id, changes); }))
        storing_failed("the disk is too slow");
}

void Station::end_recording() {
    if (recorder_ && !recorder_->finish())
        spdlog::error("the end of the recording could not be stored: the disk is too slow");
    recorder_.reset();
    feed_.flush();
    source_.reset();
    idle_live_.reset();
    link_.plate().hold_zero(false);
}

/// A session that cannot be stored is not carried on as if it could.
void Station::storing_failed(const std::string& why) {
    spdlog::error("storing failed: {}", why);
    if (!in_session())
        return;
    const auto changes = session_->stop();
    news_.line(
        {{"class", "error"},
         {"id", nullptr},
         {"request", nullptr},
         {"code", "store_failed"},
         {"message",
          fmt::format(
              "The session was stopped, because it cannot be stored: {}. Free space on the disk, or name another "
              "data folder, and begin again.",
              why)}});
    on_session_changes(changes);
}

bool Station::post_to_disk(std::function<void()> job) {
    return disk_->post(std::move(job));
}

void Station::tell_plate_if_changed() {
    const plate::Plate& plate = link_.plate();
    const auto rate = plate.measured_rate();
    // The rate is news when it differs by a hundredth from what was said, not with every measurement.
    const bool rate_changed =
        rate.has_value() != told_rate_.has_value() || (rate && std::abs(rate->value / told_rate_->value - 1.0) > 0.01);
    if (plate.revision() == told_plate_revision_ && !rate_changed)
        return;
    if (plate.revision() != told_plate_revision_)
        spdlog::info("plate {}: {}", plate::name_of(plate.state()), plate.message());
    told_plate_revision_ = plate.revision();
    told_rate_ = rate;
    news_.line({{"class", "plate"}, {"plate", plate_json(plate)}});
}

void Station::start_session(const session::Prescription& prescription,
                            std::function<void(const session::Summary&)> done, Failed failed) {
    if (starting_)
        return failed({"busy", "A session is just being started."});
    if (in_session()) {
        const auto& started = session_->summary().started;
        const auto minutes =
            std::chrono::duration_cast<std::chrono::minutes>((started.utc + started.zone_offset).time_since_epoch());
        return failed({"busy", fmt::format("A session is already running (started {:02}:{:02}). Stop it first.",
                                           minutes.count() / 60 % 24, minutes.count() % 60)});
    }
    const plate::Plate& plate = link_.plate();
    if (plate.state() != plate::State::ready)
        return failed({"no_plate", plate.message()});
    starting_ = true;
    auto next = std::make_shared<session::Session>(session::new_session_id(), session::now_here(), prescription,
                                                   plate.info()->serial, plate.conversion()->uncalibrated());
    ask<bool>(
        [summary = next->summary()](store::Database& database) {
            database.put(summary);
            return true;
        },
        [this, next, done = std::move(done)](bool) {
            starting_ = false;
            session_.emplace(std::move(*next));
            feed_.flush();
            source_.reset();  // the next sample begins the session's clock
            link_.plate().hold_zero(true);
            spdlog::info("session {} started", session_->summary().id);
            done(session_->summary());
            news_.line({{"class", "session"}, {"session", session_json(session_->summary())}});
        },
        [this, failed](const Refusal& refusal) {
            starting_ = false;
            failed(refusal);
        });
}

void Station::stop_session(std::function<void(const session::Summary&)> done, Failed failed) {
    if (!in_session())
        return failed({"no_session", "No session is running."});
    on_session_changes(session_->stop());
    // Answered after what the stop has stored, so that whoever asks for the session then finds all of it.
    ask<bool>([](store::Database&) { return true; },
              [done = std::move(done), summary = session_->summary()](bool) { done(summary); }, std::move(failed));
}

void Station::with_recording(const std::string& id_or_last,
                             std::function<Json(const session::Summary&, const std::filesystem::path&)> work,
                             std::function<void(Json)> done, Failed failed) {
    using Found = std::optional<session::Summary>;
    if (recorder_ && !recorder_->hand_over())
        storing_failed("the disk is too slow");
    ask<Found>([id_or_last](store::Database& database) { return database.session(id_or_last); },
               [this, id_or_last, work = std::move(work), done = std::move(done), failed](Found found) {
                   if (!found)
                       return failed({"not_found", fmt::format("There is no session {}.", id_or_last)});
                   const auto path = directory_.recording(found->id);
                   if (!std::filesystem::exists(path))
                       return failed({"not_found", fmt::format("Session {} has no samples.", found->id)});
                   boost::asio::post(worker_, [this, work, done, failed, summary = std::move(*found), path] {
                       try {
                           boost::asio::post(
                               io_, [done, answer = work(summary, path)]() mutable { done(std::move(answer)); });
                       } catch (const std::exception& error) {
                           boost::asio::post(io_, [failed, why = std::string(error.what())] {
                               failed({"store_failed", why});
                           });
                       }
                   });
               },
               failed);
}

}  // namespace heeldrop::server
