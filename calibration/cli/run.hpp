// heeldrop-calibrate run: a calibration carried out with the daemon, guided in a terminal or unattended.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace heeldrop::calibrate {

struct RunOptions {
    std::optional<std::filesystem::path> socket, plan;
    std::vector<double> masses_kg;
    std::optional<double> corner_kg, person_kg, warm_up_min, hold_min;
    std::string operator_name;
    bool unattended = false;
    bool rehearse = false;    ///< a plan that lacks what its limits ask for is carried out all the same
    bool attach = false;      ///< to the calibration under way, whoever began it
    std::optional<int> redo;  ///< a step, from 1, of that one, or of the last one where it was refused
};

/// 0 accepted, 2 a plan that cannot pass, 3 refused, 5 cancelled, 1 it could not be carried out. Throws
/// calibration::PlanFileError, client::ConnectionError and client::RequestError.
int run(const RunOptions& options);

}  // namespace heeldrop::calibrate
