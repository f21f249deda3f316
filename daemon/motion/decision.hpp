// Whether what the follower saw, and its account, was a rep at all. Pure. How well it was done is judge.hpp's.
#pragma once

#include "daemon/motion/account.hpp"

namespace heeldrop::motion {

/// Of the load, on one leg in the mean of a rise: that leg rose alone, as in domain.md section 2.7 down to a toe's
/// touch.
inline constexpr double wholly_on_one = 0.78;
/// Times the person's usual drop: a deeper one is no rep of that set.
inline constexpr double most_of_usual = 1.6;

enum class Outcome {
    nothing,  ///< none, or not yet
    rep,
    perhaps,     ///< a set's first that began at the top, if a rep with its rise follows soon
    incomplete,  ///< a rise, and the person left the plate before the descent was over
};

/// `history` must still hold the marks' bins; `known` is what the account was made with.
Outcome decide(const Account& account, const RepMarks& marks, const History& history, const Knowledge& known);

/// Squats, marching, a lifted knee, lifted arms, or the weight going over from foot to foot: the body comes up and
/// goes down again, but no heel does. Only of an account with a rise.
bool no_heel_rose(const Account& account);

/// A descent deeper than any body's: hands, or a squat.
bool impossible(const MovementFit& drop);

}  // namespace heeldrop::motion
