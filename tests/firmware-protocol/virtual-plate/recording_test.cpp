// Force files as a load on the plate: what is read, and the one line for every file that cannot be.
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "firmware-protocol/virtual-plate/recording.hpp"

using namespace heeldrop;
using namespace heeldrop::virtual_plate;

namespace {

class File {
 public:
    explicit File(const std::string& text)
        : path(std::filesystem::temp_directory_path() / ("recording_test." + std::to_string(getpid()) + ".csv")) {
        std::ofstream(path, std::ios::binary) << text;
    }
    ~File() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("a recording stands on the plate between empty seconds", "[recording]") {
    const File file(
        "\xEF\xBB\xBFt_s,left_n,right_n,left_cop_y_mm,right_cop_y_mm,note\r\n10.0,300,400,5,,x\r\n10.5,310,420,15,-20,"
        "y\r\n11,0,0,,,\r\n");
    Recording recording(file.path, CopUse::as_recorded, Seconds{2.0});
    CHECK(recording.load_at(Seconds{1.9}).left.force_n == 0.0);
    CHECK(recording.load_at(Seconds{2.0}).left.force_n == 300.0);
    const auto middle = recording.load_at(Seconds{2.25});
    CHECK(middle.left.force_n == Approx(305.0));
    CHECK(middle.right.force_n == Approx(410.0));
    CHECK(middle.left.cop_y_mm == Approx(10.0));
    CHECK(recording.load_at(Seconds{3.1}).right.force_n == 0.0);
    CHECK_FALSE(recording.over(Seconds{4.9}));
    CHECK(recording.over(Seconds{5.1}));
    CHECK(recording.mean_rate() == Hertz{2.0});
    CHECK(recording.own_times().size() == 11);
}

TEST_CASE("the centre of pressure can be left out", "[recording]") {
    const File file("t_s,left_n,right_n,left_cop_y_mm,right_cop_y_mm\n0,300,400,-227,-225\n1,300,400,-227,-225\n");
    CHECK_THROWS_WITH(Recording(file.path, CopUse::as_recorded, Seconds{0.0}),
                      Catch::Contains(":2:") && Catch::Contains("--cop centre"));
    Recording centred(file.path, CopUse::centre, Seconds{0.0});
    CHECK(centred.load_at(Seconds{0.5}).left.cop_y_mm == 0.0);
}

TEST_CASE("a file that is no recording is refused with file, line and reason", "[recording]") {
    const auto [text, reason] = GENERATE(table<const char*, const char*>({
        {"", "empty"},
        {"t_s,left_n\n0,1\n", ":1: there is no column 'right_n'"},
        {"hello\nworld\n", ":1: there is no column 't_s'"},
        {"t_s,left_n,right_n\n0,1,2\n", "fewer than two rows"},
        {"t_s,left_n,right_n\n0,1,2\n1,nan,2\n", ":3: 'nan' in left_n"},
        {"t_s,left_n,right_n\n0,1,2\n1,1\n", ":3: '' in right_n"},
        {"t_s,left_n,right_n\n0,1,2\n1,1,2\n0.5,1,2\n", ":4: the time does not increase"},
        {"t_s,left_n,right_n\n5,1,2\n5,1,2\n", ":3: the time does not increase"},
    }));
    const File file(text);
    CAPTURE(text);
    CHECK_THROWS_WITH(Recording(file.path, CopUse::as_recorded, Seconds{1.0}),
                      Catch::Contains(file.path.string()) && Catch::Contains(reason));
    CHECK_THROWS_WITH(Recording("/nonexistent.csv", CopUse::centre, Seconds{1.0}), Catch::Contains("cannot be opened"));
}
