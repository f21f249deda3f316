#include "daemon/server/spot_check_run.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace heeldrop::server {
namespace {

constexpr double look_every_s = 0.25;
/// Somebody stands there: more than half of their weight.
constexpr double there = 0.5;

}  // namespace

void SpotCheckRun::start(Asked asked, const plate::PlateInfo& plate, Done done, Failed failed) {
    asked_ = std::move(asked);
    done_ = std::move(done);
    failed_ = std::move(failed);
    stillness_.emplace(plate.cells);
    tick_hz_ = plate.tick_hz;
    first_tick_.reset();
    last_look_ = -1.0;
}

void SpotCheckRun::stop(const Refusal& why) {
    if (!std::exchange(asked_, std::nullopt))
        return;
    std::exchange(failed_, nullptr)(why);
}

void SpotCheckRun::take(const plate::Batch& batch, const plate::Plate& plate) {
    if (!active())
        return;
    if (!plate.streaming() || !plate.conversion())
        return stop({"no_plate", plate.message()});
    const bool booted = std::any_of(batch.breaks.begin(), batch.breaks.end(), [](const auto& b) { return b.new_boot; });
    if (booted)
        return stop({"no_plate", "The plate has started anew. Let it find its zero and check again."});
    const calibration::Zero zero = plate.conversion()->zero();
    for (const plate::RawSample& sample : batch.samples) {
        if (!first_tick_)
            first_tick_ = sample.tick;
        const Seconds t{static_cast<double>(sample.tick - *first_tick_) / tick_hz_};
        stillness_->push({t, sample.reading});
        if (const double now = std::floor(t.value / look_every_s); now != last_look_)
            last_look_ = now;
        else
            continue;
        const auto seen =
            stillness_->assess(calibration::most_restless_person(asked_->mass), calibration::Measure::sum);
        if (seen.reading) {
            const auto verdict =
                calibration::judge_spot_check(*asked_->certificate, asked_->pad, asked_->mass, *seen.reading, zero);
            if (verdict.read > there * verdict.expected) {
                const Asked asked = *std::exchange(asked_, std::nullopt);
                return std::exchange(done_, nullptr)(asked, verdict);
            }
        }
        if (t > patience)
            return stop(
                {"not_still", fmt::format("Nobody of about {:g} kg stood still on the {} pad for {:g} s within a "
                                          "minute. Stand with both feet on it, and check again.",
                                          asked_->mass.value, calibration::name_of(asked_->pad),
                                          calibration::Stillness::window.value)});
    }
}

}  // namespace heeldrop::server
