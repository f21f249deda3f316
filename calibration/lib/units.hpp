// Quantities that cross a module's border, as types: a Newtons cannot be handed over as a Counts or a Seconds.
// Header only; must not know what is measured with them.
#pragma once

#include <compare>

namespace heeldrop {

template <class Tag>
struct Quantity {
    double value = 0.0;

    constexpr Quantity() = default;
    constexpr explicit Quantity(double v) : value(v) {}

    constexpr auto operator<=>(const Quantity&) const = default;
    constexpr Quantity operator-() const { return Quantity{-value}; }
    constexpr Quantity& operator+=(Quantity o) {
        value += o.value;
        return *this;
    }
    constexpr Quantity& operator-=(Quantity o) {
        value -= o.value;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity{a.value + b.value}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity{a.value - b.value}; }
    friend constexpr Quantity operator*(Quantity a, double k) { return Quantity{a.value * k}; }
    friend constexpr Quantity operator*(double k, Quantity a) { return Quantity{a.value * k}; }
    friend constexpr Quantity operator/(Quantity a, double k) { return Quantity{a.value / k}; }
    /// The ratio of two of a kind has no unit.
    friend constexpr double operator/(Quantity a, Quantity b) { return a.value / b.value; }
};

using Newtons = Quantity<struct NewtonsTag>;
using NewtonSeconds = Quantity<struct NewtonSecondsTag>;
using Kilograms = Quantity<struct KilogramsTag>;
using Seconds = Quantity<struct SecondsTag>;
using Metres = Quantity<struct MetresTag>;
using Millimetres = Quantity<struct MillimetresTag>;
using MetresPerSecond = Quantity<struct MetresPerSecondTag>;
using MetresPerSecond2 = Quantity<struct MetresPerSecond2Tag>;
using Hertz = Quantity<struct HertzTag>;
using Celsius = Quantity<struct CelsiusTag>;
/// Raw converter counts, or a mean of them; 24-bit converters, so a double holds every value exactly.
using Counts = Quantity<struct CountsTag>;
using CountsPerNewton = Quantity<struct CountsPerNewtonTag>;
/// A part of a whole: 0.85 is 85 %.
using Fraction = Quantity<struct FractionTag>;

/// Local gravity where the station stands is a setting; this is the conventional value (CGPM 1901).
inline constexpr MetresPerSecond2 standard_gravity{9.80665};
/// Equator to pole at sea level (WGS 84).
inline constexpr MetresPerSecond2 least_gravity{9.780}, most_gravity{9.832};

constexpr Newtons weight_of(Kilograms m, MetresPerSecond2 g = standard_gravity) {
    return Newtons{m.value * g.value};
}

}  // namespace heeldrop
