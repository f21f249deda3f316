// What an operator may say to the procedure, and what going back means.
#include <fmt/core.h>

#include "daemon/calibration/procedure.hpp"

namespace heeldrop::calibration {

std::string_view name_of(Waiting waiting) {
    switch (waiting) {
        case Waiting::load:
            return "load";
        case Waiting::mass:
            return "mass";
        case Waiting::still:
            return "still";
        case Waiting::time:
            return "time";
    }
    return "?";
}

std::string_view name_of(ProcedureState state) {
    switch (state) {
        case ProcedureState::running:
            return "running";
        case ProcedureState::paused:
            return "paused";
        case ProcedureState::complete:
            return "complete";
        case ProcedureState::cancelled:
            return "cancelled";
        case ProcedureState::broken:
            return "broken";
    }
    return "?";
}

bool Procedure::is_series(std::size_t step) const {
    const Step& s = plan_.steps[step];
    return s.kind == StepKind::place && (s.role == Role::up || s.role == Role::down);
}

/// From the first load after a reading of the empty plate to the next such reading.
std::pair<std::size_t, std::size_t> Procedure::stretch_of(std::size_t step) const {
    std::size_t begin = step, end = step;
    while (begin > 0 && bears_load(plan_.steps[begin - 1].kind))
        --begin;
    while (end < plan_.steps.size() && bears_load(plan_.steps[end].kind))
        ++end;
    return {begin, end};
}

void Procedure::forget_series(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
        if (is_series(i)) {
            done_[i] = false;
            taken_.erase(i);
        }
}

std::optional<Objection> Procedure::next() {
    if (over())
        return Objection{"not_now", "The calibration is over."};
    if (progress_.state == ProcedureState::paused || !last_)
        return Objection{"not_now", "The plate sends nothing now: connect it first."};
    if (progress_.waiting == Waiting::mass)
        return Objection{"not_now", "The person's mass is needed first."};
    if (progress_.waiting != Waiting::load)
        return Objection{"not_now", step().kind == StepKind::warm_up
                                        ? std::string("The plate is warming up: wait, or skip the rest of it.")
                                        : "This step is being read already: leave the plate alone."};
    give_word(*last_);
    return std::nullopt;
}

std::optional<Objection> Procedure::redo(std::size_t k) {
    const bool complete = progress_.state == ProcedureState::complete;
    if (over() && !complete)
        return Objection{"not_now", "The calibration is over."};
    if (k >= done_.size() || (!done_[k] && k != progress_.step))
        return Objection{"not_now", "Only a step that is done, or the one under way, can be done again."};
    const std::size_t current = progress_.step;
    const auto [begin, end] = stretch_of(k);
    const bool earlier = bears_load(plan_.steps[k].kind) && !(current >= begin && current <= end);
    if (is_series(k))
        forget_series(earlier ? begin : k, end);
    done_[k] = false;
    taken_.erase(k);
    if (earlier && reads_load(plan_.steps[k].kind)) {
        if (begin > 0)
            done_[begin - 1] = false;
        if (end < done_.size())
            done_[end] = false;
        if (!complete && is_series(current)) {
            const auto [open, close] = stretch_of(current);
            forget_series(open, close);
        }
    }
    if (complete) {
        progress_.state = ProcedureState::paused;  // what happened since is not known
        progress_.reason = "The plate sends nothing now: connect it first.";
    }
    go_on();
    return std::nullopt;
}

std::optional<Objection> Procedure::skip() {
    if (over())
        return Objection{"not_now", "The calibration is over."};
    if (!progress_.may_skip)
        return Objection{"not_now", fmt::format("The step \"{}\" cannot be left out{}.", name_of(step().kind),
                                                step().kind == StepKind::hold ? " before five minutes of it" : "")};
    if (step().kind == StepKind::hold && hold_.readings.size() >= 3) {
        taken_[progress_.step] = hold_;
        ++loads_taken_;
    }
    finish_step();
    return std::nullopt;
}

std::optional<Objection> Procedure::tell_mass(Kilograms mass) {
    if (over() || !bears_load(step().kind))
        return Objection{"not_now", "Nothing bears on the plate in this step, so that there is no mass to tell."};
    if (const auto [least, most] = masses_of(step().kind); mass < least || mass > most)
        return Objection{"bad_request",
                         fmt::format("The mass in this step must be {:g} to {:g} kg.", least.value, most.value)};
    told_[progress_.step] = mass;
    begin_step();
    return std::nullopt;
}

void Procedure::cancel() {
    if (over())
        return;
    progress_.state = ProcedureState::cancelled;
    taken_.clear();
    empties_.clear();
}

Observations Procedure::observations() const {
    Observations seen;
    seen.cells = cells_;
    seen.gravity = gravity_;
    seen.tolerance = plan_.tolerance;
    for (const Empty& e : empties_)
        seen.empties.push_back(e.reading);
    for (const auto& [at, taken] : taken_) {
        if (const auto* placement = std::get_if<Placement>(&taken))
            seen.placements.push_back(*placement);
        else if (const auto* hold = std::get_if<Hold>(&taken))
            seen.holds.push_back(*hold);
        else
            seen.spots.push_back(std::get<SpotCheck>(taken));
    }
    return seen;
}

}  // namespace heeldrop::calibration
