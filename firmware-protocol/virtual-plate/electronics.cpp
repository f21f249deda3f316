// Cells and converters; the figures are the measured ones in README.md, "The plate".
#include "firmware-protocol/virtual-plate/electronics.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace heeldrop::virtual_plate {
namespace {

constexpr double creep_time_s = 180.0;
constexpr double idle_time_s = 1200.0;
constexpr double corner_time_s = 60.0;
constexpr std::uint64_t waiting_stream = 41;

}  // namespace

std::optional<std::size_t> cell_named(std::string_view name) {
    for (std::size_t i = 0; i < cell_names.size(); ++i)
        if (name == cell_names[i] || name == std::to_string(i))
            return i;
    return std::nullopt;
}

std::array<Newtons, 4> cells_of(Newtons force, Millimetres x, Millimetres y) {
    const double right = 0.5 + 0.5 * x.value / corner_x_mm[1];
    const double front = 0.5 + 0.5 * y.value / corner_y_mm[0];
    return {force * ((1.0 - right) * front), force * (right * front), force * ((1.0 - right) * (1.0 - front)),
            force * (right * (1.0 - front))};
}

Electronics::Electronics(Converter converter, Disturbances disturbances, std::uint64_t seed)
    : cells_{}, on_(disturbances), random_(seed, 40) {
    for (std::size_t pad = 0; pad < 2; ++pad) {
        const double pad_gain = 0.003 * random_.normal();
        diagonal_[pad] = random_.uniform(1.0, 2.8) * (random_.chance(0.5) ? 1.0 : -1.0);
        for (std::size_t i = 0; i < 4; ++i) {
            auto& c = cells_[4 * pad + i];
            const double off = std::clamp(pad_gain + 0.001 * random_.normal(), -0.008, 0.008);
            c.gain = nominal_gain.value * (on_.gain ? 1.0 + off : 1.0);
            const double zero_n = random_.uniform(-60.0, 60.0);
            c.zero = on_.zero ? zero_n * nominal_gain.value : 0.0;
            c.noise = converter == Converter::hx711 ? random_.uniform(0.19, 0.29) : random_.uniform(0.05, 0.12);
        }
    }
    // 3 to 12 N/min at first, for the whole plate under a person of 75 kg.
    creep_per_newton_ = random_.uniform(3.0, 12.0) / 60.0 * creep_time_s / 735.0;
    idle_drift_ = -0.5 / 60.0 / 4.0 * random_.uniform(0.5, 1.5);
}

CellCounts Electronics::convert(Seconds t, const CellForces& forces) {
    const double dt = first_ ? 0.0 : std::max(0.0, t.value - last_t_);
    first_ = false;
    last_t_ = t.value;
    double total = 0.0;
    for (const auto f : forces)
        total += f.value;
    if (total > 50.0)
        loaded_s_ += dt;

    const double idle = on_.drift ? idle_drift_ * idle_time_s * (1.0 - std::exp(-t.value / idle_time_s)) : 0.0;
    const double twist = on_.corner ? 1.0 - std::exp(-loaded_s_ / corner_time_s) : 0.0;
    CellCounts counts{};
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        auto& c = cells_[i];
        double n = forces[i].value;
        if (on_.drift) {
            c.creep += (-creep_per_newton_ * n - c.creep) * (1.0 - std::exp(-dt / creep_time_s));
            n += c.creep + idle;
        }
        const bool main_diagonal = i % 4 == 0 || i % 4 == 3;
        n += (main_diagonal ? 1.0 : -1.0) * diagonal_[i / 4] * twist;
        const double noise = random_.normal() * c.noise;
        if (on_.noise)
            n += noise;
        const double exact = std::round(n * c.gain + c.zero);
        counts[i] = static_cast<std::int32_t>(std::clamp(exact, double{count_min}, double{count_max}));
    }
    return counts;
}

Electronics Electronics::waiting() const {
    Electronics other = *this;
    other.on_.drift = false;
    other.random_ = Random(other.random_.bits(), waiting_stream);
    return other;
}

SampleClock::SampleClock(Converter converter, Hertz rate, bool uneven, std::uint64_t seed)
    : uneven_(uneven && converter == Converter::hx711), interval_s_(1.0 / rate.value), random_(seed, 50) {
    // The converter's own oscillator; what it misses comes on top, in next().
    if (uneven_)
        interval_s_ *= random_.uniform(0.98, 1.02);
}

Seconds SampleClock::next() {
    if (!uneven_)
        return Seconds{static_cast<double>(taken_++) * interval_s_};
    if (taken_++ == 0)
        return Seconds{0.0};
    // A reader that comes late loses whole conversions: 61-66 of 80 a second arrive, 1 % after more than 37 ms.
    int conversions = 1;
    const double u = random_.uniform();
    if (u < 0.0002)
        conversions = static_cast<int>(random_.uniform(6.0, 24.0));
    else if (u < 0.027)
        conversions = 3;
    else if (u < 0.21)
        conversions = 2;
    conversion_s_ += conversions * interval_s_;
    return Seconds{conversion_s_ + random_.uniform(0.0, 0.0008)};
}

SampleClock SampleClock::waiting() const {
    SampleClock other = *this;
    other.random_ = Random(other.random_.bits(), waiting_stream);
    return other;
}

}  // namespace heeldrop::virtual_plate
