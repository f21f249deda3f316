// Keeps a Plate connected to its port: finds it, opens it, moves bytes both ways, runs its timers, and looks again
// every second, or when udev says that a port has come, while it is gone. Runs on the thread of its io_context; it must
// not know what samples are for.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/plate/hot_plug.hpp"
#include "daemon/plate/plate.hpp"
#include "daemon/plate/port_list.hpp"

namespace heeldrop::plate {

class Link {
 public:
    /// `on_activity` is called on the io_context's thread after anything that may have changed the plate or given
    /// samples. No port: the plate is looked for on every USB adapter of the table in port_list.hpp, one after the
    /// other, the one it was last found on first; which it is, its HELLO says.
    Link(boost::asio::io_context& io, std::optional<std::filesystem::path> port, int baud,
         std::function<void()> on_activity, std::function<std::vector<PortEntry>()> ports = list_ports);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    void start();
    /// Closes the port; nothing is called afterwards.
    void stop();

    /// As Plate::hold; what that leads to follows from the loop.
    void hold(bool held);

    /// Why each port that was looked at is not in use, by its path; and the one that is, if any.
    const std::map<std::string, std::string>& turned_down() const noexcept { return turned_down_; }
    const std::optional<std::filesystem::path>& named() const noexcept { return named_; }

    Plate& plate() noexcept { return plate_; }
    const Plate& plate() const noexcept { return plate_; }

 private:
    void look();
    void look_for_plate();
    bool open(const std::filesystem::path& path);
    void lost(const std::string& message);
    void try_again(std::chrono::milliseconds after);
    void watch_port();
    void look_at_open_port();
    void read();
    void write();
    void settle();

    std::optional<std::filesystem::path> named_, port_;  ///< the one that is named; the one that is open
    int baud_;
    std::function<void()> on_activity_;
    std::function<std::vector<PortEntry>()> ports_;
    Plate plate_;
    boost::asio::posix::stream_descriptor descriptor_;
    boost::asio::steady_timer deadline_, retry_, probation_;
    HotPlug hot_plug_;
    std::map<std::string, std::string> turned_down_;
    std::vector<std::string> tried_;            ///< in this round
    std::optional<UsbIdentity> last_identity_;  ///< of the port that the plate was last found on
    std::vector<PortEntry> candidates_;
    std::vector<std::uint8_t> incoming_, outgoing_;
    /// Raised when the port is closed, so that what an earlier port still reports is not taken for this one's.
    unsigned generation_ = 0;
    bool stopped_ = false;
};

}  // namespace heeldrop::plate
