// Files that clients hand over: what they must be, and how they are read and written. It must not know what is in them.
#pragma once

#include <optional>
#include <string>

#include "daemon/server/peer.hpp"
#include "daemon/server/refusal.hpp"

namespace heeldrop::server {

/// A file that the daemon is to write must be a regular one, open for writing: a pipe that nobody reads would hold up
/// whatever comes after.
std::optional<Refusal> why_not_writable(const OwnedDescriptor& descriptor);
/// A file that the daemon is to read must be a regular one, open for reading.
std::optional<Refusal> why_not_readable(const OwnedDescriptor& descriptor);

/// Throws std::system_error.
void write_all(int descriptor, const std::string& text);
/// From its beginning, at most `longest` bytes and one more. Throws std::system_error.
std::string read_all(int descriptor, std::size_t longest);

}  // namespace heeldrop::server
