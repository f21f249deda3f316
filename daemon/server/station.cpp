#include "daemon/server/station.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "daemon/server/messages.hpp"

namespace heeldrop::server {
namespace {

/// Blocks of raw samples, a few rows a rep: minutes of work for a disk that answers at all.
constexpr std::size_t disk_queue_jobs = 4096;
constexpr std::chrono::seconds counts_told_every{1};

}  // namespace

Station::Station(boost::asio::io_context& io, const Options& options, store::DataDirectory& directory, News news)
    : io_(io),
      default_prescription_(options.prescription),
      directory_(directory),
      news_(std::move(news)),
      database_(directory.database()),
      link_(io, options.port, options.baud, [this] { on_plate_activity(); }),
      feed_(
          io, [this] { return live(); }, news_.samples),
      calibration_run_(io, around_calibration()) {
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
    ending_ = true;
    if (in_session())
        on_session_changes(session_->stop());
    calibration_run_.stop();
    feed_.stop();
    link_.stop();
}

std::optional<motion::Live> Station::live() const {
    if (!in_session() || !source_)
        return idle_live_;
    motion::Live live = session_->live();
    if (!link_.plate().streaming())
        live.left = live.right = Newtons{std::numeric_limits<double>::quiet_NaN()};
    return live;
}

void Station::on_plate_activity() {
    plate::Plate& plate = link_.plate();
    const plate::Batch batch = plate.take_batch();
    // Between sessions the display follows the zero; in one, hold() keeps it.
    if (const auto conversion = plate.conversion(); source_ && !in_session() && conversion)
        if (conversion->zero() != source_->conversion().zero())
            source_.reset();
    auto gap = batch.breaks.begin();
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
        if (gap != batch.breaks.end() && gap->at == i)
            on_break(*gap++, batch.samples[i]);
        take(batch.samples[i]);
    }
    calibration_run_.take(batch, plate);
    if (!plate.streaming())
        plate_is_away();
    else
        away_ = false;
    const auto useless = [](const plate::CellHealth& cell) {
        return cell.state == plate::CellState::stuck || cell.state == plate::CellState::dead;
    };
    if (in_session() && std::any_of(plate.cells().begin(), plate.cells().end(), useless))
        on_session_changes(session_->plate_fault());
    tell_plate_if_changed();
    if (recorder_ && !recorder_->hand_over())
        storing_failed("the disk is too slow");
}

/// A session waits for its plate; the display shows nothing meanwhile.
void Station::plate_is_away() {
    if (std::exchange(away_, true))
        return;
    feed_.flush();
    if (in_session()) {
        spdlog::warn("no samples come: the session waits for the plate");
        on_session_changes(session_->plate_fault());
    } else {
        source_.reset();
        idle_live_.reset();
    }
}

void Station::on_break(const plate::Break& gap, const plate::RawSample& next) {
    feed_.flush();
    if (!in_session()) {
        if (gap.new_boot)
            source_.reset();
        return;
    }
    if (!source_ || !last_t_)
        return;  // before the session's first sample nothing can be missing
    if (gap.new_boot) {
        // Only the host's clock knows how long the plate was away; from here on its own counts again.
        const plate::PlateInfo& info = *link_.plate().info();
        const Seconds origin_t{std::round((*last_t_ + gap.length).value * 1e6) / 1e6 + 1e-6};
        source_ = plate::ForceSource(source_->conversion(), info.tick_hz, next.tick, origin_t);
        if (recorder_)
            recorder_->begin_epoch({info, next.tick, origin_t});
    }
    const session::Gap marked{*last_t_, (*source_)(next).t, gap.lost_samples, gap.new_boot};
    spdlog::warn(
        "a gap of {:.3f} s in the session: {}", gap.length.value,
        gap.new_boot ? std::string("the plate has booted") : fmt::format("{} samples lost", *gap.lost_samples));
    on_session_changes(session_->gap(marked));
}

