// Opens the device that a plate hangs on: a real serial port through libserialport, a pseudo-terminal without it.
// It must not know what is said over it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace heeldrop::plate {

/// Why a port cannot be used and what to do, for people.
class PortError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

struct Port {
    int fd = -1;             ///< raw, not blocking, close-on-exec, locked; the caller's to close
    bool may_reset = false;  ///< opening it may have reset the plate (DTR)
};

/// Follows symbolic links (udev's names), as libserialport does not. Takes a lock (flock) that keeps other daemons away
/// and, on a real port, TIOCEXCL, which keeps away programs that do not lock. A pseudo-terminal would keep TIOCEXCL
/// beyond a crash of ours, so it has the lock alone. Throws PortError.
Port open_port(const std::filesystem::path& path, int baud);

}  // namespace heeldrop::plate
