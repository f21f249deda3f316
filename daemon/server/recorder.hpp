// A session's raw samples on their way to the disk: gathered on the plate's thread, written in blocks on the disk's.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/store/disk_thread.hpp"
#include "daemon/store/recording.hpp"

namespace heeldrop::server {

/// Used on one thread; the jobs it posts run on another, one at a time: what comes while the disk is busy is gathered
/// and written in one go afterwards, so that a slow disk costs memory for samples and nothing else. Once a job has
/// failed, the later ones do nothing.
class Recorder {
 public:
    /// Takes a job for the disk thread; false when it cannot.
    using Post = std::function<bool(store::Lane, std::function<void()>)>;

    /// `on_idle` is called on the disk thread when a job is done: hand_over() may then have more to do.
    Recorder(std::filesystem::path path, store::RecordingHeader header, Post post, std::function<void()> on_idle);

    /// False, here and below, when the disk's queue is full or the disk is behind by most_gathered samples: the
    /// recording has a hole and must end.
    [[nodiscard]] bool add(const plate::RawSample& sample);
    /// What is added from here on is of another boot of the plate.
    void begin_epoch(const store::Epoch& epoch);
    /// What is added from here on is above this zero.
    void begin_zero(const calibration::Zero& zero);
    /// Posts what was gathered, unless the disk is busy; flushes the file to the disk about once a second.
    [[nodiscard]] bool hand_over();
    /// The same, even if the disk is busy: jobs posted later find all of it in the file.
    [[nodiscard]] bool hand_over_now();
    /// Posts the rest and closes the file; never refused by the disk's queue. False where the file was never begun.
    [[nodiscard]] bool finish();

    /// Ten minutes at 1000 samples a second.
    static constexpr std::size_t most_gathered = 600'000;

 private:
    bool hand_over_in(store::Lane lane);
    using Clock = std::chrono::steady_clock;
    /// The samples of one boot of the plate above one zero.
    struct Part {
        std::optional<store::Epoch> begins;
        std::optional<calibration::Zero> zero;
        std::vector<plate::RawSample> samples;
    };
    /// Shared with the jobs.
    struct File {
        std::unique_ptr<store::RecordingWriter> writer;  ///< from its first job on; touched on the disk thread alone
        std::atomic<bool> busy = false;
        std::function<void()> on_idle;
    };
    std::shared_ptr<File> file_ = std::make_shared<File>();
    Post post_;
    std::vector<Part> gathered_{1};
    std::size_t gathered_samples_ = 0;
    bool opened_;
    Clock::time_point synced_ = Clock::now();
};

}  // namespace heeldrop::server
