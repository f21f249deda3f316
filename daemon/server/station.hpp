// The station at work: one plate, at most one session, the store, and what watchers are told of them.
// It must not know sockets or requests; requests.cpp calls it, the two callbacks tell its news.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/plate/force_source.hpp"
#include "daemon/plate/link.hpp"
#include "daemon/server/calibration_guard.hpp"
#include "daemon/server/calibration_keeper.hpp"
#include "daemon/server/calibration_run.hpp"
#include "daemon/server/commits.hpp"
#include "daemon/server/empty_pad.hpp"
#include "daemon/server/peer.hpp"
#include "daemon/server/recorder.hpp"
#include "daemon/server/refusal.hpp"
#include "daemon/server/sample_feed.hpp"
#include "daemon/server/spot_check_run.hpp"
#include "daemon/session/session.hpp"
#include "daemon/store/data_directory.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/disk_thread.hpp"

namespace heeldrop::server {

/// Everything runs on the io_context's thread but the disk's jobs and the worker's (exports, curves); what those find
/// comes back through the io_context. Callbacks given to calls are called from there, later, exactly once.
class Station {
 public:
    struct Options {
        std::optional<std::filesystem::path> port;
        int baud = 500000;
        session::Prescription prescription;  ///< of a session that does not say otherwise
        bool refuse_unfit = true;            ///< no session on a plate whose calibration failed or is not its own
        MetresPerSecond2 gravity = standard_gravity;  ///< where the station stands
    };
    struct News {
        std::function<void(const exchange::Json& line)> line;
        std::function<void(std::shared_ptr<const SamplesLine>)> samples;
    };
    using Failed = std::function<void(const Refusal&)>;

    /// Opens the store and the station's key; throws store::StoreError, calibration::KeyError.
    Station(boost::asio::io_context& io, const Options& options, store::DataDirectory& directory, News news);
    ~Station();
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    void start();
    /// Ends a running session and lets go of the plate. What is queued for the disk, or was refused by it, is written
    /// when the Station is destroyed.
    void stop();

    const session::Prescription& default_prescription() const { return default_prescription_; }
    const plate::Plate& plate() const { return link_.plate(); }
    /// The one under way, else the last one since the daemon started.
    const session::Session* session() const { return session_ ? &*session_ : nullptr; }
    /// PROTOCOL.md's session object, with whether the store has all of it.
    exchange::Json session_object(const session::Summary& summary) const;
    /// False: the disk has refused some of that session, and is asked again until it takes it.
    bool stored(const std::string& session_id) const;
    CalibrationKeeper& calibrations() { return keeper_; }
    MetresPerSecond2 gravity() const { return gravity_; }
    /// PROTOCOL.md's plate object, with what is to be known of its calibration.
    exchange::Json plate_object() const;
    /// Of the session's clock in a session, else of the plate's; none while no force can be told.
    std::optional<motion::Live> live() const;

    /// Every serial port with what it is, who has it and why it was not taken; looked up on the worker.
    void with_ports(std::function<void(exchange::Json)> done, Failed failed);

    /// `done` once it is in the store: from then on samples count. What an earlier session has left to be stored goes
    /// first.
    void start_session(const session::Prescription& prescription, std::function<void(const session::Summary&)> done,
                       Failed failed);
    /// `done` once all of it is in the store; store_failed: it has ended, and is not stored yet.
    void stop_session(std::function<void(const session::Summary&)> done, Failed failed);

    /// None where it has begun. Throws std::invalid_argument where the plan cannot be done so.
    std::optional<Refusal> start_calibration(const calibration::Plan& plan, const std::string& operator_name,
                                             bool unattended);
    /// CalibrationRun::redo; of a refused run only where nothing else is under way.
    std::optional<Refusal> redo_calibration(const std::string& run, std::size_t step);
    CalibrationRun& calibration_run() { return calibration_run_; }
    /// Reads a person of known mass on one pad with the certificate in force, and keeps it. Refused: busy, no_plate,
    /// uncalibrated, not_still, store_failed.
    void check_spot(calibration::Pad pad, Kilograms mass, const std::string& operator_name,
                    std::function<void(const store::StoredSpotCheck&, Newtons uncertainty)> done, Failed failed);

    /// Asks the database on the disk thread, after everything that was told before, save what the disk refuses. busy
    /// where most_questions wait already.
    template <class Answer>
    void ask(std::function<Answer(store::Database&)> question, std::function<void(Answer)> done, Failed failed);

    /// Runs `work` on the worker; what it throws is a store_failed. busy where most_errands wait for it already.
    template <class Answer>
    void on_worker(std::function<Answer()> work, std::function<void(Answer)> done, Failed failed);

    /// Runs `work` on the worker with the session's recording, once all of it so far is in the file. `not_found` where
    /// there is no such session, or none of its samples.
    void with_recording(const std::string& id_or_last,
                        std::function<exchange::Json(const session::Summary&, const std::filesystem::path&)> work,
                        std::function<void(exchange::Json)> done, Failed failed);

