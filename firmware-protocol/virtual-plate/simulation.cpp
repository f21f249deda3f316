// Person, clock and electronics put together in memory; see simulation.hpp.
#include "firmware-protocol/virtual-plate/simulation.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "firmware-protocol/virtual-plate/performance.hpp"

namespace heeldrop::virtual_plate {
namespace {

constexpr double zeroing_s = 1.0;

Millimetres cop_or_none(double force_n, double y_mm) {
    return Millimetres{force_n < unloaded_n ? std::numeric_limits<double>::quiet_NaN() : y_mm};
}

PadSample from_newtons(Seconds t, const std::array<double, cell_count>& n) {
    std::array<double, 2> sum{}, moment{};
    for (std::size_t i = 0; i < cell_count; ++i) {
        sum[i / 4] += n[i];
        moment[i / 4] += n[i] * corner_y_mm[i % 4];
    }
    return {t, Newtons{sum[0]}, Newtons{sum[1]}, cop_or_none(sum[0], moment[0] / sum[0]),
            cop_or_none(sum[1], moment[1] / sum[1])};
}

}  // namespace

Simulation simulate(const Script& script, const Setup& setup) {
    Simulation out;
    out.person = setup.person ? *setup.person : draw_person(setup.seed, setup.mass);
    Performance performance(script, out.person, setup.limits, setup.seed);
    SampleClock clock(setup.converter, setup.rate, setup.disturbances.timing, setup.seed);
    Electronics electronics(setup.converter, setup.disturbances, setup.seed);

    std::vector<CellCounts> counts;  // until there are enough to know the zero
    std::array<double, cell_count> zero{};
    bool zeroed = false;
    const auto newtons = [&](const CellCounts& c) {
        std::array<double, cell_count> n{};
        for (std::size_t i = 0; i < cell_count; ++i)
            n[i] = (c[i] - zero[i]) / nominal_gain.value;
        return n;
    };

    for (Seconds t = clock.next(); !performance.over(t); t = clock.next()) {
        const Instant now = performance.at(t.value);
        if (setup.keep_trace)
            out.trace.push_back({t, Metres{now.height_m}, MetresPerSecond{now.speed_m_s}, Fraction{now.left_share}});
        if (setup.signal == Signal::ideal) {
            out.samples.push_back({t, Newtons{now.left.force_n}, Newtons{now.right.force_n},
                                   cop_or_none(now.left.force_n, now.left.cop_y_mm),
                                   cop_or_none(now.right.force_n, now.right.cop_y_mm)});
            continue;
        }
        const auto converted = electronics.convert(t, cells_under({now.left, now.right}));
        if (!zeroed) {
            counts.push_back(converted);
            out.samples.push_back({t, {}, {}, {}, {}});
            if (t.value < zeroing_s)
                continue;
            for (const auto& c : counts)
                for (std::size_t i = 0; i < cell_count; ++i)
                    zero[i] += static_cast<double>(c[i]) / static_cast<double>(counts.size());
            for (std::size_t k = 0; k < counts.size(); ++k)
                out.samples[k] = from_newtons(out.samples[k].t, newtons(counts[k]));
            zeroed = true;
            continue;
        }
        out.samples.push_back(from_newtons(t, newtons(converted)));
    }
    out.truth = performance.truth();
    return out;
}

}  // namespace heeldrop::virtual_plate