void Station::begin_session_clock(const plate::RawSample& first) {
    const auto& used = source_->conversion();
    recorder_ = std::make_unique<Recorder>(
        directory_.recording(session_->summary().id),
        store::RecordingHeader{session_->summary().id, *link_.plate().info(), used.zero(), first.tick},
        [this](std::function<void()> job) { return post_to_disk(std::move(job)); },
        [this] {
            boost::asio::post(io_, [this] {
                if (recorder_ && !recorder_->hand_over())
                    storing_failed("the disk is too slow");
            });
        });
}

void Station::take(const plate::RawSample& sample) {
    const plate::Plate& plate = link_.plate();
    if (!source_) {
        auto conversion = plate.conversion();
        if (!conversion)
            return;  // without a zero a count says nothing
        source_.emplace(std::move(*conversion), plate.info()->tick_hz, in_session() ? sample.tick : 0);
        if (in_session())
            begin_session_clock(sample);
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
    last_t_ = force.t;
    on_session_changes(session_->push(force));
}

/// Tells at once what people follow, and hands the rest to the store, which is told of once it is safe there.
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
        } else if (const auto* gap = std::get_if<session::Gap>(&change)) {
            Json line{{"class", "gap"}, {"session", id}};
            line.update(gap_json(*gap));
            news_.line(line);
        }
    }
    if (!session_->active())
        spdlog::info("session {} {}: {} of {} reps good", id, session::name_of(session_->summary().state),
                     session_->summary().good, session_->summary().counted);
    uncommitted_.push_back({id, std::move(changes)});
    commit();
}

/// One commit at a time: what changes while the disk is busy goes into the next one.
void Station::commit() {
    if (committing_ && !ending_)
        return;
    if (uncommitted_.empty()) {
        for (const auto& then : std::exchange(when_committed_, {}))
            then();
        return;
    }
    auto going = std::make_shared<const std::vector<Uncommitted>>(std::exchange(uncommitted_, {}));
    if (ending_)
        tell_stored(*going);  // the loop ends before the disk does
    committing_ = true;
    const bool posted = post_to_disk([this, going] {
        std::string failure;
        try {
            for (const Uncommitted& part : *going)
                database_.put(part.id, part.changes);
        } catch (const std::exception& error) {
            failure = error.what();
        }
        boost::asio::post(io_, [this, going, failure] {
            committing_ = false;
            if (!failure.empty())
                storing_failed(failure);
            tell_stored(*going);
            commit();
        });
    });
    if (posted)
        return;
    committing_ = false;
    tell_stored(*going);
    storing_failed("the disk is too slow");
}

