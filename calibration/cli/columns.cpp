#include "calibration/cli/columns.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

namespace heeldrop::calibrate {
namespace {

std::vector<std::string> cut(const std::string& line, char separator) {
    std::vector<std::string> fields(1);
    for (const char c : line) {
        if (c == separator)
            fields.emplace_back();
        else if (c != '"' && c != '\r')
            fields.back() += c;
    }
    for (std::string& f : fields) {
        f.erase(0, f.find_first_not_of(" \t"));
        f.erase(f.find_last_not_of(" \t") + 1);
    }
    return fields;
}

}  // namespace

Columns read_columns(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw FileError(fmt::format("{}: cannot be read", file.native()));
    std::string line;
    std::getline(in, line);
    if (line.compare(0, 3, "\xEF\xBB\xBF") == 0)
        line.erase(0, 3);
    const char separator = line.find('\t') != std::string::npos  ? '\t'
                           : line.find(';') != std::string::npos ? ';'
                                                                 : ',';
    Columns columns;
    columns.names = cut(line, separator);
    for (std::string& name : columns.names)
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (columns.names.size() < 2)
        throw FileError(fmt::format("{}:1: a header of two column names at least is needed", file.native()));
    columns.values.resize(columns.names.size());
    for (std::size_t number = 2; std::getline(in, line); ++number) {
        if (line.empty() || line == "\r")
            continue;
        const auto fields = cut(line, separator);
        if (fields.size() != columns.names.size())
            throw FileError(fmt::format("{}:{}: {} fields where the header has {}", file.native(), number,
                                        fields.size(), columns.names.size()));
        for (std::size_t k = 0; k < fields.size(); ++k) {
            double value = 0.0;
            const auto [end, error] = std::from_chars(fields[k].data(), fields[k].data() + fields[k].size(), value);
            if (error != std::errc() || end != fields[k].data() + fields[k].size() || !std::isfinite(value))
                throw FileError(fmt::format("{}:{}: \"{}\" is no number", file.native(), number, fields[k]));
            columns.values[k].push_back(value);
        }
        columns.line.push_back(number);
    }
    if (columns.line.empty())
        throw FileError(fmt::format("{}: no rows", file.native()));
    return columns;
}

}  // namespace heeldrop::calibrate
