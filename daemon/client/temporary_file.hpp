// A file that the daemon is to fill: made beside its final place and put there when it is whole, so that nobody ever
// sees half of it. It must not know what is in it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace heeldrop::client {

/// A file cannot be written; what() is a sentence for people.
class FileError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};
/// It would replace one that is there.
class AlreadyThere : public FileError {
 public:
    explicit AlreadyThere(const std::filesystem::path& place);
};

/// Removed unless it was put in place.
class TemporaryFile {
 public:
    /// Throws FileError.
    explicit TemporaryFile(const std::filesystem::path& place);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    int fd() const { return fd_; }
    /// Once, when all is written. Throws AlreadyThere where it may not replace, and FileError.
    void put_in_place(bool may_replace);

 private:
    std::filesystem::path place_;
    std::string path_;
    int fd_;
    bool placed_ = false;
};

}  // namespace heeldrop::client
