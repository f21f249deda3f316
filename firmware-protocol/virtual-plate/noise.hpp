// Coloured noise at a fixed step: what standing people do without being asked to.
#pragma once

#include <array>

#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::virtual_plate {

/// Unit variance between two frequencies; 24 dB an octave below, 48 above, so that the twofold integral stays bounded.
class BandNoise {
 public:
    BandNoise(double low_hz, double high_hz, double rate_hz, Random random);
    double next();

 private:
    struct Biquad {
        double b0, b1, b2, a1, a2;
        double z1 = 0.0, z2 = 0.0;
        double run(double x) {
            const double y = b0 * x + z1;
            z1 = b1 * x - a1 * y + z2;
            z2 = b2 * x - a2 * y;
            return y;
        }
    };
    std::array<Biquad, 6> filter_;
    double scale_ = 1.0;
    Random random_;
};

/// The six bands the measured spectra are given in.
inline constexpr std::array<double, 7> sway_bands_hz{0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 20.0};
inline constexpr std::size_t tremor_band = 4;  ///< 8-12 Hz
/// Newtons rms in each band, for a person of 75 kg (domain figures, README.md).
inline constexpr std::array<double, 6> two_leg_spectrum{0.04, 0.15, 0.27, 0.68, 0.13, 0.10};
inline constexpr std::array<double, 6> one_leg_spectrum{0.4, 0.7, 2.4, 3.7, 1.0, 0.6};

}  // namespace heeldrop::virtual_plate
