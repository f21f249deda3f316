// What the fuzz targets share: bytes as a file that only this process has, and a way to stop at what must not be.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace heeldrop::fuzz {

/// Ends the run, so that the fuzzer keeps the input.
inline void must(bool holds, const char* what) {
    if (holds)
        return;
    std::fprintf(stderr, "must hold: %s\n", what);
    std::abort();
}

/// A file in memory, gone with its owner.
class MemoryFile {
 public:
    explicit MemoryFile(const char* name) : fd_(memfd_create(name, MFD_CLOEXEC)) { must(fd_ >= 0, "a file in memory"); }
    ~MemoryFile() { close(fd_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    void hold(const void* bytes, std::size_t size) {
        must(ftruncate(fd_, 0) == 0 && pwrite(fd_, bytes, size, 0) == static_cast<ssize_t>(size), "a file in memory");
    }
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
    int fd_;
};

}  // namespace heeldrop::fuzz
