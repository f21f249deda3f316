// One pad's map from zeroed counts to force and moments, by rank-revealing weighted least squares, and what is not
// known about it. README.md derives every line. It must not judge: limits and verdicts are in checks.hpp.
#pragma once

#include <Eigen/Core>
#include <set>
#include <vector>

#include "calibration/lib/observations.hpp"
#include "calibration/lib/pad_map.hpp"

namespace heeldrop::calibration {

/// What is believed of cells before anything is put on them. Standard deviations.
struct CellBelief {
    /// Of a cell's effect on a sum, against the data sheet: gain spread 5 %, cross-talk 2 % a neighbour.
    Fraction coefficient{0.065};
    /// Bending of a cell's line: the error is `curvature` x f^2 / capacity. 0.05 % non-linearity, the usual class of
    /// single-point and bathroom-scale cells, is f (1 - f / capacity) x 4 x 0.05 %, hence 0.2 %.
    Fraction curvature{0.002};
    /// What the means of a load put on again scatter by, of full scale: seating of the weights, cell hysteresis.
    Fraction scatter{0.0002};
};

struct Residual {
    int placement = 0;  ///< its number
    Newtons force;      ///< the map's reading less the load
    Millimetres x, y;   ///< the map's centre of pressure less the mark
    bool fitted = true;
};

/// Expanded (k = 2) uncertainty of one reading, a mean of a second on a fresh zero.
struct LoadUncertainty {
    Newtons force;
    Millimetres x, y;
};

struct PadReading {
    Newtons force;
    Millimetres x, y;
    /// Corner forces FL + RR less FR + RL: the one combination that the four supports of a stiff plate share between
    /// themselves in any way they like. 0 for a pad with fewer than four cells.
    Newtons diagonal;
};

class PadFit {
 public:
    /// Fits all placements of the pad but those to verify with and the excluded ones. Needs three placements or more
    /// and a zero; whether the result is fit for use is for others to say. Throws std::invalid_argument on less.
    PadFit(const Observations& seen, Pad pad, const std::set<int>& excluded = {}, const CellBelief& belief = {});

    const PadMap& map() const noexcept { return map_; }

    /// Directions in the cells' space which the loads determine better than the data sheet does: 4 on a plate that
    /// twists under corner loads, 3 on a stiff one; less: the loads did not stand in enough places.
    int rank() const noexcept { return rank_; }
    /// Largest over third largest singular value of the loads' response: 1 would be ideal, above 100 is hopeless.
    double condition() const noexcept { return condition_; }
    /// Of all placements of the pad, the excluded and the verifying ones included.
    const std::vector<Residual>& residuals() const noexcept { return residuals_; }
    /// Standard uncertainty of each coefficient, in the map's units and order: force, moment_x, moment_y.
    const std::array<std::vector<double>, 3>& coefficient_sd() const noexcept { return sd_; }
    /// Covariance of the coefficients of one row (0 force, 1 moment_x, 2 moment_y), in the map's units.
    Eigen::MatrixXd covariance(int row) const;
    /// How much more the loads scatter about the fit than their tolerances and the belief explain; 1 when they do.
    double force_scatter() const noexcept { return scatter_[0]; }
    double place_scatter() const noexcept { return scatter_[1]; }
    /// The largest load that stood on the pad, the excluded placements left out.
    Newtons range() const noexcept { return range_; }
    /// The gains of the pad as a whole against the data sheet: 1.03 reads 3 % more counts per newton.
    double gain_of_nominal() const noexcept { return 1.0 / scale_; }

    PadReading read(const std::array<double, max_cells>& counts_above_zero) const;
    /// For a load at a place.
    LoadUncertainty uncertainty(Newtons force, Millimetres x, Millimetres y) const;
    /// What the diagonal reads for that load on this plate; and how far the placements lay from it, rms.
    Newtons expected_diagonal(Newtons force, Millimetres x, Millimetres y) const;
    Newtons diagonal_scatter() const noexcept { return diagonal_scatter_; }

    /// Something that may be otherwise than typed, or than a sound plate would have it.
    struct Doubt {
        enum What { nothing, mass, place, friction } what = nothing;
        int placement = 0;     ///< whose mass or place is taken as unknown
        std::size_t cell = 0;  ///< of the pad, 0 to 3: whose corner may stick
    };
    /// The weighted sum of squares that is left, data and belief together, when the doubt is granted; for comparing.
    struct Explanation {
        double cost = 0.0;
        double mass_factor = 1.0;  ///< true over typed, where the mass is in doubt
        Millimetres x, y;          ///< where the placement stood
        Newtons kept;              ///< less under a load put on than under one taken off, where friction is in doubt
    };
    Explanation explain(const Doubt& doubt) const;

 private:
    void whiten(const Observations& seen, const CellBelief& belief);
    void solve(const CellBelief& belief);
    void find_rank();
    void find_residuals(const Observations& seen);
    void find_response();
    Eigen::Vector4d terms(double force, double x, double y) const;

    PadMap map_;
    std::vector<Cell> cells_;            ///< of the pad
    std::vector<Placement> placements_;  ///< of the pad
    std::vector<std::size_t> rows_;      ///< which of them are fitted
    LoadTolerance tolerance_;
    CellBelief belief_;
    Newtons range_;
    double scale_ = 1.0, lever_x_ = 1.0, lever_y_ = 1.0;
    Eigen::MatrixXd all_;                       ///< nominal newtons, placements x cells
    Eigen::MatrixXd response_;                  ///< the same of the fitted ones
    Eigen::MatrixXd loads_;                     ///< fitted placements x (F, Fx, Fy)
    Eigen::MatrixXd sigma_;                     ///< standard deviation of each of those
    Eigen::MatrixXd prior_, prior_sd_;          ///< cells x 3
    Eigen::MatrixXd response_of_plate_;         ///< terms() x cells
    std::array<Eigen::MatrixXd, 3> influence_;  ///< of the loads on the coefficients, cells x placements
    std::array<Eigen::MatrixXd, 3> posterior_;  ///< cells x cells, before scatter
    Eigen::MatrixXd coefficients_;              ///< cells x 3, on nominal newtons
    std::array<double, 2> scatter_{1.0, 1.0};
    std::array<std::vector<double>, 3> sd_;
    std::vector<Residual> residuals_;
    Eigen::VectorXd reading_noise_;  ///< N, of each cell's mean of a second
    double hysteresis_ = 0.0;        ///< N, half the rms difference of up and down
    int rank_ = 0;
    double condition_ = 0.0;
    Newtons diagonal_scatter_;
};

}  // namespace heeldrop::calibration
