#include "calibration/cli/table_places.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace heeldrop::calibrate {
namespace {

using nlohmann::ordered_json;
using namespace calibration;

/// A lighter load says little of a place: its noise is a larger part of it.
constexpr double least_part = 0.2;
/// Nearer, a load stands where it should.
constexpr double least_off_mark = 10.0;  // mm

std::optional<std::size_t> column_of(const std::vector<Column>& what, ColumnRole role) {
    const auto found = std::find_if(what.begin(), what.end(), [&](const Column& c) { return c.role == role; });
    return found == what.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - what.begin()));
}

struct Positions {
    std::vector<double> x, y;  ///< millimetres
};
std::optional<Positions> positions_of(const Columns& columns, const std::vector<Column>& what) {
    const auto x = column_of(what, ColumnRole::x), y = column_of(what, ColumnRole::y);
    if (!x || !y)
        return std::nullopt;
    Positions at{columns.numbers(*x), columns.numbers(*y)};
    for (double& v : at.x)
        v *= what[*x].scale;
    for (double& v : at.y)
        v *= what[*y].scale;
    return at;
}

bool tells(const TableFit& fit, std::size_t row) {
    return !fit.rows[row].suspicious && fit.rows[row].load.value >= least_part * fit.full_scale.value;
}

}  // namespace

std::vector<PlaceReading> places_of(const Columns& columns, const std::vector<Column>& what, const LoadTable& table,
                                    const TableFit& fit) {
    const auto named = column_of(what, ColumnRole::place);
    const auto at = positions_of(columns, what);
    std::vector<PlaceReading> places;
    if (!named && !at)
        return places;
    LoadTable sums{{std::vector<double>(table.loads.size(), 0.0)}, table.loads};
    for (const auto& channel : table.counts)
        for (std::size_t i = 0; i < channel.size(); ++i)
            sums.counts[0][i] += channel[i];
    // The line of one gain for all leaves out what is known to be wrong.
    LoadTable sound{{{}}, {}};
    for (std::size_t i = 0; i < fit.rows.size(); ++i)
        if (!fit.rows[i].suspicious) {
            sound.counts[0].push_back(sums.counts[0][i]);
            sound.loads.push_back(sums.loads[i]);
        }
    const TableFit even_fit = fit_table(sound);
    const auto even_residual = [&](std::size_t i) {
        return even_fit.at_no_counts.value + even_fit.newtons_per_count[0] * sums.counts[0][i] - sums.loads[i].value;
    };
    for (std::size_t i = 0; i < fit.rows.size(); ++i) {
        if (!tells(fit, i))
            continue;
        const std::string name =
            named ? columns.fields[*named][i] : fmt::format("x {:g}, y {:g} mm", at->x[i], at->y[i]);
        auto place = std::find_if(places.begin(), places.end(), [&](const auto& p) { return p.place == name; });
        if (place == places.end()) {
            places.push_back({name});
            place = places.end() - 1;
        }
        const double load = fit.rows[i].load.value;
        ++place->rows;
        place->off_percent += 100.0 * fit.rows[i].residual.value / load;
        place->even_percent += 100.0 * even_residual(i) / load;
    }
    for (PlaceReading& p : places) {
        p.off_percent /= p.rows;
        p.even_percent /= p.rows;
    }
    return places;
}

std::optional<double> spread_percent(const std::vector<PlaceReading>& places, double PlaceReading::*figure) {
    if (places.size() < 2)
        return std::nullopt;
    const auto [least, most] = std::minmax_element(places.begin(), places.end(),
                                                   [&](const auto& a, const auto& b) { return a.*figure < b.*figure; });
    return (*most).*figure - (*least).*figure;
}

