#include "daemon/server/calibration_requests.hpp"

#include <fmt/core.h>

namespace heeldrop::server {
namespace {

constexpr std::size_t longest_name = 80;

Json state(Station& station) {
    return {{"calibration_run", station.calibration_run().json()}};
}

}  // namespace

void on_calibration_start(Station& station, Peer&, const Request& request) {
    const auto* plan = request.key("plan");
    if (plan == nullptr)
        throw BadRequest{"\"plan\" must be a calibration plan."};
    const std::string who = text(request, "operator", longest_name);
    const bool unattended = flag(request, "unattended", false);
    if (!station.plate().info())
        return request.refuse({"no_plate", station.plate().message()});
    try {
        const auto read = calibration::plan_from_json(*plan, station.plate().info()->cells);
        if (const auto refusal = station.start_calibration(read, who, unattended))
            return request.refuse(*refusal);
    } catch (const calibration::PlanError& error) {
        throw BadRequest{
            fmt::format("\"plan\"{}{}: {}.", error.where().empty() ? "" : " ", error.where(), error.what())};
    } catch (const std::invalid_argument& error) {
        throw BadRequest{error.what()};
    }
    request.result(state(station));
}

void on_calibration_do(Station& station, Peer&, const Request& request) {
    const std::string run = text(request, "run", longest_id), what = text(request, "do", longest_name);
    std::optional<std::size_t> step;
    if (request.key("step") != nullptr)
        step = static_cast<std::size_t>(whole_number(request, "step", 0, 1, static_cast<int>(calibration::most_steps)) -
                                        1);
    using calibration::Procedure;
    std::optional<Refusal> refusal;
    CalibrationRun& calibration = station.calibration_run();
    if (what == "next") {
        refusal = calibration.say(run, step, [](Procedure& p) { return p.next(); });
    } else if (what == "skip") {
        refusal = calibration.say(run, step, [](Procedure& p) { return p.skip(); });
    } else if (what == "redo") {
        if (!step)
            throw BadRequest{"\"step\" must be the number of the step to be done again."};
        refusal = station.redo_calibration(run, *step);
    } else if (what == "mass") {
        const auto range = calibration::masses_of(calibration::StepKind::place);  // the wider; the step knows its own
        const Kilograms mass{number(request, "mass_kg", range.least.value, range.most.value)};
        refusal = calibration.say(run, step, [mass](Procedure& p) { return p.tell_mass(mass); });
    } else {
        throw BadRequest{"\"do\" must be \"next\", \"redo\", \"skip\" or \"mass\"."};
    }
    refusal ? request.refuse(*refusal) : request.result(state(station));
}

void on_calibration_cancel(Station& station, Peer&, const Request& request) {
    const auto refusal = station.calibration_run().cancel(text(request, "run", longest_id));
    refusal ? request.refuse(*refusal) : request.result(state(station));
}

void on_calibration_plan(Station& station, Peer&, const Request& request) {
    request.result(station.calibration_run().plan_json());
}

}  // namespace heeldrop::server
