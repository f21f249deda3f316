#include "calibration/cli/stretches.hpp"

#include <fmt/core.h>

#include "calibration/lib/median.hpp"

namespace heeldrop::calibrate {
namespace {

constexpr std::size_t least_rows_each = 8;

bool tells_stretches_apart(ColumnRole role) {
    return role == ColumnRole::load || role == ColumnRole::x || role == ColumnRole::y || role == ColumnRole::place;
}

}  // namespace

std::optional<Columns> stretches_of(const Columns& columns, const std::vector<Column>& what) {
    std::vector<std::size_t> begins;
    for (std::size_t i = 0; i < columns.line.size(); ++i) {
        bool same = i > 0;
        for (std::size_t k = 0; k < what.size() && same; ++k)
            same = !tells_stretches_apart(what[k].role) || columns.fields[k][i] == columns.fields[k][i - 1];
        if (!same)
            begins.push_back(i);
    }
    if (begins.size() * least_rows_each > columns.line.size())
        return std::nullopt;
    Columns table = columns;
    table.line.clear();
    for (const std::size_t begin : begins)
        table.line.push_back(columns.line[begin]);
    begins.push_back(columns.line.size());
    for (std::size_t k = 0; k < what.size(); ++k) {
        table.fields[k].clear();
        const bool reading = what[k].role == ColumnRole::channel;
        const std::vector<double> numbers = reading ? columns.numbers(k) : std::vector<double>{};
        for (std::size_t s = 0; s + 1 < begins.size(); ++s) {
            if (!reading) {
                table.fields[k].push_back(columns.fields[k][begins[s]]);
                continue;
            }
            std::vector<double> of_stretch(numbers.begin() + static_cast<std::ptrdiff_t>(begins[s]),
                                           numbers.begin() + static_cast<std::ptrdiff_t>(begins[s + 1]));
            std::string text = fmt::format("{}", calibration::median_of(of_stretch));
            if (const auto point = text.find('.'); columns.decimal_comma && point != std::string::npos)
                text[point] = ',';
            table.fields[k].push_back(std::move(text));
        }
    }
    return table;
}

}  // namespace heeldrop::calibrate
