// Band noise by a fourth-order high-pass and an eighth-order low-pass; see noise.hpp.
#include "firmware-protocol/virtual-plate/noise.hpp"

#include <cmath>
#include <numbers>

namespace heeldrop::virtual_plate {

BandNoise::BandNoise(double low_hz, double high_hz, double rate_hz, Random random) : filter_{}, random_(random) {
    // Butterworth, bilinear with prewarping (the textbook second-order sections).
    const auto section = [&](double hz, bool high_pass, double damping) {
        const double k = std::tan(std::numbers::pi * hz / rate_hz);
        const double norm = 1.0 / (1.0 + damping * k + k * k);
        Biquad s{};
        s.b0 = high_pass ? norm : k * k * norm;
        s.b1 = high_pass ? -2.0 * s.b0 : 2.0 * s.b0;
        s.b2 = s.b0;
        s.a1 = 2.0 * (k * k - 1.0) * norm;
        s.a2 = (1.0 - damping * k + k * k) * norm;
        return s;
    };
    // The corner lies a little inside, so that what is left beyond the band's end does not drown a weak neighbour.
    high_hz *= 0.93;
    // Damping of Butterworth sections: 2 cos of the pole's angle, multiples of pi/8 and pi/16.
    filter_ = {section(low_hz, true, 1.8477590650225735),   section(low_hz, true, 0.7653668647301796),
               section(high_hz, false, 1.9615705608064609), section(high_hz, false, 1.6629392246050905),
               section(high_hz, false, 1.1111404660392044), section(high_hz, false, 0.3901806440322566)};
    const auto run = [](std::array<Biquad, 6>& f, double x) {
        for (auto& s : f)
            x = s.run(x);
        return x;
    };

    // The variance of filtered white noise is the sum of the squared impulse response.
    auto probe = filter_;
    double power = 0.0;
    const int length = static_cast<int>(8.0 * rate_hz / low_hz);
    for (int i = 0; i < length; ++i) {
        const double y = run(probe, i == 0 ? 1.0 : 0.0);
        power += y * y;
    }
    scale_ = 1.0 / std::sqrt(power);
    // Begun long ago: the first value is as noisy as the last.
    for (int i = 0; i < length / 2; ++i)
        next();
}

double BandNoise::next() {
    double x = random_.normal();
    for (auto& s : filter_)
        x = s.run(x);
    return scale_ * x;
}

}  // namespace heeldrop::virtual_plate
