// One calibration under way in the daemon: raw samples and requests into the procedure, its progress to watchers, and
// at the end evaluation, signing and the certificate's place. It must not know sockets or how certificates are kept.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "calibration/lib/certificate.hpp"
#include "daemon/calibration/procedure.hpp"
#include "daemon/plate/plate.hpp"
#include "daemon/server/messages.hpp"
#include "daemon/server/peer.hpp"
#include "daemon/server/refusal.hpp"
#include "daemon/session/session.hpp"

namespace heeldrop::server {

/// Runs on the io_context's thread, but for the evaluation, which `on_worker` runs. A client that goes away ends
/// nothing. Every command names the run's ID, so one for an older run is refused and its late evaluation is dropped.
class CalibrationRun {
 public:
    enum class State {
        measuring,   ///< the procedure says how it stands
        evaluating,  ///< on the worker; may be cancelled
        keeping,     ///< being signed, stored and, where it passed, put in force
        accepted,    ///< in force
        refused,  ///< something did not pass or could not be measured: what was in force still is; steps may be redone
        cancelled,  ///< nothing has changed
        failed,     ///< passed or not, it could not be stored: what was in force still is
    };
    struct Surroundings {
        MetresPerSecond2 gravity = standard_gravity;
        std::function<void(std::function<void()>)> on_worker;
        std::function<void(const Json&)> tell;
        /// A line that may be left out for a client that does not read.
        std::function<void(std::shared_ptr<const SamplesLine>)> tell_reading;
        /// The signed text; called on the worker.
        std::function<std::string(const calibration::Certificate&)> seal;
        /// CalibrationKeeper::take_over: stores it, puts it in force if it passed, says so by one of the two.
        std::function<void(std::string sealed, std::function<void()> done, std::function<void(const Refusal&)> failed)>
            take_over;
        /// The plate is to be held, or let go of.
        std::function<void(bool)> hold;
    };

    CalibrationRun(boost::asio::io_context& io, Surroundings around);

    /// Of a plate that sends samples. Throws std::invalid_argument as Procedure does. Only where none is active.
    void start(const calibration::Plan& plan, const std::string& operator_name, bool unattended,
               const plate::PlateInfo& plate);
    /// From the first request to the verdict; sessions wait meanwhile.
    bool active() const noexcept;
    /// Why nothing else can be begun while it is active.
    Refusal busy() const;

    /// `step`, from 0, where one is named: the step that the word is for; refused where another is under way.
    using Word = std::function<std::optional<calibration::Objection>(calibration::Procedure&)>;
    std::optional<Refusal> say(const std::string& id, std::optional<std::size_t> step, const Word& word);
    /// A step that is done, or the one under way; of a refused run too, which is then measured on with the same plate.
    std::optional<Refusal> redo(const std::string& id, std::size_t step, const std::optional<plate::PlateInfo>& plate);
    std::optional<Refusal> cancel(const std::string& id);

    /// What the plate has sent, and how it is: its message is why the procedure pauses where no samples come.
    void take(const plate::Batch& batch, const plate::Plate& plate);
    /// The daemon ends: cancels.
    void stop();

    /// As PROTOCOL.md has it; null before the first one. The last one stays until the next.
    Json json() const;
    /// Every step of its plan, which are done, and where the plate's cells are; nulls without one.
    Json plan_json() const;

    static constexpr std::chrono::milliseconds reading_every{100};

 private:
    Seconds time_of(const plate::RawSample& sample) const;
    void bridge(const plate::Break& gap, const plate::RawSample& next, const plate::PlateInfo& info);
    bool may_be_taken_up() const noexcept;
    void look();
    void evaluate();
    struct Evaluated {
        Json verdict;  ///< certificate, verdict, findings, checks
        std::string sealed;
        std::string failure;  ///< why there is none; else empty
    };
    static Evaluated evaluated(const calibration::Certificate& certificate, const calibration::Plan& plan,
                               std::string sealed);
    void take_over(const std::string& id, Evaluated result);
    void end(State state, std::string reason);
    void tell_if_changed();
    void tell_reading();
    Json reading_json() const;

    boost::asio::io_context& io_;
    Surroundings around_;
    boost::asio::steady_timer reading_timer_;
    bool reading_armed_ = false;

    State state_ = State::cancelled;
    std::string reason_;  ///< why it ended as it did
    std::string id_, operator_;
    session::StartTime started_;
    plate::PlateInfo plate_;
    std::optional<calibration::Procedure> procedure_;
    Json verdict_;  ///< of the certificate: verdict, findings, checks
    std::optional<std::int64_t> origin_tick_;
    Seconds origin_t_, last_t_;
    Json told_;
};

std::string_view name_of(CalibrationRun::State);

}  // namespace heeldrop::server
