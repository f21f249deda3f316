// The folder that one daemon keeps everything in: heeldrop.db, raw/, and the lock that keeps a second daemon out.
#pragma once

#include <filesystem>
#include <stdexcept>

namespace heeldrop::store {

/// The store cannot be used, and what to do, for people.
class StoreError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

class DataDirectory {
 public:
    /// Makes the folder where it is missing (mode 0750) and locks it until destruction. Throws StoreError, also when
    /// another daemon has it.
    explicit DataDirectory(std::filesystem::path path);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    std::filesystem::path database() const { return path_ / "heeldrop.db"; }
    /// The key that certificates are signed with; station-key.pub beside it is its public part.
    std::filesystem::path station_key() const { return path_ / "station-key"; }
    std::filesystem::path recording(const std::string& session_id) const {
        return path_ / "raw" / (session_id + ".hdraw");
    }

 private:
    std::filesystem::path path_;
    int lock_ = -1;
};

}  // namespace heeldrop::store
