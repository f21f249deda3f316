// See cell_faults.hpp.
#include "firmware-protocol/virtual-plate/cell_faults.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace heeldrop::virtual_plate {
namespace {

constexpr unsigned samples_between_spikes = 10;
/// A 2^n - 1 this close to the true value would be no visible error.
constexpr std::int32_t least_away = 100'000;

}  // namespace

void CellFaults::begin(std::size_t cell, Kind kind, unsigned samples) {
    Cell& c = cells_.at(cell);
    c.kind = kind;
    c.left = samples;
    c.endless = samples == until_healed;
}

void CellFaults::spike(std::size_t cell, unsigned spikes, std::optional<std::int32_t> counts_away) {
    Cell& c = cells_.at(cell);
    c.spikes += spikes;
    c.since_spike = samples_between_spikes;
    c.away = counts_away;
}

DisturbedCounts CellFaults::apply(Seconds t, const CellCounts& counts) {
    DisturbedCounts out;
    out.counts = counts;
    const double dt = std::max(0.0, t.value - last_t_);
    last_t_ = t.value;
    for (std::size_t i = 0; i < cell_count; ++i) {
        Cell& c = cells_[i];
        const auto clamped = [](double x) {
            return static_cast<std::int32_t>(std::clamp(std::round(x), double{count_min}, double{count_max}));
        };
        c.drifted += c.drift_counts_per_s * dt;
        if (c.noise_counts > 0.0 || c.drifted != 0.0)
            out.counts[i] = clamped(out.counts[i] + c.drifted + c.noise_counts * random_.normal());
        if (c.kind == Kind::none && c.spikes > 0 && ++c.since_spike > samples_between_spikes) {
            const auto true_count = out.counts[i];
            if (c.away) {
                out.counts[i] = clamped(true_count + static_cast<double>(*c.away) * (random_.chance(0.5) ? 1 : -1));
            } else {
                do
                    out.counts[i] = (1 << (17 + random_.bits() % 6)) - 1;
                while (std::abs(out.counts[i] - true_count) < least_away);
            }
            out.marks[i] = CellMark::spike;
            c.since_spike = 0;
            --c.spikes;
        }
        switch (c.kind) {
            case Kind::none:
                if (out.counts[i] >= count_max || out.counts[i] <= count_min)
                    out.marks[i] = CellMark::saturated;
                continue;
            case Kind::saturate:
                out.counts[i] = count_max;
                out.marks[i] = CellMark::saturated;
                break;
            case Kind::freeze:
                out.counts[i] = last_ ? (*last_)[i] : counts[i];
                out.marks[i] = CellMark::frozen;
                break;
            case Kind::kill:
                out.counts[i] = 0;
                out.marks[i] = CellMark::invalid;
                out.faults = static_cast<std::uint8_t>(out.faults | 1u << i);
                break;
            case Kind::mute:
                // The first 0 is a change; what repeats it shows that nobody is there.
                out.marks[i] = last_ && (*last_)[i] == 0 ? CellMark::frozen : CellMark::fine;
                out.counts[i] = 0;
                break;
        }
        if (!c.endless && --c.left == 0)
            c.kind = Kind::none;
    }
    last_ = out.counts;
    return out;
}

}  // namespace heeldrop::virtual_plate
