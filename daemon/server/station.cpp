#include "daemon/server/station.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "daemon/server/messages.hpp"
#include "daemon/server/stored_forces.hpp"

namespace heeldrop::server {
namespace {

/// Blocks of raw samples and the like: minutes of work for a disk that answers at all.
constexpr std::size_t most_own_jobs = 4096;
constexpr std::chrono::seconds counts_told_every{1};

}  // namespace

Station::Station(boost::asio::io_context& io, const Options& options, store::DataDirectory& directory, News news)
    : io_(io),
      default_prescription_(options.prescription),
      directory_(directory),
      news_(std::move(news)),
      database_(directory.database()),
      link_(io, options.port, options.baud, [this] { on_plate_activity(); }),
      keeper_(
          io, calibration::StationKey::load_or_create(directory.station_key()),
          [this](store::Lane lane, std::function<void(store::Database&)> job) {
              return disk_->post(lane, [this, job = std::move(job)] { job(database_); });
          },
          [this] { use_calibration(); }),
      guard_(options.refuse_unfit),
      gravity_(options.gravity),
      commits_(io, around_commits()),
      feed_(
          io, [this] { return live(); }, news_.samples),
      calibration_run_(io, around_calibration()) {
    const auto recorded = [this](const std::string& id) { return recorded_until(directory_.recording(id)); };
    if (const int count = database_.mark_interrupted(recorded); count > 0)
        spdlog::warn("{} session(s) were not closed when the daemon last ended; they are marked interrupted", count);
    disk_.emplace(store::DiskThread::Capacity{most_own_jobs, most_questions},
                  [this](const std::string& why) { boost::asio::post(io_, [this, why] { storing_failed(why); }); });
}

void Station::start() {
    link_.start();
}

void Station::stop() {
    if (in_session())
        on_session_changes(session_->stop());
    ending_ = true;
    // The loop ends before the disk does.
    commits_.for_each_unstored([this](const Commits::Part& part) { tell_stored(part); });
    commits_.stop();
    calibration_run_.stop();
    spot_check_.stop({"no_plate", "The daemon was ended."});
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
    look_at_plate();
    auto gap = batch.breaks.begin();
    auto zero = batch.zeros.begin();
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
        while (zero != batch.zeros.end() && zero->at <= i)
            take_zero(*zero++);
        if (gap != batch.breaks.end() && gap->at == i)
            on_break(*gap++, batch.samples[i]);
        take(batch.samples[i]);
    }
    look_at_empty_plate();
    calibration_run_.take(batch, plate);
    spot_check_.take(batch, plate);
    if (!plate.streaming())
        plate_is_away();
    else
        away_ = false;
    const auto useless = [](const plate::CellHealth& cell) {
        return cell.state == plate::CellState::stuck || cell.state == plate::CellState::dead;
    };
    if (in_session() && std::any_of(plate.cells().begin(), plate.cells().end(), useless))
        mark_session(motion::SessionFault::plate_fault);
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
        mark_session(motion::SessionFault::plate_fault);
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
    empty_pad_.emplace(used.cells());
    recorder_ = std::make_unique<Recorder>(
        directory_.recording(session_->summary().id),
        store::RecordingHeader{session_->summary().id, *link_.plate().info(), used.zero(), used.map(),
                               first.tick},
        [this](store::Lane lane, std::function<void()> job) { return disk_->post(lane, std::move(job)); },
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
        if (in_session())
            conversion = calibration::Conversion(conversion->cells(), conversion->zero(), session_map_);
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
    empty_pad_->push(force.t, sample.reading, source_->conversion().zero());
    if (source_->conversion().extrapolated(force.left, force.right))
        mark_session(motion::SessionFault::extrapolated);
    if (!in_session())
        return;  // that could not be stored
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
    std::vector<motion::Rep> reps;
    for (const session::Change& change : changes)
        if (const auto* rep = std::get_if<session::SessionRep>(&change))
            reps.push_back(rep->rep);
    commits_.add({id, std::move(changes)});
    if (in_session() && commits_.behind())
        storing_failed("the disk is too slow");
    for (const motion::Rep& rep : reps)  // what is found there comes after what led to it
        look_at_empty_pad(rep);
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
    const bool calibration_changed =
        std::exchange(calibration_changed_, false) && guard_.to_json(session::now_here().utc) != told_calibration_;
    if (plate.revision() == told_plate_revision_ && !rate_changed && !counts_changed && !calibration_changed)
        return;
    if (plate.revision() != told_plate_revision_ && (plate.message() != told_message_))
        spdlog::info("plate {}: {}", plate::name_of(plate.state()), plate.message());
    told_message_ = plate.message();
    told_plate_revision_ = plate.revision();
    told_rate_ = rate;
    told_counts_ = plate.line_counts();
    told_cells_.assign(plate.cells().begin(), plate.cells().end());
    told_at_ = now;
    told_calibration_ = guard_.to_json(session::now_here().utc);
    news_.line({{"class", "plate"}, {"plate", plate_object()}});
}

}  // namespace heeldrop::server
