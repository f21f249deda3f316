// Words of the certificate's text that both its writer and its reader need.
#pragma once

#include <array>
#include <string_view>

namespace heeldrop::calibration {

inline constexpr std::string_view certificate_schema = "heeldrop.certificate/1";
/// Of a pad's map, its uncertainties and its covariance.
inline constexpr std::array map_row_names{"force_n_per_count", "moment_x_nmm_per_count", "moment_y_nmm_per_count"};

}  // namespace heeldrop::calibration
