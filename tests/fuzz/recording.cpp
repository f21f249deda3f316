// Any file as a recording: opened and read up to its last whole block, or refused in one line. Half of the inputs get
// right checksums first: a fuzzer would not find one, and what lies behind them must hold too.
#include <boost/crc.hpp>
#include <cstring>
#include <vector>

#include "daemon/store/data_directory.hpp"
#include "daemon/store/recording.hpp"
#include "tests/fuzz/bytes.hpp"

using namespace heeldrop;
using fuzz::must;

namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    return value;
}

/// Every checksum that FORMAT.md puts somewhere, as far as the parts can be found.
void put_checksums_right(std::string& bytes) {
    const auto part = [&](std::size_t at, std::size_t size) {
        if (size > bytes.size() || at > bytes.size() - size || bytes.size() - size - at < 4)
            return false;
        boost::crc_32_type crc;
        crc.process_bytes(bytes.data() + at, size);
        const std::uint32_t sum = crc.checksum();
        std::memcpy(bytes.data() + at + size, &sum, 4);
        return true;
    };
    constexpr std::size_t head = 12;  // of the file: magic and size
    if (bytes.size() < head || !part(0, head + number_at(bytes, 8)))
        return;
    std::size_t at = head + number_at(bytes, 8) + 4;
    const std::size_t cells = 8;
    while (bytes.size() >= at + 8) {
        const bool epoch = bytes.compare(at, 4, "HDEP") == 0;
        const std::size_t inside = number_at(bytes, at + 4) * (epoch ? std::size_t{1} : std::size_t{17 + 3 * cells});
        if (!part(at, 8 + inside))
            return;
        at += 8 + inside + 4;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static fuzz::MemoryFile file("recording");
    for (const bool right : {false, true}) {
        std::string bytes(reinterpret_cast<const char*>(data), size);
        if (right)
            put_checksums_right(bytes);
        file.hold(bytes.data(), bytes.size());
        try {
            store::RecordingReader reader(file.path());
            must(reader.header().zero.size() == reader.header().plate.cells.size(), "a zero for each cell");
            std::vector<plate::RawSample> samples;
            std::size_t total = 0;
            int epoch = 0;
            while (reader.next(samples)) {
                must(!samples.empty(), "a block has samples");
                must(reader.epoch_number() >= epoch, "epochs follow each other");
                epoch = reader.epoch_number();
                total += samples.size();
            }
            must(total <= bytes.size(), "no more samples than the file holds");
            must(!reader.next(samples), "the end stays the end");
        } catch (const store::StoreError& error) {
            must(std::strchr(error.what(), '\n') == nullptr, "an error is one line");
        }
    }
    return 0;
}
