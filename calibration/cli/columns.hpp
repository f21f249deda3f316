// A CSV of numbers by columns, for characterise. It must not know what the columns mean.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace heeldrop::calibrate {

/// "FILE:LINE: why"; or of the whole file.
class FileError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Columns {
    std::vector<std::string> names;           ///< in lower case, without quotes
    std::vector<std::vector<double>> values;  ///< a column each
    std::vector<std::size_t> line;            ///< of each row, in the file, from 1
};

/// Comma, semicolon or tab; a header line; a BOM and CRLF are accepted. Throws FileError.
Columns read_columns(const std::filesystem::path& file);

}  // namespace heeldrop::calibrate
