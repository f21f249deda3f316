// What a calibration is judged by: each limit of domain.md section 5, each measured figure, each verdict, and what is
// wrong when something is, named so that somebody can put it right. It must not know where the observations came from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/pad_fit.hpp"

namespace heeldrop::calibration {

/// How long a plate warms up under power before anything is read: 15 min, domain.md section 5.
inline constexpr Seconds usual_warm_up{900.0};

/// A load left alone for less tells nothing of thirty minutes of creep.
inline constexpr Seconds least_hold{300.0};
/// How long after a hold an empty reading counts as the zero's return, which is due after 5 min.
inline constexpr Seconds least_zero_return{180.0};

/// Sources: domain.md section 5, as noted there; [D] are defaults of ours. A plan may set others, and the certificate
/// names those it was judged by.
struct Limits {
    int points = 5;                 ///< up, and as many down (CMA 0364)
    Kilograms range{100.0};         ///< least largest load on a pad
    Fraction test_load{0.25};       ///< of the range used: corner and map loads are no lighter (CMA 0364)
    Fraction non_linearity{0.005};  ///< of full scale, the largest load used; as are the next four
    Fraction hysteresis{0.005};
    Fraction corner_spread{0.005};
    Fraction repeatability{0.002};
    Fraction creep{0.0035};    ///< over 30 min: 0.7 of the error limit of 0.5 % (OIML R60, 2.1.5)
    Newtons zero_return{2.0};  ///< after 5 min
    Newtons zero_drift{0.5};   ///< per minute on an empty pad; the measured warm plate does about as much
    Fraction agreement{0.01};  ///< left and right under the same person
    Fraction spot{0.01};       ///< a person of known mass, besides how well that is known
    Millimetres place{3.0}, place_edge{5.0};  ///< centre of pressure; edge: beyond 70 % of a cell's lever
    int map_places = 9;
    Fraction gain{0.25};  ///< a pad's gain off its data sheet by more is a mistake, not a spread
    int months = 12;      ///< until the certificate expires
    bool operator==(const Limits&) const = default;
};

enum class Verdict { passed, failed, not_measured };
std::string_view name_of(Verdict);

struct Check {
    std::string code;        ///< stable: "non_linearity"
    std::optional<Pad> pad;  ///< none: of the whole plate
    Verdict verdict = Verdict::not_measured;
    double value = 0.0, limit = 0.0;
    std::string unit;  ///< "% FS", "N", "mm", ...
    std::string note;  ///< what was compared, or why it could not be
};

/// Something that is wrong, what it is, and what to do. Codes are stable and listed in README.md.
struct Finding {
    std::string code;
    std::optional<Pad> pad;
    std::optional<std::size_t> cell;  ///< of the plate
    std::optional<int> placement;
    double amount = 0.0;  ///< in the unit that the message says
    std::string message;  ///< what, on what, by how much; and what to do
};

/// How far from its mark a load on this pad's cells may be read: more beyond 70 % of a lever.
Millimetres place_limit(const std::vector<Cell>& cells, const std::vector<std::size_t>& of_pad, Millimetres x,
                        Millimetres y, const Limits& limits);

/// The figures of one pad against their limits. `excluded` placements are left out: they have been named already.
std::vector<Check> checks_of_pad(const Observations& seen, const PadFit& fit, const std::set<int>& excluded,
                                 const Limits& limits);
/// Left against right, and a person of known mass.
std::vector<Check> checks_of_plate(const Observations& seen, const PadFit& left, const PadFit& right,
                                   const Limits& limits);

}  // namespace heeldrop::calibration
