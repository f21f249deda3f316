#include "daemon/motion/stretch.hpp"

#include <algorithm>
#include <limits>

namespace heeldrop::motion {
namespace {

/// Expected sway, of system weight (domain.md: two legs 0.10 % median; one leg 0.3-1.2 %).
constexpr double two_leg_noise = 0.0015, one_leg_noise = 0.007;
/// Of the centre of pressure, millimetres rms (domain.md: SD 9-12 on one leg, 2-6 on two).
constexpr double one_leg_wander_mm = 11.0, two_leg_wander_mm = 5.0;
/// In a descent on two feet the sway grows sooner as the feet carry it less alike.
constexpr double start_of_one_leg = 0.65, start_in_descent = 0.55, all_on_one_leg = 0.90,
                 most_on_two_legs = 0.85;  // share of the fuller pad

double fuller_share(const Bin& b) {
    return std::max(left_share(b), 1.0 - left_share(b));
}

double expected_noise(const Bin& b, double weight, double alike) {
    if (!b.usable() || b.sparse)
        return std::numeric_limits<double>::infinity();
    const double part = std::clamp((fuller_share(b) - alike) / (all_on_one_leg - alike), 0.0, 1.0);
    return weight * (two_leg_noise + part * (one_leg_noise - two_leg_noise));
}

}  // namespace

Stretch::Stretch(const History& history, BinIndex from, BinIndex to, double rest_share, const Knowledge& known) {
    double alone = 0.0;
    for (BinIndex i = from; i < to; ++i) {
        const Bin& b = history[i].bin;
        force.push_back(b.total());
        share_shift.push_back(left_share(b) - rest_share);
        noise.push_back(expected_noise(b, known.system_weight, start_of_one_leg));
        unseen.push_back(b.unseen);
        if (fuller_share(b) > 0.8)
            alone += 1.0;
    }
    window.force = force;
    window.share_shift = share_shift;
    window.noise = noise;
    window.unseen = unseen;
    window.mass = known.mass();
    window.gain = known.gain;
    window.gain_sd = known.gain_sd;
    window.stance = alone > 0.3 * static_cast<double>(to - from) ? Stance::one_leg : Stance::two_legs;
}

void Stretch::end_after(std::size_t bins) {
    for (auto* each : {&force, &share_shift, &noise, &unseen, &pressure})
        each->resize(std::min(bins, each->size()));
    window.force = force;
    window.share_shift = share_shift;
    window.noise = noise;
    window.unseen = unseen;
    window.pressure = pressure;
}

void Stretch::lowers_on_two_feet(const History& history, BinIndex from, double weight) {
    for (std::size_t k = 0; k < noise.size(); ++k)
        noise[k] = expected_noise(history[from + static_cast<BinIndex>(k)].bin, weight, start_in_descent);
}

void Stretch::use_pressure(const History& history, BinIndex from, std::optional<Side> foot,
                           std::optional<double> stance_share) {
    for (std::size_t k = 0; k < force.size(); ++k) {
        const Bin& b = history[from + static_cast<BinIndex>(k)].bin;
        const double share = left_share(b);
        const bool told = b.usable() && (foot ? (*foot == Side::left ? share : 1.0 - share) > all_on_one_leg
                                              : fuller_share(b) < most_on_two_legs);
        const double here =
            stance_share ? *stance_share * b.left_cop + (1.0 - *stance_share) * b.right_cop : pressure_of(b, foot);
        pressure.push_back(told ? here : std::numeric_limits<double>::quiet_NaN());
    }
    window.pressure = pressure;
    window.pressure_noise = foot ? one_leg_wander_mm : two_leg_wander_mm;
}

}  // namespace heeldrop::motion
