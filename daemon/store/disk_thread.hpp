// One thread that does the daemon's writing, in order, so that the thread which reads the plate never waits for a disk.
// It must not know what it writes.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace heeldrop::store {

/// Jobs run one after the other, each once. The queue is bounded: when it is full, post() says so and the job is not
/// taken; the caller fails visibly rather than lose a part silently. A job's exception goes to on_failure, on the disk
/// thread, and the next job runs.
class DiskThread {
 public:
    DiskThread(std::size_t capacity, std::function<void(const std::string& message)> on_failure);
    /// Runs what is queued, then ends.
    ~DiskThread();
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;

    /// From any thread. False when the queue is full.
    [[nodiscard]] bool post(std::function<void()> job);

 private:
    void run();

    const std::size_t capacity_;
    const std::function<void(const std::string&)> on_failure_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool ending_ = false;
    std::thread thread_;  // last: it runs as soon as it is made
};

}  // namespace heeldrop::store
