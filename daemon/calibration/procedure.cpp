#include "daemon/calibration/procedure.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "calibration/lib/zero_finder.hpp"

namespace heeldrop::calibration {
namespace {

constexpr double tick_s = 0.25;
constexpr Seconds person_patience{30.0};
/// A hold's load that changes by more was touched.
constexpr double touched = 0.05;
constexpr Newtons touched_beyond{20.0};

}  // namespace

Procedure::Procedure(std::vector<Cell> cells, Plan plan, MetresPerSecond2 station_gravity, bool unattended)
    : cells_(std::move(cells)),
      plan_(std::move(plan)),
      gravity_(plan_.gravity.value_or(station_gravity)),
      unattended_(unattended),
      done_(plan_.steps.size(), false),
      stillness_(cells_) {
    for (const Step& s : plan_.steps)
        if (unattended && s.kind == StepKind::person && !s.mass)
            throw std::invalid_argument(
                "Unattended, the plan must say the mass of the person in every step \"person\".");
    begin_step();
}

bool Procedure::over() const noexcept {
    return progress_.state == ProcedureState::complete || progress_.state == ProcedureState::cancelled ||
           progress_.state == ProcedureState::broken;
}

std::optional<Kilograms> Procedure::mass_of(std::size_t step) const {
    const auto told = told_.find(step);
    return told != told_.end() ? std::optional(told->second) : plan_.steps[step].mass;
}

Newtons Procedure::weight(std::size_t step) const {
    return weight_of(mass_of(step).value_or(Kilograms{}), gravity_);
}

std::array<double, max_cells> Procedure::expected(std::size_t step) const {
    std::array<double, max_cells> newtons{};
    const Step& s = plan_.steps[step];
    if (!bears_load(s.kind))
        return newtons;
    const auto of_pad = cells_of_pad(cells_, s.pad);
    const auto shares = expected_shares(cells_, of_pad, s.x, s.y);
    for (std::size_t j = 0; j < of_pad.size(); ++j)
        newtons[of_pad[j]] = shares[j] * weight(step).value;
    return newtons;
}

void Procedure::push(const TimedReading& sample) {
    if (over())
        return;
    if (progress_.state == ProcedureState::paused || !last_) {
        progress_.state = ProcedureState::running;
        progress_.reason.clear();
        last_.reset();
        stillness_.restart();
        valid_at_.fill(sample.t);
    }
    if (last_ && step().kind == StepKind::warm_up)
        warm_ += sample.t - *last_;
    last_ = sample.t;
    count_in(sample);
    stillness_.push(sample);
    if (const double now = std::floor(sample.t.value / tick_s); now != last_tick_) {
        last_tick_ = now;
        tick(sample.t);
    }
}

void Procedure::pause(std::string why) {
    if (over())
        return;
    progress_.state = ProcedureState::paused;
    progress_.reason = std::move(why);
    partly_since_.reset();
}

void Procedure::count_in(const TimedReading& sample) {
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        const std::int32_t count = sample.reading.counts[c];
        if ((sample.reading.faults >> c & 1) != 0 || count <= count_min || count >= count_max)
            continue;
        valid_at_[c] = sample.t;
        sum_[c] += count;
        ++summed_[c];
    }
}

void Procedure::tick(Seconds t) {
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        if (summed_[c] > 0)
            now_[c] = sum_[c] / static_cast<double>(summed_[c]);
        sum_[c] = 0.0;
        summed_[c] = 0;
    }
    if (!rest_) {
        rest_ = now_;
        start_ = now_;
    }
    progress_.trouble.clear();
    find_silent_cell(t);
    if (over())
        return;
    if (given_ && t - *given_ < settling)
        stillness_.restart();
    const Step& s = step();
    const Newtons limit = s.kind == StepKind::person
                              ? most_restless_person(mass_of(progress_.step).value_or(Kilograms{}))
                          : s.kind == StepKind::empty   ? ZeroLimits{}.steady
                          : s.kind == StepKind::warm_up ? ZeroLimits{}.steady
                                                        : most_restless(weight(progress_.step));
    // With a dead or inverted cell the sum of somebody who sways is never still: then it is read as it is, and the
    // checks name the cell.
    const bool as_it_is = s.kind == StepKind::person && given_ && t - *given_ > person_patience;
    progress_.stability = stillness_.assess(as_it_is ? Newtons{1e9} : limit,
                                            s.kind == StepKind::person ? Measure::sum : Measure::corners);
    progress_.stability.limit = limit;
    show();
    switch (progress_.waiting) {
        case Waiting::mass:
            break;
        case Waiting::load:
            if (doubted_)
                say_doubt();
            if (unattended_ && arrived(t))
                give_word(t);
            break;
        case Waiting::time:
            pass_time(t);
            break;
        case Waiting::still:
            read_if_still(t);
            break;
    }
    progress_.stability.reading.reset();
}

void Procedure::find_silent_cell(Seconds t) {
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        if (t - valid_at_[c] < Seconds{1.0})
            continue;
        progress_.trouble =
            fmt::format("The cell {} gives no valid value: check its plug and its wires.", name_of(cells_[c]));
        if (t - valid_at_[c] < silent_after)
            continue;
        silent_cell_ = c;
        progress_.state = ProcedureState::broken;
        progress_.reason = fmt::format(
            "The cell {} has given no valid value for {:g} s. Check its plug and its wires and begin again.",
            name_of(cells_[c]), silent_after.value);
        return;
    }
}

void Procedure::show() {
    const auto& zero = last_zero();
    progress_.left = progress_.right = Newtons{};
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        progress_.cells[c] = Newtons{(now_[c] - zero[c]) / cells_[c].gain.value};
        (cells_[c].pad == Pad::left ? progress_.left : progress_.right) += progress_.cells[c];
    }
}

