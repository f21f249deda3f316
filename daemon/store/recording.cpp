#include "daemon/store/recording.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/crc.hpp>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "daemon/store/data_directory.hpp"

namespace heeldrop::store {
namespace {

constexpr std::string_view file_magic = "HDRAW\r\n\x03";
constexpr std::size_t version_at = 7;
constexpr std::string_view block_magic = "HDBK";
constexpr std::string_view epoch_magic = "HDEP";
constexpr std::string_view zero_magic = "HDZR";
constexpr std::uint32_t max_header_bytes = 1 << 20;
constexpr std::size_t record_bytes(std::size_t cells) {
    return 8 + 8 + 1 + 3 * cells;
}

std::uint32_t crc32(const char* data, std::size_t size) {
    boost::crc_32_type crc;
    crc.process_bytes(data, size);
    return crc.checksum();
}

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::uint64_t get(const char*& in, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= std::uint64_t{static_cast<unsigned char>(*in++)} << (8 * i);
    return value;
}

nlohmann::ordered_json zero_json(const calibration::Zero& zero) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Counts counts : zero)
        list.push_back(counts.value);
    return list;
}

calibration::Zero zero_in(const nlohmann::ordered_json& list, std::size_t cells) {
    calibration::Zero zero;
    for (const auto& counts : list)
        zero.push_back(Counts{counts.get<double>()});
    if (zero.size() != cells)
        throw std::invalid_argument("not a zero for each cell");
    return zero;
}

nlohmann::ordered_json map_json(const calibration::PlateMap& map) {
    nlohmann::ordered_json pads = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < map.pads.size(); ++i)
        pads.push_back({{"cells", map.pads[i].cells},
                        {"range_n", map.range[i].value},
                        {"force_n_per_count", map.pads[i].force},
                        {"moment_x_nmm_per_count", map.pads[i].moment_x},
                        {"moment_y_nmm_per_count", map.pads[i].moment_y}});
    return {{"certificate", map.certificate_id}, {"pads", std::move(pads)}};
}

calibration::PlateMap map_in(const nlohmann::ordered_json& json, std::size_t cells) {
    calibration::PlateMap map;
    json.at("certificate").get_to(map.certificate_id);
    const auto& pads = json.at("pads");
    if (pads.size() != map.pads.size())
        throw std::invalid_argument("a plate has two pads");
    for (std::size_t i = 0; i < map.pads.size(); ++i) {
        calibration::PadMap& pad = map.pads[i];
        pad.pad = static_cast<calibration::Pad>(i);
        pads[i].at("cells").get_to(pad.cells);
        map.range[i] = Newtons{pads[i].at("range_n").get<double>()};
        pads[i].at("force_n_per_count").get_to(pad.force);
        pads[i].at("moment_x_nmm_per_count").get_to(pad.moment_x);
        pads[i].at("moment_y_nmm_per_count").get_to(pad.moment_y);
        const std::size_t size = pad.cells.size();
        if (pad.force.size() != size || pad.moment_x.size() != size || pad.moment_y.size() != size ||
            std::any_of(pad.cells.begin(), pad.cells.end(), [cells](std::size_t c) { return c >= cells; }))
            throw std::invalid_argument("a map of other cells");
    }
    return map;
}

std::string to_text(const RecordingHeader& header) {
    nlohmann::ordered_json text{{"session", header.session_id},
                                {"plate", plate::to_json(header.plate)},
                                {"zero_counts", zero_json(header.zero)},
                                {"gains", header.map ? "certificate" : "nominal"},
                                {"origin_tick", header.origin_tick}};
    if (header.map)
        text["map"] = map_json(*header.map);
    return text.dump();
}

/// Throws on a text that to_text did not write.
RecordingHeader header_in(const std::string& text) {
    const auto json = nlohmann::ordered_json::parse(text);
    RecordingHeader header;
    json.at("session").get_to(header.session_id);
    header.plate = plate::plate_info_from_json(json.at("plate"));
    header.zero = zero_in(json.at("zero_counts"), header.plate.cells.size());
    json.at("origin_tick").get_to(header.origin_tick);
    if (json.at("gains") == "certificate")
        header.map = map_in(json.at("map"), header.plate.cells.size());
    else if (json.at("gains") != "nominal")
        throw std::invalid_argument("gains that this version does not know");
    return header;
}

