// A pseudo-terminal in raw mode, as PROTOCOL.md section 7 wants it, and a stable name for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace heeldrop::virtual_plate {

class PseudoTerminal {
 public:
    /// Both ends stay open here, so hosts may come and go. Throws std::system_error.
    PseudoTerminal();
    ~PseudoTerminal();
    PseudoTerminal(const PseudoTerminal&) = delete;
    PseudoTerminal& operator=(const PseudoTerminal&) = delete;

    const std::string& path() const { return path_; }
    int descriptor() const { return master_; }

    /// Makes `name` point here, replacing what was there in one step if that is a symbolic link; removed by the
    /// destructor if it is still ours. Throws std::runtime_error or std::system_error.
    void link(const std::string& name);

    /// Neither waits. What was read; how many bytes the line took.
    std::vector<std::uint8_t> read();
    std::size_t write(std::span<const std::uint8_t> bytes);
    /// Written, but not yet read by any host.
    std::size_t unread() const;

 private:
    int master_ = -1, slave_ = -1;
    std::string path_, link_;
};

}  // namespace heeldrop::virtual_plate
