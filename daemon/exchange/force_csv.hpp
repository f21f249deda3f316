// The force file: a CSV of pad forces over time, read for `heeldropctl analyze` and written by every export.
// The format is in FORMAT.md beside this file. It must not know sessions, plates or verdicts.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/motion/force_sample.hpp"

namespace heeldrop::exchange {

/// What is wrong with a file, and where. what() is one line: FILE:LINE: REASON, or FILE: REASON where no line is to
/// blame.
class CsvError : public std::runtime_error {
 public:
    CsvError(std::string file, std::size_t line, std::string reason);
    const std::string& file() const noexcept { return file_; }
    std::size_t line() const noexcept { return line_; }  ///< from 1; 0 where the file could not be read at all
    const std::string& reason() const noexcept { return reason_; }

 private:
    std::string file_;
    std::size_t line_;
    std::string reason_;
};

struct ForceFile {
    std::vector<motion::ForceSample> samples;  ///< at least two, their time strictly increasing
    bool uncalibrated = false;                 ///< the file says that it was measured with nominal gains
};

/// Reads a whole file in one pass; memory is that of the samples. Throws CsvError.
ForceFile read_force_csv(const std::filesystem::path& path);

/// Every column, in the order in which the writer gives them.
inline constexpr std::string_view force_csv_header =
    "t_s,left_n,right_n,left_cop_y_mm,right_cop_y_mm,left_fault,right_fault,uncalibrated,gap_before,extrapolated,"
    "calibration_id\n";

/// What a row says besides its sample.
struct RowMarks {
    bool uncalibrated = false;
    bool gap_before = false;    ///< samples are missing between this one and the one before
    bool extrapolated = false;  ///< a pad bears more than it was calibrated with
    std::string_view calibration_id;
};
/// Appends one row: the shortest decimal text that reads back as the very same double.
void append_force_row(std::string& out, const motion::ForceSample& sample, const RowMarks& marks);

}  // namespace heeldrop::exchange