std::optional<CentreError> centre_of_pressure(const Columns& columns, const std::vector<Column>& what,
                                              const LoadTable& table, const TableFit& fit) {
    const auto at = positions_of(columns, what);
    if (!at)
        return std::nullopt;
    CentreError error;
    if (table.counts.size() < 3 || fit.one_gain) {
        error.why_not = fmt::format("three cells and {} rows are needed at least", table.counts.size() + 4);
        return error;
    }
    // The same line through the moments, newton millimetres in place of newtons.
    LoadTable about_y = table, about_x = table;
    for (std::size_t i = 0; i < table.loads.size(); ++i) {
        about_y.loads[i] = Newtons{table.loads[i].value * at->x[i]};
        about_x.loads[i] = Newtons{table.loads[i].value * at->y[i]};
    }
    const TableFit x = fit_table(about_y), y = fit_table(about_x);
    if (x.rank < 4 || y.rank < 4) {
        error.why_not = "the loads stood on one spot or one line: put one on each corner as well";
        return error;
    }
    double n = 0.0;
    for (std::size_t i = 0; i < fit.rows.size(); ++i) {
        if (!tells(fit, i))
            continue;
        const double dx = x.rows[i].reading.value / fit.rows[i].reading.value - at->x[i];
        const double dy = y.rows[i].reading.value / fit.rows[i].reading.value - at->y[i];
        if ((x.rows[i].suspicious || y.rows[i].suspicious) && std::hypot(dx, dy) > least_off_mark) {
            error.off_marks.push_back(
                {i, Millimetres{at->x[i] + dx}, Millimetres{at->y[i] + dy}, Millimetres{std::hypot(dx, dy)}});
            continue;
        }
        error.rms_x.value += dx * dx;
        error.rms_y.value += dy * dy;
        ++n;
        if (std::hypot(dx, dy) > error.largest.value) {
            error.largest = Millimetres{std::hypot(dx, dy)};
            error.largest_line = columns.line[i];
        }
    }
    if (n > 0.0) {
        error.rms_x = Millimetres{std::sqrt(error.rms_x.value / n)};
        error.rms_y = Millimetres{std::sqrt(error.rms_y.value / n)};
    }
    return error;
}

ordered_json to_json(const std::vector<PlaceReading>& places) {
    ordered_json list = ordered_json::array();
    for (const PlaceReading& p : places)
        list.push_back(
            {{"place", p.place}, {"rows", p.rows}, {"off_percent", p.off_percent}, {"even_percent", p.even_percent}});
    return list;
}

ordered_json to_json(const std::optional<CentreError>& error) {
    if (!error || !error->why_not.empty())
        return nullptr;
    return {{"rms_x_mm", error->rms_x.value},
            {"rms_y_mm", error->rms_y.value},
            {"largest_mm", error->largest.value},
            {"largest_line", error->largest_line}};
}

void print(const std::vector<PlaceReading>& places) {
    if (places.empty())
        return;
    fmt::print("  how far off the load reads where it stood   one gain for all    a gain each\n");
    for (const PlaceReading& p : places)
        fmt::print("    {:<28} {:>3} row{} {:>14.2f} % {:>12.2f} %\n", p.place, p.rows, p.rows == 1 ? " " : "s",
                   p.even_percent, p.off_percent);
    if (places.size() > 1)
        fmt::print("  corner spread, the most less the least  {:>14.2f} % {:>12.2f} %\n",
                   *spread_percent(places, &PlaceReading::even_percent),
                   *spread_percent(places, &PlaceReading::off_percent));
    fmt::print("\n");
}

void print(const std::optional<CentreError>& error) {
    if (!error)
        return;
    if (!error->why_not.empty())
        fmt::print("  centre of pressure: cannot be told, {}\n\n", error->why_not);
    else
        fmt::print(
            "  centre of pressure: off by {:.1f} mm across and {:.1f} mm along (RMS), {:.1f} mm at most (line {})\n\n",
            error->rms_x.value, error->rms_y.value, error->largest.value, error->largest_line);
}

}  // namespace heeldrop::calibrate
