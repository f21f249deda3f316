#include "daemon/motion/revision.hpp"

#include <cmath>
#include <optional>

namespace heeldrop::motion {
namespace {

/// Standard uncertainties by which a later account must differ to be told.
constexpr double worth_telling = 0.5;

template <class Quantity>
bool moved(std::optional<Quantity> from, std::optional<Quantity> to, std::optional<Quantity> uncertainty) {
    return from.has_value() != to.has_value() ||
           (from && uncertainty && std::abs((*to - *from).value) > worth_telling * uncertainty->value);
}

}  // namespace

bool is_worth_telling(const Rep& again, const Rep& told) {
    return again.verdict != told.verdict || again.faults != told.faults || again.reasons != told.reasons ||
           moved(told.drop_duration, again.drop_duration, told.drop_duration_uncertainty) ||
           moved(told.drop_depth, again.drop_depth, told.drop_depth_uncertainty);
}

}  // namespace heeldrop::motion
