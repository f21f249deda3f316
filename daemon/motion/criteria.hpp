// What a rep is judged against: the part of a prescription that the motion library needs.
// Every threshold is a clinician's setting (daemon/session/prescription.hpp); the defaults are domain.md's section 3.
#pragma once

#include <optional>

#include "calibration/lib/units.hpp"

namespace heeldrop::motion {

enum class Side { left, right };
/// Which leg the patient was asked to lower on. `both` leaves it free, so `wrong_leg` is not judged.
enum class PrescribedSide { left, right, both };
/// On the flat the heel cannot pass below horizontal, so depth is not judged.
enum class Surface { step, flat };
/// Which support of the hands the prescription allows; `free` is not judged.
enum class HandSupport { fingertips, rail, free };

struct Criteria {
    PrescribedSide side = PrescribedSide::both;
    Surface surface = Surface::step;
    HandSupport hands = HandSupport::fingertips;

    Seconds target_drop{3.0};                       ///< shown to the patient; `fast_drop` is judged by min_drop
    Seconds min_drop{2.0};                          ///< `fast_drop` below
    Fraction min_working_share{0.85};               ///< `two_leg_drop` below, mean over the drop
    Fraction max_rise_share{0.70};                  ///< `one_leg_rise` above, mean over the rise
    std::optional<Metres> min_depth{Metres{0.05}};  ///< `shallow_drop` where depth + 2 u is below; none: not judged
    MetresPerSecond bounce_speed{0.15};  ///< `bounce`: upward speed above, within bounce_window of the bottom
    Seconds bounce_window{0.4};
    Fraction fingertips_min_load{0.95};  ///< `hand_support`: 0.5 s mean of the total under this part of reference
    Fraction rail_min_load{0.80};

    Fraction second_person_load{1.15};  ///< `second_person`: total above this part of reference for 1 s
    /// Without it, rules about added load are not judged.
    std::optional<Kilograms> body_mass;
    MetresPerSecond2 gravity = standard_gravity;
};

}  // namespace heeldrop::motion
