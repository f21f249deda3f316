#include "daemon/motion/grid.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

namespace heeldrop::motion {
namespace {

/// A lone value this far from both its neighbours, while these agree, is a transfer error and no force: a body on a
/// plate cannot do it (the sharpest landing measured changes by less between three samples). So are two or three alike,
/// if they last no longer than a converter's hiccup: what lasts longer may be a body's. But a body that pushes on one
/// pad so suddenly, and as evenly, takes as much from the other or lets both feel it: a step of one pad alone is a
/// converter's for as long as a line may bridge.
constexpr double spike_newtons = 80.0;
constexpr std::size_t longest_run = 3;
constexpr double longest_run_seconds = 0.03;
constexpr double even_part = 0.15, other_pad_part = 0.2;

bool sticks_out(double before, double value, double after) {
    const double rise = value - before, fall = value - after;
    const double least = std::min(std::abs(rise), std::abs(fall));
    return rise * fall > 0.0 && least > spike_newtons && std::abs(after - before) < 0.25 * least;
}

/// A pad's, or the sum: while the load goes from one pad to the other only the sum is steady.
using Channel = double (*)(const ForceSample&);
constexpr Channel channels[] = {[](const ForceSample& s) { return s.left.value; },
                                [](const ForceSample& s) { return s.right.value; },
                                [](const ForceSample& s) { return s.left.value + s.right.value; }};

double jump(const ForceSample& from, const ForceSample& to) {
    return std::max(std::abs(to.left.value - from.left.value), std::abs(to.right.value - from.right.value));
}

bool is_spike(const ForceSample& before, const ForceSample& s, const ForceSample& after) {
    return std::min(jump(before, s), jump(s, after)) > spike_newtons &&
           std::any_of(std::begin(channels), std::end(channels),
                       [&](Channel c) { return sticks_out(c(before), c(s), c(after)); });
}

bool on_one_pad(const ForceSample& from, const ForceSample& to) {
    const double left = std::abs(to.left.value - from.left.value), right = std::abs(to.right.value - from.right.value);
    return std::min(left, right) < other_pad_part * std::max(left, right);
}

/// A step away from `from` may be a run of bad samples: has the next sample come back, or does it stay there?
enum class Step { none, back, stays };
Step step_of(const ForceSample& from, const ForceSample& away, const ForceSample& next) {
    const double since = next.t.value - from.t.value;
    const bool brief = since < longest_run_seconds;
    if (jump(from, away) <= spike_newtons)
        return Step::none;
    if (!brief && !(since < Grid::longest_bridge && on_one_pad(from, away)))
        return Step::none;
    const double alike = brief ? 0.25 : even_part;
    Step step = Step::none;
    for (const Channel c : channels) {
        const double height = std::abs(c(away) - c(from));
        if (height <= spike_newtons)
            continue;
        if (std::abs(c(next) - c(from)) < alike * height)
            return Step::back;
        if (std::abs(c(next) - c(away)) < alike * height)
            step = Step::stays;
    }
    return step;
}

}  // namespace

void Grid::push(const ForceSample& sample, std::vector<Bin>& completed) {
    const double t = sample.t.value;
    if (!std::isfinite(t) || (last_time_ && t <= *last_time_))
        throw std::invalid_argument("sample time does not increase");
    const bool faulty = sample.left_fault || sample.right_fault;
    if (!faulty && !(std::isfinite(sample.left.value) && std::isfinite(sample.right.value)))
        throw std::invalid_argument("force is not a finite number");
    if (!last_time_)
        origin_ = t;
    last_time_ = t;
    if (faulty) {
        faulty_since_ = true;
        return;
    }
    if (from_ && !pending_.empty()) {
        const bool lone =
            pending_.size() == 1 && t - from_->t.value < longest_bridge && is_spike(*from_, pending_.front(), sample);
        const Step step = step_of(*from_, pending_.front(), sample);
        if (lone || step == Step::back) {
            pending_.clear();  // what lies between was a spike
        } else if (step == Step::stays && pending_.size() < longest_run) {
            pending_.push_back(sample);  // whether it comes back, the next tell
            return;
        }
    }
    for (const ForceSample& earlier : pending_)
        accept(earlier, completed);
    pending_.assign(1, sample);
    faulty_before_pending_ |= faulty_since_;
    faulty_since_ = false;
}

void Grid::finish(std::vector<Bin>& completed) {
    for (const ForceSample& earlier : pending_)
        accept(earlier, completed);
    pending_.clear();
}

void Grid::accept(const ForceSample& sample, std::vector<Bin>& completed) {
    if (!from_) {
        // What came before the first good sample is as good as missing.
        from_ = sample;
        from_->t = Seconds{origin_};
        span_to(sample, sample.t.value - origin_ > gap_seconds, faulty_before_pending_, completed);
    } else {
        const double hole = sample.t.value - from_->t.value;
        span_to(sample, hole > gap_seconds && !faulty_before_pending_, faulty_before_pending_ && hole > longest_bridge,
                completed);
    }
    from_ = sample;
    faulty_before_pending_ = false;
}

void Grid::span_to(const ForceSample& to, bool gap, bool saturated, std::vector<Bin>& completed) {
    const ForceSample& from = *from_;
    const double whole = to.t.value - from.t.value;
    double at = from.t.value;
    const double jump_at = at + longest_laid_out;
    while (at < to.t.value) {
        const double bin_end = origin_ + static_cast<double>(bin_ + 1) * bin_seconds;
        const double until = std::min(bin_end, to.t.value);
        const double width = until - at;
        const double w = (0.5 * (at + until) - from.t.value) / whole;  // a line's mean is its middle
        sum_.left += width * (from.left.value + w * (to.left.value - from.left.value));
        sum_.right += width * (from.right.value + w * (to.right.value - from.right.value));
        sum_.left_cop += width * (from.left_cop_y.value + w * (to.left_cop_y.value - from.left_cop_y.value));
        sum_.right_cop += width * (from.right_cop_y.value + w * (to.right_cop_y.value - from.right_cop_y.value));
        sum_.gap |= gap;
        sum_.saturated |= saturated;
        sum_.sparse |= whole > sparse_seconds;
        filled_ += width;
        at = until;
        if (until < bin_end)
            break;
        Bin bin = sum_;
        bin.start = bin_end - bin_seconds;
        bin.left /= filled_;
        bin.right /= filled_;
        bin.left_cop /= filled_;
        bin.right_cop /= filled_;
        completed.push_back(bin);
        sum_ = Bin{};
        filled_ = 0.0;
        ++bin_;
        if (at > jump_at && to.t.value - at > longest_laid_out) {
            // The clock goes on by whole bins to just before the next sample.
            const double left_out = std::floor((to.t.value - at) / bin_seconds) * bin_seconds;
            origin_ += left_out;
            at += left_out;
        }
    }
}

}  // namespace heeldrop::motion