    static constexpr std::size_t most_questions = 64;
    static constexpr int most_errands = 64;

 private:
    CalibrationRun::Surroundings around_calibration();
    std::optional<Refusal> why_no_session_or_calibration() const;
    void on_plate_activity();
    void on_break(const plate::Break& gap, const plate::RawSample& next);
    void begin_session_clock(const plate::RawSample& first);
    void plate_is_away();
    void look_at_plate();
    void look_at_empty_plate();
    void use_calibration();
    void take_zero(const plate::NewZero& zero);
    void look_at_empty_pad(const motion::Rep& rep);
    void mark_session(motion::SessionFault fault);
    void start_known_session(const session::Prescription& prescription,
                             std::function<void(const session::Summary&)> done, Failed failed);
    void take(const plate::RawSample& sample);
    void on_session_changes(std::vector<session::Change> changes);
    Commits::Surroundings around_commits();
    void tell_stored(const Commits::Part& part);
    void tell_session();
    void commit_failed(const std::string& why);
    bool room_for_question() const;
    template <class Answer>
    std::function<void()> database_job(std::function<Answer(store::Database&)> question,
                                       std::function<void(Answer)> done, Failed failed);
    void tell_plate_if_changed();
    void end_recording();
    void storing_failed(const std::string& why);
    bool in_session() const { return session_ && session_->active(); }

    boost::asio::io_context& io_;
    session::Prescription default_prescription_;
    store::DataDirectory& directory_;
    News news_;
    store::Database database_;  ///< used on the disk thread alone once that runs
    plate::Link link_;
    CalibrationKeeper keeper_;
    CalibrationGuard guard_;
    MetresPerSecond2 gravity_;
    std::uint64_t seen_empty_ = 0;
    std::optional<session::Session> session_;
    /// Of the certificate that the session began with, whatever is in force later.
    std::optional<calibration::PlateMap> session_map_;
    std::optional<EmptyPad> empty_pad_;         ///< of the session, from its first sample on
    bool starting_ = false;                     ///< a session waits for its place in the store
    std::optional<plate::ForceSource> source_;  ///< of the session from its first sample on, else for the display
    std::optional<Seconds> last_t_;             ///< of the session's last sample
    bool away_ = false;                         ///< no samples come, and that was told to the session
    Commits commits_;
    bool ending_ = false;
    std::unique_ptr<Recorder> recorder_;
    SampleFeed feed_;
    CalibrationRun calibration_run_;
    SpotCheckRun spot_check_;
    std::optional<motion::Live> idle_live_;
    std::uint64_t told_plate_revision_ = 0;
    bool calibration_changed_ = false;
    exchange::Json told_calibration_;
    std::string told_message_;
    std::optional<Hertz> told_rate_;
    plate::LineCounts told_counts_;
    std::vector<plate::CellHealth> told_cells_;
    std::chrono::steady_clock::time_point told_at_;
    boost::asio::thread_pool worker_{1};
    std::atomic<int> errands_ = 0;  ///< of the worker, not yet done
    std::optional<store::DiskThread> disk_;
};

template <class Answer>
std::function<void()> Station::database_job(std::function<Answer(store::Database&)> question,
                                            std::function<void(Answer)> done, Failed failed) {
    return [this, question = std::move(question), done = std::move(done), failed = std::move(failed)] {
        try {
            boost::asio::post(io_, [done, answer = question(database_)]() mutable { done(std::move(answer)); });
        } catch (const std::exception& error) {
            boost::asio::post(io_, [failed, why = std::string(error.what())] {
                failed({"store_failed", "The store cannot be read or written: " + why + "."});
            });
        }
    };
}

template <class Answer>
void Station::ask(std::function<Answer(store::Database&)> question, std::function<void(Answer)> done, Failed failed) {
    if (!room_for_question())
        return failed(refusal_of_full(store::Lane::asked));
    const auto put = [this, job = database_job<Answer>(std::move(question), std::move(done), failed), failed] {
        if (!disk_->post(store::Lane::asked, job))
            failed(refusal_of_full(store::Lane::asked));
    };
    // Who was told of it may ask for it: what waits for the disk goes first, but not what the disk refuses.
    if (commits_.failing())
        put();
    else
        commits_.when_stored(put, [put](const std::string&) { put(); });
}

template <class Answer>
void Station::on_worker(std::function<Answer()> work, std::function<void(Answer)> done, Failed failed) {
    if (errands_ >= most_errands)
        return failed({"busy", "The daemon is busy with what others asked before. Ask again in a moment."});
    ++errands_;
    boost::asio::post(worker_, [this, work = std::move(work), done = std::move(done), failed = std::move(failed)] {
        try {
            boost::asio::post(io_, [done, answer = work()]() mutable { done(std::move(answer)); });
        } catch (const std::exception& error) {
            boost::asio::post(io_, [failed, why = std::string(error.what())] { failed({"store_failed", why}); });
        }
        --errands_;
    });
}

}  // namespace heeldrop::server
