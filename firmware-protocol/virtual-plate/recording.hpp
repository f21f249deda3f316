// A force CSV (t_s,left_n,right_n[,left_cop_y_mm,right_cop_y_mm]) as something that stands on the plate.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "firmware-protocol/virtual-plate/load_source.hpp"

namespace heeldrop::virtual_plate {

/// what() is one line: file, line, reason.
class RecordingError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class CopUse { as_recorded, centre };

class Recording final : public LoadSource {
 public:
    /// Times are counted from the first row. The plate is empty for `empty` before and after.
    /// Throws RecordingError on a file that cannot be read or is not such a table, on a time that does not increase,
    /// and on a centre of pressure outside the cells of a loaded pad (CopUse::centre leaves those columns out).
    Recording(const std::string& path, CopUse cop, Seconds empty);

    /// Linear between rows.
    Load load_at(Seconds t) override;
    bool over(Seconds t) override;

    /// The rows' own times, the empty ones before and after filled in at the rows' mean interval.
    std::vector<Seconds> own_times() const;
    Hertz mean_rate() const;
    Seconds duration() const;  ///< with the empty seconds

 private:
    struct Row {
        double t;
        Load load;
    };
    std::vector<Row> rows_;
    std::size_t at_ = 0;
    double empty_s_;
};

}  // namespace heeldrop::virtual_plate
