// How likely a stretch of force is if the body moved so and so in it: what every fit of a movement asks.
// Pure maths; decides nothing. README.md derives it.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/motion/movement.hpp"
#include "daemon/motion/pressure.hpp"
#include "daemon/motion/speed_profile.hpp"

namespace heeldrop::motion {

/// One way the body may have moved, and what the stretch says of it apart from the noise's scale.
struct Candidate {
    double start = 0.0, duration = 0.0;                 ///< seconds from the window's start; of the 10 % speed window
    std::size_t profile = 0;                            ///< of speed_profiles()
    double energy = 0.0;                                ///< of its force for one metre, against the noise
    double match = 0.0;                                 ///< of that with the stretch
    Eigen::Vector3d overlap = Eigen::Vector3d::Zero();  ///< of that with offset, gain and slope
    /// The log of how much likelier it is by its place and length and by the centre of pressure, if all of the height
    /// is gone or a part.
    double if_whole = 0.0, if_part = 0.0;

    double end() const { return start + duration; }
};

/// What a candidate comes to: its unknown height, offset, gain and slope are integrated out.
struct Explanation {
    double log_likelihood = 0.0;  ///< comparable over all candidates of one Likelihood, and scales
    double height = 0.0, height_var = 0.0;
    Eigen::Vector3d nuisance = Eigen::Vector3d::Zero();  ///< offset N, gain N, slope N/s
    double gain_var = 0.0;
};

/// The same where the body also hesitates and hurries on its way.
struct HitchedExplanation : Explanation {
    Eigen::VectorXd speed;  ///< m/s at the bins' edges
    double start = 0.0, end = 0.0;
    double peak_speed = 0.0;
};

/// The grid bins [from, to) of a window, in groups of `group`: their covariance is inverted once, then every candidate
/// costs a few hundred multiplications. Not more than longest_stretch_bins groups.
class Likelihood {
 public:
    /// A height before looking: the window's own expectation, or that of a part of it.
    enum class Height { whole, part };
    /// What the stretch says of a candidate at the scale, whatever height was expected.
    struct Seen {
        Eigen::Vector3d overlap, carried;
        double precision, moment, if_whole, if_part;
    };

    Likelihood(const MovementWindow& window, std::size_t group, std::size_t from, std::size_t to);
    Likelihood(const Likelihood&) = delete;
    Likelihood& operator=(const Likelihood&) = delete;

    double bin() const { return bin_; }
    double begin() const { return begin_; }  ///< seconds from the window's start
    double end() const { return begin_ + bin_ * static_cast<double>(bins_); }
    double edge(Eigen::Index k) const { return begin_ + bin_ * static_cast<double>(k); }
    Eigen::Index bins() const { return bins_; }

    Candidate candidate(double start, double duration, std::size_t profile) const;
    Seen seen(const Candidate& candidate) const;
    /// How likely the stretch is, comparable over all candidates and scales. Below the least height there is no
    /// movement: minus infinity. So it may be, to save the work, where it is less than `least`.
    double log_likelihood(const Seen& seen, Height height, double least) const;
    Explanation explain(const Seen& seen, Height height, double log_likelihood) const;
    Explanation explain(const Candidate& candidate, Height height) const {
        const Seen s = seen(candidate);
        return explain(s, height, log_likelihood(s, height, -std::numeric_limits<double>::infinity()));
    }
    /// The same with hitches, of the whole height. `candidate`: its start, duration and profile alone count.
    HitchedExplanation explain_hitched(const Candidate& candidate, double least);
    /// What log likelihoods lack to be comparable between two expectations of the same bins.
    double log_norm() const { return log_norm_; }
    /// The log likelihood if nothing moved.
    double at_rest() const { return at_rest_; }

    /// The noise's scale against what the window expects; 1 at first.
    void set_scale(double scale);
    double scale() const { return scale_; }
    /// The scale at which the candidate leaves as much over as is to be expected, held by an expectation.
    double scale_of(const Candidate& candidate, Height height) const;
    double scale_at_rest() const { return scale_leaving(at_rest_residual()); }
    double scale_of(const HitchedExplanation& explanation) const;

