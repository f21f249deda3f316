// A calibration's certificate: everything that was seen, everything that follows from it, and who made it when.
// It must not know files, keys or the daemon; certificate_file.hpp makes the signed text of it. CERTIFICATE.md beside
// this folder shows every key.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>

#include "calibration/lib/evaluation.hpp"

namespace heeldrop::calibration {

/// Of HELLO, besides the cells.
struct PlateIdentity {
    std::string serial, firmware, converter;
    bool operator==(const PlateIdentity&) const = default;
};

/// Expanded (k = 2) uncertainty for a load at a place of one pad.
struct StatedUncertainty {
    Newtons load;
    Millimetres x, y;
    LoadUncertainty expanded;
};

/// What a PadFit says, as plain values.
struct PadJudgement {
    PadMap map;
    Newtons range;
    int rank = 0;
    double condition = 0.0, gain_of_nominal = 1.0, force_scatter = 1.0, place_scatter = 1.0;
    Newtons diagonal_scatter;
    /// Rows force, moment_x, moment_y; in the map's units and order.
    std::array<std::vector<double>, 3> coefficient_sd;
    std::array<std::vector<std::vector<double>>, 3> covariance;
    std::vector<Residual> residuals;
    /// A quarter, half and all of the range; each at the centre and at 70 % of the levers into the four corners.
    std::vector<StatedUncertainty> uncertainty;
};

/// What an Evaluation says, as plain values: a function of the observations and the limits alone.
struct Judgement {
    bool passed = false;
    std::vector<Finding> findings;
    std::vector<Check> checks;
    std::set<int> excluded;
    std::array<std::optional<PadJudgement>, 2> pads;  ///< left, right; none where the findings make a fit senseless
};
Judgement judgement_of(const Evaluation&, const Observations&);

/// Who, when, on what; none of it follows from the counts.
struct Circumstances {
    std::string id;  ///< new_certificate_id()
    PlateIdentity plate;
    std::chrono::sys_seconds made;
    std::chrono::minutes zone_offset{0};
    std::string made_by;   ///< the person who put the weights on
    std::string software;  ///< "heeldrop 0.1.0"
    std::string plan;      ///< the plan's name
    std::optional<Celsius> temperature;
    /// How long the plate was left alone under power before the first reading; none: not known. Less than what the
    /// plan says is a mark of its own.
    std::optional<Seconds> warm_up;
    bool operator==(const Circumstances&) const = default;
};

struct Certificate {
    Circumstances of;
    Observations seen;
    Limits limits;
    std::chrono::sys_seconds expires;
    Zero corner_zeros;  ///< of the last empty reading: what each cell bore of the plate itself
    Judgement judged;

    bool passed() const { return judged.passed; }
    bool expired(std::chrono::sys_seconds now) const { return now >= expires; }
    /// Only where both pads were fitted.
    PlateMap map() const;
};

/// Evaluates the observations. The certificate of a failed calibration is one too: it says what failed.
Certificate certify(Circumstances of, Observations seen, const Limits& limits);

/// "15 min", "0.5 min of 15" where the rule was not kept, "not known".
std::string warm_up_text(const Circumstances&);

/// The limits that are wider than those of domain.md section 5, "creep 0.01 (0.0035)" each; empty where none is.
std::vector<std::string> wider_limits(const Limits&);

/// So many months later, on the last day of a month that has no such day.
std::chrono::sys_seconds months_later(std::chrono::sys_seconds from, int months);

/// "2026-11-25T21:05:00Z", and back; none of anything else.
std::string utc_text(std::chrono::sys_seconds);
std::optional<std::chrono::sys_seconds> utc_from_text(std::string_view);

using OrderedJson = nlohmann::ordered_json;
OrderedJson to_json(const Limits&);
/// Throws nlohmann::json::exception or std::invalid_argument on what to_json did not write.
Limits limits_from_json(const OrderedJson&);
OrderedJson to_json(const Certificate&);
/// What follows from the observations, as to_json(Certificate) has it: expiry, corner zeros, verdict, findings, checks,
/// pads.
OrderedJson derived_json(const Certificate&);
/// Throws nlohmann::json::exception or std::invalid_argument on what to_json did not write.
Certificate certificate_from_json(const OrderedJson&);

/// One figure, name or verdict that is not what the certificate's own readings give.
struct Difference {
    std::string where;  ///< "pads.0.force_n_per_count.2"
    std::string stated, recomputed;
};
/// Two builds may differ in the last digits of a least-squares solution, and by no more than this.
inline constexpr double recompute_relative = 1e-6, recompute_absolute = 1e-9;
/// Does everything again from the raw means and compares every coefficient, uncertainty, figure and verdict. Sentences
/// (messages, notes) are not compared.
std::vector<Difference> recompute(const Certificate&);

}  // namespace heeldrop::calibration
