// Of recording.hpp, what writes.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "daemon/store/recording_format.hpp"

namespace heeldrop::store {

using namespace recording_format;

namespace {

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
    write(framed(zero_magic, to_text(zero)));
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

}  // namespace heeldrop::store
