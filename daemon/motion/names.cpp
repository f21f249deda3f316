#include "daemon/motion/names.hpp"

#include <array>
#include <utility>

namespace heeldrop::motion {
namespace {

template <class Enum>
struct Names;

#define HEELDROP_NAMES(Enum, ...)                                                                      \
    template <>                                                                                        \
    struct Names<Enum> {                                                                               \
        static constexpr auto table = std::to_array<std::pair<Enum, std::string_view>>({__VA_ARGS__}); \
    };                                                                                                 \
    std::string_view name_in_table(Enum value) {                                                       \
        for (const auto& [v, name] : Names<Enum>::table)                                               \
            if (v == value)                                                                            \
                return name;                                                                           \
        return "unknown";                                                                              \
    }

HEELDROP_NAMES(Phase, {Phase::empty, "empty"}, {Phase::two_feet, "two_feet"}, {Phase::rise, "rise"},
               {Phase::top, "top"}, {Phase::transfer, "transfer"}, {Phase::drop, "drop"}, {Phase::bottom, "bottom"},
               {Phase::homing, "return"}, {Phase::unknown, "unknown"})
HEELDROP_NAMES(Verdict, {Verdict::good, "good"}, {Verdict::fault, "fault"}, {Verdict::unjudged, "unjudged"})
HEELDROP_NAMES(Fault, {Fault::fast_drop, "fast_drop"}, {Fault::two_leg_drop, "two_leg_drop"},
               {Fault::one_leg_rise, "one_leg_rise"}, {Fault::wrong_leg, "wrong_leg"},
               {Fault::shallow_drop, "shallow_drop"}, {Fault::bounce, "bounce"}, {Fault::hand_support, "hand_support"},
               {Fault::incomplete, "incomplete"})
HEELDROP_NAMES(Reason, {Reason::no_rise, "no_rise"}, {Reason::descent_not_resolved, "descent_not_resolved"},
               {Reason::gap, "gap"}, {Reason::saturated, "saturated"},
               {Reason::hand_force_changing, "hand_force_changing"}, {Reason::side_ambiguous, "side_ambiguous"},
               {Reason::second_person, "second_person"}, {Reason::no_transfer, "no_transfer"},
               {Reason::no_return, "no_return"})
HEELDROP_NAMES(EventKind, {EventKind::step_on, "step_on"}, {EventKind::step_off, "step_off"}, {EventKind::gap, "gap"},
               {EventKind::saturated, "saturated"}, {EventKind::recovered, "recovered"},
               {EventKind::second_person, "second_person"}, {EventKind::one_person, "one_person"})
HEELDROP_NAMES(SessionFault, {SessionFault::added_load_on_step, "added_load_on_step"},
               {SessionFault::load_off_prescription, "load_off_prescription"},
               {SessionFault::second_person, "second_person"}, {SessionFault::plate_fault, "plate_fault"},
               {SessionFault::calibration_expired, "calibration_expired"}, {SessionFault::uncalibrated, "uncalibrated"},
               {SessionFault::calibration_failed, "calibration_failed"}, {SessionFault::plate_changed, "plate_changed"},
               {SessionFault::converter_changed, "converter_changed"},
               {SessionFault::certificate_altered, "certificate_altered"},
               {SessionFault::moved_or_uneven, "moved_or_uneven"},
               {SessionFault::spot_check_failed, "spot_check_failed"}, {SessionFault::extrapolated, "extrapolated"})
HEELDROP_NAMES(Side, {Side::left, "left"}, {Side::right, "right"})
HEELDROP_NAMES(PrescribedSide, {PrescribedSide::left, "left"}, {PrescribedSide::right, "right"},
               {PrescribedSide::both, "both"})
HEELDROP_NAMES(Surface, {Surface::step, "step"}, {Surface::flat, "flat"})
HEELDROP_NAMES(HandSupport, {HandSupport::fingertips, "fingertips"}, {HandSupport::rail, "rail"},
               {HandSupport::free, "free"})
#undef HEELDROP_NAMES

}  // namespace

#define HEELDROP_NAMED(Enum)                                 \
    std::string_view name_of(Enum value) {                   \
        return name_in_table(value);                         \
    }                                                        \
    template <>                                              \
    std::optional<Enum> named<Enum>(std::string_view text) { \
        for (const auto& [value, name] : Names<Enum>::table) \
            if (name == text)                                \
                return value;                                \
        return std::nullopt;                                 \
    }

HEELDROP_NAMED(Phase)
HEELDROP_NAMED(Verdict)
HEELDROP_NAMED(Fault)
HEELDROP_NAMED(Reason)
HEELDROP_NAMED(EventKind)
HEELDROP_NAMED(SessionFault)
HEELDROP_NAMED(Side)
HEELDROP_NAMED(PrescribedSide)
HEELDROP_NAMED(Surface)
HEELDROP_NAMED(HandSupport)
#undef HEELDROP_NAMED

}  // namespace heeldrop::motion
