// What the centre of pressure under the standing foot says of a movement: it goes towards the toes as the heel rises
// (domain.md section 2, 14 mm to 53 mm a raise) and back as it sinks, under the slow wandering of a body that balances.
// Pure maths. README.md derives it.
#pragma once

#include <Eigen/Core>
#include <cstddef>

#include "daemon/motion/movement.hpp"

namespace heeldrop::motion {

/// The centre of pressure in the groups of a Likelihood, against a wandering of known spread and memory.
class Pressure {
 public:
    /// Of `bins` groups of `group` grid bins from grid bin `first` on; nothing is known where the window has none.
    Pressure(const MovementWindow& window, std::size_t group, std::size_t first, Eigen::Index bins);

    bool known() const { return known_; }

    /// What a way says, apart from how far the pressure goes on it.
    struct Match {
        double energy = 0.0, match = 0.0;
    };
    /// `way`: metres gone in the asked direction for a movement of one metre, at the middle of each group from `first`
    /// on; before them nothing has moved, and after them it stands where it is `in_the_end`.
    Match match(const Eigen::Map<const Eigen::VectorXd>& way, Eigen::Index first, double in_the_end) const;
    /// Of a movement whose height is expected so; against that of none, which is 0.
    double log_likelihood(const Match& match, double height_mean, double height_sd) const;

    /// For ways that are unknown themselves: each column of `ways` (groups x columns, metres in the asked direction)
    /// adds to the normal equations of a least squares, for a coupling of one; of `normal` the lower part alone.
    void add_to(const Eigen::MatrixXd& ways, Eigen::MatrixXd& normal, Eigen::VectorXd& moment) const;
    double coupling() const { return coupling_; }        ///< signed: millimetres for a metre in the asked direction
    double coupling_sd() const { return coupling_sd_; }  ///< of the same

 private:
    static constexpr double least_bins = 8.0;

    /// Freed of its memory and of any constant, each worth one.
    Eigen::MatrixXd whitened(const Eigen::MatrixXd& columns) const;

    bool known_ = false;
    /// Root of each bin's precision, 0 where nothing is known, and that times what is left of the bin before, 0 after
    /// such.
    Eigen::VectorXd weight_, carried_;
    Eigen::VectorXd one_, seen_;             ///< whitened
    Eigen::VectorXd ones_left_, seen_left_;  ///< one_ with itself and with seen_, summed from each bin to the last
    double one_energy_ = 0.0, one_seen_ = 0.0;
    double coupling_ = 0.0, coupling_sd_ = 0.0;
};

}  // namespace heeldrop::motion
