// Intent plus sway, wander and tremor, step by step; see performance.hpp.
#include "firmware-protocol/virtual-plate/performance.hpp"

#include <algorithm>
#include <cmath>

#include "firmware-protocol/virtual-plate/account.hpp"

namespace heeldrop::virtual_plate {
namespace {

constexpr double rate_hz = 1.0 / Performance::step_s;
constexpr double g = standard_gravity.value;
constexpr double reference_weight_n = 75.0 * g;  ///< the spectra were measured on people of about 75 kg

double rms(const std::array<double, 6>& spectrum) {
    double power = 0.0;
    for (const double band : spectrum)
        power += band * band;
    return std::sqrt(power);
}

double smooth(double x) {
    x = std::clamp(x, 0.0, 1.0);
    return x * x * (3.0 - 2.0 * x);
}

}  // namespace

Performance::Performance(const Script& script, const PersonTraits& person, const Limits& limits, std::uint64_t seed)
    : script_(script),
      person_(person),
      limits_(limits),
      choreography_(person, limits, seed),
      wander_(0.03, 0.3, rate_hz, Random(seed, 20)),
      cop_y_left_(0.05, 0.6, rate_hz, Random(seed, 21)),
      cop_y_right_(0.05, 0.6, rate_hz, Random(seed, 22)),
      cop_y_left_fine_(0.6, 4.0, rate_hz, Random(seed, 23)),
      cop_y_right_fine_(0.6, 4.0, rate_hz, Random(seed, 24)),
      cop_x_left_(0.05, 2.0, rate_hz, Random(seed, 25)),
      cop_x_right_(0.05, 2.0, rate_hz, Random(seed, 26)) {
    for (std::size_t i = 0; i + 1 < sway_bands_hz.size(); ++i)
        sway_.emplace_back(sway_bands_hz[i], sway_bands_hz[i + 1], rate_hz, Random(seed, 10 + i));
    two_leg_scale_ = person.two_leg_noise.value * reference_weight_n / rms(two_leg_spectrum);
    truth_.mass = person.mass;
    for (int i = 0; i < 4; ++i)
        step();
}

void Performance::plan_ahead(double t) {
    while (next_element_ < script_.elements.size() && choreography_.cursor < t + 1.0) {
        announced_.emplace_back(choreography_.cursor, script_.elements[next_element_].word);
        choreography_.plan(script_.elements[next_element_++]);
        for (auto& rep : choreography_.planned_reps)
            open_.push_back(std::move(rep));
        choreography_.planned_reps.clear();
        for (auto& o : choreography_.planned_others)
            truth_.others.push_back(std::move(o));
        choreography_.planned_others.clear();
        truth_.duration = Seconds{choreography_.end};
    }
}

void Performance::step() {
    Instant now;
    now.t = static_cast<double>(steps_++) * step_s;
    plan_ahead(now.t);

    auto& intent = choreography_.intent;
    const auto height = intent.height.at(now.t);
    const double share = intent.left_share.at(now.t).value;
    const double contact = std::max(0.0, intent.contact.at(now.t).value);
    const double hands = std::clamp(intent.hands.at(now.t).value, 0.0, 1.0);
    const double mass = person_.mass.value + intent.added_mass.at(now.t).value;
    const double companion = intent.other_person.at(now.t).value;
    const double agitation = std::max(0.5, intent.agitation.at(now.t).value);
    const double lean = intent.lean.at(now.t).value;

    // How far the stance is a one-leg stance, and for how long it has been.
    const double one_leg = smooth((std::abs(2.0 * share - 1.0) - 0.5) / 0.45);
    on_one_leg_s_ = one_leg > 0.5 && contact > 0.5 ? on_one_leg_s_ + step_s : 0.0;
    const double settled = person_.one_leg_noise.value;
    const double level = settled + (person_.one_leg_noise_first.value - settled) * std::exp(-on_one_leg_s_ / 6.0);
    const double one_leg_scale = level * reference_weight_n / rms(one_leg_spectrum);

    // Sway of the total: the bands keep their phase while the stance changes; tremor grows with every rep.
    double sway_n = 0.0;
    for (std::size_t i = 0; i < sway_.size(); ++i) {
        const double two = two_leg_scale_ * two_leg_spectrum[i];
        const double one = one_leg_scale * one_leg_spectrum[i];
        const double grown = i == tremor_band ? 1.0 + person_.tremor_growth * choreography_.reps : 1.0;
        sway_n += (two + (one - two) * one_leg) * grown * sway_[i].next();
    }
    sway_n *= mass * g / reference_weight_n * agitation;

    const double own = std::max(0.0, (mass * (g + height.acceleration) + sway_n) * contact * (1.0 - hands));
    const double total = std::max(0.0, own + companion * (g + 0.004 * sway_n));
    const double free = 4.0 * share * (1.0 - share);  // a lifted foot has no share to wander
    now.left_share =
        std::clamp(share + free * person_.share_wander.value * wander_.next() * std::min(agitation, 2.0), 0.0, 1.0);
    now.left.force_n = total * now.left_share;
    now.right.force_n = total - now.left.force_n;
    now.height_m = height.value;
    now.speed_m_s = height.speed;
    now.hand_free = 1.0 - hands;

    const double up = height.value / 0.10;
    const double forward =
        person_.cop_rise.value *
        std::copysign(std::pow(std::min(std::abs(up), 1.5), person_.cop_rise_power), std::max(up, -0.5));
    const double spread = person_.cop_two_leg.value + (person_.cop_one_leg.value - person_.cop_two_leg.value) * one_leg;
    const auto foot = [&](Foot& f, double base, BandNoise& slow, BandNoise& fine, BandNoise& across) {
        f.cop_y_mm =
            std::clamp(base + forward + lean + spread * (0.92 * slow.next() + 0.39 * fine.next()), -120.0, 120.0);
        f.cop_x_mm = std::clamp(0.4 * spread * across.next(), -60.0, 60.0);
    };
    foot(now.left, person_.cop_base_left.value, cop_y_left_, cop_y_left_fine_, cop_x_left_);
    foot(now.right, person_.cop_base_right.value, cop_y_right_, cop_y_right_fine_, cop_x_right_);

    trace_.push_back(now);
    account();
    const double keep = open_.empty() ? now.t : std::min(now.t, open_.front().begin);
    while (trace_.size() > 4 && trace_[trace_.size() - 4].t > trace_.front().t && trace_.front().t < keep - 0.01)
        trace_.pop_front();
}

void Performance::account() {
    while (!open_.empty() && trace_.back().t > open_.front().end) {
        truth_.reps.push_back(account_of(open_.front(), trace_, limits_));
        open_.pop_front();
    }
}

bool Performance::over(Seconds t) {
    plan_ahead(t.value);
    return next_element_ == script_.elements.size() && t.value > choreography_.end && open_.empty();
}

std::vector<std::string> Performance::begun_by(Seconds t) {
    std::vector<std::string> words;
    for (; !announced_.empty() && announced_.front().first <= t.value; announced_.pop_front())
        words.push_back(announced_.front().second);
    return words;
}

Instant Performance::at(double t) {
    while (trace_.back().t < t + 2.0 * step_s)
        step();
    // The four steps around t.
    const auto last = steps_ - 1;
    auto i = static_cast<std::int64_t>(std::floor(t / step_s));
    const auto index = [&](std::int64_t k) {
        return trace_[trace_.size() - 1 - static_cast<std::size_t>(last - std::clamp<std::int64_t>(k, 0, last))];
    };
    const Instant a = index(i - 1), b = index(i), c = index(i + 1), d = index(i + 2);
    const double f = t / step_s - static_cast<double>(i);
    const auto cubic = [f](double p, double q, double r, double s) {
        return q + 0.5 * f * (r - p + f * (2.0 * p - 5.0 * q + 4.0 * r - s + f * (3.0 * (q - r) + s - p)));
    };
    Instant out = b;
    out.t = t;
    const auto foot = [&](Foot Instant::*side) {
        out.*side = {std::max(0.0, cubic((a.*side).force_n, (b.*side).force_n, (c.*side).force_n, (d.*side).force_n)),
                     cubic((a.*side).cop_x_mm, (b.*side).cop_x_mm, (c.*side).cop_x_mm, (d.*side).cop_x_mm),
                     cubic((a.*side).cop_y_mm, (b.*side).cop_y_mm, (c.*side).cop_y_mm, (d.*side).cop_y_mm)};
    };
    foot(&Instant::left);
    foot(&Instant::right);
    out.height_m = cubic(a.height_m, b.height_m, c.height_m, d.height_m);
    out.speed_m_s = cubic(a.speed_m_s, b.speed_m_s, c.speed_m_s, d.speed_m_s);
    out.left_share = cubic(a.left_share, b.left_share, c.left_share, d.left_share);
    return out;
}

}  // namespace heeldrop::virtual_plate
