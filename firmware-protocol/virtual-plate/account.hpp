// The truth of one rep, measured on what the simulated body did: shares, crossings, and the faults that follow.
#pragma once

#include <deque>

#include "firmware-protocol/virtual-plate/choreography.hpp"
#include "firmware-protocol/virtual-plate/performance.hpp"

namespace heeldrop::virtual_plate {

/// `trace` covers the plan from begin to end in even steps.
TruthRep account_of(const RepPlan& plan, const std::deque<Instant>& trace, const Limits& limits);

}  // namespace heeldrop::virtual_plate
