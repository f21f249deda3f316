// One client of the daemon: its lines in, with the descriptors that came along, and its bounded queue out.
// It must not know what the lines mean.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace heeldrop::server {

/// A file descriptor that is closed with its owner.
class OwnedDescriptor {
 public:
    explicit OwnedDescriptor(int fd = -1) noexcept : fd_(fd) {}
    OwnedDescriptor(OwnedDescriptor&& other) noexcept;
    OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;
    OwnedDescriptor(const OwnedDescriptor&) = delete;
    OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
    ~OwnedDescriptor();
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
    int fd_;
};

/// A batch of samples as text, shared by all the clients that it goes to: everything after
/// `{"class":KIND,"dropped":N,`; of no samples, as a calibration's readings are: after `{"class":KIND,`.
struct SamplesLine {
    std::string_view kind = "samples";
    std::string rest;
    std::size_t samples = 0;
    std::size_t left_out = 0;  ///< samples since the batch before that are in no batch
};

/// Runs on its socket's io_context thread. What a client does not read in time: batches of samples give way, oldest
/// first, and the next batch says how many samples were left out; a client that leaves more than 1 MiB of anything
/// unread is disconnected. What it asks faster than it can be answered: with max_unanswered requests open, nothing more
/// is read from its socket until one of them has its answer; so the client waits, and nothing is lost.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
    using Socket = boost::asio::local::stream_protocol::socket;
    struct Handlers {
        std::function<void(Peer&, std::string_view line)> line;
        std::function<void(Peer&)> line_too_long;
        std::function<void(Peer&)> closed;  ///< once, from the loop
    };

    Peer(Socket socket, Handlers handlers);

    void start();
    /// One line without its LF.
    void send(std::string line);
    void send(std::shared_ptr<const SamplesLine> samples);
    /// Around every line that is to be answered: it came in, and its answer was sent.
    void request_begins() { ++unanswered_; }
    void request_answered();
    void close();
    /// Takes nothing more in, and closes once all that is queued has been written.
    void close_after_last_words();

    /// The descriptor that came first and was not taken yet; empty where there is none.
    OwnedDescriptor take_descriptor();

    bool watching = false;
    bool watching_samples = false;

    static constexpr std::size_t max_unanswered = 8;
    static constexpr std::size_t max_line_bytes = 64 << 10;
    static constexpr std::size_t max_queued_bytes = 1 << 20;
    static constexpr std::size_t samples_give_way_at = 128 << 10;

 private:
    struct Item {
        std::string line;
        std::shared_ptr<const SamplesLine> samples;
        std::size_t bytes() const { return samples ? samples->rest.size() + 48 : line.size(); }
    };
    void wait_to_read();
    bool read_some();
    void go_on_reading();
    void take_lines();
    void take_descriptors(const msghdr& header);
    void queue(Item item);
    void write();
    std::string next_write();

    Socket socket_;
    Handlers handlers_;
    std::string received_;        ///< read, but not taken yet: at most what one read gives
    std::size_t taken_ = 0;       ///< of received_
    std::string partial_;
    bool skipping_ = false;
    std::size_t unanswered_ = 0;
    bool waits_for_answer_ = false;  ///< the socket is not read
    std::deque<OwnedDescriptor> descriptors_;
    std::deque<Item> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t dropped_samples_ = 0;
    std::string writing_;
    bool closed_ = false, closing_ = false;
};

}  // namespace heeldrop::server
