#include "firmware-protocol/virtual-plate/electronics_cells.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::virtual_plate {
namespace {

constexpr double twist_time_s = 60.0;
constexpr std::array<double, 4> diagonal{1.0, -1.0, -1.0, 1.0};

}  // namespace

PlateTruth draw_plate(std::uint64_t seed, const PlateSpread& spread) {
    Random random(seed, 61);
    PlateTruth plate;
    const auto either = [&random](double most) { return random.uniform(-most, most); };
    for (std::size_t i = 0; i < cell_count; ++i) {
        CellTruth& cell = plate.cells[i];
        cell.counts_per_newton = nominal_gain.value * (1.0 + spread.gain * std::clamp(random.normal(), -3.0, 3.0));
        for (std::size_t k = 0; k < 4; ++k)
            cell.cross_talk[k] = k == i % 4 ? 0.0 : either(spread.cross_talk);
        cell.non_linearity = random.chance(0.5) ? spread.non_linearity : -spread.non_linearity;
        cell.hysteresis = Newtons{random.uniform(0.0, spread.hysteresis_n)};
        cell.creep = either(spread.creep);
        cell.creep_time_s = random.uniform(200.0, 600.0);
        cell.zero_per_kelvin_n = either(spread.zero_per_kelvin_n);
        cell.gain_per_kelvin = either(spread.gain_per_kelvin);
        cell.zero_counts = either(60.0) * nominal_gain.value;
        cell.noise_n = random.uniform(spread.least_noise_n, spread.most_noise_n);
    }
    for (std::size_t pad = 0; pad < 2; ++pad) {
        plate.softness[pad] = random.uniform(spread.least_softness, spread.most_softness);
        plate.twist_n[pad] = either(spread.twist_n);
    }
    plate.warming_k = spread.warming_k;
    return plate;
}

double CellBank::Play::follow(double force, double half_width) {
    at = std::clamp(at, force - half_width, force + half_width);
    return at;
}

CellCounts CellBank::convert(Seconds t, const CellForces& forces) {
    const double dt = first_ ? 0.0 : std::max(0.0, t.value - last_t_);
    first_ = false;
    last_t_ = t.value;
    double total = 0.0;
    for (const Newtons force : forces)
        total += force.value;
    if (total > 50.0)
        loaded_s_ += dt;
    const double warmer = truth_.warming_k * (1.0 - std::exp(-t.value / truth_.warming_time_s));

    CellCounts counts{};
    for (std::size_t pad = 0; pad < 2; ++pad) {
        // The four supports of a stiff plate share a corner load among them: what is left of its diagonal is twist.
        double carried[4], on_diagonal = 0.0;
        for (std::size_t k = 0; k < 4; ++k)
            on_diagonal += diagonal[k] * forces[4 * pad + k].value / 4.0;
        const double settled = truth_.twist_n[pad] * (1.0 - std::exp(-loaded_s_ / twist_time_s));
        for (std::size_t k = 0; k < 4; ++k) {
            const double force = forces[4 * pad + k].value - diagonal[k] * (1.0 - truth_.softness[pad]) * on_diagonal +
                                 diagonal[k] * settled;
            carried[k] = mount_[4 * pad + k].follow(force, truth_.cells[4 * pad + k].friction.value);
            carried_[4 * pad + k] = Newtons{carried[k]};
        }
        for (std::size_t k = 0; k < 4; ++k) {
            const std::size_t i = 4 * pad + k;
            const CellTruth& cell = truth_.cells[i];
            double n = carried[k];
            for (std::size_t other = 0; other < 4; ++other)
                n += cell.cross_talk[other] * carried[other];
            n += 4.0 * cell.non_linearity * n * (1.0 - std::abs(n) / cell_capacity.value);
            double behind = 0.0, reach = 0.0;
            for (std::size_t r = 0; r < reach_of_capacity.size(); ++r) {
                const double width = reach_of_capacity[r] * cell_capacity.value;
                behind += n - material_[i][r].follow(n, width);
                reach += width;
            }
            n -= cell.hysteresis.value * behind / reach;
            crept_[i] += (cell.creep * n - crept_[i]) * (1.0 - std::exp(-dt / cell.creep_time_s));
            n += crept_[i];
            n = n * (1.0 + cell.gain_per_kelvin * warmer) + cell.zero_per_kelvin_n * warmer +
                cell.zero_drift_n_per_min * t.value / 60.0;
            // Noise is the amplifier's: a dead or reversed cell has it too.
            const double noise = random_.normal() * cell.noise_n * nominal_gain.value;
            const double exact = std::round(n * cell.counts_per_newton + cell.zero_counts + noise);
            counts[truth_.channel[i]] =
                static_cast<std::int32_t>(std::clamp(exact, double{count_min}, double{count_max}));
        }
    }
    return counts;
}

nlohmann::ordered_json to_json(const PlateTruth& truth) {
    nlohmann::ordered_json cells = nlohmann::ordered_json::array();
    for (const CellTruth& c : truth.cells)
        cells.push_back({{"friction_n", c.friction.value},
                         {"cross_talk", c.cross_talk},
                         {"non_linearity", c.non_linearity},
                         {"hysteresis_n", c.hysteresis.value},
                         {"creep", c.creep},
                         {"creep_time_s", c.creep_time_s},
                         {"zero_n_per_k", c.zero_per_kelvin_n},
                         {"gain_per_k", c.gain_per_kelvin},
                         {"zero_drift_n_per_min", c.zero_drift_n_per_min},
                         {"counts_per_newton", c.counts_per_newton},
                         {"zero_counts", c.zero_counts},
                         {"noise_n", c.noise_n}});
    return {{"cells", std::move(cells)},
            {"softness", truth.softness},
            {"twist_n", truth.twist_n},
            {"warming_k", truth.warming_k},
            {"warming_time_s", truth.warming_time_s},
            {"channel", truth.channel}};
}

}  // namespace heeldrop::virtual_plate
