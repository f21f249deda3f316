// A stored session's forces: from its raw recording through the very conversion that judged it live.
// Used on the worker thread; touches files and descriptors, nothing of the daemon's state.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "daemon/exchange/analysis_json.hpp"
#include "daemon/motion/force_sample.hpp"

namespace heeldrop::server {

struct StoredForce {
    motion::ForceSample force;
    bool uncalibrated = false;
    bool extrapolated = false;  ///< a pad bears more than it was calibrated with
    bool gap_before = false;  ///< samples are missing before it, more than 0.35 s passed, or the plate booted
};

/// What the recording says of its calibration: the certificate's ID, empty where it has none. Throws store::StoreError.
std::string calibration_of(const std::filesystem::path& recording);

/// Calls `take` with each sample of the recording in order; returns how many there were. Throws store::StoreError.
std::size_t for_each_stored_force(const std::filesystem::path& recording,
                                  const std::function<void(const StoredForce&)>& take);

/// When its last whole sample was taken, on the session's clock; none where the recording is missing, empty or cannot
/// be read.
std::optional<Seconds> recorded_until(const std::filesystem::path& recording);

struct Written {
    std::size_t bytes = 0;
    std::size_t samples = 0;
};
/// Writes the force file to the descriptor. Throws store::StoreError, or std::system_error where it cannot be written.
Written export_csv(const std::filesystem::path& recording, int descriptor);

/// {"t_s":[],"left_n":[],"right_n":[]} of at most `points` (2 or more) entries. A recording of more samples is cut into
/// points / 2 bins of equal time; each gives two entries, the smaller force of each pad at the bin's start and the
/// larger at its middle. Null where no sample lies, or the pad was faulty; with fewer samples, also in the middle of
/// every gap of more than 0.35 s, as far as there is room.
exchange::Json curve(const std::filesystem::path& recording, std::size_t points);

}  // namespace heeldrop::server
