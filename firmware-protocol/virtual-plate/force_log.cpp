// See force_log.hpp.
#include "firmware-protocol/virtual-plate/force_log.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace heeldrop::virtual_plate {

ForceLog::ForceLog(const std::string& path) : path_(path), out_(path) {
    out_ << "t_s,index,left_n,left_x_mm,left_y_mm,right_n,right_x_mm,right_y_mm";
    for (const char* name : cell_names)
        out_ << ',' << name << "_n";
    out_ << '\n';
    flush();
}

void ForceLog::add(Seconds t, std::uint32_t index, const Load& load, const CellForces& carried) {
    std::string row = fmt::format("{:.6f},{}", t.value, index);
    for (const Foot* foot : {&load.left, &load.right})
        row += fmt::format(",{:.4f},{:.3f},{:.3f}", foot->force_n, foot->cop_x_mm, foot->cop_y_mm);
    for (const Newtons n : carried)
        row += fmt::format(",{:.4f}", n.value);
    out_ << row << '\n';
    if (!out_)
        throw std::runtime_error(fmt::format("the true forces cannot be written to {}", path_));
}

void ForceLog::flush() {
    if (!out_.flush())
        throw std::runtime_error(fmt::format("the true forces cannot be written to {}", path_));
}

}  // namespace heeldrop::virtual_plate
