// Values for the properties of motion.
#pragma once

#include <rapidcheck.h>

/// Any number of the range, in a million steps; within a property only.
inline double within(double low, double high) {
    return low + (high - low) * *rc::gen::inRange(0, 1000001) / 1e6;
}
