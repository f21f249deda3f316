// Sessions run from script to outcome, several at once; results do not depend on how many.
#pragma once

#include <span>
#include <vector>

#include "tests/bench/scoring.hpp"
#include "tests/bench/sessions.hpp"

namespace heeldrop::bench {

/// What the person of that session was prescribed.
motion::Criteria criteria_of(const Session& session);

/// In the sessions' order. Throws what the first session that failed threw.
std::vector<Outcome> run_all(std::span<const Session> sessions, int threads);

/// Processor seconds on one core for an hour of an ordinary person at 1000 samples/s, samples in memory.
SecondsAnHour seconds_an_hour(std::uint64_t seed);

}  // namespace heeldrop::bench
