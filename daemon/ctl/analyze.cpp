// `heeldropctl analyze`: a force file judged as a live session would be, without a daemon.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/tables.hpp"
#include "daemon/exchange/analysis_json.hpp"
#include "daemon/exchange/force_csv.hpp"
#include "daemon/session/prescription.hpp"

namespace heeldrop::ctl {
namespace {

std::string for_people(const Json& analysis) {
    std::string out =
        fmt::format("{} s at {} samples/s, weighed {} N, {}\n", number_text(analysis, "duration_s", 1),
                    number_text(analysis, "sample_rate_hz", 1), number_text(analysis, "system_weight_n", 0),
                    analysis.at("algorithm").get<std::string>());
    for (const auto& fault : analysis.at("session_faults"))
        out += fault.get<std::string>() + '\n';
    out += reps_table(analysis.at("reps"));
    for (const auto& event : analysis.at("events"))
        out += fmt::format("{:>8} s  * {}\n", number_text(event, "t_s", 2), event.at("kind").get<std::string>());
    return out;
}

}  // namespace

void analyze(const std::filesystem::path& file, const Prescribed& prescribed, bool json) {
    session::Prescription prescription;
    try {
        prescription = session::prescription_from_json(prescribed);
    } catch (const session::PrescriptionError& error) {
        throw UsageError(error.what());
    }
    const exchange::ForceFile forces = exchange::read_force_csv(file);
    motion::Analysis analysis = motion::analyze(forces.samples, session::criteria(prescription));
    if (forces.uncalibrated) {
        analysis.session_faults.push_back(motion::SessionFault::uncalibrated);
        std::sort(analysis.session_faults.begin(), analysis.session_faults.end());
    }
    const Json account = exchange::analysis_json(analysis);
    const std::string text = json ? account.dump() + '\n' : for_people(account);
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
        throw CommandError("Cannot write to standard output.");
}

}  // namespace heeldrop::ctl
