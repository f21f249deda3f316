// heeldrop-plate itself, over its pseudo-terminal.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "firmware-protocol/virtual-plate/simulation.hpp"
#include "tests/firmware-protocol/virtual-plate/plate_process.hpp"

namespace vp = heeldrop::virtual_plate;
namespace fs = std::filesystem;

namespace {

fs::path scratch(const std::string& name) {
    return fs::temp_directory_path() / ("heeldrop_plate_test." + std::to_string(getpid()) + "." + name);
}

double left_n(const Sample& s) {
    double sum = 0.0;
    for (int i = 0; i < 4; ++i)
        sum += s.values.counts[i] / vp::nominal_gain.value;
    return sum;
}

double right_n(const Sample& s) {
    double sum = 0.0;
    for (int i = 4; i < 8; ++i)
        sum += s.values.counts[i] / vp::nominal_gain.value;
    return sum;
}

}  // namespace

TEST_CASE("flat out, every sample comes once, in order and undamaged", "[program]") {
    const std::string rate = GENERATE("80", "1000");
    PlateProcess plate({"--pace", "flat-out", "--rate", rate, "--script", "empty:2,step_on,quiet:2,good*2,step_off",
                        "--first-tick", "4290000000"});
    plate.start();
    REQUIRE(plate.read());
    CHECK(plate.wait() == 0);
    CHECK(plate.damaged == 0);
    REQUIRE(plate.samples.size() > 1000);
    double seconds = 0.0;
    for (std::size_t i = 0; i < plate.samples.size(); ++i) {
        REQUIRE(plate.samples[i].index == i);
        if (i > 0) {
            const std::uint32_t ticks = plate.samples[i].tick - plate.samples[i - 1].tick;
            REQUIRE(ticks > 500);
            REQUIRE(ticks < 400000);
            seconds += ticks * 1e-6;
        }
    }
    CHECK(plate.types[HEELDROP_STATUS] == Approx(seconds).margin(2.0));
    CHECK(plate.types[HEELDROP_HELLO] >= 1);
    CHECK(plate.hello.clocked == (rate == "1000"));
}

TEST_CASE("a host that reads slowly loses nothing flat out", "[program]") {
    PlateProcess plate({"--pace", "flat-out", "--rate", "1000", "--script", "empty:20"});
    plate.start();
    for (std::size_t n = 500; n < 19000; n += 500)
        REQUIRE(plate.read(n));  // small reads: the line is full between them
    REQUIRE(plate.read());
    for (std::size_t i = 0; i < plate.samples.size(); ++i)
        REQUIRE(plate.samples[i].index == i);
    CHECK(plate.samples.size() == Approx(20001).margin(1));
}

TEST_CASE("the same seed sends the same counts, another seed others", "[program]") {
    const auto run = [](const char* seed) {
        PlateProcess plate({"--pace", "flat-out", "--seed", seed, "--script", "empty:1,step_on,good"});
        plate.start();
        REQUIRE(plate.read());
        return plate.samples;
    };
    const auto a = run("11"), b = run("11"), c = run("12");
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        REQUIRE(a[i].tick == b[i].tick);
        REQUIRE(std::equal(a[i].values.counts, a[i].values.counts + 8, b[i].values.counts));
    }
    CHECK(left_n(a[0]) != left_n(c[0]));
}

TEST_CASE("the truth file is on the sample clock", "[program]") {
    const auto path = scratch("truth.json");
    PlateProcess plate({"--pace", "flat-out", "--without", "all", "--mass", "80", "--truth", path, "--script",
                        "empty:1,step_on,quiet:1,good,fast_drop(pause=0),step_off"});
    plate.start();
    REQUIRE(plate.read());
    CHECK(plate.wait() == 0);
    std::ifstream file(path);
    const auto truth = nlohmann::json::parse(file);
    fs::remove(path);
    CHECK(truth["schema"] == "heeldrop.truth/1");
    CHECK(truth["complete"] == true);
    CHECK(truth["mass_kg"] == 80.0);
    REQUIRE(truth["reps"].size() == 2);
    CHECK(truth["reps"][0]["verdict"] == "good");
    CHECK(truth["reps"][1]["faults"] == nlohmann::json({"fast_drop"}));
    for (const auto& rep : truth["reps"]) {
        for (const char* name : {"rise_start", "drop_start", "drop_end", "return_end"}) {
            const double t = rep[std::string(name) + "_s"];
            const std::size_t index = rep[std::string(name) + "_index"];
            const auto since_first = [&](std::size_t i) {
                return (plate.samples[i].tick - plate.samples[0].tick) * 1e-6;
            };
            REQUIRE(index > 0);
            CHECK(since_first(index) >= t - 1e-6);
            CHECK(since_first(index - 1) < t);
        }
        // The shares can be found in what was sent.
        double right = 0.0, both = 0.0;
        for (std::size_t i = rep["drop_start_index"]; i < rep["drop_end_index"]; ++i) {
            right += right_n(plate.samples[i]);
            both += left_n(plate.samples[i]) + right_n(plate.samples[i]);
        }
        CHECK(right / both == Approx(rep["working_share_drop"].get<double>()).margin(0.01));
        CHECK(both / (rep["drop_end_index"].get<double>() - rep["drop_start_index"].get<double>()) ==
              Approx(80 * 9.80665).epsilon(0.03));
    }
}

