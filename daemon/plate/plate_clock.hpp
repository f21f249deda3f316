// The plate's clock against its own samples and this computer's: which steps of its tick can be, how many samples a second
// it truly takes, how far it runs fast or slow. It must not know the line.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "daemon/plate/raw_sample.hpp"

namespace heeldrop::plate {

/// Not thread-safe; the caller says what time it is.
class PlateClock {
 public:
    using Time = std::chrono::steady_clock::time_point;

    /// Both above 0.
    PlateClock(std::uint32_t tick_hz, Hertz nominal_rate) : tick_hz_(tick_hz), nominal_rate_(nominal_rate) {}

    /// Whether the tick can go so far from one sample to the one that is `samples` later, while `passed` by this
    /// computer's clock: forward, and no more than 5 s longer than half as much again as either explains. A rate may be off
    /// by a fifth (domain.md section 4), and a busy host reads late.
    bool can_step(std::int64_t ticks, std::uint64_t samples, Time::duration passed) const;
    /// In ticks, what so many samples take at the rate measured last, else at the nominal one; at least 1, less than 2^32.
    std::int64_t usual_step(std::uint64_t samples) const;

    /// In their order, with increasing ticks.
    void take(const RawSample& sample, Time taken);
    /// What is measured over a stretch of samples begins anew with the next one.
    void forget();

    /// Over the last two seconds or so; none before.
    std::optional<Hertz> measured_rate() const noexcept { return measured_rate_; }
    /// How much faster than this computer's clock the plate's runs; none before 20 s of samples, or where it does not run
    /// in true time.
    std::optional<double> error_percent() const noexcept { return error_percent_; }

 private:
    double usual_s(std::uint64_t samples) const;

    std::uint32_t tick_hz_;
    Hertz nominal_rate_;
    std::optional<RawSample> rate_start_;
    std::optional<Hertz> measured_rate_;
    std::optional<std::pair<RawSample, Time>> error_start_;
    std::optional<double> error_percent_;
};

}  // namespace heeldrop::plate
