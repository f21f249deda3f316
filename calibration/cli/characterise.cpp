#include "calibration/cli/characterise.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calibration/cli/columns.hpp"
#include "calibration/lib/count_log.hpp"
#include "calibration/lib/load_table.hpp"

namespace heeldrop::calibrate {
namespace {

using nlohmann::ordered_json;
using namespace calibration;

bool any_of_words(const std::string& name, std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(), [&](const char* w) { return name.find(w) != std::string::npos; });
}

bool is_time(const std::string& name) {
    return name == "t" || name == "t_s" || any_of_words(name, {"time", "second", "timestamp"});
}
bool is_load(const std::string& name) {
    return any_of_words(name, {"real", "load", "force", "newton", "mass", "kg", "weight", "true"}) || name == "n";
}
bool is_place(const std::string& name) {
    return name == "x" || name == "y" || name == "x_mm" || name == "y_mm" || name == "corner" || name == "position";
}

int table(const CharacteriseOptions& options, const Columns& columns, std::size_t load) {
    LoadTable table;
    std::vector<std::string> channels;
    const bool kilograms = any_of_words(columns.names[load], {"kg", "mass"});
    for (const double v : columns.values[load])
        table.loads.push_back(kilograms ? weight_of(Kilograms{v}, options.gravity) : Newtons{v});
    for (std::size_t k = 0; k < columns.names.size(); ++k)
        if (k != load && !is_time(columns.names[k]) && !is_place(columns.names[k])) {
            table.counts.push_back(columns.values[k]);
            channels.push_back(columns.names[k]);
        }
    TableFit fit;
    try {
        fit = fit_table(table);
    } catch (const std::invalid_argument& error) {
        throw FileError(fmt::format("{}: {}", options.file.native(), error.what()));
    }
    double worst = 0.0;
    for (const TableRow& r : fit.rows)
        if (!r.suspicious)
            worst = std::max(worst, std::abs(r.residual.value));
    const auto twin_of = [&](std::size_t i) -> std::optional<std::size_t> {
        for (std::size_t k = 0; k < fit.rows.size(); ++k)
            if (k != i && !fit.rows[k].suspicious && table.loads[k] == table.loads[i])
                return k;
        return std::nullopt;
    };
    const auto why = [&](std::size_t i) {
        const TableRow& r = fit.rows[i];
        std::string text = fmt::format(
            "{}:{}: row {} cannot be right: {:.1f} N is said, the other rows read {:.1f} N there, {:+.1f} N off",
            options.file.native(), columns.line[i], i + 1, r.load.value, r.without_it.value,
            (r.without_it - r.load).value);
        if (const auto twin = twin_of(i))
            text += fmt::format("; line {} has the same load with {:.0f} counts instead of {:.0f}", columns.line[*twin],
                                table.counts[0][*twin], table.counts[0][i]);
        return text + fmt::format(" (chance {:.1g}). See what stood there, and correct the load or leave the row out.",
                                  r.chance);
    };
    if (options.json) {
        ordered_json rows = ordered_json::array();
        for (std::size_t i = 0; i < fit.rows.size(); ++i) {
            const TableRow& r = fit.rows[i];
            rows.push_back({{"row", i + 1},
                            {"line", columns.line[i]},
                            {"load_n", r.load.value},
                            {"reading_n", r.reading.value},
                            {"residual_n", r.residual.value},
                            {"without_it_n", r.without_it.value},
                            {"chance", r.chance},
                            {"suspicious", r.suspicious}});
        }
        const ordered_json out{{"schema", "heeldrop.characterisation/1"},
                               {"kind", "table"},
                               {"channels", channels},
                               {"newtons_per_count", fit.newtons_per_count},
                               {"newtons_per_count_sd", fit.newtons_per_count_sd},
                               {"one_gain", fit.one_gain},
                               {"at_no_counts_n", fit.at_no_counts.value},
                               {"at_no_counts_sd_n", fit.at_no_counts_sd.value},
                               {"scatter_n", fit.scatter.value},
                               {"expanded_uncertainty_n", fit.expanded_uncertainty.value},
                               {"largest_residual_n", worst},
                               {"full_scale_n", fit.full_scale.value},
                               {"degrees_of_freedom", fit.degrees_of_freedom},
                               {"condition", fit.condition},
                               {"rows", std::move(rows)}};
        fmt::print("{}\n", out.dump());
    } else {
        fmt::print("a table of {} loads to {:.1f} N, {} channel{}\n\n", fit.rows.size(), fit.full_scale.value,
                   channels.size(), channels.size() == 1 ? "" : "s");
        for (std::size_t k = 0; k < channels.size(); ++k)
            fmt::print("  {:<12} {:.6g} counts a newton ({:.3g} % standard uncertainty)\n", channels[k],
                       1.0 / fit.newtons_per_count[k],
                       100.0 * fit.newtons_per_count_sd[k] / std::abs(fit.newtons_per_count[k]));
        if (fit.one_gain)
            fmt::print("  one gain for all channels: the rows are too few for one each\n");
        if (channels.size() == 1)
            fmt::print("  zero at      {:.0f} counts\n", -fit.at_no_counts.value / fit.newtons_per_count[0]);
        fmt::print(
            "  scatter      {:.2f} N ({} degrees of freedom); largest residual {:.2f} N, {:.2f} % of full scale\n",
            fit.scatter.value, fit.degrees_of_freedom, worst, 100.0 * worst / fit.full_scale.value);
        fmt::print("  a reading    is known to {:.1f} N (k = 2)\n\n", fit.expanded_uncertainty.value);
        fmt::print("{:>5} {:>14} {:>12} {:>12} {:>12}\n", "line", channels.size() == 1 ? "counts" : "sum", "load N",
                   "reads N", "residual N");
        for (std::size_t i = 0; i < fit.rows.size(); ++i) {
            double sum = 0.0;
            for (const auto& channel : table.counts)
                sum += channel[i];
            fmt::print("{:>5} {:>14.2f} {:>12.2f} {:>12.2f} {:>12.2f}{}\n", columns.line[i], sum,
                       fit.rows[i].load.value, fit.rows[i].reading.value, fit.rows[i].residual.value,
                       fit.rows[i].suspicious ? "  <- not used" : "");
        }
    }
    for (std::size_t i = 0; i < fit.rows.size(); ++i)
        if (fit.rows[i].suspicious)
            fmt::print(options.json ? stderr : stdout, "{}{}\n", options.json ? "" : "\n", why(i));
    return fit.suspicious() ? 3 : 0;
}

int log(const CharacteriseOptions& options, const Columns& columns, std::size_t time) {
    CountLog log;
    std::vector<std::string> channels;
    // Milliseconds and microseconds are told by the column's name.
    const double unit = any_of_words(columns.names[time], {"_us", "micro"})   ? 1e-6
                        : any_of_words(columns.names[time], {"_ms", "milli"}) ? 1e-3
                                                                              : 1.0;
    for (std::size_t i = 0; i < columns.line.size(); ++i) {
        log.t.push_back(Seconds{columns.values[time][i] * unit});
        if (i > 0 && log.t[i] < log.t[i - 1])
            throw FileError(fmt::format("{}:{}: time goes back", options.file.native(), columns.line[i]));
    }
    for (std::size_t k = 0; k < columns.names.size(); ++k)
        if (k != time && !is_place(columns.names[k])) {
            log.counts.push_back(columns.values[k]);
            channels.push_back(columns.names[k]);
        }
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

}  // namespace

int characterise(const CharacteriseOptions& options) {
    const Columns columns = read_columns(options.file);
    std::optional<std::size_t> load, time;
    for (std::size_t k = 0; k < columns.names.size(); ++k) {
        if (!load && is_load(columns.names[k]) && !is_time(columns.names[k]))
            load = k;
        if (!time && is_time(columns.names[k]))
            time = k;
    }
    if (load)
        return table(options, columns, *load);
    if (time)
        return log(options, columns, *time);
    throw FileError(
        fmt::format("{}:1: neither a column of loads (real, load, force_n, mass_kg) nor of time (time, t_s)",
                    options.file.native()));
}

}  // namespace heeldrop::calibrate
