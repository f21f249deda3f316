// Of recording.hpp, what reads.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/store/data_directory.hpp"
#include "daemon/store/recording_format.hpp"

namespace heeldrop::store {

using namespace recording_format;

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
        zero_ = zero_in(*text, header_.plate.cells.size());
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
    samples.resize(count);
    read_block(block_.data() + 8, samples, cells);
    return true;
}

}  // namespace heeldrop::store
