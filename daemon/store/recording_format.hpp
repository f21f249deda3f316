// The words and bytes of a recording, as FORMAT.md beside this file describes them: what RecordingWriter writes and
// RecordingReader reads. It must not know files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/recording.hpp"

namespace heeldrop::store::recording_format {

inline constexpr std::string_view file_magic = "HDRAW\r\n\x03";
inline constexpr std::size_t version_at = 7;
inline constexpr std::string_view block_magic = "HDBK";
inline constexpr std::string_view epoch_magic = "HDEP";
inline constexpr std::string_view zero_magic = "HDZR";
inline constexpr std::uint32_t max_header_bytes = 1 << 20;
/// A sample's index, tick, faults and counts.
constexpr std::size_t record_bytes(std::size_t cells) {
    return 8 + 8 + 1 + 3 * cells;
}

std::uint32_t crc32(const char* data, std::size_t size);
/// Little-endian; moves `in` on.
std::uint64_t get(const char*& in, int bytes);

std::string to_text(const RecordingHeader& header);
std::string to_text(const Epoch& epoch);
std::string to_text(const calibration::Zero& zero);
/// Each throws nlohmann::json::exception or std::invalid_argument on a text that to_text did not write.
RecordingHeader header_in(const std::string& text);
Epoch epoch_in(const std::string& text);
calibration::Zero zero_in(const std::string& text, std::size_t cells);

/// Text between a magic word and its CRC, as the header, every epoch and every zero have it.
std::string framed(std::string_view magic, const std::string& text);
/// At most RecordingWriter::max_block_samples of them.
void add_block(std::string& bytes, std::span<const plate::RawSample> samples, std::size_t cells);
/// Fills `samples`, as many as the block has, from its records, which begin at `at`.
void read_block(const char* at, std::vector<plate::RawSample>& samples, std::size_t cells);

}  // namespace heeldrop::store::recording_format
