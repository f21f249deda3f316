// Raw recordings: every sample back to the last bit, and what a crash or a flipped bit leaves.
#include "daemon/store/recording.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <system_error>

#include "daemon/store/data_directory.hpp"
#include "tests/calibration/reference_plate.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::store;

namespace {

RecordingHeader header() {
    RecordingHeader h;
    h.session_id = "0b5c";
    h.plate.serial = "HD-7";
    h.plate.converter = "HX711";
    h.plate.tick_hz = 16'000'000;
    h.plate.nominal_rate = Hertz{80};
    h.plate.cells = calibration::test::reference_cells();
    for (int c = 0; c < 8; ++c)
        h.zero.push_back(Counts{0.1 + c / 3.0});
    h.origin_tick = 5'000'000'000;
    return h;
}

std::vector<plate::RawSample> samples(std::size_t count) {
    std::mt19937 random(11);
    std::uniform_int_distribution<std::int32_t> counts(calibration::count_min, calibration::count_max);
    std::vector<plate::RawSample> list(count);
    for (std::size_t i = 0; i < count; ++i) {
        list[i].index = (1ull << 33) + i;
        list[i].tick = 5'000'000'000 + static_cast<std::int64_t>(i) * 12'500;
        list[i].reading.faults = static_cast<std::uint8_t>(i);
        for (auto& c : list[i].reading.counts)
            c = counts(random);
    }
    return list;
}

std::filesystem::path written(const test::TemporaryFolder& folder, const std::vector<plate::RawSample>& list) {
    const auto path = folder.path / "x.hdraw";
    RecordingWriter writer(path, header());
    for (std::size_t i = 0; i < list.size(); i += 100)
        writer.append({list.data() + i, std::min<std::size_t>(100, list.size() - i)});
    writer.sync();
    return path;
}

std::vector<plate::RawSample> read(const std::filesystem::path& path, bool& torn) {
    RecordingReader reader(path);
    CHECK(reader.header() == header());
    std::vector<plate::RawSample> all, block;
    while (reader.next(block))
        all.insert(all.end(), block.begin(), block.end());
    torn = reader.torn();
    return all;
}

}  // namespace

TEST_CASE("what was recorded is read back, every bit of it") {
    test::TemporaryFolder folder;
    const auto list = samples(1050);
    bool torn = true;
    CHECK(read(written(folder, list), torn) == list);
    CHECK_FALSE(torn);
}

TEST_CASE("a file cut short anywhere gives every whole block before the cut") {
    test::TemporaryFolder folder;
    const auto list = samples(300);
    const auto path = written(folder, list);
    const std::size_t block = 12 + 100 * 41;
    const std::size_t cut = GENERATE(1, 3, 4, 11, 500, 12 + 100 * 41 - 1, 12 + 100 * 41);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - cut);
    bool torn = false;
    CHECK(read(path, torn) == std::vector(list.begin(), list.begin() + 200));
    CHECK(torn == (cut != block));
}

TEST_CASE("a flipped bit in a block ends the reading before it") {
    test::TemporaryFolder folder;
    const auto list = samples(300);
    const auto path = written(folder, list);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-(12 + 100 * 41) - 50, std::ios::end);  // in the second block
    file.put('\x5a');
    file.close();
    bool torn = false;
    const auto got = read(path, torn);
    CHECK(got == std::vector(list.begin(), list.begin() + 100));
    CHECK(torn);
}

TEST_CASE("what is no recording is refused in a sentence") {
    test::TemporaryFolder folder;
    const auto path = folder.path / "x.hdraw";
    CHECK_THROWS_AS(RecordingReader(path), StoreError);
    std::ofstream(path) << "t_s,left_n,right_n\n0,1,2\n";
    CHECK_THROWS_WITH(RecordingReader(path), Catch::Contains("does not begin as one"));
    std::filesystem::remove(path);
    written(folder, {});
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('#');
    file.close();
    CHECK_THROWS_WITH(RecordingReader(path), Catch::Contains("header is damaged"));
}

TEST_CASE("a recording never overwrites another") {
    test::TemporaryFolder folder;
    const auto path = written(folder, samples(10));
    CHECK_THROWS_AS(RecordingWriter(path, header()), std::system_error);
}