std::string to_text(const Epoch& epoch) {
    return nlohmann::ordered_json{{"plate", plate::to_json(epoch.plate)},
                                  {"origin_tick", epoch.origin_tick},
                                  {"origin_t_s", epoch.origin_t.value}}
        .dump();
}

Epoch epoch_in(const std::string& text) {
    const auto json = nlohmann::ordered_json::parse(text);
    return {plate::plate_info_from_json(json.at("plate")), json.at("origin_tick").get<std::int64_t>(),
            Seconds{json.at("origin_t_s").get<double>()}};
}

/// Text between a magic word and its CRC, as the header and every epoch have it.
std::string framed(std::string_view magic, const std::string& text) {
    std::string bytes(magic);
    put(bytes, text.size(), 4);
    bytes += text;
    put(bytes, crc32(bytes.data(), bytes.size()), 4);
    return bytes;
}

void add_block(std::string& bytes, std::span<const plate::RawSample> samples, std::size_t cells) {
    const std::size_t start = bytes.size();
    bytes += block_magic;
    put(bytes, samples.size(), 4);
    for (const plate::RawSample& sample : samples) {
        put(bytes, sample.index, 8);
        put(bytes, static_cast<std::uint64_t>(sample.tick), 8);
        put(bytes, sample.reading.faults, 1);
        for (std::size_t c = 0; c < cells; ++c)
            put(bytes, static_cast<std::uint32_t>(sample.reading.counts[c]), 3);
    }
    put(bytes, crc32(bytes.data() + start, bytes.size() - start), 4);
}

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

RecordingWriter::RecordingWriter(const std::filesystem::path& path, const RecordingHeader& header)
    : cells_(header.plate.cells.size()) {
    fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
    if (fd_ < 0)
        fail("cannot make the recording");
    try {
        write(framed(file_magic, to_text(header)));
    } catch (...) {
        close(fd_);
        throw;
    }
}

RecordingWriter::~RecordingWriter() {
    close(fd_);
}

void RecordingWriter::begin_epoch(const Epoch& epoch) {
    write(framed(epoch_magic, to_text(epoch)));
}

void RecordingWriter::begin_zero(const calibration::Zero& zero) {
    write(framed(zero_magic, nlohmann::ordered_json{{"zero_counts", zero_json(zero)}}.dump()));
}

/// However many blocks it is, one write: a disk may take seconds for each.
void RecordingWriter::append(std::span<const plate::RawSample> samples) {
    std::string bytes;
    bytes.reserve(samples.size() * record_bytes(cells_) + (samples.size() / max_block_samples + 1) * 12);
    for (; !samples.empty(); samples = samples.subspan(std::min(samples.size(), max_block_samples)))
        add_block(bytes, samples.first(std::min(samples.size(), max_block_samples)), cells_);
    write(bytes);
}

void RecordingWriter::sync() {
    if (fdatasync(fd_) != 0)
        fail("cannot write the recording");
}

void RecordingWriter::write(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(fd_, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno != EINTR)
            fail("cannot write the recording");
        if (n > 0)
            done += static_cast<std::size_t>(n);
    }
}

