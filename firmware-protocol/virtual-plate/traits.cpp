// Drawing a person; the ranges are the measured ones in README.md.
#include "firmware-protocol/virtual-plate/traits.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::virtual_plate {

PersonTraits draw_person(std::uint64_t seed, std::optional<Kilograms> mass) {
    Random r(seed, 1);
    PersonTraits p;
    const double drawn = r.uniform(50.0, 110.0);
    p.mass = mass.value_or(Kilograms{drawn});
    if (!(p.mass.value >= 20.0 && p.mass.value <= 180.0))
        throw std::invalid_argument("a body mass of " + std::to_string(p.mass.value) + " kg is not between 20 and 180");

    p.two_leg_noise = Fraction{r.around(0.0010, 0.45, 0.0007, 0.0036)};
    p.one_leg_noise = Fraction{r.around(0.0063, 0.35, 0.003, 0.012)};
    p.one_leg_noise_first = Fraction{std::max(p.one_leg_noise.value, r.around(0.012, 0.12, 0.009, 0.015))};
    p.tremor_growth = r.uniform(0.03, 0.15);

    // 43-58 % is the 10th to 90th percentile.
    p.rest_left_share = Fraction{std::clamp(0.505 + 0.0585 * r.normal(), 0.40, 0.60)};
    p.share_wander = Fraction{r.around(0.008, 0.45, 0.003, 0.02)};

    p.cop_base_left = Millimetres{r.uniform(-10.0, 25.0)};
    p.cop_base_right = Millimetres{p.cop_base_left.value + 6.0 * r.normal()};
    p.cop_two_leg = Millimetres{r.uniform(2.0, 6.0)};
    p.cop_one_leg = Millimetres{r.uniform(9.0, 12.0)};
    p.cop_rise = Millimetres{r.uniform(14.0, 53.0)};
    p.cop_rise_power = r.uniform(0.7, 1.4);

    p.transfer_median = Seconds{r.around(0.45, 0.25, 0.3, 0.7)};
    p.push_back_max = Fraction{r.uniform(0.02, 0.08)};
    p.usual_rise_share = r.uniform(0.40, 0.58);
    p.usual_depth_m = r.uniform(0.065, 0.115);
    return p;
}

}  // namespace heeldrop::virtual_plate
