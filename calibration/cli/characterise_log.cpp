// A log of counts: rate, noise, drift.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calibration/cli/characterise.hpp"
#include "calibration/lib/count_log.hpp"

namespace heeldrop::calibrate {

using nlohmann::ordered_json;
using namespace calibration;

int study_as_log(const CharacteriseOptions& options, const Columns& columns, const std::vector<Column>& what) {
    CountLog log;
    std::vector<std::string> channels;
    for (std::size_t k = 0; k < what.size(); ++k) {
        if (what[k].role == ColumnRole::time && log.t.empty()) {
            for (const double t : columns.numbers(k))
                log.t.push_back(Seconds{t * what[k].scale});
        } else if (what[k].role == ColumnRole::channel) {
            log.counts.push_back(columns.numbers(k));
            channels.push_back(columns.names[k]);
        }
    }
    for (std::size_t i = 1; i < log.t.size(); ++i)
        if (log.t[i] < log.t[i - 1])
            throw FileError(fmt::format("{}:{}: time goes back", options.file.native(), columns.line[i]));
    LogReport report;
    try {
        report = study_log(log);
    } catch (const std::invalid_argument& error) {
        throw FileError(fmt::format("{}: {}", options.file.native(), error.what()));
    }
    const auto value_or_null = [](double v) {
        return std::isfinite(v) && v < 1e299 ? ordered_json(v) : ordered_json(nullptr);
    };
    if (options.json) {
        ordered_json noise = ordered_json::array(), quiet = ordered_json::array();
        for (std::size_t k = 0; k < channels.size(); ++k)
            noise.push_back({{"channel", channels[k]},
                             {"sample_counts", value_or_null(report.channels[k].sample)},
                             {"second_counts", value_or_null(report.channels[k].second)},
                             {"wild_samples", report.channels[k].wild},
                             {"wild_by_counts", report.channels[k].wild_by}});
        for (const QuietStretch& q : report.quiet)
            quiet.push_back({{"start_s", q.start.value},
                             {"end_s", q.end.value},
                             {"mean_counts", q.mean},
                             {"drift_counts_per_min", q.drift_per_minute}});
        const ordered_json out{{"schema", "heeldrop.characterisation/1"},
                               {"kind", "log"},
                               {"rows", report.rows},
                               {"duration_s", report.duration.value},
                               {"rate_hz", report.rate.value},
                               {"interval_s", report.interval.value},
                               {"interval_p99_s", report.interval_p99.value},
                               {"longest_interval_s", report.longest.value},
                               {"gaps", report.gaps},
                               {"whole_counts", report.whole},
                               {"rows_are_means", report.means()},
                               {"noise", std::move(noise)},
                               {"quiet", std::move(quiet)}};
        fmt::print("{}\n", out.dump());
        return 0;
    }
    const auto newtons = [&](double counts) {
        return options.counts_per_newton ? fmt::format(" ({:.3g} N)", counts / *options.counts_per_newton)
                                         : std::string();
    };
    fmt::print("a log of {} rows over {:.1f} s, {} channel{}\n\n", report.rows, report.duration.value, channels.size(),
               channels.size() == 1 ? "" : "s");
    fmt::print(
        "  rate      {:.2f} rows a second in truth; interval {:.4g} ms in the median, {:.4g} ms at 99 %, {:.4g} ms at "
        "the longest{}\n",
        report.rate.value, 1e3 * report.interval.value, 1e3 * report.interval_p99.value, 1e3 * report.longest.value,
        report.gaps > 0 ? fmt::format("; {} gap{} left out", report.gaps, report.gaps == 1 ? "" : "s") : "");
    if (report.means())
        fmt::print(
            "  each row is a mean of several samples ({:.0f} % hold whole counts): noise and rate are the means', not "
            "the "
            "converter's\n",
            100.0 * report.whole);
    else if (report.whole < 1.0)
        fmt::print("  {:.0f} % of the rows were filled in between samples and do not count for the noise\n",
                   100.0 * (1.0 - report.whole));
    for (std::size_t k = 0; k < channels.size(); ++k) {
        const ChannelNoise& c = report.channels[k];
        if (!std::isfinite(c.sample) || c.sample > 1e299) {
            fmt::print("  noise     {}: no quiet second, so none can be told\n", channels[k]);
            continue;
        }
        fmt::print("  noise     {}: {:.3g} counts{} from sample to sample, {:.3g}{} within a second\n", channels[k],
                   c.sample, newtons(c.sample), c.second, newtons(c.second));
        if (c.wild > 0)
            fmt::print("            {} wild samples ({:.2g} %), {:.3g} counts away\n", c.wild,
                       100.0 * static_cast<double>(c.wild) / static_cast<double>(report.rows), c.wild_by);
    }
    if (report.quiet.empty())
        fmt::print("  drift     cannot be told: it was never quiet for 5 s\n");
    for (const QuietStretch& q : report.quiet)
        for (std::size_t k = 0; k < channels.size(); ++k)
            fmt::print("  drift     {}: {:+.4g} counts a minute{} from {:.1f} to {:.1f} s, about {:.0f}\n", channels[k],
                       q.drift_per_minute[k], newtons(q.drift_per_minute[k]), q.start.value, q.end.value, q.mean[k]);
    return 0;
}

}  // namespace heeldrop::calibrate
