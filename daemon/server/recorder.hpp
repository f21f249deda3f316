// A session's raw samples on their way to the disk: gathered on the plate's thread, written in blocks on the disk's.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/store/recording.hpp"

namespace heeldrop::server {

/// Used on one thread; the jobs it posts run on another. Once a job has failed, the later ones do nothing.
class Recorder {
 public:
    /// Takes a job for the disk thread; false when it cannot.
    using Post = std::function<bool(std::function<void()>)>;

    Recorder(std::filesystem::path path, store::RecordingHeader header, Post post);

    /// False, here and below, when the disk's queue is full: the recording has a hole and must end.
    [[nodiscard]] bool add(const plate::RawSample& sample);
    /// Posts what was gathered; flushes the file to the disk about once a second.
    [[nodiscard]] bool hand_over();
    /// Posts the rest and closes the file.
    [[nodiscard]] bool finish();

 private:
    using Clock = std::chrono::steady_clock;
    /// The file, from its first job on; touched on the disk thread alone.
    std::shared_ptr<std::unique_ptr<store::RecordingWriter>> writer_;
    Post post_;
    std::vector<plate::RawSample> gathered_;
    bool opened_;
    Clock::time_point synced_ = Clock::now();
};

}  // namespace heeldrop::server
