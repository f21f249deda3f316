// Finds each corner's zero: the mean of one second in which the plate is empty and still.
// Per corner, because corners shift by newtons in opposite directions while their sum hides it (domain.md section 2).
#pragma once

#include <optional>
#include <vector>

#include "calibration/lib/cells.hpp"

namespace heeldrop::calibration {

struct ZeroLimits {
    Seconds window{1.0};
    /// How far a cell's means over an eighth of the window may lie apart. A cell's noise is 0.19-0.29 N a sample
    /// (domain.md), so these means scatter by 0.09 N at 80/s; a person standing quietly moves a corner by more than 1
    /// N.
    Newtons steady{0.6};
    /// A pad that reads more than this against the zero before is loaded. Below nothing is empty: a zero that was taken
    /// with something on the plate heals as soon as it is taken off.
    Newtons empty{15.0};
    /// With no zero before: a cell further than this part of its capacity from its electrical zero is loaded.
    /// A pad's own weight and a cell's zero balance stay well below it.
    Fraction of_capacity{0.2};
};

enum class ZeroAttempt { collecting, found, loaded, unsteady, invalid };

/// Not thread-safe; no clock: time is the samples'.
class ZeroFinder {
 public:
    explicit ZeroFinder(std::vector<Cell> cells, ZeroLimits limits = {});

    /// Time must not decrease; a pause of half a window begins the window again. `found` means that zero() is new.
    ZeroAttempt push(Seconds t, const Reading& reading);

    /// The last zero found; none before the first.
    const std::optional<Zero>& zero() const noexcept { return zero_; }

    /// Forgets the window under way, as when a session ends; keeps the zero.
    void restart() noexcept { window_start_.reset(); }

 private:
    static constexpr std::size_t blocks = 8;
    struct Block {
        std::array<double, max_cells> sum{};
        std::size_t samples = 0;
    };
    ZeroAttempt evaluate();

    std::vector<Cell> cells_;
    ZeroLimits limits_;
    std::optional<Zero> zero_;
    std::optional<Seconds> window_start_;
    Seconds last_;
    std::array<Block, blocks> block_{};
    std::size_t invalid_ = 0;
};

}  // namespace heeldrop::calibration
