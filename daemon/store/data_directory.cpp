#include "daemon/store/data_directory.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace heeldrop::store {
namespace {

void make_folder(const std::filesystem::path& path) {
    std::error_code error;
    if (path.has_parent_path())
        std::filesystem::create_directories(path.parent_path(), error);
    if (!error && mkdir(path.c_str(), 0750) != 0 && errno != EEXIST)
        error.assign(errno, std::generic_category());
    if (error)
        throw StoreError(fmt::format("Cannot make the data folder {}: {}. Name another with --data-dir.", path.native(),
                                     error.message()));
}

}  // namespace

DataDirectory::DataDirectory(std::filesystem::path path) : path_(std::move(path)) {
    make_folder(path_);
    make_folder(path_ / "raw");
    const std::filesystem::path lock = path_ / "heeldropd.lock";
    lock_ = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (lock_ < 0)
        throw StoreError(fmt::format("Cannot write to the data folder {}: {}. Name another with --data-dir.",
                                     path_.native(), std::strerror(errno)));
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        close(lock_);
        if (reason == EWOULDBLOCK)
            throw StoreError(fmt::format(
                "Another heeldropd uses the data folder {}. Stop it, or name another folder with --data-dir.",
                path_.native()));
        throw StoreError(fmt::format("Cannot lock the data folder {}: {}.", path_.native(), std::strerror(reason)));
    }
}

DataDirectory::~DataDirectory() {
    close(lock_);
}

}  // namespace heeldrop::store
