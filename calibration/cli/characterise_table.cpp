// A table of counts against loads: the line through it, what it leaves, and the rows that cannot be right.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "calibration/cli/characterise.hpp"
#include "calibration/cli/exit_codes.hpp"
#include "calibration/cli/table_channels.hpp"
#include "calibration/cli/table_places.hpp"

namespace heeldrop::calibrate {

using nlohmann::ordered_json;
using namespace calibration;

namespace {

ordered_json spread_json(const std::vector<PlaceReading>& places) {
    const auto even = spread_percent(places, &PlaceReading::even_percent);
    if (!even)
        return nullptr;
    return {{"one_gain", *even}, {"a_gain_each", *spread_percent(places, &PlaceReading::off_percent)}};
}

/// All, or of a long table the furthest off, in the file's order.
std::vector<std::size_t> rows_to_show(const TableFit& fit) {
    constexpr std::size_t most = 100, of_long = 20;
    std::vector<std::size_t> rows(fit.rows.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    if (rows.size() <= most)
        return rows;
    std::partial_sort(rows.begin(), rows.begin() + of_long, rows.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(fit.rows[a].residual.value) > std::abs(fit.rows[b].residual.value);
    });
    rows.resize(of_long);
    std::sort(rows.begin(), rows.end());
    return rows;
}

}  // namespace

int study_as_table(const CharacteriseOptions& options, const Columns& all, const std::vector<Column>& what) {
    const UsableTable usable = usable_part(all, what);
    const Columns& columns = usable.columns;
    std::vector<std::string> wrong = usable.left_out;
    if (usable.dead_cell) {
        for (const std::string& sentence : wrong)
            fmt::print(stderr, "{}.\n", sentence);
        fmt::print(stderr, "What the loads over it weighed is in no other column: nothing is fitted.\n");
        if (options.json)
            fmt::print(
                "{}\n",
                ordered_json{{"schema", "heeldrop.characterisation/1"}, {"kind", "table"}, {"wrong", wrong}}.dump());
        return bad_result;
    }
    LoadTable table;
    std::vector<std::string> channels;
    LoadUnit unit = LoadUnit::newton;
    bool assumed = false;
    for (std::size_t k = 0; k < what.size(); ++k) {
        if (what[k].role == ColumnRole::load) {
            assumed = !options.load_unit && !what[k].unit;
            unit = options.load_unit.value_or(what[k].unit.value_or(what[k].usual_unit));
            for (const double v : columns.numbers(k))
                table.loads.push_back(in_newtons(v, unit, options.gravity));
        } else if (what[k].role == ColumnRole::channel) {
            table.counts.push_back(columns.numbers(k));
            channels.push_back(columns.names[k]);
        }
    }
    TableFit fit;
    try {
        fit = fit_table(table);
    } catch (const std::invalid_argument& error) {
        throw FileError(fmt::format("{}: {}", options.file.native(), error.what()));
    }
    for (const std::string& inverted : inverted_channels(channels, fit))
        wrong.push_back(fmt::format("{}:{}: {}", options.file.native(), columns.header_line, inverted));
    const auto places = places_of(columns, what, table, fit);
    const auto centre = centre_of_pressure(columns, what, table, fit);
    if (centre)
        for (const OffMark& off : centre->off_marks)
            wrong.push_back(fmt::format(
                "{}:{}: row {} stood elsewhere than it says: the cells tell x {:.0f}, y {:.0f} mm, "
                "{:.0f} mm from there",
                options.file.native(), columns.line[off.row], off.row + 1, off.x.value, off.y.value, off.by.value));
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
                               {"load_unit", name_of(unit)},
                               {"load_unit_assumed", assumed},
                               {"places", to_json(places)},
                               {"corner_spread_percent", spread_json(places)},
                               {"centre_of_pressure", to_json(centre)},
                               {"wrong", wrong},
                               {"rows", std::move(rows)}};
        fmt::print("{}\n", out.dump());
    } else {
        fmt::print("a table of {} loads to {:.1f} N, {} channel{}\n", fit.rows.size(), fit.full_scale.value,
                   channels.size(), channels.size() == 1 ? "" : "s");
        fmt::print("loads are in {}{}\n\n", name_of(unit),
                   assumed ? ", as no unit is named: --load-unit tells another" : "");
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
        print(places);
        print(centre);
        fmt::print("{:>5} {:>14} {:>12} {:>12} {:>12}\n", "line", channels.size() == 1 ? "counts" : "sum", "load N",
                   "reads N", "residual N");
        const auto shown = rows_to_show(fit);
        for (const std::size_t i : shown) {
            double sum = 0.0;
            for (const auto& channel : table.counts)
                sum += channel[i];
            fmt::print("{:>5} {:>14.2f} {:>12.2f} {:>12.2f} {:>12.2f}{}\n", columns.line[i], sum,
                       fit.rows[i].load.value, fit.rows[i].reading.value, fit.rows[i].residual.value,
                       fit.rows[i].suspicious ? "  <- not used" : "");
        }
        if (shown.size() < fit.rows.size())
            fmt::print("  these are the furthest off of {} rows; --json has all\n", fit.rows.size());
    }
    for (std::size_t i = 0; i < fit.rows.size(); ++i)
        if (fit.rows[i].suspicious)
            fmt::print(options.json ? stderr : stdout, "{}{}\n", options.json ? "" : "\n", why(i));
    for (const std::string& sentence : wrong)
        fmt::print(options.json ? stderr : stdout, "{}{}.\n", options.json ? "" : "\n", sentence);
    return fit.suspicious() || !wrong.empty() ? bad_result : done;
}

}  // namespace heeldrop::calibrate
