#include "calibration/cli/columns.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

namespace heeldrop::calibrate {
namespace {

/// A separator within quotes parts nothing; two quotes within quotes are one.
std::vector<std::string> cut(const std::string& line, char separator) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            fields.back() += line[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (c == separator && !quoted)
            fields.emplace_back();
        else if (c != '\r')
            fields.back() += c;
    }
    for (std::string& f : fields) {
        f.erase(0, f.find_first_not_of(" \t"));
        f.erase(f.find_last_not_of(" \t") + 1);
    }
    return fields;
}

bool says_nothing(const std::string& line) {
    const auto first = line.find_first_not_of(" \t\r");
    return first == std::string::npos || line[first] == '#';
}

}  // namespace

Columns read_columns(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw FileError(fmt::format("{}: cannot be read", file.native()));
    Columns columns;
    columns.file = file;
    std::string line;
    std::size_t number = 1;
    for (std::getline(in, line); in; std::getline(in, line), ++number) {
        if (number == 1 && line.compare(0, 3, "\xEF\xBB\xBF") == 0)
            line.erase(0, 3);
        if (!says_nothing(line))
            break;
    }
    columns.header_line = number;
    const char separator = line.find('\t') != std::string::npos  ? '\t'
                           : line.find(';') != std::string::npos ? ';'
                                                                 : ',';
    columns.decimal_comma = separator != ',';
    columns.names = cut(line, separator);
    if (columns.names.size() < 2)
        throw FileError(fmt::format("{}:{}: a header of two column names at least is needed", file.native(), number));
    columns.fields.resize(columns.names.size());
    for (++number; std::getline(in, line); ++number) {
        if (says_nothing(line))
            continue;
        auto fields = cut(line, separator);
        if (fields.size() != columns.names.size())
            throw FileError(fmt::format("{}:{}: {} fields where the header has {}", file.native(), number,
                                        fields.size(), columns.names.size()));
        for (std::size_t k = 0; k < fields.size(); ++k)
            columns.fields[k].push_back(std::move(fields[k]));
        columns.line.push_back(number);
    }
    if (columns.line.empty())
        throw FileError(fmt::format("{}: no rows", file.native()));
    return columns;
}

std::vector<double> Columns::numbers(std::size_t column) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::string field = fields[column][i];
        if (decimal_comma && std::count(field.begin(), field.end(), ',') == 1)
            field[field.find(',')] = '.';
        const char* begin = field.data() + (field.size() > 1 && field[0] == '+');
        const char* const end = field.data() + field.size();
        double value = 0.0;
        const auto [stop, error] = std::from_chars(begin, end, value);
        if (error != std::errc() || stop != end || !std::isfinite(value))
            throw FileError(fmt::format("{}:{}: \"{}\" is no number, in the column \"{}\"", file.native(), line[i],
                                        fields[column][i], names[column]));
        values.push_back(value);
    }
    return values;
}

}  // namespace heeldrop::calibrate
