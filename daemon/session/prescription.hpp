// What a patient is asked to do: side, dose, tempo, surface. Read from JSON, checked, and turned into what motion
// judges by. It must not know whether anybody is doing it.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "daemon/motion/criteria.hpp"

namespace heeldrop::session {

/// A value that cannot be prescribed: which key, and what would do. what() is a sentence for people.
class PrescriptionError : public std::invalid_argument {
 public:
    PrescriptionError(std::string key, const std::string& message)
        : std::invalid_argument(message), key_(std::move(key)) {}
    const std::string& key() const noexcept { return key_; }

 private:
    std::string key_;
};

inline constexpr motion::Criteria default_criteria{};

/// Defaults: Alfredson's dose a round (domain.md section 1) and what motion judges by of itself.
struct Prescription {
    motion::PrescribedSide side = motion::PrescribedSide::both;
    int sets = 3;
    int reps = 15;
    Seconds target_drop = default_criteria.target_drop;
    Seconds min_drop = default_criteria.min_drop;
    Fraction min_share = default_criteria.min_working_share;
    Fraction max_rise_share = default_criteria.max_rise_share;
    Metres min_depth = *default_criteria.min_depth;  ///< on a step; on the flat depth is never judged
    MetresPerSecond bounce_speed = default_criteria.bounce_speed;
    Seconds bounce_window = default_criteria.bounce_window;
    Fraction fingertips_min_load = default_criteria.fingertips_min_load;
    Fraction rail_min_load = default_criteria.rail_min_load;
    Fraction second_person_load = default_criteria.second_person_load;
    motion::Surface surface = motion::Surface::step;
    motion::HandSupport hands = motion::HandSupport::fingertips;
    std::optional<Kilograms> body_mass;
    bool operator==(const Prescription&) const = default;
};

/// A number that a rep is judged against, bounded by itself: all that settings, requests and options must know of it.
struct Threshold {
    const char* key;     ///< in JSON and in the settings
    const char* suffix;  ///< what of the key is its unit: "_m_s", or "" of a part of a whole
    double low, high;
    const char* unit;     ///< for people
    const char* meaning;  ///< for people, with its fault
    double (*get)(const Prescription&);
    void (*set)(Prescription&, double);
};

template <auto member>
constexpr Threshold threshold(const char* key, const char* suffix, double low, double high, const char* unit,
                              const char* meaning) {
    return {key,
            suffix,
            low,
            high,
            unit,
            meaning,
            [](const Prescription& p) { return (p.*member).value; },
            [](Prescription& p, double value) { (p.*member).value = value; }};
}

/// A rebound under 0.1 m/s is not told from sway (daemon/motion/README.md), so no less is prescribed.
inline constexpr std::array thresholds{
    threshold<&Prescription::min_share>("min_share", "", 0.5, 1.0, "a part of the whole",
                                        "Least mean share on the working leg in the drop, else two_leg_drop"),
    threshold<&Prescription::max_rise_share>("max_rise_share", "", 0.1, 1.0, "a part of the whole",
                                             "Most mean share on the working leg in the rise, else one_leg_rise"),
    threshold<&Prescription::min_depth>("min_depth_m", "_m", 0.0, 0.2, "metres",
                                        "Least depth off a step, else shallow_drop; 0 does not judge it"),
    threshold<&Prescription::bounce_speed>("bounce_speed_m_s", "_m_s", 0.1, 2.0, "metres a second",
                                           "Quickest way up after the bottom that is no bounce"),
    threshold<&Prescription::bounce_window>("bounce_window_s", "_s", 0.1, 2.0, "seconds",
                                            "How long after the bottom a bounce is looked for"),
    threshold<&Prescription::fingertips_min_load>("fingertips_min_load", "", 0.5, 1.0, "a part of the weight",
                                                  "Least load with fingertips allowed, else hand_support"),
    threshold<&Prescription::rail_min_load>("rail_min_load", "", 0.3, 1.0, "a part of the weight",
                                            "Least load with a rail allowed, else hand_support"),
    threshold<&Prescription::second_person_load>("second_person_load", "", 1.05, 2.0, "a part of the weight",
                                                 "Most load for 1 s that is one person's, else second_person"),
};

/// Keys side, sets, reps, target_drop_s, min_drop_s, those of `thresholds`, surface, hands, body_weight_kg; all
/// optional, null is absent and leaves the default, others are ignored. Without min_drop_s a target below its default
/// is its own minimum. Throws PrescriptionError.
Prescription prescription_from_json(const nlohmann::json& object, const Prescription& defaults = {});

/// Every key, in that order; body_weight_kg null where unknown.
nlohmann::ordered_json to_json(const Prescription& prescription);

motion::Criteria criteria(const Prescription& prescription);

}  // namespace heeldrop::session
