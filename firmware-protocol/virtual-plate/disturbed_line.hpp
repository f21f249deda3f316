// What a bad line does to a plate's bytes on their way to the host, on request, and the account of it: what a host that
// goes by PROTOCOL.md must find. Bytes in, bytes out, no clock. It must not know why a frame was sent.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/lib/units.hpp"
#include "firmware-protocol/virtual-plate/electronics.hpp"
#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::virtual_plate {

/// What is done to whole SAMPLES frames, each to the next `count` of them.
enum class LineFault {
    drop_frames,       ///< not sent
    duplicate_frames,  ///< sent twice
    corrupt,           ///< one bit of one byte flipped, the end mark apart
    drop_bytes,        ///< one byte missing
    duplicate_bytes,   ///< one byte twice
    truncate,          ///< the second half missing, end mark and all: the next frame is joined to the first half
};

/// What was wrong with one cell in one sample, by the plate's own doing.
enum class CellMark : std::uint8_t { fine, saturated, invalid, frozen, spike };
using CellMarks = std::array<CellMark, cell_count>;

struct CellAccount {
    std::uint64_t saturated = 0, invalid = 0, frozen = 0, spikes = 0;
    bool operator==(const CellAccount&) const = default;
};

/// A place in the stream of samples that arrived where some are missing, where 0.35 s or more passed, or where the
/// plate booted.
struct LineGap {
    Seconds from, to;  ///< plate time of the last sample before and the first one after
    std::uint64_t lost_samples = 0;
    bool new_boot = false;
};

/// Counted as the page tells a host to count; of samples that arrived only.
struct LineAccount {
    std::uint64_t samples = 0;            ///< that arrived
    std::uint64_t damaged_frames = 0;     ///< pieces between two end marks that are no frame of this plate
    std::uint64_t lost_frames = 0;        ///< by sequence
    std::uint64_t lost_samples = 0;       ///< by index
    std::uint64_t unordered_samples = 0;  ///< of frames that came again
    std::array<CellAccount, cell_count> cells{};
    std::vector<LineGap> gaps;
};

class DisturbedLine {
 public:
    explicit DisturbedLine(std::uint64_t seed) : random_(seed, 60) {}

    /// To be told of every sample before its frame is carried.
    void sampled(std::uint32_t index, Seconds t, const CellMarks& marks);
    /// Whole frames as the device made them (0x00 between them or before the first is passed on).
    void carry(std::span<const std::uint8_t> bytes);

    void disturb(LineFault fault, unsigned count);
    /// Random bytes between two frames; none is 0x00 but the last, which ends them.
    void insert_garbage(unsigned bytes);
    /// The next `count` HELLO frames get one bit flipped.
    void garble_hello(unsigned count) { garbled_hellos_ += count; }

    /// The plate was reset: its counters begin anew.
    void booted();
    /// The port went away: a half-sent piece is never ended, and until a HELLO has passed nobody takes samples.
    void port_changed();

    /// For the port; the caller erases from the front what it took.
    std::vector<std::uint8_t>& out() { return out_; }
    const std::vector<std::uint8_t>& out() const { return out_; }
    const LineAccount& account() const { return account_; }

    static constexpr double gap_s = 0.35;

 private:
    struct Frame {
        std::vector<std::uint8_t> bytes;  ///< without its end mark
        std::uint8_t type = 0;
        std::uint16_t sequence = 0;
        std::uint32_t first = 0;
        std::uint8_t count = 0;
    };
    struct Sampled {
        std::uint32_t index;
        Seconds t;
        CellMarks marks;
    };
    void carry_frame(std::span<const std::uint8_t> bytes);
    void put(std::span<const std::uint8_t> bytes);
    void piece_ended();
    void arrived(const Frame& frame);

    Random random_;
    std::vector<std::uint8_t> out_, piece_;
    std::deque<Frame> recent_;
    std::deque<Sampled> sampled_;
    std::array<unsigned, 6> waiting_{};  ///< frames still to be disturbed, for each LineFault
    unsigned garbled_hellos_ = 0, garbage_ = 0;
    bool heard_ = true, joined_ = false, boot_pending_ = false;
    std::optional<Sampled> last_;
    std::optional<std::uint16_t> last_sequence_;
    LineAccount account_;
};

}  // namespace heeldrop::virtual_plate
