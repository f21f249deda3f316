// A session's raw counts in an append-only file, as FORMAT.md beside this file describes it; from the first day on, so
// that every session can be judged again. It must not know what the counts weigh.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/lib/pad_map.hpp"
#include "daemon/plate/plate_info.hpp"
#include "daemon/plate/raw_sample.hpp"

namespace heeldrop::store {

/// A stretch of samples of one boot of the plate: how its ticks lie on the session's clock.
struct Epoch {
    plate::PlateInfo plate;
    std::int64_t origin_tick = 0;  ///< where the session's clock is `origin_t`
    Seconds origin_t;
    bool operator==(const Epoch&) const = default;
};

struct RecordingHeader {
    std::string session_id;
    plate::PlateInfo plate;
    calibration::Zero zero;        ///< counts, an entry for each cell; until the first new one
    std::optional<calibration::PlateMap> map;  ///< of the session's certificate; none: the cells' nominal gains
    std::int64_t origin_tick = 0;  ///< where the session's clock is 0
    bool operator==(const RecordingHeader&) const = default;
};

/// Not thread-safe. Throws std::system_error where the file cannot be written; the file is then whole up to some block.
class RecordingWriter {
 public:
    /// The file must not exist.
    RecordingWriter(const std::filesystem::path& path, const RecordingHeader& header);
    ~RecordingWriter();
    RecordingWriter(const RecordingWriter&) = delete;
    RecordingWriter& operator=(const RecordingWriter&) = delete;

    /// As many blocks as it takes. Written, but not yet safe against a power cut.
    void append(std::span<const plate::RawSample> samples);
    /// What follows is of another boot of the plate, whose cells are the same.
    void begin_epoch(const Epoch& epoch);
    /// What follows is above this zero of the empty plate; an entry for each cell.
    void begin_zero(const calibration::Zero& zero);
    /// Everything appended is on the disk when it returns.
    void sync();

    static constexpr std::size_t max_block_samples = 4096;

 private:
    void write(const std::string& bytes);
    int fd_ = -1;
    std::size_t cells_;
};

/// Not thread-safe. Reading may go on while a writer appends: it then ends at the last whole block.
class RecordingReader {
 public:
    /// Throws StoreError where the file is missing, is no recording or its header is damaged.
    explicit RecordingReader(const std::filesystem::path& path);
    ~RecordingReader();
    RecordingReader(const RecordingReader&) = delete;
    RecordingReader& operator=(const RecordingReader&) = delete;

    const RecordingHeader& header() const noexcept { return header_; }

    /// Replaces `samples` by the next block's. False at the end, or at a block that is not whole.
    bool next(std::vector<plate::RawSample>& samples);
    /// Of the samples that next() gave last; before that, the first one. Its number counts the boots from 0.
    const Epoch& epoch() const noexcept { return epoch_; }
    int epoch_number() const noexcept { return epoch_number_; }
    /// The zero of the samples that next() gave last; its number counts the new ones.
    const calibration::Zero& zero() const noexcept { return zero_; }
    int zero_number() const noexcept { return zero_number_; }
    /// After next() was false: what follows the last whole block is a damaged or half-written one.
    bool torn() const noexcept { return torn_; }

 private:
    std::size_t read(char* out, std::size_t size);
    std::optional<std::string> read_text();
    bool read_epoch();
    bool read_zero();
    int fd_ = -1;
    RecordingHeader header_;
    Epoch epoch_;
    int epoch_number_ = 0;
    calibration::Zero zero_;
    int zero_number_ = 0;
    bool torn_ = false;
    std::vector<char> block_;
};

}  // namespace heeldrop::store
