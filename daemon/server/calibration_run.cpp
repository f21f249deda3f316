#include "daemon/server/calibration_run.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cctype>
#include <cmath>

#include "calibration/lib/station_key.hpp"
#include "daemon/server/version.hpp"

namespace heeldrop::server {
namespace {

using calibration::Procedure;
using calibration::ProcedureState;

double shown(double value, double step) {
    return std::round(value / step) * step;
}
double seconds(Seconds value) {
    return std::max(0.0, std::ceil(value.value * 10.0 - 1e-6) / 10.0);
}
Json newtons(Newtons value) {
    return std::isfinite(value.value) ? Json(std::round(value.value * 100.0) / 100.0) : Json(nullptr);
}

Json no_verdict() {
    return {{"certificate", nullptr}, {"verdict", nullptr}, {"findings", Json::array()}, {"checks", Json::array()}};
}

/// Where a finding says which placement, the step to look at.
Json with_steps(Json findings, const calibration::Plan& plan) {
    for (Json& finding : findings) {
        std::optional<std::size_t> step;
        if (const auto& placement = finding["placement"]; placement.is_number_integer())
            step = plan.step_of(placement.get<int>());
        finding["step"] = step ? Json(*step + 1) : Json(nullptr);
    }
    return findings;
}

}  // namespace

std::string_view name_of(CalibrationRun::State state) {
    switch (state) {
        case CalibrationRun::State::measuring:
            return "measuring";
        case CalibrationRun::State::evaluating:
            return "evaluating";
        case CalibrationRun::State::keeping:
            return "keeping";
        case CalibrationRun::State::accepted:
            return "accepted";
        case CalibrationRun::State::refused:
            return "refused";
        case CalibrationRun::State::cancelled:
            return "cancelled";
        case CalibrationRun::State::failed:
            return "failed";
    }
    return "unknown";
}

CalibrationRun::CalibrationRun(boost::asio::io_context& io, Surroundings around)
    : io_(io), around_(std::move(around)), reading_timer_(io) {}

void CalibrationRun::start(const calibration::Plan& plan, const std::string& operator_name, bool unattended,
                           const plate::PlateInfo& plate) {
    procedure_.emplace(plate.cells, plan, around_.gravity, unattended);
    id_ = session::new_session_id();
    operator_ = operator_name;
    started_ = session::now_here();
    plate_ = plate;
    state_ = State::measuring;
    reason_.clear();
    verdict_ = no_verdict();
    origin_tick_.reset();
    origin_t_ = last_t_ = {};
    around_.hold(true);
    spdlog::info("calibration {} of plate {} started by {}", id_, plate_.serial, operator_);
    tell_if_changed();
}

bool CalibrationRun::active() const noexcept {
    return procedure_ && (state_ == State::measuring || state_ == State::evaluating || state_ == State::keeping);
}

Refusal CalibrationRun::busy() const {
    return {"busy", fmt::format("{} is calibrating the plate. Finish or cancel the calibration first.", operator_)};
}

std::optional<Refusal> CalibrationRun::say(const std::string& id, std::optional<std::size_t> step, const Word& word) {
    if (!procedure_ || id != id_)
        return Refusal{"no_calibration", "There is no calibration of this ID under way."};
    if (state_ != State::measuring)
        return Refusal{"not_now", "The calibration is over: nothing more is measured."};
    if (step && *step != procedure_->progress().step)
        return Refusal{"not_now", fmt::format("Step {} is not under way, but step {}.", *step + 1,
                                              procedure_->progress().step + 1)};
    if (const auto objection = word(*procedure_))
        return Refusal{objection->code, objection->message};
    look();
    return std::nullopt;
}

/// Refused, but not for a cell that gives nothing: then there is nothing to go on with.
bool CalibrationRun::may_be_taken_up() const noexcept {
    return state_ == State::refused && procedure_->progress().state == ProcedureState::complete;
}

std::optional<Refusal> CalibrationRun::redo(const std::string& id, std::size_t step,
                                            const std::optional<plate::PlateInfo>& plate) {
    const Word again = [step](Procedure& p) { return p.redo(step); };
    if (!procedure_ || id != id_ || !may_be_taken_up())
        return say(id, std::nullopt, again);
    if (!plate || plate->serial != plate_.serial || plate->converter != plate_.converter ||
        plate->cells != procedure_->cells())
        return Refusal{"no_plate", fmt::format("The plate {} of this calibration is not connected.", plate_.serial)};
    if (const auto objection = again(*procedure_))
        return Refusal{objection->code, objection->message};
    state_ = State::measuring;
    reason_.clear();
    verdict_ = no_verdict();
    around_.hold(true);
    spdlog::info("calibration {} taken up again at step {} of {}", id_, step + 1, procedure_->plan().steps.size());
    look();
    return std::nullopt;
}

std::optional<Refusal> CalibrationRun::cancel(const std::string& id) {
    if (!procedure_ || id != id_)
        return Refusal{"no_calibration", "There is no calibration of this ID under way."};
    if (state_ == State::keeping)
        return Refusal{"not_now", "Its certificate is just being stored."};
    if (!active())
        return Refusal{"not_now", "The calibration is over already."};
    end(State::cancelled, "It was cancelled. Nothing has changed.");
    return std::nullopt;
}

Seconds CalibrationRun::time_of(const plate::RawSample& sample) const {
    return origin_t_ + Seconds{static_cast<double>(sample.tick - *origin_tick_) / plate_.tick_hz};
}

/// After a boot the plate's clock begins anew; only the host's says how long it was away.
void CalibrationRun::bridge(const plate::Break& gap, const plate::RawSample& next, const plate::PlateInfo& info) {
    if (!gap.new_boot || !origin_tick_)
        return;
    origin_t_ = last_t_ + std::max(gap.length, Seconds{1e-6});
    origin_tick_ = next.tick;
    plate_.tick_hz = info.tick_hz;
}

void CalibrationRun::take(const plate::Batch& batch, const plate::Plate& plate) {
    if (!procedure_ || (state_ != State::measuring && !may_be_taken_up()))
        return;  // one that may be taken up again has to know how long it stood
    auto gap = batch.breaks.begin();
    for (std::size_t i = 0; i < batch.samples.size(); ++i) {
        const plate::RawSample& sample = batch.samples[i];
        if (gap != batch.breaks.end() && gap->at == i && plate.info())
            bridge(*gap++, sample, *plate.info());
        if (!origin_tick_)
            origin_tick_ = sample.tick;
        last_t_ = time_of(sample);
        if (state_ == State::measuring)
            procedure_->push({last_t_, sample.reading});
    }
    if (state_ != State::measuring)
        return;
    if (!plate.streaming())
        procedure_->pause(plate.message());
    look();
    if (!reading_armed_ && !batch.samples.empty() && state_ == State::measuring)
        tell_reading();
}

/// What the procedure has come to.
void CalibrationRun::look() {
    if (procedure_->progress().state == ProcedureState::complete)
        return evaluate();
    if (procedure_->progress().state == ProcedureState::broken) {
        const auto cell = procedure_->silent_cell();
        verdict_["verdict"] = "failed";
        verdict_["findings"].push_back({{"code", "dead_cell"},
                                        {"pad", calibration::name_of(procedure_->cells()[*cell].pad)},
                                        {"cell", *cell},
                                        {"placement", nullptr},
                                        {"amount", 0.0},
                                        {"message", procedure_->progress().reason},
                                        {"step", nullptr}});
        return end(State::refused, procedure_->progress().reason);
    }
    tell_if_changed();
}

void CalibrationRun::evaluate() {
    state_ = State::evaluating;
    tell_if_changed();
    calibration::Circumstances of;
    of.id = calibration::new_certificate_id();
    of.plate = {plate_.serial, plate_.firmware, plate_.converter};
    of.made = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    of.zone_offset = session::now_here().zone_offset;
    of.made_by = operator_;
    of.software = fmt::format("heeldrop {}", version);
    of.plan = procedure_->plan().name;
    of.warm_up = procedure_->warmed_up();
    around_.on_worker([this, of, id = id_, seen = procedure_->observations(), plan = procedure_->plan()] {
        Evaluated result;
        try {
            const auto certificate = calibration::certify(of, seen, plan.limits);
            result = evaluated(certificate, plan, around_.seal(certificate));
        } catch (const std::exception& error) {
            result.failure = error.what();
        }
        boost::asio::post(io_, [this, id, result]() mutable { take_over(id, std::move(result)); });
    });
}

CalibrationRun::Evaluated CalibrationRun::evaluated(const calibration::Certificate& certificate,
                                                    const calibration::Plan& plan, std::string sealed) {
    const Json derived = calibration::derived_json(certificate);
    return {{{"certificate", certificate.of.id},
             {"verdict", derived.at("verdict")},
             {"findings", with_steps(derived.at("findings"), plan)},
             {"checks", derived.at("checks")}},
            std::move(sealed),
            {}};
}

void CalibrationRun::take_over(const std::string& id, Evaluated result) {
    if (id != id_ || state_ != State::evaluating)
        return;  // it was cancelled, or another one has begun since
    if (!result.failure.empty())
        return end(State::failed, fmt::format("It could not be evaluated: {}.", result.failure));
    verdict_ = std::move(result.verdict);
    state_ = State::keeping;
    tell_if_changed();
    around_.take_over(
        std::move(result.sealed),
        [this, id] {
            if (id == id_ && state_ == State::keeping)
                end(State::accepted, "Every check has passed. The new certificate is in force.");
        },
        [this, id](const Refusal& refusal) {
            if (id != id_ || state_ != State::keeping)
                return;
            if (refusal.code == "calibration_failed")
                return end(State::refused, "It has not passed every check. What was in force before still is.");
            verdict_["certificate"] = nullptr;
            end(State::failed, refusal.message);
        });
}

void CalibrationRun::end(State state, std::string reason) {
    state_ = state;
    reason_ = std::move(reason);
    if (state == State::cancelled)
        procedure_->cancel();
    reading_timer_.cancel();
    spdlog::info("calibration {} {}: {}", id_, name_of(state_), reason_);
    tell_if_changed();
    around_.hold(false);
}

void CalibrationRun::stop() {
    if (active() && state_ != State::keeping)
        end(State::cancelled, "The daemon was ended. Nothing has changed.");
    reading_timer_.cancel();
}

Json CalibrationRun::json() const {
    if (!procedure_)
        return nullptr;
    const auto& p = procedure_->progress();
    const bool measuring = state_ == State::measuring;
    const bool paused = measuring && p.state == ProcedureState::paused;
    Json text{{"id", id_},
              {"state", paused ? std::string_view("paused") : name_of(state_)},
              {"reason", paused            ? Json(p.reason)
                         : reason_.empty() ? Json(nullptr)
                                           : Json(reason_)},
              {"operator", operator_},
              {"plan", procedure_->plan().name},
              {"unattended", procedure_->unattended()},
              {"plate_serial", plate_.serial},
              {"started_utc", utc_text(started_.utc)},
              {"steps", procedure_->plan().steps.size()},
              {"done", p.done},
              {"step", nullptr},
              {"do", nullptr},
              {"text", nullptr},
              {"waiting", nullptr},
              {"trouble", nullptr},
              {"may_skip", false},
              {"warmed_up_s", shown(procedure_->warmed_up().value, 1.0)}};
    if (measuring && !procedure_->over()) {
        calibration::Step step = procedure_->plan().steps[p.step];
        step.mass = p.mass;
        text["step"] = p.step + 1;
        text["do"] = calibration::to_json(step);
        text["text"] = calibration::describe(step);
        text["waiting"] = calibration::name_of(p.waiting);
        text["trouble"] = p.trouble.empty() ? Json(nullptr) : Json(p.trouble);
        text["may_skip"] = p.may_skip;
    }
    text.update(verdict_);
    return text;
}

Json CalibrationRun::plan_json() const {
    if (!procedure_)
        return {{"run", nullptr}, {"plan", nullptr}, {"cells", nullptr}, {"done", nullptr}};
    Json cells = Json::array(), done = Json::array();
    for (const calibration::Cell& cell : procedure_->cells())
        cells.push_back({{"pad", calibration::name_of(cell.pad)},
                         {"corner", calibration::name_of(cell.corner)},
                         {"x_mm", cell.x.value},
                         {"y_mm", cell.y.value}});
    for (std::size_t i = 0; i < procedure_->plan().steps.size(); ++i)
        done.push_back(procedure_->done(i));
    return {{"run", id_},
            {"plan", calibration::to_json(procedure_->plan())},
            {"cells", std::move(cells)},
            {"done", std::move(done)}};
}

/// Once a change, not once a sample: warm-up's time alone is no news.
void CalibrationRun::tell_if_changed() {
    Json now = json();
    Json news = now;
    news.erase("warmed_up_s");
    // A trouble's figure runs; that there is one, and of which kind, is the news.
    if (news["trouble"].is_string())
        std::erase_if(news["trouble"].get_ref<std::string&>(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (news == told_)
        return;
    told_ = std::move(news);
    around_.tell({{"class", "calibration_run"}, {"calibration_run", std::move(now)}});
}

Json CalibrationRun::reading_json() const {
    const auto& p = procedure_->progress();
    Json cells = Json::array();
    for (std::size_t c = 0; c < procedure_->cells().size(); ++c)
        cells.push_back(newtons(p.cells[c]));
    return {{"run", id_},
            {"step", p.step + 1},
            {"waiting", calibration::name_of(p.waiting)},
            {"remaining_s", seconds(p.remaining)},
            {"left_n", newtons(p.left)},
            {"right_n", newtons(p.right)},
            {"cells_n", std::move(cells)},
            {"trouble", p.trouble.empty() ? Json(nullptr) : Json(p.trouble)},
            {"stability",
             {{"valid", p.stability.valid},
              {"still", p.stability.valid && p.stability.value <= p.stability.limit},
              {"moved_n", newtons(p.stability.value)},
              {"limit_n", newtons(p.stability.limit)},
              {"remaining_s", seconds(p.stability.remaining)}}}};
}

void CalibrationRun::tell_reading() {
    auto line = std::make_shared<SamplesLine>();
    line->kind = "calibration_reading";
    line->rest = reading_json().dump().substr(1);
    around_.tell_reading(std::move(line));
    reading_armed_ = true;
    reading_timer_.expires_after(reading_every);
    reading_timer_.async_wait([this](boost::system::error_code) { reading_armed_ = false; });
}

}  // namespace heeldrop::server
