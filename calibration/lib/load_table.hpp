// A table of mean counts against known loads, of one cell or of several together: the line through it, what it leaves,
// and the rows that cannot belong. It must not know files.
#pragma once

#include <string>
#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::calibration {

/// counts[k][i]: the mean of channel k in row i; each as long as `loads`.
struct LoadTable {
    std::vector<std::vector<double>> counts;
    std::vector<Newtons> loads;
};

struct TableRow {
    Newtons load, reading, residual;  ///< reading: by the fit of all rows that are not suspicious
    /// Chance that a row this far off belongs to the others, for all rows at once (Bonferroni), by the t-distribution
    /// of the residual that a fit without this row leaves at it.
    double chance = 1.0;
    bool suspicious = false;
    Newtons without_it;  ///< what the fit of the other rows reads there
};

struct TableFit {
    std::vector<double> newtons_per_count;     ///< a channel each
    std::vector<double> newtons_per_count_sd;  ///< standard uncertainties
    Newtons at_no_counts, at_no_counts_sd;
    Newtons scatter;               ///< standard deviation of the residuals, by their degrees of freedom
    Newtons expanded_uncertainty;  ///< k = 2, of one reading in the middle of the table
    Newtons full_scale;            ///< the largest load
    double condition = 1.0;        ///< of the scaled problem, by the pivots
    int rank = 0, degrees_of_freedom = 0;
    /// All channels have been given one gain in common, as the rows are too few or too alike for one each.
    bool one_gain = false;
    std::vector<TableRow> rows;
    bool suspicious() const;
};

/// Rows with a chance below this do not belong, if they are off by more than this part of the largest load: a table so
/// good that its rounding shows is none to complain about.
inline constexpr double impossible = 0.01;
inline constexpr Fraction worth_telling{0.005};

/// Least squares of load on counts; rows are doubted one by one, the worst first, down to as many as a third of them.
/// Throws std::invalid_argument, in a sentence, on fewer than three rows or loads that are all alike.
TableFit fit_table(const LoadTable& table);

}  // namespace heeldrop::calibration
