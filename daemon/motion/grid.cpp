#include "daemon/motion/grid.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>

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
constexpr double even_part = 0.15, brief_part = 0.25, other_pad_part = 0.2;
/// Nor need they be alike, on one pad alone: a landing is met at another load than it leaves behind, as a body must
/// fall before it lands, so no push of one foot is over and undone within two samples of a slow converter (48 ms at
/// 62/s). And to and fro from one sample to the next is no body's for as long as a line may bridge. Each value lies at
/// least this part of the farthest beside the line.
constexpr double longest_uneven_seconds = 0.05;
constexpr double uneven_part = 0.3;
/// A landing pushes by up to so much of the load that it meets (domain.md, measured): less may be one, however brief.
constexpr double landing_part = 0.3;
/// A converter errs out of nowhere. The top of a landing is reached by a flank as steep as the top is high, or steeper:
/// where the sample before has already changed by this part of how far the values lie away, it is a body's.
constexpr double flank_part = 0.5;

/// Seconds that a fall takes at most, from its first push down; m/s: the speed that makes it one; of the load: what it
/// lacks at its first push at least. Of its momentum: what a landing of one sample may seem to give back of it.
constexpr double longest_fall = 1.3, least_fall = 0.05, first_push = 0.12, least_given = 0.4, most_given = 2.5;
/// Of the load: on the foot that stands alone; left of it as a body begins to fall.
constexpr double alone_part = 0.95, least_in_fall = 0.15;
/// Sure errors after which what may be a push is taken for another: a converter errs often or never.
constexpr int known_to_err = 2;
/// Of the load: on the other foot of who falls, at most.
constexpr double nearly_alone_part = 0.15;
/// Bins: what is remembered of the load before.
constexpr std::size_t most_recent = 150;
/// Of the load: by more from sample to sample a body starts or lands between them, and a straight line is off by such a
/// part of the difference.
constexpr double smooth_part = 0.06, unseen_part = 0.5;

bool sticks_out(double before, double value, double after) {
    const double rise = value - before, fall = value - after;
    const double least = std::min(std::abs(rise), std::abs(fall));
    return rise * fall > 0.0 && least > spike_newtons && std::abs(after - before) < 0.25 * least;
}

/// A pad's, or the sum: while the load goes from one pad to the other only the sum is steady.
using Channel = double (*)(const ForceSample&);
double load_of(const ForceSample& s) {
    return s.left.value + s.right.value;
}
constexpr Channel channels[] = {[](const ForceSample& s) { return s.left.value; },
                                [](const ForceSample& s) { return s.right.value; }, load_of};

double jump(const ForceSample& from, const ForceSample& to) {
    return std::max(std::abs(to.left.value - from.left.value), std::abs(to.right.value - from.right.value));
}

/// How far a value lies beside the line from `before` to `after`.
double beside(Channel c, const ForceSample& before, const ForceSample& s, const ForceSample& after) {
    const double w = (s.t - before.t).value / (after.t - before.t).value;
    return c(s) - c(before) - w * (c(after) - c(before));
}

using Run = std::span<const Grid::Waiting>;

bool on_one_pad(const ForceSample& before, Run run, const ForceSample& after) {
    double left = 0.0, right = 0.0;
    for (const auto& [s, after_fault] : run) {
        left = std::max(left, std::abs(beside(channels[0], before, s, after)));
        right = std::max(right, std::abs(beside(channels[1], before, s, after)));
    }
    return std::min(left, right) < other_pad_part * std::max(left, right);
}

/// One step away, level for as long as it lasts, and back.
bool even(Channel c, const ForceSample& before, Run run, const ForceSample& after, double alike) {
    const double first = c(run.front().sample), height = std::abs(first - c(before));
    return height > spike_newtons && std::abs(c(after) - c(before)) < alike * height &&
           std::all_of(run.begin(), run.end(),
                       [&](const Grid::Waiting& w) { return std::abs(c(w.sample) - first) < alike * height; });
}

bool uneven(Channel c, const ForceSample& before, Run run, const ForceSample& after) {
    double least = 1e300, farthest = 0.0, highest = 0.0, lowest = 0.0;
    for (const auto& [s, after_fault] : run) {
        const double d = beside(c, before, s, after);
        least = std::min(least, std::abs(d));
        farthest = std::max(farthest, std::abs(d));
        highest = std::max(highest, d);
        lowest = std::min(lowest, d);
    }
    const bool to_and_fro = std::min(highest, -lowest) > uneven_part * farthest;
    return farthest > spike_newtons && least > uneven_part * farthest &&
           std::abs(c(after) - c(before)) < brief_part * farthest &&
           (to_and_fro || (farthest > landing_part * std::max(0.0, before.left.value + before.right.value) &&
                           (after.t - before.t).value < longest_uneven_seconds));
}

