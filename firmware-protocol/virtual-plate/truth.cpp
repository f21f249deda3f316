// The words of the truth, in files and messages.
#include "firmware-protocol/virtual-plate/truth.hpp"

#include <array>

namespace heeldrop::virtual_plate {

std::string_view name_of(Side side) {
    return side == Side::left ? "left" : "right";
}

std::string_view name_of(Prescribed side) {
    return side == Prescribed::left ? "left" : side == Prescribed::right ? "right" : "both";
}

std::string_view name_of(Fault fault) {
    constexpr std::array<std::string_view, 8> names{"fast_drop",    "two_leg_drop", "one_leg_rise", "wrong_leg",
                                                    "shallow_drop", "bounce",       "hand_support", "incomplete"};
    return names[static_cast<std::size_t>(fault)];
}

}  // namespace heeldrop::virtual_plate
