// heeldrop-plate --weights over its terminal, its control socket and the files it writes.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "firmware-protocol/virtual-plate/electronics_cells.hpp"
#include "tests/firmware-protocol/virtual-plate/plate_process.hpp"
#include "tests/temporary_folder.hpp"

namespace vp = heeldrop::virtual_plate;
using nlohmann::json;

namespace {

using Mean = std::array<double, 8>;

std::string written(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
    return path;
}

json read_json(const std::filesystem::path& path) {
    std::ifstream file(path);
    return json::parse(file);
}

/// Plays a schedule flat out to its end.
void play(PlateProcess& plate) {
    plate.start();
    REQUIRE(plate.read());
    REQUIRE(plate.wait() == 0);
    REQUIRE(plate.damaged == 0);
}

/// Each channel's mean over a stretch of plate time.
Mean mean(const PlateProcess& plate, double from_s, double to_s) {
    Mean sum{};
    double n = 0.0;
    for (const Sample& s : plate.samples) {
        const double t = (s.tick - plate.samples[0].tick) * 1e-6;
        if (t < from_s || t > to_s)
            continue;
        for (std::size_t i = 0; i < 8; ++i)
            sum[i] += s.values.counts[i];
        ++n;
    }
    REQUIRE(n >= 5);
    for (double& c : sum)
        c /= n;
    return sum;
}

double pad_n(const Mean& counts, const Mean& zero, std::size_t pad) {
    double n = 0.0;
    for (std::size_t k = 0; k < 4; ++k)
        n += (counts[4 * pad + k] - zero[4 * pad + k]) / vp::nominal_gain.value;
    return n;
}

class Control {
 public:
    explicit Control(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    ~Control() { ::close(fd_); }
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    std::string ask(const std::string& words) {
        REQUIRE(::write(fd_, (words + "\n").data(), words.size() + 1) == static_cast<ssize_t>(words.size() + 1));
        std::string answer;
        char c = 0;
        while (::read(fd_, &c, 1) == 1 && c != '\n')
            answer += c;
        return answer;
    }

 private:
    int fd_;
};

}  // namespace

TEST_CASE("a weight weighs mass times gravity, where it was put, and is gone when taken", "[weights]") {
    const heeldrop::test::TemporaryFolder folder;
    const auto schedule = written(folder.path / "schedule",
                                  "wait 2\n"
                                  "place w 40 left 45 -65   # right and to the rear\n"
                                  "wait 4\n"
                                  "move w right 0 0\n"
                                  "wait 4\n"
                                  "take w\n"
                                  "wait 4\n");
    PlateProcess plate(
        {"--weights", "--cells", "nominal", "--gravity", "9.8", "--pace", "flat-out", "--schedule", schedule});
    play(plate);
    const Mean zero = mean(plate, 0.0, 1.9), left = mean(plate, 3.0, 5.9), right = mean(plate, 8.5, 9.9);
    CHECK(pad_n(left, zero, 0) == Approx(40 * 9.8).margin(0.3));
    CHECK(pad_n(left, zero, 1) == Approx(0.0).margin(0.3));
    // Three quarters towards the right cells, and three quarters towards the rear ones.
    CHECK((left[3] - zero[3]) / vp::nominal_gain.value == Approx(40 * 9.8 * 0.75 * 0.75).margin(0.2));
    CHECK(pad_n(right, zero, 1) == Approx(40 * 9.8).margin(0.3));
    CHECK(pad_n(right, zero, 0) == Approx(0.0).margin(0.3));
    CHECK(pad_n(mean(plate, 11.0, 13.9), zero, 1) == Approx(0.0).margin(0.3));
}

TEST_CASE("the truth says what stood where from which sample on, and what each cell is", "[weights]") {
    const heeldrop::test::TemporaryFolder folder;
    const auto schedule =
        written(folder.path / "schedule", "at 2 place a 20 right 0 0\nplace b 60 right 40 0\nat 5 take a\nwait 3\n");
    PlateProcess plate({"--weights", "--seed", "5", "--pace", "flat-out", "--schedule", schedule, "--truth",
                        folder.path / "truth", "--true-forces", folder.path / "forces"});
    play(plate);
    const json truth = read_json(folder.path / "truth");
    CHECK(truth["complete"] == true);
    REQUIRE(truth["loads"].size() == 3);
    const json& both = truth["loads"][1];
    CHECK(both["right"]["force_n"].get<double>() == Approx(80 * 9.80665));
    CHECK(both["right"]["x_mm"].get<double>() == Approx(30.0));
    CHECK(both["left"]["force_n"] == 0.0);
    CHECK(both["standing"].size() == 2);
    CHECK(truth["loads"][2]["standing"][0]["name"] == "b");
    const std::size_t index = both["index"];
    CHECK((plate.samples.at(index).tick - plate.samples[0].tick) * 1e-6 ==
          Approx(both["t_s"].get<double>()).margin(2e-6));

    // The same plate, given as a file what the truth said of it, sends the same counts.
    const auto cells = written(folder.path / "cells.json", truth["plate"].dump());
    PlateProcess again({"--weights", "--seed", "5", "--pace", "flat-out", "--schedule", schedule, "--cells", cells});
    play(again);
    REQUIRE(again.samples.size() == plate.samples.size());
    for (std::size_t i = 0; i < again.samples.size(); ++i)
        REQUIRE(std::equal(again.samples[i].values.counts, again.samples[i].values.counts + 8,
                           plate.samples[i].values.counts));

    // A row of true forces for each sample, which add up.
    std::ifstream file(folder.path / "forces");
    std::string line;
    std::getline(file, line);
    CHECK(line.rfind("t_s,index,left_n,left_x_mm,left_y_mm,right_n,right_x_mm,right_y_mm,LFL_n", 0) == 0);
    std::size_t rows = 0;
    while (std::getline(file, line)) {
        std::istringstream text(line);
        std::vector<double> row;
        for (std::string value; std::getline(text, value, ',');)
            row.push_back(std::stod(value));
        REQUIRE(row.size() == 16);
        REQUIRE(row[1] == rows++);
        REQUIRE(row[12] + row[13] + row[14] + row[15] == Approx(row[5]).margin(0.001));
    }
    CHECK(rows == plate.samples.size());
}

TEST_CASE("a person stands on one pad or both, and sways", "[weights]") {
    const heeldrop::test::TemporaryFolder folder;
    const std::string stance = GENERATE("left", "both");
    const auto schedule =
        written(folder.path / "schedule", "wait 2\nperson 80 " + stance + "\nwait 15\ntake person\nwait 3\n");
    PlateProcess plate({"--weights", "--cells", "nominal", "--pace", "flat-out", "--schedule", schedule});
    play(plate);
    const Mean zero = mean(plate, 0.0, 1.9), standing = mean(plate, 8.0, 16.9), gone = mean(plate, 18.0, 19.9);
    CHECK(pad_n(standing, zero, 0) + pad_n(standing, zero, 1) == Approx(80 * 9.80665).margin(1.0));
    const double share = pad_n(standing, zero, 0) / (80 * 9.80665);
    CHECK(share == (stance == "left" ? Approx(1.0).margin(0.002) : Approx(0.5).margin(0.12)));
    CHECK(pad_n(gone, zero, 0) + pad_n(gone, zero, 1) == Approx(0.0).margin(0.5));
    double least = 1e9, most = 0.0;
    for (std::size_t k = 0; k < 45; ++k) {
        const Mean piece = mean(plate, 8.0 + 0.2 * static_cast<double>(k), 8.2 + 0.2 * static_cast<double>(k));
        least = std::min(least, pad_n(piece, zero, 0));
        most = std::max(most, pad_n(piece, zero, 0));
    }
    CHECK(most - least > 0.5);
}

TEST_CASE("a planted fault is in the counts and named in the truth", "[weights]") {
    const heeldrop::test::TemporaryFolder folder;
    const auto schedule = written(folder.path / "schedule", "wait 60\nplace w 60 left 0 0\nwait 10\ntake w\nwait 10\n");
    const auto run = [&](const std::string& fault) {
        PlateProcess plate({"--weights", "--cells", "nominal", "--pace", "flat-out", "--schedule", schedule, "--fault",
                            fault, "--truth", folder.path / "truth"});
        play(plate);
        CHECK(read_json(folder.path / "truth")["fault"] == fault);
        const Mean zero = mean(plate, 55.0, 60.0), on = mean(plate, 65.0, 70.0), off = mean(plate, 75.0, 80.0);
        std::map<std::string, double> seen;
        for (std::size_t i = 0; i < 8; ++i) {
            seen[std::string(vp::cell_names[i])] = (on[i] - zero[i]) / vp::nominal_gain.value;
            seen[std::string(vp::cell_names[i]) + "_left"] = (off[i] - zero[i]) / vp::nominal_gain.value;
        }
        seen["drift"] = (zero[5] - mean(plate, 0.0, 5.0)[5]) / vp::nominal_gain.value;
        return seen;
    };
    const double quarter = 60 * 9.80665 / 4;
    CHECK(run("inverted:LFR")["LFR"] == Approx(-quarter).margin(0.3));
    CHECK(run("dead:LRL")["LRL"] == Approx(0.0).margin(0.3));
    auto swapped = run("swapped:LFL,RRR");
    CHECK(swapped["LFL"] == Approx(0.0).margin(0.3));
    CHECK(swapped["RRR"] == Approx(quarter).margin(0.3));
    auto sticky = run("sticky:LRR");
    CHECK(sticky["LRR"] == Approx(quarter - 5.0).margin(0.3));
    CHECK(sticky["LRR_left"] == Approx(5.0).margin(0.3));
    CHECK(run("creep:left")["LFL"] < quarter - 0.01);
    CHECK(run("drifting:RFR")["drift"] == Approx(1.5 * 55 / 60.0).margin(0.2));
}

TEST_CASE("loads are put on by command, what cannot be is answered in a line and changes nothing", "[weights]") {
    const heeldrop::test::TemporaryFolder folder;
    const std::string socket = folder.path / "control";
    PlateProcess plate({"--weights", "--cells", "nominal", "--pace", "flat-out", "--control", socket, "--truth",
                        folder.path / "truth"});
    const std::string terminal = plate.terminal();
    Control control(socket);
    CHECK(control.ask("place w 25 left 0 0") == "ok");
    CHECK(control.ask("place w 25 left 0 0") == "error: 'w' stands on the plate already; move or take it");
    CHECK(control.ask("move v left 0 0") == "error: there is no load 'v' on the plate");
    CHECK(control.ask("take person") == "error: nobody stands on the plate");
    CHECK(control.ask("place v 25 middle 0 0") ==
          "error: place NAME KG PAD X_MM Y_MM: PAD must be left or right, not 'middle'");
    CHECK(control.ask("place v -1 left 0 0").rfind("error: place", 0) == 0);
    plate.open(terminal);
    plate.command(HEELDROP_GET_HELLO, 1);
    plate.command(HEELDROP_START, 2);
    REQUIRE(plate.read(400));
    CHECK(control.ask("take w") == "ok");
    const std::size_t so_far = plate.samples.size();
    REQUIRE(plate.read(so_far + 2000));  // past what the line held
    CHECK(control.ask("pause") == "ok");
    plate.signal(SIGTERM);
    CHECK(plate.wait() == 0);
    const json truth = read_json(folder.path / "truth");
    REQUIRE(truth["loads"].size() == 2);
    CHECK(truth["loads"][1]["standing"].empty());
    const std::size_t taken = truth["loads"][1]["index"];
    REQUIRE(taken > 0);
    const double full = 25 * 9.80665 * vp::nominal_gain.value;
    const auto left = [&](std::size_t i) {
        return plate.samples.at(i).values.counts[0] + plate.samples.at(i).values.counts[1] +
               plate.samples.at(i).values.counts[2] + plate.samples.at(i).values.counts[3];
    };
    CHECK(left(taken - 1) == Approx(full).epsilon(0.02));
    CHECK(std::abs(left(taken + 100)) < 0.02 * full);
}

TEST_CASE("what is wrong is said in one line, with exit code 2", "[weights]") {
    const heeldrop::test::TemporaryFolder folder;
    const auto complaint = [](const std::vector<std::string>& arguments) {
        PlateProcess plate(arguments);
        const int code = plate.wait();
        const std::string text = plate.complaints();
        CHECK(code == 2);
        CHECK(std::count(text.begin(), text.end(), '\n') == 1);
        return text;
    };
    const auto schedule = written(folder.path / "schedule", "wait 1\nplace w 20 left 0 0\nplaec v 20 left 0 0\n");
    CHECK_THAT(complaint({"--weights", "--schedule", schedule}), Catch::Contains("schedule:3: no command 'plaec'"));
    const auto nobody = written(folder.path / "nobody", "wait 1\ntake w\n");
    CHECK_THAT(complaint({"--weights", "--schedule", nobody}),
               Catch::Contains("'take w' at 1 s: there is no load 'w'"));
    const auto cells = written(folder.path / "cells", R"({"cells":[],"tempo":3})");
    CHECK_THAT(complaint({"--cells", cells}), Catch::Contains("cells is a list of 8, LFL to RRR"));
    const auto key = written(folder.path / "key", R"({"tempo":3})");
    CHECK_THAT(complaint({"--cells", key}), Catch::Contains("there is no key 'tempo'"));
    CHECK_THAT(complaint({"--weights", "--fault", "dead:XYZ"}), Catch::Contains("'XYZ' is no cell"));
    CHECK_THAT(complaint({"--fault", "dead:LFL"}), Catch::Contains("--fault is for a plate with --weights or --cells"));
    CHECK_THAT(complaint({"--do", "place w 20 left 0 0"}), Catch::Contains("is for a plate with --weights"));
    CHECK_THAT(complaint({"--weights", "--gravity", "9.9"}), Catch::Contains("--gravity"));
}
