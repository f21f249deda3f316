// Force files: what is read, what is refused and how, and that writing loses nothing.
#include "daemon/exchange/force_csv.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <random>

using namespace heeldrop;
using exchange::CsvError;

namespace {

struct File {
    std::filesystem::path path;
    explicit File(std::string_view text) {
        char name[] = "/tmp/heeldrop-csv-XXXXXX";
        close(mkstemp(name));
        path = name;
        std::ofstream(path, std::ios::binary) << text;
    }
    ~File() { std::filesystem::remove(path); }
};

exchange::ForceFile read(std::string_view text) {
    return exchange::read_force_csv(File(text).path);
}

CsvError refusal(std::string_view text) {
    const File file(text);
    try {
        exchange::read_force_csv(file.path);
    } catch (const CsvError& error) {
        CHECK(error.file() == file.path.native());
        const std::string what = error.what();
        CHECK(what == fmt::format("{}:{}: {}", error.file(), error.line(), error.reason()));
        CHECK(what.find('\n') == std::string::npos);
        return error;
    }
    FAIL("the file was not refused");
    throw;
}

const std::string start = "t_s,left_n,right_n\n0,400,410\n0.01,401,409\n";

}  // namespace

TEST_CASE("needed columns in any order, further ones ignored, byte order mark and CRLF accepted") {
    const auto file =
        read("\xEF\xBB\xBF\"note\",right_n,t_s,left_n\r\nsome text,10,-0.5, 20.25\r\n,11,-4.875e-1,-3\r\n\r\n");
    REQUIRE(file.samples.size() == 2);
    CHECK(file.samples[0].t.value == -0.5);
    CHECK(file.samples[0].left.value == 20.25);
    CHECK(file.samples[0].right.value == 10);
    CHECK(std::isnan(file.samples[0].left_cop_y.value));
    CHECK(file.samples[1].t.value == -0.4875);
    CHECK_FALSE(file.samples[1].left_fault);
    CHECK_FALSE(file.uncalibrated);
}

TEST_CASE("optional columns: centre of pressure may be empty, faults are 0 or 1, a faulty pad needs no force") {
    const auto file = read(
        "t_s,left_n,right_n,left_cop_y_mm,right_cop_y_mm,left_fault,right_fault,uncalibrated\n"
        "0,1,2,-3.5,,0,,1\n0.0125,nan,2,nan,4,1,0,1\n0.025,1,,,,0,1,1\n");
    REQUIRE(file.samples.size() == 3);
    CHECK(file.samples[0].left_cop_y.value == -3.5);
    CHECK(std::isnan(file.samples[0].right_cop_y.value));
    CHECK(file.samples[1].left_fault);
    CHECK(std::isnan(file.samples[1].left.value));
    CHECK(file.samples[1].right_cop_y.value == 4);
    CHECK(file.samples[2].right_fault);
    CHECK(file.uncalibrated);
}

TEST_CASE("the last line may lack its line end") {
    CHECK(read(start + "0.02,1,2").samples.size() == 3);
}

TEST_CASE("holes in time are kept: they are the analysis's to judge") {
    CHECK(read(start + "0.02,1,2\n9.5,1,2\n").samples.back().t.value == 9.5);
}

