// A rep's quick drop by plain integration; and what slow sampling hides of it.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "daemon/motion/accounting.hpp"

namespace heeldrop::motion {
namespace {

/// Below this, and above this speed, a drop's force is far above sway.
constexpr double quick_seconds = 1.3, quick_speed = 0.09;
/// Seconds after a rebound's own end in which the body stands, for plain integration; and what the turn from a quick
/// drop to its rebound may be off by.
constexpr double stands_after_rebound = 0.3, turn_error = 0.1;
/// Of a quick drop's height: by more than this hands falsify plain integration.
constexpr double most_by_hands = 0.4;
/// Seconds around a drop in which what starts or lands it may lie.
constexpr double around_drop = 0.2;

/// Whether something happened between two samples then.
bool is_hidden(const MovementWindow& w, double start, double end) {
    const auto bin = [&](double t) {
        return std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(t / bin_seconds), 0, std::ssize(w.unseen));
    };
    return std::any_of(w.unseen.begin() + bin(start - around_drop), w.unseen.begin() + bin(end + around_drop),
                       [](double newtons) { return newtons > 0.0; });
}

}  // namespace

/// A quick drop stands far above sway: plain integration between the still moments around it asks nothing of its
/// shape and is the better account. Its own edges tell in turn where those moments lie.
void Accounting::sharpen_if_quick(const MovementWindow& w, BinIndex window_from) {
    const double origin = seconds(window_from);
    if (out_.drop->duration > quick_seconds ||
        (out_.drop->peak_speed < quick_speed && !is_hidden(w, out_.drop->start, out_.drop->end)))
        return;
    for (int pass = 0; pass < 3; ++pass) {
        const MovementFit& rough = *out_.drop;
        const auto n = static_cast<BinIndex>(w.force.size());
        const auto from = std::clamp<BinIndex>(static_cast<BinIndex>((rough.start - 0.5) / bin_seconds), 0, n);
        // After a rebound the body is still again only when that is over.
        const double still =
            rebound_ ? std::max(rough.end + 0.5, rebound_->over - origin + stands_after_rebound) : rough.end + 0.5;
        const auto to = std::clamp<BinIndex>(static_cast<BinIndex>(still / bin_seconds), from, n);
        MovementWindow around = w;
        if (rebound_)
            around.turns = rebound_->at - origin - seconds(from) + turn_error;
        around.force = w.force.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
        around.unseen = w.unseen.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
        around.share_shift = w.share_shift.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
        around.least_height = 0.5 * rough.height;
        around.hesitation = 0.1;  // on one leg a longer one joins a twitch to the fall
        auto sharp = integrate_movement(around);
        if (!sharp || sharp->duration > 2.0 * quick_seconds)
            return;
        // Nor does it know of hands.
        if (out_.hands_unsteady && std::abs(sharp->height - rough.height) > most_by_hands * rough.height)
            return;
        sharp->start += seconds(from);
        sharp->end += seconds(from);
        sharp->gain = rough.gain;
        sharp->gain_sd = rough.gain_sd;
        sharp->evidence = rough.evidence;
        sharp->shapes = rough.shapes;
        // Laid out over the whole window again, for whoever reads it bin by bin.
        std::vector<double> acceleration(w.force.size(), 0.0), baseline = rough.baseline;
        std::copy(sharp->acceleration.begin(), sharp->acceleration.end(), acceleration.begin() + from);
        std::copy(sharp->baseline.begin(), sharp->baseline.end(), baseline.begin() + from);
        sharp->acceleration = std::move(acceleration);
        sharp->baseline = std::move(baseline);
        out_.drop = std::move(sharp);
    }
}

/// Where much may be hidden between the samples, what is expected tells the depth, too: all of the way, or a part.
void Accounting::expect_hidden(MovementFit& fit, const MovementWindow& w) const {
    if (!(fit.hidden_height_sd > 0.0) || !out_.rise)
        return;
    const double seen = std::pow(std::hypot(fit.height_sd, fit.hidden_height_sd), 2);
    double all = 0.0, mean = 0.0, square = 0.0;
    for (const auto& [probability, expected, sd] :
         {std::tuple{1.0 - w.partial, w.height_mean, w.height_sd},
          std::tuple{w.partial, part_mean * w.height_mean, part_sd * w.height_mean}}) {
        const double both = seen + sd * sd, off = fit.height - expected;
        const double weight = probability / std::sqrt(both) * std::exp(-0.5 * off * off / both);
        const double height = fit.height - seen / both * off, variance = seen * sd * sd / both;
        all += weight;
        mean += weight * height;
        square += weight * (height * height + variance);
    }
    if (!(all > 1e-12))
        return;
    mean /= all;
    fit.peak_speed *= mean / fit.height;
    fit.height = mean;
    fit.height_sd = std::sqrt(std::max(0.0, square / all - mean * mean));
    fit.hidden_height_sd = 0.0;
}

}  // namespace heeldrop::motion