void Station::tell_stored(const std::vector<Uncommitted>& stored) {
    for (const Uncommitted& part : stored) {
        for (const session::Change& change : part.changes) {
            if (const auto* rep = std::get_if<session::SessionRep>(&change))
                news_.line({{"class", "rep"}, {"session", part.id}, {"rep", session_rep_json(*rep)}});
            else if (const auto* summary = std::get_if<session::Summary>(&change))
                news_.line({{"class", "session"}, {"session", session_json(*summary)}});
        }
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
    link_.hold(false);
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
    // The rate is news when it differs by a hundredth from what was said, not with every measurement; counts are once a
    // second.
    const bool rate_changed =
        rate.has_value() != told_rate_.has_value() || (rate && std::abs(rate->value / told_rate_->value - 1.0) > 0.01);
    const auto now = std::chrono::steady_clock::now();
    plate::LineCounts counts = plate.line_counts();
    counts.samples = told_counts_.samples;  // these grow all the time
    const bool counts_changed = now - told_at_ >= counts_told_every &&
                                (counts != told_counts_ || !std::equal(plate.cells().begin(), plate.cells().end(),
                                                                       told_cells_.begin(), told_cells_.end()));
    if (plate.revision() == told_plate_revision_ && !rate_changed && !counts_changed)
        return;
    if (plate.revision() != told_plate_revision_ && (plate.message() != told_message_))
        spdlog::info("plate {}: {}", plate::name_of(plate.state()), plate.message());
    told_message_ = plate.message();
    told_plate_revision_ = plate.revision();
    told_rate_ = rate;
    told_counts_ = plate.line_counts();
    told_cells_.assign(plate.cells().begin(), plate.cells().end());
    told_at_ = now;
    news_.line({{"class", "plate"}, {"plate", plate_json(plate)}});
}

void Station::with_ports(std::function<void(Json)> done) {
    boost::asio::post(worker_, [this, done = std::move(done), in_use = link_.plate().port(),
                                turned_down = link_.turned_down(), named = link_.named()] {
        auto ports = plate::list_ports();
        const auto known = [&](const std::filesystem::path& path) {
            std::error_code error;
            const auto device = std::filesystem::canonical(path, error);
            return error || std::any_of(ports.begin(), ports.end(), [&](const auto& p) { return p.path == device; });
        };
        // A pseudo-terminal is in no list; it is shown where it is the one that is named.
        if (named && !known(*named)) {
            plate::PortEntry entry;
            entry.path = std::filesystem::canonical(*named).native();
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
        boost::asio::post(io_, [done, list = ports_json(ports, device_of(in_use), why, named.has_value())]() mutable {
            done(std::move(list));
        });
    });
}

std::optional<Refusal> Station::why_no_session_or_calibration() const {
    if (starting_)
        return Refusal{"busy", "A session is just being started."};
    if (calibration_run_.active())
        return calibration_run_.busy();
    if (!in_session())
        return std::nullopt;
    const auto& started = session_->summary().started;
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>((started.utc + started.zone_offset).time_since_epoch());
    return Refusal{"busy", fmt::format("A session is already running (started {:02}:{:02}). Stop it first.",
                                       minutes.count() / 60 % 24, minutes.count() % 60)};
}

std::optional<Refusal> Station::start_calibration(const calibration::Plan& plan, const std::string& operator_name,
                                                  bool unattended) {
    if (auto busy = why_no_session_or_calibration())
        return busy;
    if (!link_.plate().streaming())
        return Refusal{"no_plate", link_.plate().message()};
    calibration_run_.start(plan, operator_name, unattended, *link_.plate().info());
    return std::nullopt;
}

CalibrationRun::Surroundings Station::around_calibration() {
    CalibrationRun::Surroundings around;
    around.on_worker = [this](std::function<void()> job) { boost::asio::post(worker_, std::move(job)); };
    around.tell = [this](const Json& line) { news_.line(line); };
    around.tell_reading = [this](std::shared_ptr<const SamplesLine> line) { news_.samples(std::move(line)); };
    around.hold = [this](bool held) { link_.hold(held); };
    around.seal = [](const calibration::Certificate&) { return std::string(); };
    around.take_over = [](const std::string&, const std::function<void()>& done,
                          const std::function<void(const Refusal&)>&) { done(); };
    return around;
}

void Station::start_session(const session::Prescription& prescription,
                            std::function<void(const session::Summary&)> done, Failed failed) {
    if (const auto busy = why_no_session_or_calibration())
        return failed(*busy);
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
            last_t_.reset();
            link_.hold(true);
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
    when_committed_.push_back(
        [this, done = std::move(done), summary = session_->summary(), failed = std::move(failed)] {
            ask<bool>([](store::Database&) { return true; }, [done, summary](bool) { done(summary); }, failed);
        });
}

void Station::with_recording(const std::string& id_or_last,
                             std::function<Json(const session::Summary&, const std::filesystem::path&)> work,
                             std::function<void(Json)> done, Failed failed) {
    using Found = std::optional<session::Summary>;
    if (recorder_ && !recorder_->hand_over_now())
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
