// A stretch of history laid out for the movement fit: total force, shift of share, expected sway. Pure.
#pragma once

#include <optional>
#include <vector>

#include "daemon/motion/history.hpp"
#include "daemon/motion/movement.hpp"
#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

/// Metres, before anything was learned: the whole way of a heel (domain.md section 1: 9.3 to 9.6 cm on one leg), and
/// between what nearly all people's lie, from floor or step; and further than any drop goes.
inline constexpr double anybodys_height = 0.09, least_of_anybody = 0.04, most_of_anybody = 0.16, beyond_any_drop = 0.26;

/// What the session has taught so far about the person and the plate.
struct Knowledge {
    double system_weight = 0.0;  ///< newtons, from the weigh-in
    double reference = 0.0;      ///< newtons, following quiet stances slowly
    double gain = 0.0;           ///< newtons of the total per unit of left share: the pads' difference
    double gain_sd = 0.0;
    double usual_drop = 0.0;  ///< metres: how far this person lowered in the reps so far; 0 before the first
    /// How much further than their rise this person's drops go (below the step), a part of it, and what the next is
    /// expected to be off it by.
    double further = 0.045, further_sd = 0.13;
    bool return_seen = false;                                          ///< this very rep's return has told it
    bool left_undone() const { return return_seen && further < 0.0; }  ///< and lowered on two feet
    /// How long this person's slow drops in the set so far lasted: mean of the log of seconds, and what one more is
    /// expected to be off it by; 0 before the second.
    double usual_log_duration = 0.0, usual_log_duration_sd = 0.0;
    /// How likely each shape of a drop is, from the set so far; none before the first.
    std::optional<ShapeWeights> usual_shapes;
    /// How far the pressure of both feet goes towards the toes in this person's rises, millimetres a metre: mean and
    /// what one more is expected to be off it by; 0 before the first.
    double usual_coupling = 0.0, usual_coupling_sd = 0.0;
    double gravity = standard_gravity.value;

    double mass() const { return system_weight / gravity; }
};

/// Of the load on both pads; a half where there is none.
inline double left_share(const Bin& b) {
    return b.total() > 1.0 ? b.left / b.total() : 0.5;
}

/// Centre of pressure under one foot, or of both together: millimetres towards the toes, NaN where not known.
inline double pressure_of(const Bin& b, std::optional<Side> foot) {
    if (!foot)
        return left_share(b) * b.left_cop + (1.0 - left_share(b)) * b.right_cop;
    return *foot == Side::left ? b.left_cop : b.right_cop;
}

struct Stretch {
    std::vector<double> force, share_shift, noise, unseen, pressure;
    /// Spans over the vectors, mass, gain and stance; direction, baseline and expectations are the caller's.
    MovementWindow window;

    /// Bins [from, to) of the history, which must hold them.
    Stretch(const History& history, BinIndex from, BinIndex to, double rest_share, const Knowledge& known);
    /// Who lowers on two feet, more on one, sways more than who stands so: of that system weight, in newtons.
    void lowers_on_two_feet(const History& history, BinIndex from, double weight);
    /// Has the centre of pressure told, too: under the foot that stands, where it stands alone, or the middle of both.
    /// A stance's own left share keeps a shift of the load from looking like a way to the toes where one foot stands
    /// further forward.
    void use_pressure(const History& history, BinIndex from, std::optional<Side> foot,
                      std::optional<double> stance_share = std::nullopt);
    /// Leaves only the first so many bins.
    void end_after(std::size_t bins);
    Stretch(const Stretch&) = delete;
    Stretch& operator=(const Stretch&) = delete;
};

}  // namespace heeldrop::motion