TEST_CASE("a replay sends the file's own forces at the file's own times", "[program]") {
    const auto path = scratch("replay.csv");
    std::ofstream csv(path);
    csv << "t_s,left_n,right_n,left_cop_y_mm,right_cop_y_mm\n";
    std::vector<std::array<double, 3>> rows;
    double t = 4.0;
    for (int i = 0; i < 500; ++i, t += i % 7 == 0 ? 0.02 : 0.01) {
        rows.push_back({t - 4.0, 300.0 + 50.0 * std::sin(0.1 * i), 400.0 - i * 0.25});
        csv << t << ',' << rows.back()[1] << ',' << rows.back()[2] << ',' << 0.1 * i << ',' << -0.1 * i << '\n';
    }
    csv.close();
    PlateProcess plate({"--pace", "flat-out", "--rate", "file", "--without", "all", "--empty", "1", "--replay", path});
    plate.start();
    REQUIRE(plate.read());
    CHECK(plate.wait() == 0);
    fs::remove(path);

    const auto first =
        std::find_if(plate.samples.begin(), plate.samples.end(), [](const Sample& s) { return left_n(s) > 1.0; });
    REQUIRE(plate.samples.end() - first > 500);
    const double lead = (first->tick - plate.samples[0].tick) * 1e-6;
    CHECK(lead == Approx(1.0).margin(0.03));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& s = *(first + static_cast<std::ptrdiff_t>(i));
        REQUIRE((s.tick - first->tick) * 1e-6 == Approx(rows[i][0]).margin(2e-4));  // the CSV's own digits
        REQUIRE(left_n(s) == Approx(rows[i][1]).margin(0.01));
        REQUIRE(right_n(s) == Approx(rows[i][2]).margin(0.01));
    }
    CHECK(left_n(plate.samples.back()) == Approx(0.0).margin(0.001));
}

TEST_CASE("an empty plate streams in true time until Enter", "[program]") {
    PlateProcess plate({"--hold-until-enter", "--pace", "flat-out", "--without", "all", "--script", "step_on,quiet:1"});
    plate.start();
    REQUIRE(plate.read(20));
    for (const auto& s : plate.samples)
        CHECK(left_n(s) == Approx(0.0).margin(0.001));
    plate.press_enter();
    REQUIRE(plate.read());
    CHECK(plate.wait() == 0);
    CHECK(left_n(plate.samples.back()) > 100.0);
    for (std::size_t i = 0; i < plate.samples.size(); ++i)
        REQUIRE(plate.samples[i].index == i);
}

namespace {

/// What comes from the script's first instant on, which the truth file tells, after a hold of that many samples.
std::vector<Sample> script_after_hold(std::size_t held, std::vector<std::string> options) {
    const auto path = scratch("held.json");
    options.insert(options.end(), {"--hold-until-enter", "--pace", "flat-out", "--truth", path});
    PlateProcess plate(options);
    plate.start();
    REQUIRE(plate.read(held));
    plate.press_enter();
    REQUIRE(plate.read());
    CHECK(plate.wait() == 0);
    CHECK(plate.damaged == 0);
    for (std::size_t i = 1; i < plate.samples.size(); ++i) {
        REQUIRE(plate.samples[i].index == plate.samples[i - 1].index + 1);
        REQUIRE(plate.samples[i].tick - plate.samples[i - 1].tick < 400000);
    }
    const std::size_t first = nlohmann::json::parse(std::ifstream(path))["clock"]["script_start_index"];
    fs::remove(path);
    REQUIRE(first >= held);
    // The zero that a host took in the hold is still right when the script begins.
    for (int cell = 0; cell < 8; ++cell) {
        double before = 0.0, after = 0.0;
        for (std::size_t i = 0; i < 30; ++i) {
            before += plate.samples[first - 1 - i].values.counts[cell] / 30.0 / vp::nominal_gain.value;
            after += plate.samples[first + i].values.counts[cell] / 30.0 / vp::nominal_gain.value;
        }
        CHECK(after == Approx(before).margin(0.3));  // noise of 0.29 N at most, a mean of 30: 0.07 N for the difference
    }
    return {plate.samples.begin() + static_cast<std::ptrdiff_t>(first), plate.samples.end()};
}

}  // namespace

