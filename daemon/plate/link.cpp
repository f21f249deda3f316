#include "daemon/plate/link.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "daemon/plate/port.hpp"

namespace heeldrop::plate {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds retry_after{1};
/// A plate resets within 2 s of the port's opening and answers within 0.3 s (PROTOCOL.md section 4).
constexpr std::chrono::milliseconds probation{2800};
constexpr std::size_t read_bytes = 16384;

}  // namespace

Link::Link(boost::asio::io_context& io, std::optional<std::filesystem::path> port, int baud,
           std::function<void()> on_activity, std::function<std::vector<PortEntry>()> ports)
    : named_(std::move(port)),
      baud_(baud),
      on_activity_(std::move(on_activity)),
      ports_(std::move(ports)),
      descriptor_(io),
      deadline_(io),
      retry_(io),
      probation_(io),
      hot_plug_(io,
                [this] {
                    if (!stopped_ && !descriptor_.is_open())
                        look();
                }),
      incoming_(read_bytes) {}

Link::~Link() = default;

void Link::start() {
    hot_plug_.start();
    look();
}

void Link::stop() {
    stopped_ = true;
    ++generation_;
    error_code ignored;
    descriptor_.close(ignored);
    deadline_.cancel();
    retry_.cancel();
    probation_.cancel();
    hot_plug_.stop();
}

void Link::hold(bool held) {
    plate_.hold(held, Clock::now());
    boost::asio::post(descriptor_.get_executor(), [this, generation = generation_] {
        if (generation == generation_ && descriptor_.is_open())
            settle();
    });
}

/// With no port open: the named one, or whichever a plate may be on.
void Link::look() {
    retry_.cancel();
    if (!named_)
        return look_for_plate();
    try {
        open(*named_);
    } catch (const PortError& error) {
        turned_down_ = {{named_->native(), error.what()}};
        lost(error.what());
    }
}

/// The next port of this round; after the last one a pause, then the next round.
void Link::look_for_plate() {
    candidates_ = ports_();
    std::erase_if(candidates_, [](const PortEntry& port) { return port.adapter == nullptr; });
    std::erase_if(turned_down_, [this](const auto& entry) {
        return std::none_of(candidates_.begin(), candidates_.end(),
                            [&](const PortEntry& port) { return port.path == entry.first; });
    });
    // Where it was found before it is likely to be again, whatever the port is called now.
    std::stable_sort(candidates_.begin(), candidates_.end(), [this](const PortEntry& a, const PortEntry& b) {
        return last_identity_ && a.usb == last_identity_ && b.usb != last_identity_;
    });
    for (const PortEntry& port : candidates_) {
        if (std::find(tried_.begin(), tried_.end(), port.path) != tried_.end())
            continue;
        tried_.push_back(port.path);
        try {
            open(port.path);
            return;
        } catch (const PortError& error) {
            if (turned_down_[port.path] != error.what())
                spdlog::warn("{}", error.what());
            turned_down_[port.path] = error.what();
        }
    }
    tried_.clear();
    if (candidates_.empty())
        return lost(
            "No plate is connected: there is no USB serial adapter that a plate may hang on. Connect the plate; "
            "heeldropctl ports shows what is there, and heeldropd --port PATH names a port.");
    lost(
        turned_down_.size() == 1
            ? turned_down_.begin()->second
            : fmt::format("No plate answers on any of {} ports. Check that the plate has power; heeldropctl ports says "
                          "what is wrong with each.",
                          candidates_.size()));
}

/// Throws PortError.
bool Link::open(const std::filesystem::path& path) {
    const Port port = open_port(path, baud_);
    descriptor_.assign(port.fd);
    port_ = path;
    plate_.opened(path.native(), port.may_reset, Clock::now());
    spdlog::info("opened {}", path.native());
    outgoing_.clear();
    if (!named_)
        watch_port();
    read();
    settle();
    return true;
}

/// Every so often while a port is open that nobody named: is there a plate on it, or has another port come meanwhile?
void Link::watch_port() {
    probation_.expires_after(probation);
    probation_.async_wait([this, generation = generation_](error_code error) {
        if (!error && generation == generation_)
            look_at_open_port();
    });
}

void Link::look_at_open_port() {
    if (plate_.info()) {
        turned_down_.erase(port_->native());
        for (const PortEntry& port : candidates_)
            if (port.path == port_->native())
                last_identity_ = port.usb;
        return watch_port();
    }
    turned_down_[port_->native()] = plate_.message();
    const auto ports = ports_();
    // The only one there is: it is asked on, without a reset every few seconds.
    if (std::none_of(ports.begin(), ports.end(),
                     [this](const PortEntry& port) { return port.adapter != nullptr && port.path != *port_; }))
        return watch_port();
    ++generation_;
    error_code ignored;
    descriptor_.close(ignored);
    deadline_.cancel();
    port_.reset();
    look_for_plate();
}

/// The port is gone, or cannot be opened: said once, tried again.
void Link::lost(const std::string& message) {
    ++generation_;
    error_code ignored;
    descriptor_.close(ignored);
    deadline_.cancel();
    probation_.cancel();
    port_.reset();
    if (plate_.state() != State::missing || plate_.message() != message)
        spdlog::warn("{}", message);
    plate_.closed(message);
    try_again(retry_after);
    on_activity_();
}

void Link::try_again(std::chrono::milliseconds after) {
    retry_.expires_after(after);
    retry_.async_wait([this](error_code error) {
        if (!error && !stopped_ && !descriptor_.is_open())
            look();
    });
}

void Link::read() {
    descriptor_.async_read_some(
        boost::asio::buffer(incoming_), [this, generation = generation_](error_code error, std::size_t n) {
            if (generation != generation_)
                return;
            if (error) {
                tried_.clear();
                return lost(fmt::format("The plate's port {} is gone. Check the cable; it is taken up again by itself.",
                                        port_->native()));
            }
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