TEST_CASE("a bad file is refused with its line and reason") {
    struct Case {
        std::string text;
        std::size_t line;
        std::string reason;
    };
    const auto c = GENERATE_COPY(values<Case>({
        {"", 1, "empty"},
        {"\xEF\xBB\xBF", 1, "empty"},
        {"\n", 1, "empty"},
        {"t_s,left_n\n0,1\n", 1, "column right_n is missing"},
        {"Dear reader,\nthis is a letter.\n", 1, "column t_s is missing"},
        {std::string("\x7f"
                     "ELF\x02\x01\0\0\0",
                     9),
         1, "not a text file"},
        {"t_s;left_n;right_n\n0;1;2\n", 1, "semicolons"},
        {"t_s,left_n,right_n,left_n\n", 1, "twice"},
        {"t_s,left_n,right_n\n", 1, "no samples"},
        {"t_s,left_n,right_n\n0,1,2\n", 2, "single sample"},
        {start + "0.02,nan,2\n", 4, "left_n is \"nan\""},
        {start + "0.02,1,NaN\n", 4, "right_n is \"NaN\""},
        {start + "0.02,1,inf\n", 4, "right_n is \"inf\""},
        {start + "0.02,1,\n", 4, "right_n is \"\""},
        {start + "0.02,heavy,2\n", 4, "left_n is \"heavy\""},
        {start + "0.02,1 N,2\n", 4, "left_n is \"1 N\""},
        {start + "soon,1,2\n", 4, "t_s is \"soon\""},
        {start + "0.01,1,2\n", 4, "time does not increase: 0.01 after 0.01"},
        {start + "0.005,1,2\n", 4, "time does not increase"},
        {start + "0.02,1\n", 4, "2 fields where the header names 3"},
        {start + "0,02,1,2\n", 4, "decimal commas"},
        {"t_s,left_n,right_n,left_fault\n0,1,2,0\n0.01,1,2,yes\n", 3, "left_fault is \"yes\""},
        {"t_s,left_n,right_n\n0,1,2\n0.1,1,2\n0.2,1,2\n", 2, "10 samples a second"},
        {"t_s,left_n,right_n\n0,1,2\n0.0001,1,2\n0.0002,1,2\n", 2, "1e+04 samples a second"},
        {std::string(200000, 'x'), 1, "too long"},
    }));
    CAPTURE(c.text.substr(0, 80), c.reason);
    const CsvError error = refusal(c.text);
    CHECK(error.line() == c.line);
    CHECK_THAT(error.reason(), Catch::Contains(c.reason));
}

TEST_CASE("a file that is not there, or a folder, says so") {
    CHECK_THROWS_WITH(exchange::read_force_csv("/nonexistent.csv"),
                      Catch::StartsWith("/nonexistent.csv: ") && Catch::Contains("No such file"));
    CHECK_THROWS_WITH(exchange::read_force_csv("/tmp"), Catch::Contains("directory"));
}

TEST_CASE("every rate from 40 to 2000 a second is read, its times rounded to microseconds") {
    const int rate = GENERATE(40, 80, 100, 1000, 2000);
    std::string text = "t_s,left_n,right_n\n";
    for (int i = 0; i < 50; ++i)
        text += fmt::format("{:.6f},1,2\n", i / static_cast<double>(rate));
    CHECK(read(text).samples.size() == 50);
}

TEST_CASE("what is written reads back as the same doubles, also across the reader's buffer") {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> force(-20, 2000), cop(-150, 150);
    std::vector<motion::ForceSample> samples;
    std::string text(exchange::force_csv_header);
    for (int i = 0; i < 60000; ++i) {
        motion::ForceSample s;
        s.t = Seconds{i * 12504 / 1e6};
        s.left = Newtons{std::round(force(random) * 1e3) / 1e3};
        s.right = Newtons{force(random)};
        if (i % 3 != 0)
            s.left_cop_y = Millimetres{std::round(cop(random) * 100) / 100};
        s.right_fault = i % 7 == 0;
        samples.push_back(s);
        exchange::append_force_row(text, s, {true, false, false, {}});
    }
    REQUIRE(text.size() > (2u << 20));
    const auto file = read(text);
    CHECK(file.uncalibrated);
    REQUIRE(file.samples.size() == samples.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto &a = samples[i], &b = file.samples[i];
        const bool same_cop =
            a.left_cop_y == b.left_cop_y || (std::isnan(a.left_cop_y.value) && std::isnan(b.left_cop_y.value));
        different += !(a.t == b.t && a.left == b.left && a.right == b.right && same_cop &&
                       a.left_fault == b.left_fault && a.right_fault == b.right_fault);
    }
    CHECK(different == 0);
}

TEST_CASE("rows are written plainly: no exponent, empty where unknown") {
    std::string row;
    motion::ForceSample s;
    s.t = Seconds{0.000001};
    s.left = Newtons{853.1};
    s.right = Newtons{0};
    exchange::append_force_row(row, s, {});
    CHECK(row == "0.000001,853.1,0,,,0,0,0,0,0,\n");
}
