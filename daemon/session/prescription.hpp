// What a patient is asked to do: side, dose, tempo, surface. Read from JSON, checked, and turned into what motion
// judges by. It must not know whether anybody is doing it.
#pragma once

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

/// Defaults: Alfredson's dose a round (domain.md section 1) and the tempo of section 3.
struct Prescription {
    motion::PrescribedSide side = motion::PrescribedSide::both;
    int sets = 3;
    int reps = 15;
    Seconds target_drop{3.0};
    Seconds min_drop{2.0};
    Fraction min_share{0.85};
    motion::Surface surface = motion::Surface::step;
    motion::HandSupport hands = motion::HandSupport::fingertips;
    std::optional<Kilograms> body_mass;
    bool operator==(const Prescription&) const = default;
};

/// Keys side, sets, reps, target_drop_s, min_drop_s, min_share, surface, hands, body_weight_kg; all optional, null is
/// absent and leaves the default, others are ignored. Without min_drop_s a target below its default is its own minimum.
/// Throws PrescriptionError.
Prescription prescription_from_json(const nlohmann::json& object, const Prescription& defaults = {});

/// Every key, in that order; body_weight_kg null where unknown.
nlohmann::ordered_json to_json(const Prescription& prescription);

motion::Criteria criteria(const Prescription& prescription);

}  // namespace heeldrop::session
