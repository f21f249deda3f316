// What the simulated person really did, by the definitions an analysis is judged by (README.md, "The truth").
// Must not know how anyone estimates these figures: everything here comes from the script and the noise-free body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::virtual_plate {

enum class Side { left, right };
enum class Prescribed { left, right, both };
enum class Fault { fast_drop, two_leg_drop, one_leg_rise, wrong_leg, shallow_drop, bounce, hand_support, incomplete };

std::string_view name_of(Side);
std::string_view name_of(Prescribed);
std::string_view name_of(Fault);
constexpr Side other(Side s) {
    return s == Side::left ? Side::right : Side::left;
}

/// The limits the expected faults are told by; the defaults are those a station ships with.
struct Limits {
    Prescribed side = Prescribed::right;
    Seconds min_drop{2.0};
    Fraction min_working_share{0.85};
    Fraction max_rise_share{0.70};
    std::optional<Metres> min_depth{Metres{0.05}};
    MetresPerSecond bounce_speed{0.15};
    Seconds bounce_window{0.4};
    std::optional<Fraction> min_hand_load{Fraction{0.95}};  ///< half-second mean of the load that the hands leave
};

/// All times count from the script's first instant. An absent value does not exist (a two-leg drop has no transfer).
struct TruthRep {
    int index = 0;        ///< from 1, in order; incomplete ones included
    std::string element;  ///< the script's word
    std::string profile;  ///< the descent's speed profile: bell, skewed, constant, jerky
    bool counted = true;  ///< false: ended before the descent was over
    std::optional<Side> side;
    std::vector<Fault> faults;  ///< ascending; none means the verdict is "good"

    std::optional<Seconds> rise_start, rise_end;
    std::optional<Seconds> transfer_start, transfer_end;
    std::optional<Seconds> drop_start, drop_end;
    std::optional<Seconds> return_end;

    std::optional<Metres> rise_height;  ///< travel of the centre of mass over the rise
    std::optional<Metres> drop_depth;   ///< and over the drop
    std::optional<MetresPerSecond> peak_drop_speed, mean_drop_speed;
    std::optional<Fraction> working_share_rise, working_share_drop;
    std::optional<Newtons> peak_force, mean_force;  ///< working pad over the drop
    std::optional<NewtonSeconds> impulse;
    std::optional<Fraction> lowest_load;  ///< least half-second mean of what the hands leave, rise to return

    std::optional<Seconds> drop_duration() const {
        return drop_start && drop_end ? std::optional(*drop_end - *drop_start) : std::nullopt;
    }
    std::optional<Seconds> rise_duration() const {
        return rise_start && rise_end ? std::optional(*rise_end - *rise_start) : std::nullopt;
    }
};

/// Anything else that happened: quiet, step_on, squat, shift, ...
struct TruthInterval {
    std::string element;
    Seconds start, end;
};

struct Truth {
    Kilograms mass;
    Seconds duration;
    std::vector<TruthRep> reps;
    std::vector<TruthInterval> others;
};

}  // namespace heeldrop::virtual_plate
