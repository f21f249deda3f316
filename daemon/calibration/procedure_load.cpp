// What stands on the plate, against what should in this step.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "daemon/calibration/procedure.hpp"

namespace heeldrop::calibration {
namespace {

/// How far the cells may be from what is expected of them, as a part of the change: that is the load. And how much
/// has to have changed for anything to be there that is left alone for long.
constexpr double likeness = 0.5, anything = 0.1;
constexpr Seconds partial_still{30.0};
constexpr Newtons least_change{20.0};

}  // namespace

const std::array<double, max_cells>& Procedure::last_zero() const {
    return empties_.empty() ? start_ : empties_.back().reading.mean;
}

Procedure::Change Procedure::change_from_rest() const {
    const auto to = expected(progress_.step);
    const auto from = rest_step_ ? expected(*rest_step_) : std::array<double, max_cells>{};
    const auto& zero = last_zero();
    Change change;
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        const double wanted = to[c] - from[c], got = (now_[c] - (*rest_)[c]) / cells_[c].gain.value;
        change.wanted += std::abs(wanted);
        change.got += std::abs(got);
        change.apart += std::abs(got - wanted);
        change.off += std::abs((now_[c] - zero[c]) / cells_[c].gain.value - to[c]);
    }
    return change;
}

bool Procedure::arrived(Seconds t) {
    const Change change = change_from_rest();
    // Where the last load was another than was said, the change is another too, and the load itself is the answer.
    if (change.wanted < least_change.value || std::min(change.apart, change.off) <= likeness * change.wanted)
        return true;
    // Somebody who sways over an inverted cell is never still.
    const bool stays = progress_.stability.reading || step().kind == StepKind::person;
    if (change.got < anything * change.wanted || !stays) {
        partly_since_.reset();
        return false;
    }
    if (!partly_since_)
        partly_since_ = t;
    return t - *partly_since_ >= partial_still;
}

bool Procedure::nothing_came() const {
    const Change change = change_from_rest();
    return !doubted_ && bears_load(step().kind) && change.wanted >= least_change.value &&
           change.got < anything * change.wanted && change.off > likeness * change.wanted;
}

void Procedure::doubt() {
    begin_step();
    doubted_ = true;
    say_doubt();
}

void Procedure::say_doubt() {
    const Step& s = step();
    progress_.trouble = fmt::format(
        "Nothing has changed on the plate: the {} pad reads {:.0f} N, and {:g} kg would be {:.0f} N. Put it there and "
        "say "
        "so again. If it does stand there, say so again too: then it is read as it is.",
        name_of(s.pad), (s.pad == Pad::left ? progress_.left : progress_.right).value, mass_of(progress_.step)->value,
        weight(progress_.step).value);
}

/// Half of the lightest load still there: something was left on the plate. Unattended that is believed for half a
/// minute only, as a zero may have run away too, which the checks will name.
bool Procedure::stands_empty(Seconds t) {
    Newtons lightest{1e9};
    for (std::size_t i = 0; i < plan_.steps.size(); ++i)
        if (bears_load(plan_.steps[i].kind) && mass_of(i))
            lightest = std::min(lightest, weight(i));
    for (const auto& [pad, force] : {std::pair{Pad::left, progress_.left}, {Pad::right, progress_.right}}) {
        // What went away since the beginning was no load of the plan's: then the beginning was no empty plate.
        if ((empties_.empty() ? force.value : std::abs(force.value)) < lightest.value / 2.0)
            continue;
        progress_.trouble = fmt::format("The {} pad is not empty: it carries {:.0f} N. Take everything off the plate.",
                                        name_of(pad), force.value);
        if (unattended_ && progress_.stability.reading) {
            if (!partly_since_)
                partly_since_ = t;
            if (t - *partly_since_ >= partial_still)
                return true;
        } else {
            partly_since_.reset();
        }
        return false;
    }
    partly_since_.reset();
    return true;
}

}  // namespace heeldrop::calibration
