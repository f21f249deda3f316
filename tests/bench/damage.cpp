#include "tests/bench/damage.hpp"

#include <algorithm>
#include <limits>

#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::bench {
namespace {

using motion::ForceSample;
using virtual_plate::Random;

/// Starting times of something that happens `per_minute` times a minute, but not in the first seconds: the plate is
/// zeroed and the person weighed in before anything breaks.
std::vector<Seconds> times(Random& random, double per_minute, Seconds end) {
    std::vector<Seconds> at;
    if (per_minute <= 0.0)
        return at;
    for (double t = 12.0;;) {
        t += -std::log(1.0 - random.uniform()) * 60.0 / per_minute;
        if (t > end.value)
            return at;
        at.push_back(Seconds{t});
    }
}

void thin_out(std::vector<ForceSample>& samples, Hertz rate, Random& random) {
    std::vector<ForceSample> kept;
    double next = 0.0;
    for (const auto& s : samples)
        if (s.t.value >= next) {
            kept.push_back(s);
            next = s.t.value + random.uniform(0.4, 1.6) / rate.value - 0.00025;
        }
    samples = std::move(kept);
}

void spike(std::vector<ForceSample>& samples, double part, Random& random) {
    int left = 0;
    double by = 0.0;
    bool on_left = false;
    for (auto& s : samples) {
        if (left == 0 && random.chance(part)) {
            left = random.chance(0.85) ? 1 : 2 + static_cast<int>(random.uniform(0.0, 2.0));
            by = random.uniform(94.0, 187.0) * (random.chance(0.5) ? 1.0 : -1.0);
            on_left = random.chance(0.5);
        }
        if (left == 0)
            continue;
        --left;
        (on_left ? s.left : s.right) += Newtons{by};
        (on_left ? s.left_cop_y : s.right_cop_y) += Millimetres{0.2 * by};
    }
}

void drift(std::vector<ForceSample>& samples, Newtons per_minute, Random& random) {
    const double left = random.uniform(0.2, 0.8);
    for (auto& s : samples) {
        const double so_far = per_minute.value * s.t.value / 60.0;
        s.left += Newtons{left * so_far};
        s.right += Newtons{(1.0 - left) * so_far};
    }
}

void flag(std::vector<ForceSample>& samples, Interval when, bool left) {
    constexpr Newtons stuck{1961.33};
    for (auto& s : samples)
        if (s.t >= when.from && s.t < when.to) {
            (left ? s.left_fault : s.right_fault) = true;
            (left ? s.left : s.right) = stuck;
            (left ? s.left_cop_y : s.right_cop_y) = Millimetres{std::numeric_limits<double>::quiet_NaN()};
        }
}

void lose(std::vector<ForceSample>& samples, Interval when) {
    std::erase_if(samples, [&](const ForceSample& s) { return s.t >= when.from && s.t < when.to; });
}

}  // namespace

Received receive(std::span<const virtual_plate::PadSample> sent, const Damage& damage, std::uint64_t seed) {
    constexpr double excuse_s = 0.2;
    Received got;
    got.samples.reserve(sent.size());
    for (const auto& p : sent)
        got.samples.push_back({p.t, p.left, p.right, p.left_cop_y, p.right_cop_y, false, false});
    if (damage == Damage{} || got.samples.empty())
        return got;
    Random random(seed, 77);
    const Seconds end = got.samples.back().t;
    if (damage.uneven_rate.value > 0.0)
        thin_out(got.samples, damage.uneven_rate, random);
    drift(got.samples, damage.drift_per_minute, random);
    spike(got.samples, damage.spikes, random);
    for (const Seconds t : times(random, damage.faulty_per_minute, end)) {
        const Interval when{t, Seconds{t.value + random.uniform(0.02, 0.6)}};
        flag(got.samples, when, random.chance(0.5));
        if ((when.to - when.from).value >= excuse_s)
            got.unusable.push_back(when);
    }
    if (damage.dead_from > 0.0) {
        const Interval when{Seconds{damage.dead_from * end.value}, Seconds{end.value + 1.0}};
        flag(got.samples, when, random.chance(0.5));
        got.unusable.push_back(when);
    }
    for (const Seconds t : times(random, damage.losses_per_minute, end))
        lose(got.samples, {t, Seconds{t.value + random.uniform(0.05, 0.3)}});
    for (const Seconds t : times(random, damage.gaps_per_minute, end)) {
        const Interval when{t, Seconds{t.value + random.uniform(0.5, 3.0)}};
        lose(got.samples, when);
        got.unusable.push_back(when);
    }
    return got;
}

}  // namespace heeldrop::bench
