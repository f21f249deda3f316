// What sessions have changed, on its way to the store: in order, one commit at a time, and tried again until it is
// there. It must not know what the changes mean, nor who is told of them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/session/session.hpp"

namespace heeldrop::server {

/// Runs on the io_context's thread, but for the jobs that it posts to the disk. What the disk refuses (it is full, say)
/// stays here, in front of what comes later, and is tried again every retry_every and at every retry_now(). Bounded by
/// its user, who ends the session once it is behind() or failing() and begins no other until all is stored.
class Commits {
 public:
    /// What came of one or a few samples of one session: all of it is stored, or nothing.
    struct Part {
        std::string session;
        std::vector<session::Change> changes;
    };
    struct Surroundings {
        std::function<void(std::function<void()> job)> on_disk;  ///< jobs in order; never refused
        std::function<void(const Part&)> put;                    ///< on the disk's thread; throws where it cannot
        std::function<void(std::span<const Part>)> stored;       ///< these are in the store
        std::function<void(const std::string& why)> failed;      ///< failing() from here on, or for another reason
        std::function<void()> stored_after_all;                  ///< failing() no longer, nothing waits
    };

    Commits(boost::asio::io_context& io, Surroundings around);

    void add(Part part);
    /// What is not known to be in the store, oldest first.
    void for_each_unstored(const std::function<void(const Part&)>& take) const;
    bool all_stored() const { return !writing_ && waiting_.empty(); }
    /// The disk has refused what waits.
    bool failing() const { return !why_failing_.empty(); }
    /// More waits than a disk that answers at all leaves behind.
    bool behind() const { return waiting_.size() > most_waiting; }

    /// Calls `then` once all that was added so far is in the store, at once where it is; or `failed`, once it was tried
    /// in vain. Later calls come one by one from the io_context.
    void when_stored(std::function<void()> then, std::function<void(const std::string& why)> failed);
    /// Callers of when_stored() that wait.
    std::size_t callers() const { return callers_.size(); }
    /// Where the disk has refused something: asks it again now.
    void retry_now();

    /// No more tries from here on: the io_context ends.
    void stop();
    /// When the disk's thread has ended: writes what is left from this one, once. Returns why it could not; "" where
    /// all is stored.
    std::string finish();

    static constexpr std::chrono::seconds retry_every{5};
    static constexpr std::size_t most_waiting = 20'000;  ///< hours of a session, which has about one a second

 private:
    /// Shared with the job that writes it.
    struct Batch {
        std::vector<Part> parts;
        std::size_t stored = 0;
        std::string failure;
        void write(const std::function<void(const Part&)>& put);
    };
    struct Caller {
        std::uint64_t parts;  ///< as many as are to be in the store
        std::function<void()> then;
        std::function<void(const std::string&)> failed;
    };
    void commit();
    void written();
    void take_back();
    void answer_callers(const std::string& why_not);

    boost::asio::io_context& io_;
    Surroundings around_;
    std::vector<Part> waiting_;
    std::uint64_t added_ = 0, stored_ = 0;  ///< parts so far
    std::shared_ptr<Batch> writing_;
    std::string why_failing_;
    std::vector<Caller> callers_;
    boost::asio::steady_timer retry_;
    bool stopped_ = false;
};

}  // namespace heeldrop::server
