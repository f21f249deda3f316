#include "daemon/server/stored_forces.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/exchange/force_csv.hpp"
#include "daemon/plate/force_source.hpp"
#include "daemon/plate/plate.hpp"
#include "daemon/server/descriptor.hpp"
#include "daemon/store/recording.hpp"

namespace heeldrop::server {
namespace {

using exchange::Json;

/// The smallest and largest force of one pad in one bin.
struct Range {
    std::optional<double> low, high;
    void take(double value) {
        if (std::isnan(value))
            return;
        low = std::min(low.value_or(value), value);
        high = std::max(high.value_or(value), value);
    }
};

Json value_or_null(const std::optional<double>& value) {
    return value ? Json(exchange::rounded(Newtons{*value})) : Json(nullptr);
}

}  // namespace

std::string calibration_of(const std::filesystem::path& recording) {
    const store::RecordingReader reader(recording);
    return reader.header().map ? reader.header().map->certificate_id : std::string();
}

std::size_t for_each_stored_force(const std::filesystem::path& recording,
                                  const std::function<void(const StoredForce&)>& take) {
    store::RecordingReader reader(recording);
    const auto source_now = [&] {
        const store::Epoch& epoch = reader.epoch();
        calibration::Conversion conversion(reader.header().plate.cells, reader.zero(), reader.header().map);
        return plate::ForceSource(std::move(conversion), epoch.plate.tick_hz, epoch.origin_tick, epoch.origin_t);
    };
    std::optional<plate::ForceSource> source;
    int epoch = -1, zero = -1;
    std::optional<plate::RawSample> last;
    Seconds last_t;
    std::size_t count = 0;
    std::vector<plate::RawSample> block;
    while (reader.next(block)) {
        const bool booted = epoch != reader.epoch_number();
        if (booted || zero != reader.zero_number()) {
            epoch = reader.epoch_number();
            zero = reader.zero_number();
            source.emplace(source_now());
        }
        for (const plate::RawSample& sample : block) {
            StoredForce stored{(*source)(sample), source->conversion().uncalibrated(), false, false};
            stored.extrapolated = source->conversion().extrapolated(stored.force.left, stored.force.right);
            const bool first_of_boot = booted && &sample == &block.front();
            stored.gap_before = last && (first_of_boot || sample.index != last->index + 1 ||
                                         stored.force.t - last_t > plate::Break::longest_pause);
            take(stored);
            last = sample;
            last_t = stored.force.t;
        }
        count += block.size();
    }
    return count;
}

std::optional<Seconds> recorded_until(const std::filesystem::path& recording) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(recording, error))
        return std::nullopt;
    std::optional<Seconds> last;
    try {
        for_each_stored_force(recording, [&](const StoredForce& stored) { last = stored.force.t; });
    } catch (const std::exception&) {
        // What was read until then counts.
    }
    return last;
}

Written export_csv(const std::filesystem::path& recording, int descriptor) {
    Written written;
    const std::string calibration = calibration_of(recording);
    std::string text(exchange::force_csv_header);
    const auto flush = [&] {
        write_all(descriptor, text);
        written.bytes += text.size();
        text.clear();
    };
    written.samples = for_each_stored_force(recording, [&](const StoredForce& stored) {
        exchange::append_force_row(text, stored.force,
                                   {stored.uncalibrated, stored.gap_before, stored.extrapolated, calibration});
        if (text.size() > (1 << 18))
            flush();
    });
    flush();
    return written;
}

Json curve(const std::filesystem::path& recording, std::size_t points) {
    double first = 0.0, last = 0.0;
    std::size_t count = 0, gaps = 0;
    for_each_stored_force(recording, [&](const StoredForce& stored) {
        const double t = stored.force.t.value;
        gaps += count > 0 && t - last > plate::Break::longest_pause.value;
        if (count++ == 0)
            first = t;
        last = t;
    });
    Json t = Json::array(), left = Json::array(), right = Json::array();
    if (count + gaps <= points) {
        double before = first;
        for_each_stored_force(recording, [&](const StoredForce& stored) {
            const motion::ForceSample& sample = stored.force;
            if (sample.t.value - before > plate::Break::longest_pause.value && t.size() < points - 1) {
                t.push_back(exchange::rounded(Seconds{0.5 * (before + sample.t.value)}));
                left.push_back(nullptr);
                right.push_back(nullptr);
            }
            before = sample.t.value;
            const auto force = [](Newtons f) {
                return std::isnan(f.value) ? Json(nullptr) : Json(exchange::rounded(f));
            };
            t.push_back(exchange::rounded(sample.t));
            left.push_back(force(sample.left));
            right.push_back(force(sample.right));
        });
    } else {
        const std::size_t bins = points / 2;
        const double width = (last - first) / static_cast<double>(bins);
        std::vector<Range> lefts(bins), rights(bins);
        for_each_stored_force(recording, [&](const StoredForce& stored) {
            const motion::ForceSample& sample = stored.force;
            // The recording may have grown since it was counted: what came after belongs to no bin.
            if (sample.t.value > last)
                return;
            const auto bin = std::min(static_cast<std::size_t>((sample.t.value - first) / width), bins - 1);
            lefts[bin].take(sample.left.value);
            rights[bin].take(sample.right.value);
        });
        for (std::size_t b = 0; b < bins; ++b) {
            const double start = first + width * static_cast<double>(b);
            t.push_back(exchange::rounded(Seconds{start}));
            left.push_back(value_or_null(lefts[b].low));
            right.push_back(value_or_null(rights[b].low));
            t.push_back(exchange::rounded(Seconds{start + width / 2}));
            left.push_back(value_or_null(lefts[b].high));
            right.push_back(value_or_null(rights[b].high));
        }
    }
    return {{"t_s", std::move(t)}, {"left_n", std::move(left)}, {"right_n", std::move(right)}};
}

}  // namespace heeldrop::server
