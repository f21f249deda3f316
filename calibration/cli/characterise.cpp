#include "calibration/cli/characterise.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "calibration/cli/stretches.hpp"

namespace heeldrop::calibrate {

int characterise(const CharacteriseOptions& options) {
    const Columns columns = read_columns(options.file);
    const std::string header = fmt::format("{}:{}", options.file.native(), columns.header_line);
    std::vector<Column> what;
    try {
        what = columns_of(columns.names, options.load);
    } catch (const std::invalid_argument& error) {
        throw FileError(fmt::format("{}: {}", header, error.what()));
    }
    for (std::size_t k = 0; k < what.size(); ++k)
        if (what[k].role == ColumnRole::other)
            fmt::print(stderr, "{}: the column \"{}\" is left out: by its name it is no cell\n", header,
                       columns.names[k]);
    const auto has = [&](ColumnRole role) {
        return std::any_of(what.begin(), what.end(), [&](const Column& c) { return c.role == role; });
    };
    // Where the four cells are named by their corners, what stands beside them is a sum or a temperature.
    if (std::count_if(what.begin(), what.end(),
                      [](const Column& c) { return c.role == ColumnRole::channel && c.of_corner; }) >= 3)
        for (std::size_t k = 0; k < what.size(); ++k)
            if (what[k].role == ColumnRole::channel && !what[k].of_corner) {
                what[k].role = ColumnRole::other;
                fmt::print(stderr, "{}: the column \"{}\" is left out, as the corners' are there\n", header,
                           columns.names[k]);
            }
    if (!has(ColumnRole::channel))
        throw FileError(fmt::format("{}: no column of readings beside the others; {}", header, understood));
    if (has(ColumnRole::load)) {
        const auto stretches = stretches_of(columns, what);
        if (stretches)
            fmt::print(stderr,
                       "{}: a recording of {} rows: the medians of its {} stretches with one load are the table\n",
                       header, columns.line.size(), stretches->line.size());
        return study_as_table(options, stretches ? *stretches : columns, what);
    }
    if (has(ColumnRole::time))
        return study_as_log(options, columns, what);
    throw FileError(fmt::format("{}: neither a column of loads nor of time; {}", header, understood));
}

}  // namespace heeldrop::calibrate
