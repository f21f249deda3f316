#include "daemon/store/disk_thread.hpp"

#include <exception>
#include <utility>

namespace heeldrop::store {

DiskThread::DiskThread(Capacity capacity, std::function<void(const std::string&)> on_failure)
    : capacity_(capacity), on_failure_(std::move(on_failure)), thread_([this] { run(); }) {}

DiskThread::~DiskThread() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool DiskThread::post(Lane lane, std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (is_full(lane))
            return false;
        (lane == Lane::asked ? asked_ : own_).push_back({next_number_++, std::move(job)});
    }
    changed_.notify_one();
    return true;
}

bool DiskThread::full(Lane lane) const {
    const std::lock_guard lock(mutex_);
    return is_full(lane);
}

bool DiskThread::is_full(Lane lane) const {
    return (lane == Lane::own && own_.size() >= capacity_.own) ||
           (lane == Lane::asked && asked_.size() >= capacity_.asked);
}

DiskThread::Job DiskThread::take_next() {
    const bool question = own_.empty() || (!asked_.empty() && overtaking_ >= most_overtaking &&
                                           asked_.front().number < own_.front().number);
    overtaking_ = question || asked_.empty() ? 0 : overtaking_ + 1;
    std::deque<Job>& lane = question ? asked_ : own_;
    Job next = std::move(lane.front());
    lane.pop_front();
    return next;
}

void DiskThread::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !own_.empty() || !asked_.empty(); });
        if (own_.empty() && asked_.empty())
            return;
        const Job job = take_next();
        lock.unlock();
        try {
            job.run();
        } catch (const std::exception& error) {
            on_failure_(error.what());
        }
        lock.lock();
    }
}

}  // namespace heeldrop::store