/// Whether `before` lies on the flank of what comes.
bool on_flank(Channel c, const std::optional<ForceSample>& earlier, const ForceSample& before, Run run) {
    if (!earlier || (before.t - earlier->t).value > Grid::longest_bridge)
        return false;
    double farthest = 0.0;
    for (const auto& [s, after_fault] : run)
        farthest = std::max(farthest, std::abs(c(s) - c(before)));
    return std::abs(c(before) - c(*earlier)) > flank_part * farthest;
}

/// A foot that stands alone and drops its load for two samples or more, but not all of it, may begin to fall.
bool may_be_push(const ForceSample& before, Run run) {
    const double load = load_of(before);
    return run.size() > 1 && std::max(before.left.value, before.right.value) > alone_part * load &&
           std::all_of(run.begin(), run.end(), [&](const Grid::Waiting& w) {
               const double total = load_of(w.sample);
               return total > least_in_fall * load && total < (1.0 - first_push) * load;
           });
}

/// Whether all these samples between two good ones are a converter's and no body's.
/// `errs`: this converter has done so for sure.
bool is_bad(const std::optional<ForceSample>& earlier, const ForceSample& before, Run run, const ForceSample& after,
            bool errs) {
    const double whole = (after.t - before.t).value;
    const ForceSample& first = run.front().sample;
    if (whole >= Grid::longest_bridge || jump(before, first) <= spike_newtons)
        return false;
    const bool lone = run.size() == 1 && jump(first, after) > spike_newtons;
    if (!errs && whole >= longest_run_seconds && may_be_push(before, run))
        return false;
    const bool brief = whole < longest_run_seconds, one_pad = on_one_pad(before, run, after);
    return std::any_of(std::begin(channels), std::end(channels), [&](Channel c) {
        return !on_flank(c, earlier, before, run) &&
               ((lone && sticks_out(c(before), c(first), c(after))) ||
                ((brief || one_pad) && even(c, before, run, after, brief ? brief_part : even_part)) ||
                (one_pad && uneven(c, before, run, after)));
    });
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
        const double good = !waiting_.empty() ? waiting_.back().sample.t.value : from_ ? from_->t.value : origin_;
        if (held_ || t - good > longest_unsaid)
            hold_until(t, completed);
        return;
    }
    const Waiting next{sample, std::exchange(faulty_since_, false)};
    // Nearly always: what does not stick out is good, whatever follows.
    if (waiting_.size() == 1 && from_ && !held_ && jump(*from_, waiting_.front().sample) <= spike_newtons) {
        accept(waiting_.front(), completed);
        waiting_.front() = next;
        return;
    }
    waiting_.push_back(next);
    settle(completed);
}

void Grid::finish(std::vector<Bin>& completed) {
    for (const Waiting& w : waiting_)
        accept(w, completed);
    waiting_.clear();
    if (faulty_since_ && *last_time_ - (from_ ? from_->t.value : origin_) > longest_bridge)
        hold_until(*last_time_, completed);
}

/// Newton seconds above a level, from the last accepted sample over the run to the one after it.
double Grid::impulse_of(std::span<const Waiting> run, const ForceSample& after, double level) const {
    double impulse = 0.0;
    const ForceSample* last = &*from_;
    const auto add = [&](const ForceSample& s) {
        impulse += (0.5 * (load_of(*last) + load_of(s)) - level) * (s.t - last->t).value;
        last = &s;
    };
    for (const Waiting& w : run)
        add(w.sample);
    add(after);
    return impulse;
}

/// Whether these samples give back the momentum that a falling body has just got: then they are its landing, which a
/// slow converter may see in one sample alone.
bool Grid::lands(std::span<const Waiting> run, const ForceSample& after) const {
    const auto falling = static_cast<std::size_t>(longest_fall / bin_seconds);
    if (recent_.size() <= 2 * falling)
        return false;
    std::vector<double> before(recent_.begin(), recent_.end() - static_cast<std::ptrdiff_t>(falling));
    const auto middle = before.begin() + static_cast<std::ptrdiff_t>(before.size() / 2);
    std::nth_element(before.begin(), middle, before.end());
    const double level = *middle;
    // Who has braked a rise on two feet is not falling.
    const auto fall = recent_.end() - static_cast<std::ptrdiff_t>(std::min(falling, alone_bins_));
    double lost = filled_ * level - sum_.left - sum_.right, least = level;  // newton seconds; newtons
    for (auto total = fall; total != recent_.end(); ++total) {
        lost += bin_seconds * (level - *total);
        least = std::min(least, *total);
    }
    const double given = impulse_of(run, after, level);
    return least < (1.0 - first_push) * level && lost > least_fall * level / standard_gravity.value &&
           given > least_given * lost && given < most_given * lost;
}

