// A plate that says anything at all, to the daemon's state machine: messages in whole frames, each with the time that
// passes before it, or bare bytes. Whatever comes, samples go forward in time, breaks lie among them, and nothing
// grows.
#include <algorithm>
#include <utility>

#include "daemon/plate/plate.hpp"
#include "tests/fuzz/bytes.hpp"

using namespace heeldrop;
using fuzz::must;

namespace {

class Watched {
 public:
    void look(plate::Plate& plate) {
        const plate::Batch batch = plate.take_batch();
        // Another boot's samples begin anew; what was held back of the one before may come first.
        may_begin_anew_ = may_begin_anew_ || plate.epoch() != epoch_;
        epoch_ = plate.epoch();
        auto gap = batch.breaks.begin();
        for (std::size_t i = 0; i < batch.samples.size(); ++i) {
            for (; gap != batch.breaks.end() && gap->at == i; ++gap)
                must(gap->length.value >= 0.0, "a break is no time backwards");
            const auto& sample = batch.samples[i];
            if (last_ && !(sample.tick > last_->tick && sample.index > last_->index))
                must(std::exchange(may_begin_anew_, false), "samples go forward");
            last_ = sample;
        }
        must(gap == batch.breaks.end(), "a break lies before a sample");
        must(plate.take_output().size() <= 8192, "what is to be said stays little");
    }

 private:
    std::optional<plate::RawSample> last_;
    std::uint64_t epoch_ = 0;
    bool may_begin_anew_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    plate::Plate plate;
    plate::Plate::Time now{std::chrono::seconds(1000)};
    Watched watched;
    const std::uint8_t* const end = data + size;
    const std::uint8_t kind = size > 0 ? *data++ : 0;
    const bool framed = (kind & 1) != 0;
    plate.hold((kind & 2) != 0, now);
    plate.opened("line", false, now);
    while (data != end) {
        // How long until it comes, in steps of 20 ms, with longer ones among them; then its size.
        const unsigned wait = *data++;
        now += std::chrono::milliseconds(wait < 250 ? 20 * (wait % 16) : 1000 * wait);
        if (wait == 255) {
            plate.closed("unplugged");
            plate.opened("line", false, now);
        }
        plate.elapsed(now);
        if (data == end)
            break;
        const std::size_t wanted = *data++;
        const std::size_t n = std::min(wanted, static_cast<std::size_t>(end - data));
        if (framed) {
            std::uint8_t wire[HEELDROP_WIRE_MAX];
            const std::size_t on_wire = heeldrop_frame_encode(data, n, wire, sizeof wire);
            plate.receive({wire, on_wire}, now);
        } else {
            plate.receive({data, n}, now);
        }
        data += n;
        watched.look(plate);
        must(plate.cells().size() <= calibration::max_cells, "a plate has no more cells than it may");
    }
    if (plate.conversion())
        must(plate.info().has_value(), "a conversion is of a known plate");
    return 0;
}
