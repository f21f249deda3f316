// Keeps a Plate connected to its port: opens it, moves bytes both ways, runs its timers, and tries again every second
// when the port is gone. Runs on the thread of its io_context; it must not know what samples are for.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/plate/plate.hpp"

namespace heeldrop::plate {

class Link {
 public:
    /// `on_activity` is called on the io_context's thread after anything that may have changed the plate or given
    /// samples. No port: the plate stays missing, and says which ports there are.
    Link(boost::asio::io_context& io, std::optional<std::filesystem::path> port, int baud,
         std::function<void()> on_activity);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    void start();
    /// Closes the port; nothing is called afterwards.
    void stop();

    /// As Plate::hold; what that leads to follows from the loop.
    void hold(bool held);

    Plate& plate() noexcept { return plate_; }
    const Plate& plate() const noexcept { return plate_; }

 private:
    void open();
    void lost(const std::string& message);
    void read();
    void write();
    void settle();

    std::optional<std::filesystem::path> port_;
    int baud_;
    std::function<void()> on_activity_;
    Plate plate_;
    boost::asio::posix::stream_descriptor descriptor_;
    boost::asio::steady_timer deadline_, retry_;
    std::vector<std::uint8_t> incoming_, outgoing_;
    /// Raised when the port is closed, so that what an earlier port still reports is not taken for this one's.
    unsigned generation_ = 0;
    bool stopped_ = false;
};

}  // namespace heeldrop::plate