 private:
    /// Metres: mean and standard deviation; and one over the square of that.
    struct Expected {
        double mean, sd, precision = 1.0 / (sd * sd);
    };
    const Expected& expected(Height height) const { return height == Height::whole ? whole_ : part_; }
    /// The noise's scale is expected to be 1 by so many bins' worth.
    static constexpr double expectation_bins = 15.0;

    /// A shape of some duration, for one metre: speeds at the edges, and ways at the bins' middles, that it covers,
    /// within the stretch or not.
    struct Sampled {
        std::size_t profile = shapes;         ///< none yet
        double duration = 0.0, offset = 0.0;  ///< offset: bins from its beginning to the first edge
        Eigen::VectorXd speeds, ways;
        Eigen::Index edge = 0, middle = 0;  ///< the first of each; below 0 before the stretch
    };
    const Sampled& sampled(const Candidate& candidate) const;
    /// What of a shape lies within the stretch, from its edge or middle `first` on; until another shape is sampled.
    struct Covered {
        Eigen::Index first;
        Eigen::Map<const Eigen::VectorXd> values;
    };
    static Covered within(Eigen::Index size, const Eigen::VectorXd& values, Eigen::Index at);
    /// Its speed for one metre at the edges it covers.
    Covered speeds(const Sampled& shape) const;
    double when(const Candidate& candidate) const;
    double how_long(double duration) const;
    double last_how_long(double duration) const;
    double scale_leaving(double residual) const;
    Eigen::Index edge_from(double t) const;  ///< the first not before t, or one past the last
    double at_rest_residual() const;

    Pressure::Match pressure_of(const Sampled& shape) const;
    /// What all hitched movements over these bins share.
    struct Hitches {
        /// How much of each part each edge has. Every part reaches over a few edges only.
        struct Part {
            double middle;
            Eigen::Index first, end;
            Eigen::VectorXd at;
        };
        std::vector<Part> parts;
        Eigen::MatrixXd pressure;  ///< what speeds at the edges do to the pressure, for a coupling of one: its energy
        Eigen::VectorXd pressure_seen;  ///< and its match with what was seen
        // Force and pressure together, at the scale.
        double scale = 0.0;
        Eigen::MatrixXd both;
        Eigen::VectorXd both_seen;
        // One movement's, kept to spare allocations.
        Eigen::Index first = 0;                                    ///< edge that it covers
        Eigen::VectorXd speeds;                                    ///< without hitches, of one metre, from there on
        std::vector<std::pair<Eigen::Index, Eigen::Index>> reach;  ///< of each way: first of those edges, and how many
        Eigen::MatrixXd ways, products, normal;
        Eigen::VectorXd moment, taken, further, solution;
        auto way(Eigen::Index j) {
            const auto [begin, count] = reach[static_cast<std::size_t>(j)];
            return ways.col(j).segment(begin, count);
        }
    };
    void prepare_hitches();
    bool equations(const Candidate& candidate);

    const MovementWindow& window_;
    Expected whole_, part_;
    double bin_, begin_;
    Eigen::Index bins_;
    double scale_ = 1.0;
    // Against the noise's covariance at scale 1; v are speeds at the bins' edges, y is what the force exceeds the
    // baseline by, and n the three nuisances' columns.
    Eigen::MatrixXd vv_;               ///< v' . v
    Eigen::VectorXd vy_;               ///< v' y
    Eigen::Matrix<double, -1, 3> vn_;  ///< v' n
    Eigen::Matrix3d nn_;
    Eigen::Vector3d ny_;
    double yy_ = 0.0, log_norm_ = 0.0;
    Eigen::Vector3d expected_, precision_;  ///< of the nuisances
    // At the scale.
    Eigen::Matrix3d nuisance_cov_;
    Eigen::Vector3d nuisance_moment_;
    double at_rest_ = 0.0;
    Pressure pressure_;
    mutable Sampled sampled_;                                     ///< the last
    mutable double asked_duration_ = 0.0, asked_how_long_ = 0.0;  ///< many candidates in turn last as long
    std::unique_ptr<Hitches> hitches_;                            ///< once asked
};

}  // namespace heeldrop::motion
