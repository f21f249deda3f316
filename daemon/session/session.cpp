#include "daemon/session/session.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <utility>

namespace heeldrop::session {
namespace {

/// After the last rep the body is followed for this long, so that the last return is judged as the others were.
constexpr Seconds settle{1.0};

constexpr auto state_names = std::to_array<std::pair<State, std::string_view>>({{State::weighing, "weighing"},
                                                                                {State::running, "running"},
                                                                                {State::finished, "finished"},
                                                                                {State::stopped, "stopped"},
                                                                                {State::interrupted, "interrupted"}});

}  // namespace

std::string_view name_of(State state) {
    for (const auto& [value, name] : state_names)
        if (value == state)
            return name;
    return "unknown";
}

std::optional<State> state_named(std::string_view text) {
    for (const auto& [value, name] : state_names)
        if (name == text)
            return value;
    return std::nullopt;
}

std::string new_session_id() {
    return to_string(boost::uuids::random_generator()());
}

StartTime now_here() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm local{};
    localtime_r(&seconds, &local);
    return {now, std::chrono::duration_cast<std::chrono::minutes>(std::chrono::seconds(local.tm_gmtoff))};
}

Session::Session(std::string id, StartTime started, const Prescription& prescription, std::string plate_serial,
                 CalibrationInUse calibration)
    : tracker_(criteria(prescription)) {
    summary_.id = std::move(id);
    summary_.started = started;
    summary_.prescription = prescription;
    summary_.plate_serial = std::move(plate_serial);
    summary_.calibration_id = std::move(calibration.id);
    summary_.uncalibrated = summary_.calibration_id.empty();
    marks_.insert(calibration.faults.begin(), calibration.faults.end());
    if (summary_.uncalibrated)
        marks_.insert(motion::SessionFault::uncalibrated);
    summary_.faults.assign(marks_.begin(), marks_.end());
    told_ = summary_;
}

std::vector<Change> Session::push(const motion::ForceSample& sample) {
    std::vector<Change> changes;
    take(tracker_.push({&sample, 1}), changes);
    summary_.duration = sample.t;
    if (!dose_done())
        done_since_.reset();
    else if (!done_since_)
        done_since_ = sample.t;
    if (done_since_ && sample.t - *done_since_ >= settle)
        for (Change& change : end(State::finished))
            changes.push_back(std::move(change));
    return changes;
}

std::vector<Change> Session::stop() {
    return active() ? end(State::stopped) : std::vector<Change>{};
}

std::vector<Change> Session::gap(const Gap& gap) {
    std::vector<Change> changes{gap};
    ++summary_.gaps;
    summary_.lost_samples += gap.lost_samples.value_or(0);
    summary_.gap_time += gap.to - gap.from;
    count(changes);
    return changes;
}

std::vector<Change> Session::mark(motion::SessionFault fault) {
    std::vector<Change> changes;
    if (marks_.insert(fault).second)
        count(changes);
    return changes;
}

std::vector<Change> Session::end(State state) {
    std::vector<Change> changes;
    summary_.state = state;
    take(tracker_.finish(), changes);
    count(changes);
    return changes;
}

void Session::take(std::vector<motion::Output> outputs, std::vector<Change>& changes) {
    for (motion::Output& output : outputs) {
        if (auto* weighed = std::get_if<motion::WeighedIn>(&output)) {
            summary_.system_weight = weighed->system_weight;
            if (summary_.state == State::weighing)
                summary_.state = State::running;
        } else if (auto* phase = std::get_if<motion::PhaseChange>(&output)) {
            phase_ = phase->phase;
            changes.push_back(*phase);
        } else if (auto* event = std::get_if<motion::Event>(&output)) {
            changes.push_back(*event);
        } else if (auto* rep = std::get_if<motion::Rep>(&output)) {
            if (summary_.state == State::weighing)
                summary_.state = State::running;
            const int counted_before =
                static_cast<int>(std::count_if(reps_.begin(), reps_.lower_bound(rep->index),
                                               [](const auto& entry) { return entry.second.rep.counted; }));
            const int set = std::min(counted_before / summary_.prescription.reps + 1, summary_.prescription.sets);
            reps_[rep->index] = {*rep, set};
            changes.push_back(SessionRep{std::move(*rep), set});
        }
    }
    if (!outputs.empty())
        count(changes);
}

/// Brings the summary up to date and adds it to the changes where it says something new.
void Session::count(std::vector<Change>& changes) {
    summary_.counted = summary_.good = summary_.affected_reps = 0;
    for (const auto& [index, entry] : reps_) {
        const auto& reasons = entry.rep.reasons;
        summary_.affected_reps += std::any_of(reasons.begin(), reasons.end(), [](motion::Reason reason) {
            return reason == motion::Reason::gap || reason == motion::Reason::saturated;
        });
        summary_.counted += entry.rep.counted;
        summary_.good += entry.rep.counted && entry.rep.verdict == motion::Verdict::good;
    }
    const Prescription& p = summary_.prescription;
    summary_.set = std::clamp((summary_.counted - 1) / p.reps + 1, 1, p.sets);
    summary_.reps_in_set = summary_.counted - (summary_.set - 1) * p.reps;
    summary_.faults = tracker_.session_faults();
    summary_.faults.insert(summary_.faults.end(), marks_.begin(), marks_.end());
    std::sort(summary_.faults.begin(), summary_.faults.end());
    summary_.faults.erase(std::unique(summary_.faults.begin(), summary_.faults.end()), summary_.faults.end());
    told_.duration = summary_.duration;
    if (told_ == summary_)
        return;
    told_ = summary_;
    changes.push_back(summary_);
}

/// Every rep was counted, and the person is back on two feet or off the plate.
bool Session::dose_done() const {
    if (summary_.counted < summary_.prescription.sets * summary_.prescription.reps)
        return false;
    if (phase_ == motion::Phase::two_feet || phase_ == motion::Phase::empty)
        return true;
    const auto last =
        std::find_if(reps_.rbegin(), reps_.rend(), [](const auto& entry) { return entry.second.rep.counted; });
    return last != reps_.rend() && last->second.rep.return_end.has_value();
}

std::vector<SessionRep> Session::reps() const {
    std::vector<SessionRep> list;
    for (const auto& [index, rep] : reps_)
        list.push_back(rep);
    return list;
}

}  // namespace heeldrop::session
