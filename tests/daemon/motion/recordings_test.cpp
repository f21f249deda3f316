// Recordings of real people on force plates: squats, jumps, sit-to-stand, standing. None does a heel drop.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "daemon/exchange/force_csv.hpp"
#include "daemon/motion/analysis.hpp"
#include "tests/daemon/motion/simulated.hpp"

using namespace heeldrop;

namespace {

std::filesystem::path recordings() {
    const char* shared = std::getenv("HEELDROP_SHARED");
    return std::filesystem::path(shared && *shared ? shared : HEELDROP_SHARED_DEFAULT) / "data" / "plates";
}

}  // namespace

TEST_CASE("real recordings of other movements give no rep") {
    const auto folder = recordings();
    if (!std::filesystem::is_directory(folder)) {
        WARN("skipped: no recordings in " << folder << " (set HEELDROP_SHARED to the folder that has data/plates)");
        return;
    }
    int read = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".csv")
            continue;
        INFO(entry.path().filename());
        const auto file = exchange::read_force_csv(entry.path());
        for (const auto side : {motion::PrescribedSide::both, motion::PrescribedSide::left}) {
            motion::Criteria criteria;
            criteria.side = side;
            const auto found = motion::analyze(file.samples, criteria);
            CHECK(simulated::verdicts(found.reps).empty());
            CHECK(found.duration.value > 1.0);
        }
        ++read;
    }
    INFO("files read in " << folder);
    CHECK(read > 0);
}
