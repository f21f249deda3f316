// Frames recognised by comparing bytes, not by decoding what is left of them; see disturbed_line.hpp.
#include "firmware-protocol/virtual-plate/disturbed_line.hpp"

#include <algorithm>

#include "firmware-protocol/codec/frame.h"
#include "firmware-protocol/codec/samples.h"

namespace heeldrop::virtual_plate {
namespace {

constexpr std::size_t remembered_frames = 64;
constexpr std::size_t remembered_samples = 4096;

}  // namespace

void DisturbedLine::sampled(std::uint32_t index, Seconds t, const CellMarks& marks) {
    sampled_.push_back({index, t, marks});
    if (sampled_.size() > remembered_samples)
        sampled_.pop_front();
}

void DisturbedLine::disturb(LineFault fault, unsigned count) {
    waiting_[static_cast<std::size_t>(fault)] += count;
}

void DisturbedLine::insert_garbage(unsigned bytes) {
    garbage_ += bytes;
}

void DisturbedLine::booted() {
    boot_pending_ = last_.has_value();
    last_sequence_.reset();
    sampled_.clear();
    recent_.clear();
}

void DisturbedLine::port_changed() {
    out_.clear();
    piece_.clear();
    heard_ = joined_ = false;
}

void DisturbedLine::carry(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{0});
        if (end == bytes.begin())
            put(bytes.first(1));
        else
            carry_frame({bytes.begin(), end});
        if (end == bytes.end())
            return;
        bytes = {end + 1, bytes.end()};
    }
}

void DisturbedLine::carry_frame(std::span<const std::uint8_t> bytes) {
    Frame frame;
    frame.bytes.assign(bytes.begin(), bytes.end());
    heeldrop_deframer deframer;
    heeldrop_deframer_init(&deframer);
    heeldrop_deframe_result result{};
    heeldrop_deframer_feed(&deframer, bytes.data(), bytes.size(), &result);
    result = heeldrop_deframer_push(&deframer, 0);
    if (result == HEELDROP_DEFRAME_FRAME) {
        frame.type = deframer.message[0];
        heeldrop_samples_view view;
        if (heeldrop_samples_decode(deframer.message, deframer.message_size, &view) == HEELDROP_DECODE_OK) {
            frame.sequence = view.header.sequence;
            frame.first = view.header.index;
            frame.count = view.count;
        }
    }
    recent_.push_back(frame);
    if (recent_.size() > remembered_frames)
        recent_.pop_front();

    if (garbage_ > 0) {
        std::vector<std::uint8_t> noise;
        for (; garbage_ > 0; --garbage_)
            noise.push_back(static_cast<std::uint8_t>(random_.bits() % 255 + 1));
        noise.push_back(0);
        put(noise);
    }
    std::vector<std::uint8_t> wire = frame.bytes;
    wire.push_back(0);
    const auto some = [&] { return static_cast<std::size_t>(random_.bits() % (wire.size() - 1)); };
    const auto flip_a_bit = [&] { wire[some()] ^= static_cast<std::uint8_t>(1u << random_.bits() % 8); };
    if (frame.type == HEELDROP_HELLO && garbled_hellos_ > 0) {
        --garbled_hellos_;
        flip_a_bit();
    }
    if (frame.type == HEELDROP_SAMPLES) {
        const auto fault = std::find_if(waiting_.begin(), waiting_.end(), [](unsigned n) { return n > 0; });
        if (fault != waiting_.end()) {
            --*fault;
            switch (static_cast<LineFault>(fault - waiting_.begin())) {
                case LineFault::drop_frames:
                    return;
                case LineFault::duplicate_frames:
                    put(wire);
                    break;
                case LineFault::corrupt:
                    flip_a_bit();
                    break;
                case LineFault::drop_bytes:
                    wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(some()));
                    break;
                case LineFault::duplicate_bytes: {
                    const auto at = wire.begin() + static_cast<std::ptrdiff_t>(some());
                    wire.insert(at, *at);
                    break;
                }
                case LineFault::truncate:
                    wire.resize(wire.size() / 2);
                    break;
            }
        }
    }
    put(wire);
}

void DisturbedLine::put(std::span<const std::uint8_t> bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    for (const std::uint8_t byte : bytes) {
        if (byte != 0)
            piece_.push_back(byte);
        else
            piece_ended();
    }
}

void DisturbedLine::piece_ended() {
    const bool whole_from_its_start = joined_;
    joined_ = true;
    if (piece_.empty())
        return;
    const auto frame =
        std::find_if(recent_.rbegin(), recent_.rend(), [&](const Frame& f) { return f.bytes == piece_; });
    piece_.clear();
    if (frame == recent_.rend()) {
        if (whole_from_its_start)
            ++account_.damaged_frames;
        return;
    }
    if (frame->type == HEELDROP_HELLO)
        heard_ = true;
    if (frame->type == HEELDROP_SAMPLES && heard_)
        arrived(*frame);
}

void DisturbedLine::arrived(const Frame& frame) {
    if (last_ && !boot_pending_ && static_cast<std::int32_t>(frame.first - last_->index) <= 0) {
        account_.unordered_samples += frame.count;
        return;
    }
    if (last_sequence_)
        account_.lost_frames += static_cast<std::uint16_t>(frame.sequence - *last_sequence_ - 1u);
    last_sequence_ = frame.sequence;
    auto sample =
        std::find_if(sampled_.begin(), sampled_.end(), [&](const Sampled& s) { return s.index == frame.first; });
    for (unsigned i = 0; i < frame.count && sample != sampled_.end(); ++i, ++sample) {
        if (last_) {
            const std::uint32_t missing = boot_pending_ ? 0 : sample->index - last_->index - 1u;
            account_.lost_samples += missing;
            if (missing > 0 || boot_pending_ || (sample->t - last_->t).value > gap_s)
                account_.gaps.push_back({last_->t, sample->t, missing, boot_pending_});
        }
        boot_pending_ = false;
        ++account_.samples;
        for (std::size_t c = 0; c < cell_count; ++c) {
            CellAccount& cell = account_.cells[c];
            cell.saturated += sample->marks[c] == CellMark::saturated;
            cell.invalid += sample->marks[c] == CellMark::invalid;
            cell.frozen += sample->marks[c] == CellMark::frozen;
            cell.spikes += sample->marks[c] == CellMark::spike;
        }
        last_ = *sample;
    }
}

}  // namespace heeldrop::virtual_plate
