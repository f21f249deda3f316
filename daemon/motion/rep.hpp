// The motion library's results: phases, reps with their verdicts, and what happened on the plate.
// Values only. An absent optional is "not known"; the rep's reasons say why. Times are on the samples' clock.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "calibration/lib/units.hpp"
#include "daemon/motion/criteria.hpp"

namespace heeldrop::motion {

/// Raised by any change that can alter a number or a verdict; stored with every session and printed by every export.
inline constexpr std::string_view algorithm = "heeldrop-motion/16";

/// `bottom`: the drop is over, the body low on one foot. `homing` (the wire name is "return"): the other foot takes
/// load.
enum class Phase { empty, two_feet, rise, top, transfer, drop, bottom, homing, unknown };

/// Whether it is told of which leg the phase is.
constexpr bool has_side(Phase phase) {
    return phase == Phase::transfer || phase == Phase::drop || phase == Phase::bottom;
}

enum class Verdict { good, fault, unjudged };

/// domain.md section 3, in its order.
enum class Fault { fast_drop, two_leg_drop, one_leg_rise, wrong_leg, shallow_drop, bounce, hand_support, incomplete };

/// Why a value is absent or a rep unjudged. A closed list, documented in daemon/motion/README.md.
enum class Reason {
    no_rise,               ///< the set began at the top: rise figures absent, not judged
    descent_not_resolved,  ///< the descent cannot be told from sway: the one-foot interval is only a bound
    gap,                   ///< samples are missing inside the rep
    saturated,             ///< a pad's force was not usable inside the rep
    hand_force_changing,   ///< hands took or gave load during the descent
    side_ambiguous,        ///< between 45 and 55 % on each leg and no side prescribed
    second_person,         ///< judging paused: more load than one person
    no_transfer,           ///< a two-leg drop has none
    no_return,             ///< the other foot did not come back before the record or the stance ended
};

struct Rep {
    int index = 0;        ///< from 1, in the order of their drops
    int revision = 1;     ///< raised when a later look replaces an earlier account of the same index
    bool counted = true;  ///< a drop happened; false only for `incomplete` ones
    std::optional<Side> side;
    Verdict verdict = Verdict::unjudged;
    std::vector<Fault> faults;    ///< ascending, each once
    std::vector<Reason> reasons;  ///< ascending, each once

    std::optional<Seconds> rise_start, rise_end;
    std::optional<Seconds> transfer_start, transfer_end;
    std::optional<Seconds> drop_start, drop_end;
    std::optional<Seconds> return_end;

    std::optional<Seconds> rise_duration;
    std::optional<Seconds> drop_duration, drop_duration_uncertainty;  ///< standard uncertainty, k = 1
    std::optional<Metres> drop_depth, drop_depth_uncertainty;
    std::optional<MetresPerSecond> peak_drop_speed;
    std::optional<Fraction> working_share_drop, working_share_rise;
    std::optional<Newtons> peak_force, mean_force;  ///< working pad over the drop
    std::optional<NewtonSeconds> impulse;

    bool operator==(const Rep&) const = default;
};

/// The same phase twice in a row: it goes on, and its beginning is known better now.
struct PhaseChange {
    Seconds t;  ///< when the phase began, which may lie a little before the sample that revealed it
    Phase phase = Phase::unknown;
    std::optional<Side> side;  ///< the loaded leg in transfer, drop and bottom
    bool operator==(const PhaseChange&) const = default;
};

/// Everything an event may be; closed, documented in daemon/motion/README.md.
enum class EventKind { step_on, step_off, gap, saturated, recovered, second_person, one_person };

struct Event {
    Seconds t;
    EventKind kind;
    bool operator==(const Event&) const = default;
};

/// The first quiet stance has weighed the person in: body and whatever it carries.
struct WeighedIn {
    Seconds t;
    Newtons system_weight;
    bool operator==(const WeighedIn&) const = default;
};

enum class SessionFault {
    added_load_on_step,
    load_off_prescription,
    second_person,
    plate_fault,
    calibration_expired,
    uncalibrated,
    calibration_failed,   ///< the plate's last calibration
    plate_changed,        ///< another serial number, or other cells, than was calibrated
    converter_changed,    ///< since the calibration
    certificate_altered,  ///< the stored one is not what this station signed: not used
    moved_or_uneven,      ///< a corner's zero is off the certificate's, or shifted in the session
    spot_check_failed,    ///< the last one of a pad
    extrapolated          ///< a pad bore more than it was calibrated with
};

/// The running picture for a display, as of the last sample; estimates that a finished rep may correct.
struct Live {
    Seconds t;
    Phase phase = Phase::unknown;
    Seconds phase_start;
    std::optional<Side> side;
    Newtons left, right;                   ///< smoothed for reading, over about 0.1 s
    std::optional<MetresPerSecond> speed;  ///< of the body's centre, downward positive; only where it can be told
    std::optional<Metres> depth;           ///< sunk since the drop began
    std::optional<Newtons> system_weight;
};

}  // namespace heeldrop::motion
