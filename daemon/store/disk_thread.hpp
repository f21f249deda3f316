// One thread that does the daemon's writing, in order, so that the thread which reads the plate never waits for a disk.
// It must not know what it writes.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace heeldrop::store {

/// Who a job is for. Each lane runs in order.
enum class Lane {
    own,      ///< what the program itself writes: goes before every question
    assured,  ///< in its own order with `own`, and never refused: for what there is only one of at a time
    asked,    ///< what others ask, a number that nobody here decides
};

/// Jobs run one after the other, each once. The lanes `own` and `asked` are bounded, each by itself: when one is full,
/// post() says so and the job is not taken; the caller fails visibly rather than lose a part silently. A question runs
/// after every own job that was posted before it; own jobs that come later overtake it too, but not more than
/// most_overtaking of them. A job's exception goes to on_failure, on the disk thread, and the next job runs.
class DiskThread {
 public:
    struct Capacity {
        std::size_t own, asked;
    };
    DiskThread(Capacity capacity, std::function<void(const std::string& message)> on_failure);
    /// Runs what is queued, then ends.
    ~DiskThread();
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;

    /// From any thread. False when the lane is full.
    [[nodiscard]] bool post(Lane lane, std::function<void()> job);
    /// The lane takes no more, as far as one can know before it is tried.
    [[nodiscard]] bool full(Lane lane) const;

    static constexpr int most_overtaking = 16;

 private:
    struct Job {
        std::uint64_t number;
        std::function<void()> run;
    };
    bool is_full(Lane lane) const;
    Job take_next();
    void run();

    const Capacity capacity_;
    const std::function<void(const std::string&)> on_failure_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> own_, asked_;
    std::uint64_t next_number_ = 0;
    int overtaking_ = 0;  ///< own jobs that ran since the question in front was the front
    bool ending_ = false;
    std::thread thread_;  // last: it runs as soon as it is made
};

}  // namespace heeldrop::store
