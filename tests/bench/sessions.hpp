// What the simulated people of the accuracy bench are asked to do: scripts, bodies and what befalls their samples.
// Must not know the motion library's results, and is never tuned to them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/lib/units.hpp"
#include "firmware-protocol/virtual-plate/simulation.hpp"
#include "tests/bench/damage.hpp"

namespace heeldrop::bench {

struct Session {
    std::string kind;
    std::uint64_t seed = 1;
    Hertz rate{80.0};
    virtual_plate::Side side = virtual_plate::Side::right;  ///< the prescribed leg
    Kilograms mass{75.0};
    std::optional<Fraction> rest_left_share;  ///< a one-sided stance; else the person's own
    std::string script;
    Damage damage;
};

struct Kind {
    std::string_view name;
    std::string_view what;
    bool exercise;  ///< false: what is done is no rep, and false reps are told by the kind's name
};

/// "ordinary" first; the others are special sessions of a few minutes.
std::span<const Kind> kinds();

/// The same arguments give the same session. Throws std::invalid_argument on a kind that is none.
Session draw_session(std::string_view kind, std::uint64_t seed, Hertz rate);

enum class Mix {
    ordinary,  ///< ordinary sessions alone: comparable from the bench's first form on
    full,      ///< every second session is a special one, each kind in turn, each at every rate in time
};

/// Enough for every special kind to come twice, and for more than 600 reps.
inline constexpr int default_sessions = 160;

/// `only` leaves one kind. Rates in turn.
std::vector<Session> draw_sessions(Mix mix, std::optional<std::string_view> only, int count, std::uint64_t first_seed,
                                   std::span<const double> rates);

/// The session played: samples, truth and, if asked for, the body's own movement.
virtual_plate::Simulation perform(const Session& session, bool keep_trace = false);

}  // namespace heeldrop::bench