TEST_CASE("however long the hold, the script is sent the same to the last count and tick", "[program]") {
    const std::vector<std::string> options{"--rate",   GENERATE("80", "1000"),
                                           "--seed",   "21",
                                           "--script", "empty:1,step_on,quiet:1,good,fast_drop,step_off"};
    const auto a = script_after_hold(40, options), b = script_after_hold(133, options);
    REQUIRE(a.size() > 500);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        REQUIRE(a[i].tick - a[0].tick == b[i].tick - b[0].tick);
        REQUIRE(std::equal(a[i].values.counts, a[i].values.counts + 8, b[i].values.counts));
    }
}

TEST_CASE("the line that ends the hold may name the leg, and another word is said to be none", "[program]") {
    const auto [typed, side, told] = GENERATE(table<std::string, std::string, bool>(
        {{"left", "left", false}, {" right\r", "right", false}, {"", "right", false}, {"lefty", "right", true}}));
    CAPTURE(typed);
    const auto path = scratch("side.json");
    PlateProcess plate({"--hold-until-enter", "--side", "right", "--pace", "flat-out", "--truth", path, "--script",
                        "step_on,good,wrong_leg"});
    plate.start();
    REQUIRE(plate.read(20));
    plate.press_enter(typed);
    REQUIRE(plate.read());
    CHECK(plate.wait() == 0);
    const auto truth = nlohmann::json::parse(std::ifstream(path));
    fs::remove(path);
    CHECK(truth["side"] == side);
    REQUIRE(truth["reps"].size() == 2);
    CHECK(truth["reps"][0]["side"] == side);
    CHECK(truth["reps"][0]["faults"].empty());
    CHECK(truth["reps"][1]["side"] != side);
    CHECK(truth["reps"][1]["faults"] == nlohmann::json({"wrong_leg"}));
    const auto text = plate.complaints();
    CHECK((text.find("'" + typed + "' is neither left nor right") != text.npos) == told);
    CHECK(std::count(text.begin(), text.end(), '\n') == (told ? 2 : 1));  // beside the line at its start
}

TEST_CASE("hosts come and go while the plate streams on", "[program]") {
    const auto link = scratch("link");
    PlateProcess plate({"--link", link, "--stay", "--rate", "1000", "--script", "empty:1"});
    plate.terminal();
    REQUIRE(fs::is_symlink(link));
    plate.open(link);
    plate.command(HEELDROP_START, 1);
    REQUIRE(plate.read(50));
    plate.close_line();
    plate.open(link);
    plate.command(HEELDROP_GET_HELLO, 2);
    const auto before = plate.samples.size();
    REQUIRE(plate.read(before + 1500));  // past the end of the script: it stays
    CHECK(plate.types[HEELDROP_HELLO] >= 1);
    plate.signal(SIGTERM);
    CHECK(plate.wait() == 0);
    CHECK_FALSE(fs::exists(fs::symlink_status(link)));
}

TEST_CASE("SIGTERM before any host came ends it cleanly", "[program]") {
    PlateProcess plate({});
    REQUIRE_FALSE(plate.terminal().empty());
    plate.signal(SIGTERM);
    CHECK(plate.wait() == 0);
}

TEST_CASE("mistakes on the command line: one line, exit 2", "[program]") {
    const auto arguments = GENERATE(
        std::vector<std::string>{"--script", "good,oops"}, std::vector<std::string>{"--script", "@/nonexistent"},
        std::vector<std::string>{"--script", "good(drop=0.15,depth=0.2)"}, std::vector<std::string>{"--rate", "75"},
        std::vector<std::string>{"--mass", "10"}, std::vector<std::string>{"--rate", "file"},
        std::vector<std::string>{"--replay", "/nonexistent.csv"}, std::vector<std::string>{"--replay", "/dev/null"},
        std::vector<std::string>{"--no-such-option"});
    PlateProcess plate(arguments);
    CAPTURE(arguments);
    CHECK(plate.terminal().empty());
    CHECK(plate.wait() == 2);
    const auto text = plate.complaints();
    CHECK(text.starts_with("heeldrop-plate: "));
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}
