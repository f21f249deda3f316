#include "daemon/plate/link.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "daemon/plate/port.hpp"

namespace heeldrop::plate {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds retry_after{1};
constexpr std::size_t read_bytes = 16384;

}  // namespace

Link::Link(boost::asio::io_context& io, std::optional<std::filesystem::path> port, int baud,
           std::function<void()> on_activity)
    : port_(std::move(port)),
      baud_(baud),
      on_activity_(std::move(on_activity)),
      descriptor_(io),
      deadline_(io),
      retry_(io),
      incoming_(read_bytes) {}

Link::~Link() = default;

void Link::start() {
    if (port_)
        return open();
    const auto ports = serial_ports();
    plate_.closed(ports.empty()
                      ? "No port is named and this computer has no serial port. Connect the plate and start heeldropd "
                        "with --port PATH."
                      : fmt::format("No port is named. Start heeldropd with --port PATH; this computer has {}.",
                                    fmt::join(ports, ", ")));
    on_activity_();
}

void Link::stop() {
    stopped_ = true;
    ++generation_;
    error_code ignored;
    descriptor_.close(ignored);
    deadline_.cancel();
    retry_.cancel();
}

void Link::hold(bool held) {
    plate_.hold(held, Clock::now());
    boost::asio::post(descriptor_.get_executor(), [this, generation = generation_] {
        if (generation == generation_ && descriptor_.is_open())
            settle();
    });
}

void Link::open() {
    try {
        const Port port = open_port(*port_, baud_);
        descriptor_.assign(port.fd);
        plate_.opened(port_->native(), port.may_reset, Clock::now());
        spdlog::info("opened {}", port_->native());
    } catch (const PortError& error) {
        return lost(error.what());
    }
    outgoing_.clear();
    read();
    settle();
}

/// The port is gone, or cannot be opened: said once, tried again.
void Link::lost(const std::string& message) {
    ++generation_;
    error_code ignored;
    descriptor_.close(ignored);
    deadline_.cancel();
    if (plate_.state() != State::missing || plate_.message() != message)
        spdlog::warn("{}", message);
    plate_.closed(message);
    retry_.expires_after(retry_after);
    retry_.async_wait([this](error_code error) {
        if (!error && !stopped_)
            open();
    });
    on_activity_();
}

void Link::read() {
    descriptor_.async_read_some(
        boost::asio::buffer(incoming_), [this, generation = generation_](error_code error, std::size_t n) {
            if (generation != generation_)
                return;
            if (error)
                return lost(fmt::format("The plate's port {} is gone. Check the cable; it is taken up again by itself.",
                                        port_->native()));
            plate_.receive({incoming_.data(), n}, Clock::now());
            settle();
            if (generation == generation_)
                read();
        });
}

void Link::write() {
    outgoing_ = plate_.take_output();
    if (outgoing_.empty())
        return;
    boost::asio::async_write(descriptor_, boost::asio::buffer(outgoing_),
                             [this, generation = generation_](error_code error, std::size_t) {
                                 if (generation != generation_ || error)
                                     return;  // the read reports a lost port
                                 write();
                             });
}

/// After every event: what is to be sent is sent, the next deadline set, the owner told.
void Link::settle() {
    if (outgoing_.empty())
        write();
    if (const auto deadline = plate_.deadline(); deadline && deadline_.expiry() != *deadline) {
        deadline_.expires_at(*deadline);
        deadline_.async_wait([this, generation = generation_](error_code error) {
            if (error || generation != generation_)
                return;
            plate_.elapsed(Clock::now());
            settle();
        });
    }
    on_activity_();
}

}  // namespace heeldrop::plate
