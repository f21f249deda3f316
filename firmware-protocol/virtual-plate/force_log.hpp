// What truly stood on the plate and on each cell, a row for each sample taken: --true-forces. Must not know counts.
#pragma once

#include <fstream>
#include <string>

#include "firmware-protocol/virtual-plate/load_source.hpp"

namespace heeldrop::virtual_plate {

/// CSV; the columns are those of the header row (README.md, "The true forces").
class ForceLog {
 public:
    /// Throws std::runtime_error where the file cannot be made.
    explicit ForceLog(const std::string& path);
    /// `t` as in the truth file. Throws std::runtime_error where the disk takes no more.
    void add(Seconds t, std::uint32_t index, const Load& load, const CellForces& carried);
    /// What is written so far can be read. Throws as add().
    void flush();

 private:
    std::string path_;
    std::ofstream out_;
};

}  // namespace heeldrop::virtual_plate
