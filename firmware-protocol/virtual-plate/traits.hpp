// Who stands on the plate: the figures in which people differ, drawn from measured ranges (README.md, "The person").
#pragma once

#include <cstdint>
#include <optional>

#include "calibration/lib/units.hpp"

namespace heeldrop::virtual_plate {

struct PersonTraits {
    Kilograms mass{75.0};

    Fraction two_leg_noise{0.0010};       ///< SD of the total over body weight, 0.5-20 Hz, settled
    Fraction one_leg_noise{0.0063};       ///< the same on one leg
    Fraction one_leg_noise_first{0.012};  ///< just after lifting the other foot; falls to the former over 15 s
    double tremor_growth = 0.1;           ///< the 8-12 Hz part grows by this of itself with every rep

    Fraction rest_left_share{0.505};
    Fraction share_wander{0.01};  ///< slow, SD

    Millimetres cop_base_left{10.0}, cop_base_right{10.0};
    Millimetres cop_two_leg{4.0}, cop_one_leg{10.0};  ///< forward-back, SD
    Millimetres cop_rise{25.0};                       ///< forward travel from heels low to the top of a 10 cm raise
    double cop_rise_power = 1.0;                      ///< that travel goes as height to this power

    Seconds transfer_median{0.45};  ///< 10-90 % of the share's change
    Fraction push_back_max{0.08};   ///< first move of the share towards the foot about to lift
    double usual_rise_share = 0.5;  ///< of the working leg, in a two-foot rise
    double usual_depth_m = 0.09;    ///< travel of the centre of mass
};

/// 20 to 180 kg; drawn between 50 and 110 where none is given. The same seed and mass give the same person.
/// Throws std::invalid_argument on a mass out of range.
PersonTraits draw_person(std::uint64_t seed, std::optional<Kilograms> mass = std::nullopt);

}  // namespace heeldrop::virtual_plate
