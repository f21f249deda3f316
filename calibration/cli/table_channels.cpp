#include "calibration/cli/table_channels.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "calibration/lib/cells.hpp"
#include "calibration/lib/median.hpp"

namespace heeldrop::calibrate {
namespace {

constexpr double least_of_the_others = 0.02;
/// So many standard uncertainties from nothing a gain's sign is clear.
constexpr double clearly = 4.0;

}  // namespace

UsableTable usable_part(const Columns& columns, const std::vector<Column>& what) {
    UsableTable usable{columns, {}, false};
    const std::size_t rows = columns.line.size();
    std::vector<bool> keep(rows, true);
    std::vector<std::vector<double>> numbers(what.size());
    for (std::size_t k = 0; k < what.size(); ++k) {
        if (what[k].role != ColumnRole::channel)
            continue;
        numbers[k] = columns.numbers(k);
        for (std::size_t i = 0; i < rows; ++i)
            if (keep[i] && std::abs(numbers[k][i]) >= calibration::count_max) {
                keep[i] = false;
                usable.left_out.push_back(
                    fmt::format("{}:{}: row {} is left out: \"{}\" stands at the converter's end ({:.0f}), as an "
                                "overloaded or unplugged cell does",
                                columns.file.native(), columns.line[i], i + 1, columns.names[k], numbers[k][i]));
            }
    }
    usable.columns.line.clear();
    for (auto& column : usable.columns.fields)
        column.clear();
    for (std::size_t i = 0; i < rows; ++i) {
        if (!keep[i])
            continue;
        usable.columns.line.push_back(columns.line[i]);
        for (std::size_t k = 0; k < what.size(); ++k)
            usable.columns.fields[k].push_back(columns.fields[k][i]);
    }
    std::vector<double> spreads;
    std::vector<double> of_channel(what.size(), 0.0);
    for (std::size_t k = 0; k < what.size(); ++k) {
        if (what[k].role != ColumnRole::channel)
            continue;
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (std::size_t i = 0; i < rows; ++i)
            if (keep[i]) {
                low = std::min(low, numbers[k][i]);
                high = std::max(high, numbers[k][i]);
            }
        of_channel[k] = std::max(0.0, high - low);
        spreads.push_back(of_channel[k]);
    }
    if (spreads.size() < 2)
        return usable;
    const double usual = calibration::median_of(spreads);
    for (std::size_t k = 0; k < what.size(); ++k)
        if (what[k].role == ColumnRole::channel && of_channel[k] < least_of_the_others * usual) {
            usable.dead_cell = true;
            usable.left_out.push_back(fmt::format(
                "{}:{}: \"{}\" is left out: it does not answer to the loads ({:.0f} counts from its least to "
                "its most, the others {:.0f}). The cell is dead, or its plug; if it is no cell, leave the "
                "column out",
                columns.file.native(), columns.header_line, columns.names[k], of_channel[k], usual));
        }
    return usable;
}

std::vector<std::string> inverted_channels(const std::vector<std::string>& channels, const calibration::TableFit& fit) {
    std::vector<std::string> found;
    if (fit.one_gain)
        return found;
    int sum = 0;
    for (const double gain : fit.newtons_per_count)
        sum += gain > 0.0 ? 1 : -1;
    for (std::size_t k = 0; k < channels.size(); ++k)
        if (sum != 0 && fit.newtons_per_count[k] * sum < 0.0 &&
            std::abs(fit.newtons_per_count[k]) > clearly * fit.newtons_per_count_sd[k])
            found.push_back(
                fmt::format("\"{}\" reads less under load, unlike the others: the cell is inverted, or its "
                            "signal wires are exchanged",
                            channels[k]));
    return found;
}

}  // namespace heeldrop::calibrate