TEST_CASE("a plate that booted begins an epoch, and what follows lies on its own clock") {
    test::TemporaryFolder folder;
    const auto path = folder.path / "x.hdraw";
    const auto list = samples(5000);
    Epoch second{header().plate, 77, Seconds{61.25}};
    second.plate.boot_id = 8;
    {
        RecordingWriter writer(path, header());
        writer.append(std::span(list).first(10));
        writer.begin_epoch(second);
        writer.append(list);  // more than a block
    }
    RecordingReader reader(path);
    std::vector<plate::RawSample> block, after;
    REQUIRE(reader.next(block));
    CHECK(block.size() == 10);
    CHECK(reader.epoch_number() == 0);
    CHECK(reader.epoch() == Epoch{header().plate, header().origin_tick, {}});
    while (reader.next(block)) {
        CHECK(reader.epoch_number() == 1);
        CHECK(reader.epoch() == second);
        after.insert(after.end(), block.begin(), block.end());
    }
    CHECK_FALSE(reader.torn());
    CHECK(after == list);
    // Cut anywhere inside the epoch's own text, what came before it stands.
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5000 * 41 - 40);
    RecordingReader cut(path);
    REQUIRE(cut.next(block));
    CHECK(block.size() == 10);
    CHECK_FALSE(cut.next(block));
    CHECK(cut.torn());
}

TEST_CASE("a recording of a later version is refused by its number") {
    test::TemporaryFolder folder;
    const auto path = written(folder, samples(20));
    const auto with_version = [&](char version) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(7);
        file.put(version);
    };
    with_version(9);
    CHECK_THROWS_WITH(RecordingReader(path), Catch::Contains("version 9") && Catch::Contains("up to 3"));
}

TEST_CASE("a certificate's map and every new zero come back to the last digit, each before the samples it is for") {
    test::TemporaryFolder folder;
    const auto path = folder.path / "x.hdraw";
    RecordingHeader calibrated = header();
    calibrated.map.emplace();
    calibrated.map->certificate_id = "c-1";
    for (std::size_t pad = 0; pad < 2; ++pad) {
        auto& map = calibrated.map->pads[pad];
        map.pad = static_cast<calibration::Pad>(pad);
        calibrated.map->range[pad] = Newtons{980.665 + 0.1 * static_cast<double>(pad)};
        for (std::size_t c = 0; c < 4; ++c) {
            map.cells.push_back(4 * pad + c);
            map.force.push_back(1.0 / 2003.0 + 1e-7 * static_cast<double>(c));
            map.moment_x.push_back(-0.1 / 3.0);
            map.moment_y.push_back(0.2 / 7.0);
        }
    }
    const auto list = samples(30);
    calibration::Zero zero = calibrated.zero;
    zero[3] = Counts{1.0 / 3.0};
    {
        RecordingWriter writer(path, calibrated);
        writer.append({list.data(), 10});
        writer.begin_zero(zero);
        writer.append({list.data() + 10, 10});
        writer.begin_epoch({calibrated.plate, 7, Seconds{61.25}});
        writer.begin_zero(calibrated.zero);
        writer.append({list.data() + 20, 10});
        writer.sync();
    }
    RecordingReader reader(path);
    CHECK(reader.header() == calibrated);
    std::vector<plate::RawSample> block;
    std::vector<std::pair<calibration::Zero, int>> seen;
    while (reader.next(block))
        seen.emplace_back(reader.zero(), reader.epoch_number());
    CHECK_FALSE(reader.torn());
    CHECK(seen == std::vector<std::pair<calibration::Zero, int>>{{calibrated.zero, 0}, {zero, 0}, {calibrated.zero, 1}});
}

TEST_CASE("a zero that is cut short ends the reading before it") {
    test::TemporaryFolder folder;
    const auto path = folder.path / "x.hdraw";
    const auto list = samples(10);
    {
        RecordingWriter writer(path, header());
        writer.append(list);
        writer.begin_zero(header().zero);
        writer.sync();
    }
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);
    bool torn = false;
    CHECK(read(path, torn) == list);
    CHECK(torn);
}
