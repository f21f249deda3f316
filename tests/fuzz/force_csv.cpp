// Any file as a force CSV: read, or refused in one line; what was read and is written again reads the same.
#include <cmath>

#include "daemon/exchange/force_csv.hpp"
#include "tests/fuzz/bytes.hpp"

using namespace heeldrop;
using fuzz::must;

namespace {

bool same(const motion::ForceSample& a, const motion::ForceSample& b) {
    const auto equal = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    return a.t.value == b.t.value && equal(a.left.value, b.left.value) && equal(a.right.value, b.right.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static fuzz::MemoryFile file("force.csv");
    exchange::ForceFile read;
    file.hold(data, size);
    try {
        read = exchange::read_force_csv(file.path());
    } catch (const exchange::CsvError& error) {
        const std::string what = error.what();
        must(what.find('\n') == std::string::npos && what.size() < 1000, "an error is one line");
        return 0;
    }
    must(read.samples.size() >= 2, "a force file has two samples at least");
    std::string text(exchange::force_csv_header);
    for (std::size_t i = 0; i < read.samples.size(); ++i) {
        must(i == 0 || read.samples[i].t > read.samples[i - 1].t, "time increases");
        exchange::append_force_row(text, read.samples[i], {read.uncalibrated, false, false, {}});
    }
    file.hold(text.data(), text.size());
    const exchange::ForceFile again = exchange::read_force_csv(file.path());
    must(again.uncalibrated == read.uncalibrated && again.samples.size() == read.samples.size(), "all is read again");
    for (std::size_t i = 0; i < read.samples.size(); ++i)
        must(same(read.samples[i], again.samples[i]), "what is written reads as the same");
    return 0;
}
