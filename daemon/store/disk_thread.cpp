#include "daemon/store/disk_thread.hpp"

#include <exception>
#include <utility>

namespace heeldrop::store {

DiskThread::DiskThread(std::size_t capacity, std::function<void(const std::string&)> on_failure)
    : capacity_(capacity), on_failure_(std::move(on_failure)), thread_([this] { run(); }) {}

DiskThread::~DiskThread() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool DiskThread::post(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (jobs_.size() >= capacity_)
            return false;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void DiskThread::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
        if (jobs_.empty())
            return;
        const std::function<void()> job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        try {
            job();
        } catch (const std::exception& error) {
            on_failure_(error.what());
        }
        lock.lock();
    }
}

}  // namespace heeldrop::store
