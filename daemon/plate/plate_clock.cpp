#include "daemon/plate/plate_clock.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::plate {
namespace {

constexpr double step_slack_s = 5.0, step_slack = 1.5;
constexpr double error_after_s = 20.0, error_again_s = 120.0, believable_percent = 20.0;

}  // namespace

double PlateClock::usual_s(std::uint64_t samples) const {
    return static_cast<double>(samples) / measured_rate_.value_or(nominal_rate_).value;
}

bool PlateClock::can_step(std::int64_t ticks, std::uint64_t samples, Time::duration passed) const {
    const double passed_s = std::chrono::duration<double>(passed).count();
    return ticks > 0 && static_cast<double>(ticks) / tick_hz_ <=
                            step_slack_s + step_slack * std::max(usual_s(samples), passed_s);
}

std::int64_t PlateClock::usual_step(std::uint64_t samples) const {
    return std::llround(std::clamp(usual_s(samples) * tick_hz_, 1.0, 4294967295.0));
}

void PlateClock::forget() {
    measured_rate_.reset();
    rate_start_.reset();
    error_start_.reset();
    error_percent_.reset();
}

void PlateClock::take(const RawSample& sample, Time taken) {
    if (!rate_start_)
        rate_start_ = sample;
    const auto passed_since = [&](const RawSample& start) {
        return static_cast<double>(sample.tick - start.tick) / tick_hz_;
    };
    if (!error_start_ || passed_since(error_start_->first) > error_again_s)
        error_start_ = {sample, taken};
    const double by_plate = passed_since(error_start_->first);
    const double by_host = std::chrono::duration<double>(taken - error_start_->second).count();
    if (by_plate >= error_after_s && by_host > 0.0) {
        const double percent = 100.0 * (by_plate / by_host - 1.0);
        if (std::abs(percent) < believable_percent)
            error_percent_ = percent;
        else
            error_percent_.reset();
    }
    if (passed_since(*rate_start_) < 2.0)
        return;
    measured_rate_ = Hertz{static_cast<double>(sample.index - rate_start_->index) / passed_since(*rate_start_)};
    rate_start_ = sample;
}

}  // namespace heeldrop::plate
