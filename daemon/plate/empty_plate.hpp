// What the empty plate says between one load and the next: the zero in use follows every still second of it, but drift
// is judged only once the cells have come back from the load. It must not know certificates or sessions.
#pragma once

#include <optional>

#include "calibration/lib/zero_finder.hpp"

namespace heeldrop::plate {

/// Not thread-safe; no clock: time is the samples'.
class EmptyPlate {
 public:
    /// After a load is taken off, a cell creeps back for tens of seconds: before that its zero says more of the load
    /// than of the cell.
    static constexpr Seconds settled{20.0};

    /// What a ZeroFinder found in a window that ended at `t`; `zero` is its zero. True where that zero may be judged:
    /// nothing was on the plate for the last 20 s, nor since it is watched.
    bool take(Seconds t, calibration::ZeroAttempt attempt, const calibration::Zero& zero);
    /// Another boot of the plate: its clock begins anew, and nobody saw whether it was empty meanwhile.
    void new_clock();

    /// The last zero that may be judged.
    const std::optional<calibration::Zero>& judged() const noexcept { return judged_; }
    /// The same of before the last load; none before the second.
    const std::optional<calibration::Zero>& before_load() const noexcept { return before_load_; }
    /// Raised with every new judged().
    std::uint64_t revision() const noexcept { return revision_; }

 private:
    std::optional<calibration::Zero> judged_, before_load_;
    std::optional<Seconds> loaded_at_;
    bool loaded_since_judged_ = false, clock_is_new_ = false;
    std::uint64_t revision_ = 0;
};

}  // namespace heeldrop::plate
