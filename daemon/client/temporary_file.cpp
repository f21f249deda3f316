#include "daemon/client/temporary_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace heeldrop::client {

AlreadyThere::AlreadyThere(const std::filesystem::path& place)
    : FileError(
          fmt::format("{} is there already. Name another file with -o, or replace it with --force.", place.native())) {}

TemporaryFile::TemporaryFile(const std::filesystem::path& place) : place_(place), path_(place.native() + ".XXXXXX") {
    fd_ = mkostemp(path_.data(), O_CLOEXEC);
    if (fd_ < 0)
        throw FileError(fmt::format("Cannot write beside {}: {}.", place.native(), std::strerror(errno)));
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(fd_, 0666 & ~mask);  // mkostemp's 0600 would surprise whoever shares the file
}

TemporaryFile::~TemporaryFile() {
    close(fd_);
    if (!placed_)
        unlink(path_.c_str());
}

void TemporaryFile::put_in_place(bool may_replace) {
    if (fsync(fd_) != 0)
        throw FileError(fmt::format("Cannot write {}: {}.", place_.native(), std::strerror(errno)));
    // link() never replaces, however short the time since somebody looked.
    const int result = may_replace ? rename(path_.c_str(), place_.c_str()) : link(path_.c_str(), place_.c_str());
    if (result != 0 && errno == EEXIST)
        throw AlreadyThere(place_);
    if (result != 0)
        throw FileError(fmt::format("Cannot make {}: {}.", place_.native(), std::strerror(errno)));
    placed_ = may_replace;
}

}  // namespace heeldrop::client
