#include "daemon/server/recorder.hpp"

#include <utility>

namespace heeldrop::server {
namespace {

constexpr std::chrono::seconds sync_every{1};

}  // namespace

Recorder::Recorder(std::filesystem::path path, store::RecordingHeader header, Post post, std::function<void()> on_idle)
    : post_(std::move(post)) {
    file_->on_idle = std::move(on_idle);
    opened_ = post_(store::Lane::own, [file = file_, path = std::move(path), header = std::move(header)] {
        file->writer = std::make_unique<store::RecordingWriter>(path, header);
    });
}

bool Recorder::add(const plate::RawSample& sample) {
    gathered_.back().samples.push_back(sample);
    return ++gathered_samples_ < most_gathered;
}

void Recorder::begin_epoch(const store::Epoch& epoch) {
    gathered_.push_back({epoch, {}, {}});
}

void Recorder::begin_zero(const calibration::Zero& zero) {
    gathered_.push_back({{}, zero, {}});
}

bool Recorder::hand_over() {
    return opened_ && (file_->busy ? gathered_samples_ < most_gathered : hand_over_now());
}

bool Recorder::hand_over_now() {
    return hand_over_in(store::Lane::own);
}

bool Recorder::hand_over_in(store::Lane lane) {
    if (!opened_)
        return false;
    const auto now = Clock::now();
    const bool sync = now - synced_ >= sync_every;
    if (gathered_samples_ == 0 && gathered_.size() == 1 && !sync)
        return true;
    if (sync)
        synced_ = now;
    gathered_samples_ = 0;
    file_->busy = true;
    return post_(lane, [file = file_, parts = std::exchange(gathered_, std::vector<Part>(1)), sync] {
        if (file->writer) {  // else it could not be made, or a write failed, which was reported then
            try {
                for (const Part& part : parts) {
                    if (part.begins)
                        file->writer->begin_epoch(*part.begins);
                    if (part.zero)
                        file->writer->begin_zero(*part.zero);
                    file->writer->append(part.samples);
                }
                if (sync)
                    file->writer->sync();
            } catch (...) {
                file->writer.reset();
                file->busy = false;
                throw;
            }
        }
        file->busy = false;
        file->on_idle();
    });
}

bool Recorder::finish() {
    const bool handed_over = hand_over_in(store::Lane::assured);
    return post_(store::Lane::assured, [file = file_] {
               if (!file->writer)
                   return;
               file->writer->sync();
               file->writer.reset();
           }) &&
           handed_over;
}

}  // namespace heeldrop::server
