#include "daemon/server/recorder.hpp"

#include <utility>

namespace heeldrop::server {
namespace {

constexpr std::size_t block_samples = 1024;
constexpr std::chrono::seconds sync_every{1};

}  // namespace

Recorder::Recorder(std::filesystem::path path, store::RecordingHeader header, Post post)
    : writer_(std::make_shared<std::unique_ptr<store::RecordingWriter>>()), post_(std::move(post)) {
    opened_ = post_([writer = writer_, path = std::move(path), header = std::move(header)] {
        *writer = std::make_unique<store::RecordingWriter>(path, header);
    });
}

bool Recorder::add(const plate::RawSample& sample) {
    gathered_.push_back(sample);
    return gathered_.size() < block_samples || hand_over();
}

bool Recorder::hand_over() {
    if (!opened_)
        return false;
    const auto now = Clock::now();
    const bool sync = now - synced_ >= sync_every;
    if (gathered_.empty() && !sync)
        return true;
    if (sync)
        synced_ = now;
    return post_([writer = writer_, samples = std::exchange(gathered_, {}), sync] {
        if (!*writer)
            return;  // it could not be made, or a write failed, which was reported then
        try {
            (*writer)->append(samples);
            if (sync)
                (*writer)->sync();
        } catch (...) {
            writer->reset();
            throw;
        }
    });
}

bool Recorder::finish() {
    const bool handed_over = hand_over();
    return post_([writer = writer_] {
               if (!*writer)
                   return;
               (*writer)->sync();
               writer->reset();
           }) &&
           handed_over;
}

}  // namespace heeldrop::server