void Procedure::begin_step() {
    const Step& s = step();
    given_.reset();
    doubted_ = false;
    partly_since_.reset();
    hold_ = {};
    stillness_.restart();
    progress_.remaining = {};
    progress_.mass = mass_of(progress_.step);
    progress_.waiting = Waiting::load;
    progress_.done = static_cast<std::size_t>(std::count(done_.begin(), done_.end(), true));
    if (s.kind == StepKind::warm_up) {
        warm_ = {};
        progress_.waiting = Waiting::time;
        progress_.remaining = s.duration;
    } else if (s.kind == StepKind::person && !progress_.mass) {
        progress_.waiting = Waiting::mass;
    } else if (s.kind == StepKind::empty && rest_step_ && !bears_load(plan_.steps[*rest_step_].kind)) {
        give_word(*last_);  // there is nothing to be taken off
    }
    progress_.may_skip = s.optional || s.kind == StepKind::warm_up;
}

void Procedure::go_on() {
    progress_.step = static_cast<std::size_t>(std::find(done_.begin(), done_.end(), false) - done_.begin());
    if (progress_.step < done_.size())
        return begin_step();
    progress_.state = ProcedureState::complete;
    progress_.done = done_.size();
    progress_.remaining = {};
    progress_.may_skip = false;
    progress_.mass.reset();
}

void Procedure::finish_step() {
    done_[progress_.step] = true;
    rest_ = now_;
    rest_step_ = progress_.step;
    if (step().kind == StepKind::warm_up)
        start_ = now_;
    go_on();
}

void Procedure::give_word(Seconds t) {
    given_ = since_ = t;
    stillness_.restart();
    const Step& s = step();
    const bool time = s.kind == StepKind::preload || s.kind == StepKind::empty;
    progress_.waiting = time ? Waiting::time : Waiting::still;
    progress_.remaining = time ? s.duration : settling + Stillness::window;
}

void Procedure::pass_time(Seconds t) {
    const Step& s = step();
    if (s.kind == StepKind::hold)
        return go_on_holding(t);
    if (s.kind == StepKind::warm_up) {
        progress_.remaining = std::max(Seconds{}, s.duration - warm_);
        if (progress_.remaining <= Seconds{})
            finish_step();
        return;
    }
    if (s.kind == StepKind::empty && !stands_empty(t))
        since_ = t;  // its rest begins when it is empty
    progress_.remaining = std::max(Seconds{}, s.duration - (t - since_));
    if (progress_.remaining > Seconds{})
        return;
    if (nothing_came())
        return doubt();
    if (s.kind == StepKind::preload)
        return finish_step();
    progress_.waiting = Waiting::still;
    read_if_still(t);
}

void Procedure::read_if_still(Seconds t) {
    const Seconds settle = std::max(Seconds{}, settling - (t - *given_));
    progress_.remaining = settle + progress_.stability.remaining;
    const auto reading = progress_.stability.reading;
    if (!reading)
        return;
    if (step().kind == StepKind::empty && !stands_empty(t))
        return;
    if (nothing_came())
        return doubt();
    take(*reading);
}

void Procedure::take(const MeanReading& reading) {
    const std::size_t at = progress_.step;
    const Step& s = step();
    switch (s.kind) {
        case StepKind::warm_up:
        case StepKind::preload:
            return;
        case StepKind::empty:
            // Read again before anything was put on since: the older one had its fault.
            std::erase_if(empties_, [&](const Empty& e) { return e.step == at && e.loads_before == loads_taken_; });
            empties_.push_back({at, loads_taken_, reading});
            break;
        case StepKind::place:
            taken_[at] = Placement{s.placement, s.role, s.pad, *mass_of(at), s.x, s.y, reading};
            break;
        case StepKind::person:
            taken_[at] = SpotCheck{s.pad, *mass_of(at), reading};
            break;
        case StepKind::hold:
            if (hold_.readings.empty())
                hold_ = {s.pad, *mass_of(at), reading.t - Stillness::window / 2.0, {}};
            hold_.readings.push_back(reading);
            progress_.waiting = Waiting::time;
            stillness_.restart();
            return go_on_holding(*last_);
    }
    if (reads_load(s.kind))
        ++loads_taken_;
    finish_step();
}

void Procedure::go_on_holding(Seconds t) {
    const Step& s = step();
    const Seconds end = hold_.loaded + s.duration, last = hold_.readings.back().t;
    progress_.remaining = std::max(Seconds{}, end - t);
    progress_.may_skip = s.optional || (hold_.readings.size() >= 3 && t - hold_.loaded >= least_hold);
    double moved = 0.0;
    for (std::size_t c = 0; c < cells_.size(); ++c)
        moved += std::abs((now_[c] - hold_.readings.front().mean[c]) / cells_[c].gain.value);
    if (moved > touched * weight(progress_.step).value + touched_beyond.value) {
        begin_step();
        progress_.trouble = "The load was touched, and the hold begins again. Set it down and leave it alone.";
        return;
    }
    // The last reading is at the end, and none comes shortly before it.
    const Seconds next = last + hold_every;
    const Seconds due = end - next < hold_every / 2.0 ? end : next;
    if (t < due || !progress_.stability.reading)
        return;
    const MeanReading reading = *progress_.stability.reading;
    progress_.stability.reading.reset();
    if (due < end)
        return take(reading);
    hold_.readings.push_back(reading);
    taken_[progress_.step] = hold_;
    ++loads_taken_;
    finish_step();
}

}  // namespace heeldrop::calibration
