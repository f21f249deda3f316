// A CSV by columns, for characterise. It must not know what the columns mean.
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
    std::filesystem::path file;
    std::size_t header_line = 1;
    std::vector<std::string> names;                ///< as written, without quotes
    std::vector<std::vector<std::string>> fields;  ///< a column each
    std::vector<std::size_t> line;                 ///< of each row, in the file, from 1
    bool decimal_comma = false;                    ///< "0,5" is a half: the fields are parted by something else

    /// Throws FileError where a field is none.
    std::vector<double> numbers(std::size_t column) const;
};

/// Parted by comma, semicolon or tab; quoted fields, a BOM, CRLF, and lines that begin with # are accepted. The first
/// other line is the header. Throws FileError.
Columns read_columns(const std::filesystem::path& file);

}  // namespace heeldrop::calibrate
