// The plate's calibration in the station's work: whose map is used, when the zero changes, and what the guard is told.
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "daemon/server/messages.hpp"
#include "daemon/server/station.hpp"

namespace heeldrop::server {

exchange::Json Station::plate_object() const {
    return plate_json(link_.plate(), link_.plate().info() ? guard_.to_json(session::now_here().utc) : Json(nullptr),
                      keeper_.in_force() == nullptr);
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

std::optional<Refusal> Station::redo_calibration(const std::string& run, std::size_t step) {
    if (!calibration_run_.active())
        if (auto busy = why_no_session_or_calibration())
            return busy;
    return calibration_run_.redo(run, step, link_.plate().info());
}

void Station::check_spot(calibration::Pad pad, Kilograms mass, const std::string& operator_name,
                         std::function<void(const store::StoredSpotCheck&, Newtons)> done, Failed failed) {
    if (const auto busy = why_no_session_or_calibration())
        return failed(*busy);
    const plate::Plate& plate = link_.plate();
    if (plate.state() != plate::State::ready || !plate.conversion())
        return failed({"no_plate", plate.message()});
    if (!keeper_.in_force())
        return failed({"uncalibrated", "There is no calibration in force to check. Calibrate the plate first."});
    spot_check_.start(
        {pad, mass, operator_name, keeper_.in_force()}, *plate.info(),
        [this, done, failed](const SpotCheckRun::Asked& asked, const calibration::SpotVerdict& verdict) {
            store::StoredSpotCheck check;
            check.made = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
            check.plate_serial = asked.certificate->of.plate.serial;
            check.calibration_id = asked.certificate->of.id;
            check.made_by = asked.operator_name;
            check.pad = asked.pad;
            check.mass = asked.mass;
            check.expected = verdict.expected;
            check.read = verdict.read;
            check.passed = verdict.agrees();
            keeper_.add(
                check, [done, check, allowed = verdict.uncertainty] { done(check, allowed); }, failed);
        },
        failed);
}

CalibrationRun::Surroundings Station::around_calibration() {
    CalibrationRun::Surroundings around;
    around.gravity = gravity_;
    around.on_worker = [this](std::function<void()> job) { boost::asio::post(worker_, std::move(job)); };
    around.tell = [this](const Json& line) { news_.line(line); };
    around.tell_reading = [this](std::shared_ptr<const SamplesLine> line) { news_.samples(std::move(line)); };
    around.hold = [this](bool held) { link_.hold(held); };
    around.seal = [this](const calibration::Certificate& certificate) { return keeper_.seal(certificate); };
    around.take_over = [this](const std::string& text, const std::function<void()>& done,
                              const std::function<void(const Refusal&)>& failed) {
        keeper_.take_over(
            text, store::Lane::own, [done](const CalibrationKeeper::CertificatePtr&) { done(); }, failed);
    };
    return around;
}

void Station::look_at_plate() {
    const auto& info = link_.plate().info();
    if (!info || !keeper_.plate_is({info->serial, info->firmware, info->converter}, info->cells))
        return;
    guard_.new_plate();
    seen_empty_ = 0;
}

/// The keeper has found another certificate to be in force, or none.
void Station::use_calibration() {
    const CalibrationKeeper::Standing& standing = keeper_.standing();
    guard_.standing_is(standing);
    if (standing.unfit)
        spdlog::warn("calibration: {}", standing.unfit->message);
    if (standing.in_force)
        spdlog::info("calibration {} is in force on plate {}", standing.in_force->of.id,
                     standing.in_force->of.plate.serial);
    link_.plate().use(standing.in_force ? std::optional(standing.in_force->map()) : std::nullopt);
    if (!in_session())
        source_.reset();
    seen_empty_ = 0;
    look_at_empty_plate();
    calibration_changed_ = true;
    tell_plate_if_changed();
}

/// Every step-off is followed by a new zero, also in a session: what is recorded knows of it, so that it is converted
/// again to the same forces.
void Station::take_zero(const plate::NewZero& found) {
    if (!source_)
        return;
    if (!in_session())
        return source_.reset();
    source_->zero_is(found.zero);
    recorder_->begin_zero(found.zero);
}

void Station::look_at_empty_plate() {
    const plate::Plate& plate = link_.plate();
    if (!plate.info() || plate.empty().revision() == seen_empty_)
        return;
    seen_empty_ = plate.empty().revision();
    if (!plate.empty().judged())
        return;
    keeper_.zero_is(*plate.empty().judged());
    guard_.empty_is(plate.info()->cells, plate.empty());
    calibration_changed_ = true;
    if (guard_.moved())
        mark_session(motion::SessionFault::moved_or_uneven);
}

void Station::look_at_empty_pad(const motion::Rep& rep) {
    if (!empty_pad_)
        return;
    const auto found = empty_pad_->look(rep);
    if (!found)
        return;
    guard_.pad_is(rep.index, *found);
    calibration_changed_ = true;
    if (guard_.moved())
        mark_session(motion::SessionFault::moved_or_uneven);
}

void Station::mark_session(motion::SessionFault fault) {
    if (in_session())
        on_session_changes(session_->mark(fault));
}

}  // namespace heeldrop::server
