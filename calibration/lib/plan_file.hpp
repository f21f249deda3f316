// A calibration plan from a TOML file. It must not know what a plan's keys mean.
#pragma once

#include <filesystem>

#include "calibration/lib/plan.hpp"

namespace heeldrop::calibration {

/// what() is one line, FILE:LINE: REASON, or FILE: REASON where the file cannot be read.
class PlanFileError : public std::runtime_error {
 public:
    PlanFileError(const std::string& file, std::size_t line, const std::string& reason);
    std::size_t line() const noexcept { return line_; }  ///< from 1; 0: of no line

 private:
    std::size_t line_;
};

/// The file's keys as JSON, checked as a plan for a plate of these cells. Throws PlanFileError.
nlohmann::json read_plan(const std::filesystem::path& path, const std::vector<Cell>& cells);
/// The same of a text; `name` stands for the file in messages.
nlohmann::json read_plan(std::string_view text, const std::string& name, const std::vector<Cell>& cells);

}  // namespace heeldrop::calibration
