#include "daemon/server/peer.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace heeldrop::server {
namespace {

using boost::system::error_code;
constexpr std::size_t max_descriptors = 4;
constexpr std::size_t write_bytes = 64 << 10;

}  // namespace

OwnedDescriptor::OwnedDescriptor(OwnedDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}
OwnedDescriptor::~OwnedDescriptor() {
    if (fd_ >= 0)
        ::close(fd_);
}

Peer::Peer(Socket socket, Handlers handlers) : socket_(std::move(socket)), handlers_(std::move(handlers)) {
    socket_.native_non_blocking(true);
}

void Peer::start() {
    wait_to_read();
}

// Asio's own reads cannot take descriptors along, so it only says when there is something to read.
void Peer::wait_to_read() {
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code error) {
        if (error || self->closed_ || self->closing_)
            return;
        if (!self->read_some())
            self->close();
        else
            self->go_on_reading();
    });
}

void Peer::go_on_reading() {
    take_lines();
    waits_for_answer_ = unanswered_ >= max_unanswered;
    if (!closed_ && !waits_for_answer_)
        wait_to_read();
}

void Peer::request_answered() {
    --unanswered_;
    if (!std::exchange(waits_for_answer_, false))
        return;
    // From the loop, as the answer may have come from anywhere.
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (!self->closed_ && !self->closing_)
            self->go_on_reading();
    });
}

/// False at the end of the stream. Reads once, so that one busy client does not keep the others waiting.
bool Peer::read_some() {
    char bytes[16384];
    iovec part{bytes, sizeof bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(8 * sizeof(int))];
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t n = recvmsg(socket_.native_handle(), &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    take_descriptors(header);
    if (n == 0)
        return false;
    received_.assign(bytes, static_cast<std::size_t>(n));
    taken_ = 0;
    return true;
}

void Peer::take_descriptors(const msghdr& header) {
    auto* mutable_header = const_cast<msghdr*>(&header);
    for (cmsghdr* c = CMSG_FIRSTHDR(mutable_header); c != nullptr; c = CMSG_NXTHDR(mutable_header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd;
            std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
            OwnedDescriptor descriptor(fd);
            if (descriptors_.size() < max_descriptors)
                descriptors_.push_back(std::move(descriptor));
        }
    }
}

OwnedDescriptor Peer::take_descriptor() {
    if (descriptors_.empty())
        return OwnedDescriptor();
    OwnedDescriptor first = std::move(descriptors_.front());
    descriptors_.pop_front();
    return first;
}

/// What was received, as far as the client may have more requests open.
void Peer::take_lines() {
    while (taken_ < received_.size() && !closed_ && unanswered_ < max_unanswered) {
        const std::string_view bytes = std::string_view(received_).substr(taken_);
        const auto end = bytes.find('\n');
        if (!skipping_)
            partial_.append(bytes.substr(0, end));
        if (partial_.size() > max_line_bytes) {
            partial_.clear();
            skipping_ = true;
            handlers_.line_too_long(*this);
        }
        taken_ += end == std::string_view::npos ? bytes.size() : end + 1;
        if (end == std::string_view::npos)
            return;
        if (!std::exchange(skipping_, false))
            handlers_.line(*this, std::exchange(partial_, {}));
    }
}

void Peer::send(std::string line) {
    line += '\n';
    queue({std::move(line), nullptr});
}

void Peer::send(std::shared_ptr<const SamplesLine> samples) {
    // Not the one just being written, nor anything that must arrive: the oldest batches that still wait.
    for (auto item = queue_.begin(); queued_bytes_ > samples_give_way_at && item != queue_.end();) {
        if (item->samples == nullptr) {
            ++item;
            continue;
        }
        dropped_samples_ += item->samples->samples + item->samples->left_out;
        queued_bytes_ -= item->bytes();
        item = queue_.erase(item);
    }
    queue({{}, std::move(samples)});
}

void Peer::queue(Item item) {
    if (closed_)
        return;
    if (queued_bytes_ > max_queued_bytes) {
        spdlog::warn("slow_client: a client has not read {} bytes and is disconnected", queued_bytes_);
        queue_.clear();
        return close();
    }
    queued_bytes_ += item.bytes();
    queue_.push_back(std::move(item));
    if (writing_.empty())
        write();
}

std::string Peer::next_write() {
    std::string text;
    while (!queue_.empty() && text.size() < write_bytes) {
        Item item = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= item.bytes();
        if (item.samples && item.samples->samples == 0)
            text += fmt::format("{{\"class\":\"{}\",{}\n", item.samples->kind, item.samples->rest);
        else if (item.samples)
            text += fmt::format("{{\"class\":\"{}\",\"dropped\":{},{}\n", item.samples->kind,
                                std::exchange(dropped_samples_, 0) + item.samples->left_out, item.samples->rest);
        else
            text += item.line;
    }
    return text;
}

void Peer::write() {
    writing_ = next_write();
    if (writing_.empty()) {
        if (closing_)
            close();
        return;
    }
    queued_bytes_ += writing_.size();
    boost::asio::async_write(socket_, boost::asio::buffer(writing_),
                             [self = shared_from_this()](error_code error, std::size_t) {
                                 if (self->closed_)
                                     return;
                                 if (error)
                                     return self->close();
                                 self->queued_bytes_ -= self->writing_.size();
                                 self->write();
                             });
}

void Peer::close_after_last_words() {
    closing_ = true;
    if (writing_.empty())
        close();
}

void Peer::close() {
    if (std::exchange(closed_, true))
        return;

    error_code ignored;
    socket_.close(ignored);
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->handlers_.closed(*self); });
}

}  // namespace heeldrop::server
