// Of plate.hpp, what it says to people of a plate that sends samples.
#include <fmt/core.h>

#include "daemon/plate/plate.hpp"

namespace heeldrop::plate {
namespace {

constexpr const char* step_off = "Step off the plate and keep it still for a second, so that it can find its zero.";

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::missing:
            return "missing";
        case State::connecting:
            return "connecting";
        case State::refused:
            return "refused";
        case State::needs_zero:
            return "needs_zero";
        case State::ready:
            return "ready";
    }
    return "unknown";
}

/// Ready or not, and which cell is sick.
void Plate::say_how_it_is() {
    told_cells_ = watch_->revision();
    told_judged_ = watch_->judged();
    told_jump_ = counts_.clock_jumps > 0;
    static constexpr const char* pads[] = {"left", "right"};
    static constexpr const char* corners[] = {"front left", "front right", "rear left", "rear right"};
    std::string sick;
    const auto& health = watch_->health();
    for (std::size_t c = 0; c < health.size(); ++c)
        if (health[c].state != CellState::ok)
            sick += fmt::format(" The {} cell of the {} pad is {}: check its plug and what lies on it.",
                                corners[static_cast<std::size_t>(info_->cells[c].corner)],
                                pads[static_cast<std::size_t>(info_->cells[c].pad)], name_of(health[c].state));
    if (told_jump_)
        sick += " Its clock jumps: have its electronics looked at.";
    ++revision_;
    if (zero_finder_->zero() && !told_judged_)
        set(State::needs_zero, "The plate looks at a cell that has not moved yet: wait two more seconds." + sick);
    else if (zero_finder_->zero())
        set(State::ready, sick.empty() ? "The plate is ready." : "The plate sends samples." + sick);
    else
        set(State::needs_zero, step_off + sick);
}

}  // namespace heeldrop::plate
