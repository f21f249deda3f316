// How quiet standing moves the total force: its spectrum, as a whitening filter for bins (grid.hpp).
// Pure maths; must not know what is being looked for in the force.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace heeldrop::motion {

/// `one_leg_unsteady`: the body also lowers in little hitches, at 0.5 to 2 Hz, which are neither sway nor the descent.
/// Slow movements lose nothing in bins of this width, seconds, and cost a fraction.
inline constexpr double coarse_bin = 0.08;

enum class Stance { one_leg, two_legs, one_leg_unsteady };

/// Sway as an autoregressive process of unit variance: its inverse filter turns sway into independent unit values,
/// so that least squares on filtered data weighs every frequency by what sway leaves readable there.
class Sway {
 public:
    static constexpr int order = 10;

    /// Of means over `bin` seconds, which is grid.hpp's bin or coarse_bin. Spectrum per band from domain.md section 2,
    /// "measured on real recordings", with the converter's own noise under it.
    static const Sway& of(Stance stance, double bin);

    /// The rms of the process before it is brought to one, newtons for 75 kg: how averaging over wider bins calms it.
    double rms() const { return rms_; }

    /// The log of the factor by which whitening n values stretches their volume: what a likelihood is normalised by.
    double log_volume(std::size_t n) const;

    /// out[k] is in[k] less what the earlier values predict, over the prediction's error. Before in[0] lie
    /// `zeros_before` values of zero, and before these no past at all.
    void whiten(std::span<const double> in, std::span<double> out, std::size_t zeros_before = 0) const;
    /// The transpose of whiten: inner products with whitened vectors become inner products with plain ones.
    void whiten_transposed(std::span<const double> in, std::span<double> out) const;

 private:
    Sway(Stance stance, double bin);
    double rms_ = 1.0;
    std::array<std::array<double, order + 1>, order + 1> filter_{};  ///< row p: used once p values have gone before
};

}  // namespace heeldrop::motion
