// Random numbers that are the same on every machine for the same seed; the standard distributions do not promise that.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace heeldrop::virtual_plate {

/// splitmix64 (Vigna, public domain): passes BigCrush, any seed is good, and streams are told apart by `stream`.
class Random {
 public:
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
        : state_(mix(seed + 0x632BE59BD9B4E019ULL * (stream + 1))) {}

    std::uint64_t bits() { return mix(state_ += 0x9E3779B97F4A7C15ULL); }
    /// In [0, 1).
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    bool chance(double p) { return uniform() < p; }
    double normal() {
        if (spare_ready_) {
            spare_ready_ = false;
            return spare_;
        }
        const double r = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        const double phi = 2.0 * std::numbers::pi * uniform();
        spare_ = r * std::sin(phi);
        spare_ready_ = true;
        return r * std::cos(phi);
    }
    /// Log-normal about a median, held within the range that was seen.
    double around(double median, double log_sd, double low, double high) {
        return std::clamp(median * std::exp(log_sd * normal()), low, high);
    }

 private:
    static std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
    double spare_ = 0.0;
    bool spare_ready_ = false;
};

}  // namespace heeldrop::virtual_plate