RecordingReader::RecordingReader(const std::filesystem::path& path) {
    fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0)
        throw StoreError(fmt::format("Cannot open the recording {}: {}.", path.native(), std::strerror(errno)));
    const auto refuse = [&](std::string_view why) {
        close(fd_);
        return StoreError(fmt::format("The recording {} cannot be read: {}.", path.native(), why));
    };
    std::string bytes(file_magic.size() + 4, '\0');
    if (read(bytes.data(), bytes.size()) != bytes.size() || !bytes.starts_with(file_magic.substr(0, version_at)))
        throw refuse("it does not begin as one");
    // Version 1 has no epochs; version 2 no maps and no new zeros.
    if (const int version = bytes[version_at]; version < 1 || version > file_magic[version_at])
        throw refuse(fmt::format("it is of version {}, this program reads up to {}; install the newer Heeldrop",
                                 version, int{file_magic[version_at]}));
    const char* at = bytes.data() + file_magic.size();
    const std::size_t text_size = get(at, 4), text_start = bytes.size();
    if (text_size > max_header_bytes)
        throw refuse("its header is damaged");
    bytes.resize(text_start + text_size + 4);
    if (read(bytes.data() + text_start, text_size + 4) != text_size + 4)
        throw refuse("its header is cut short");
    at = bytes.data() + text_start + text_size;
    if (get(at, 4) != crc32(bytes.data(), text_start + text_size))
        throw refuse("its header is damaged");
    try {
        header_ = header_in(bytes.substr(text_start, text_size));
        epoch_ = {header_.plate, header_.origin_tick, {}};
        zero_ = header_.zero;
    } catch (const std::exception& error) {
        throw refuse(error.what());
    }
}

RecordingReader::~RecordingReader() {
    close(fd_);
}

std::size_t RecordingReader::read(char* out, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t n = ::read(fd_, out + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

/// Behind its magic word and size, which are in block_. None where it is not whole.
std::optional<std::string> RecordingReader::read_text() {
    const char* at = block_.data() + 4;
    const std::size_t size = get(at, 4);
    if (size > max_header_bytes)
        return std::nullopt;
    block_.resize(8 + size + 4);
    if (read(block_.data() + 8, size + 4) != size + 4)
        return std::nullopt;
    at = block_.data() + 8 + size;
    if (get(at, 4) != crc32(block_.data(), 8 + size))
        return std::nullopt;
    return std::string(block_.data() + 8, size);
}

bool RecordingReader::read_epoch() {
    const auto text = read_text();
    try {
        if (!text)
            return false;
        Epoch epoch = epoch_in(*text);
        if (epoch.plate.cells != header_.plate.cells)
            return false;
        epoch_ = std::move(epoch);
    } catch (const std::exception&) {
        return false;
    }
    ++epoch_number_;
    return true;
}

bool RecordingReader::read_zero() {
    const auto text = read_text();
    try {
        if (!text)
            return false;
        zero_ = zero_in(nlohmann::ordered_json::parse(*text).at("zero_counts"), header_.plate.cells.size());
    } catch (const std::exception&) {
        return false;
    }
    ++zero_number_;
    return true;
}

bool RecordingReader::next(std::vector<plate::RawSample>& samples) {
    samples.clear();
    if (torn_)
        return false;
    const std::size_t cells = header_.plate.cells.size();
    for (;;) {
        block_.resize(8);
        const std::size_t got = read(block_.data(), 8);
        if (got == 0)
            return false;
        torn_ = true;
        const std::string magic(block_.data(), 4);  // a copy: reading on moves the block
        if (got == 8 && magic == block_magic)
            break;
        if (got < 8 || !((magic == epoch_magic && read_epoch()) || (magic == zero_magic && read_zero())))
            return false;
        torn_ = false;
    }
    torn_ = true;
    const char* at = block_.data() + 4;
    const std::size_t count = get(at, 4);
    if (count == 0 || count > RecordingWriter::max_block_samples)
        return false;
    const std::size_t body = count * record_bytes(cells);
    block_.resize(8 + body + 4);
    if (read(block_.data() + 8, body + 4) != body + 4)
        return false;
    at = block_.data() + 8 + body;
    if (get(at, 4) != crc32(block_.data(), 8 + body))
        return false;
    torn_ = false;
    at = block_.data() + 8;
    samples.resize(count);
    for (plate::RawSample& sample : samples) {
        sample.index = get(at, 8);
        sample.tick = static_cast<std::int64_t>(get(at, 8));
        sample.reading.faults = static_cast<std::uint8_t>(get(at, 1));
        for (std::size_t c = 0; c < cells; ++c) {
            const auto bits = static_cast<std::int32_t>(get(at, 3));
            sample.reading.counts[c] = (bits ^ 0x800000) - 0x800000;  // the 24th bit is the sign
        }
    }
    return true;
}

}  // namespace heeldrop::store
