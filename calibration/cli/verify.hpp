// `heeldrop-calibrate verify`: whether a certificate is what a station signed, and follows from its own readings.
// It must not know the daemon.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace heeldrop::calibrate {

struct VerifyOptions {
    std::string file;
    /// A .pub file or 64 hexadecimal digits; none: whose signature it is stays open, and is said so.
    std::optional<std::string> station_key;
    bool json = false;
};

/// Exit code: 0 genuine (the verdict, passed or failed, is printed), 3 altered or not what its readings give, 4 signed
/// by another station's key. Throws FileError where the file or the key cannot be read.
int verify(const VerifyOptions& options);

}  // namespace heeldrop::calibrate