/// Accepts or leaves out those that wait, as far as what has come tells.
void Grid::settle(std::vector<Bin>& completed) {
    while (waiting_.size() > 1) {
        std::size_t bad = 0;
        for (std::size_t n = 1; from_ && !held_ && bad == 0 && n < waiting_.size(); ++n)
            if (const Run run = Run(waiting_).first(n);
                is_bad(earlier_, *from_, run, waiting_[n].sample, sure_errors_ >= known_to_err) &&
                !lands(run, waiting_[n].sample))
                bad = n;
        if (bad > 0) {
            left_out_ = impulse_of(Run(waiting_).first(bad), waiting_[bad].sample, load_of(*from_));
            sure_errors_ += may_be_push(*from_, Run(waiting_).first(bad)) ? 0 : 1;
            for (std::size_t n = 0; n < bad; ++n)
                waiting_[bad].after_fault |= waiting_[n].after_fault;
        } else {
            const bool may_come_back = from_ && !held_ && waiting_.size() <= longest_run &&
                                       jump(*from_, waiting_.front().sample) > spike_newtons &&
                                       (waiting_.back().sample.t - from_->t).value < longest_bridge;
            if (may_come_back)
                return;  // the next tell
            accept(waiting_.front(), completed);
            bad = 1;
        }
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(bad));
    }
}

void Grid::accept(const Waiting& next, std::vector<Bin>& completed) {
    const ForceSample& sample = next.sample;
    if (!from_) {
        // What came before the first good sample is as good as missing.
        from_ = sample;
        from_->t = Seconds{origin_};
        span_to(sample, sample.t.value - origin_ > gap_seconds, next.after_fault, completed);
    } else {
        const double hole = sample.t.value - from_->t.value;
        // Where faulty samples were said already, the hole is what is behind the last.
        span_to(sample, hole > gap_seconds && (held_ || !next.after_fault),
                held_ || (next.after_fault && hole > longest_bridge), completed);
    }
    earlier_ = held_ ? std::nullopt : from_;
    from_ = sample;
    held_ = false;
}

/// Nobody knows when a good one follows, if ever: the bins go on, with the last load known and said to be useless.
void Grid::hold_until(double t, std::vector<Bin>& completed) {
    for (const Waiting& w : waiting_)
        accept(w, completed);
    waiting_.clear();
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    if (!from_)
        from_ = ForceSample{Seconds{origin_}, Newtons{0}, Newtons{0}, Millimetres{nan}, Millimetres{nan}, false, false};
    ForceSample last = *from_;
    last.t = Seconds{t};
    last.left_cop_y = last.right_cop_y = Millimetres{nan};
    if (t > from_->t.value)
        span_to(last, false, true, completed);
    from_ = last;
    held_ = true;
}

void Grid::span_to(const ForceSample& to, bool gap, bool saturated, std::vector<Bin>& completed) {
    const ForceSample& from = *from_;
    const double whole = to.t.value - from.t.value;
    double at = from.t.value;
    const double jump_at = at + longest_laid_out;
    // The impulse of what happened between two samples that differ abruptly, newton seconds.
    const double total = load_of(from);
    const double jumps = std::abs(load_of(to) - total) - smooth_part * std::max(0.0, total);
    const double unseen = std::max(unseen_part * whole * std::max(0.0, jumps), std::abs(std::exchange(left_out_, 0.0)));
    // The line's part of this width around a place from 0 to 1, whose value is its mean.
    const auto add = [&](double width, double place) {
        sum_.left += width * (from.left.value + place * (to.left.value - from.left.value));
        sum_.right += width * (from.right.value + place * (to.right.value - from.right.value));
        sum_.left_cop += width * (from.left_cop_y.value + place * (to.left_cop_y.value - from.left_cop_y.value));
        sum_.right_cop += width * (from.right_cop_y.value + place * (to.right_cop_y.value - from.right_cop_y.value));
        sum_.gap |= gap;
        sum_.saturated |= saturated;
        sum_.sparse |= whole > sparse_seconds;
        filled_ += width;
    };
    // Nearly always: within one bin.
    if (to.t.value < origin_ + static_cast<double>(bin_ + 1) * bin_seconds) {
        add(whole, 0.5);
        sum_.unseen += unseen * unseen;
        return;
    }
    while (at < to.t.value) {
        const double bin_end = origin_ + static_cast<double>(bin_ + 1) * bin_seconds;
        const double until = std::min(bin_end, to.t.value);
        const double width = until - at;
        add(width, (0.5 * (at + until) - from.t.value) / whole);
        sum_.unseen += unseen * unseen * width / whole;
        at = until;
        if (until < bin_end)
            break;
        Bin bin = sum_;
        bin.start = bin_end - bin_seconds;
        bin.left /= filled_;
        bin.right /= filled_;
        bin.left_cop /= filled_;
        bin.right_cop /= filled_;
        bin.unseen = std::sqrt(bin.unseen) / filled_;
        completed.push_back(bin);
        recent_.push_back(bin.total());
        alone_bins_ = std::min(bin.left, bin.right) < nearly_alone_part * bin.total() ? alone_bins_ + 1 : 0;
        if (recent_.size() > most_recent)
            recent_.pop_front();
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
