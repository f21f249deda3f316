// heeldrop-calibrate characterise as it is typed, on real cells' recordings (outside the project) and on tables made
// here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/command.hpp"
#include "tests/temporary_folder.hpp"

namespace {

using heeldrop::test::Said;
using nlohmann::json;

Said say(const std::string& arguments) {
    return heeldrop::test::run(std::string(HEELDROP_CALIBRATE) + " " + arguments);
}

std::string recording(const std::string& name) {
    const char* shared = std::getenv("HEELDROP_SHARED");
    return (std::filesystem::path(shared != nullptr ? shared : HEELDROP_SHARED_DEFAULT) / "data" / "hx711" / name)
        .native();
}

bool skipped() {
    if (std::filesystem::is_directory(recording("")))
        return false;
    fmt::print("SKIPPED: the recordings are not here ({}); HEELDROP_SHARED names the folder that holds data/hx711\n",
               recording(""));
    return true;
}

std::string written(const heeldrop::test::TemporaryFolder& folder, const std::string& text) {
    const auto path = folder.path / "table.csv";
    std::ofstream(path) << text;
    return path.native();
}

}  // namespace

TEST_CASE("a real table with a clean zero is fitted, its residuals told, and nothing is suspected") {
    if (skipped())
        return;
    const Said said = say("characterise --json " + recording("finalCalibration.csv"));
    CHECK(said.code == 0);
    const json got = json::parse(said.text);
    CHECK(1.0 / got["newtons_per_count"][0].get<double>() == Approx(278.77).margin(0.1));
    CHECK(got["rows"].size() == 10);
    CHECK(got["rows"][5]["residual_n"].get<double>() == Approx(-23.2).margin(0.2));
    CHECK(got["scatter_n"].get<double>() == Approx(10.8).margin(0.1));
}

TEST_CASE("the impossible row of a real table is named, with what the others say, and not used") {
    if (skipped())
        return;
    const Said said = say("characterise " + recording("wrc.csv"));
    CHECK(said.code == 3);
    CHECK(said.text.find("wrc.csv:2: row 1 cannot be right: 200.2 N is said, the other rows read 131.5 N") !=
          std::string::npos);
    CHECK(said.text.find("wrc.csv:3: row") == std::string::npos);
    CHECK(said.text.find("293.599 counts a newton") != std::string::npos);
}

TEST_CASE("noise, rate and drift of a real near-raw log are told, filled-in rows left out") {
    if (skipped())
        return;
    const Said said = say("characterise --json " + recording("sundayDropWFlail.csv"));
    CHECK(said.code == 0);
    const json got = json::parse(said.text);
    CHECK(got["rate_hz"].get<double>() == Approx(64.1).margin(0.3));
    CHECK_FALSE(got["rows_are_means"].get<bool>());
    const double noise_n = got["noise"][0]["sample_counts"].get<double>() / 278.77;
    CHECK(noise_n > 0.19);
    CHECK(noise_n < 0.29);
    REQUIRE(got["quiet"].size() == 1);
    CHECK(got["quiet"][0]["end_s"].get<double>() == Approx(39.0).margin(1.5));
    CHECK(got["quiet"][0]["drift_counts_per_min"][0].get<double>() == Approx(-1710).margin(100));
}

TEST_CASE("a log of means is called one") {
    if (skipped())
        return;
    const Said said = say("characterise " + recording("wrr.csv"));
    CHECK(said.code == 0);
    CHECK(said.text.find("each row is a mean") != std::string::npos);
}

TEST_CASE("four cells in one table get a gain each where the rows allow it, else one for all") {
    heeldrop::test::TemporaryFolder folder;
    std::string text = "FL,FR,RL,RR,load_kg\n0,0,0,0,0\n";
    const double gain[] = {2000, 2100, 1900, 2050};
    const bool many = GENERATE(true, false);
    for (int round = 1; round <= (many ? 3 : 1); ++round)
        for (int corner = 0; corner < 4; ++corner) {
            const double n = 12.0 * round * 9.80665;
            for (int k = 0; k < 4; ++k)
                text += fmt::format("{},", std::round((k == corner ? 0.91 : 0.03) * n * gain[k]));
            text += fmt::format("{}\n", 12.0 * round);
        }
    const Said said = say("characterise --json " + written(folder, text));
    CHECK(said.code == 0);
    const json got = json::parse(said.text);
    CHECK(got["one_gain"].get<bool>() == !many);
    if (many)
        CHECK(1.0 / got["newtons_per_count"][1].get<double>() == Approx(2100).epsilon(0.001));
    else
        CHECK(got["largest_residual_n"].get<double>() > 1.0);
}

TEST_CASE("loads are taken in the unit that their name says, or that is told, and an assumed one is said") {
    heeldrop::test::TemporaryFolder folder;
    const auto [name, options, newtons, assumed] = GENERATE(table<std::string, std::string, double, bool>({
        {"load_N", "", 1.0, false},
        {"load (kg)", "", 9.80665, false},
        {"appliedLoadLb", "", 9.80665 * 0.45359237, false},
        {"force [kN]", "", 1000.0, false},
        {"weight_g", "", 0.00980665, false},
        {"weight", "", 9.80665, true},
        {"force", "", 1.0, true},
        {"weight", "--load-unit kg", 9.80665, false},
        {"b", "--load b --load-unit kg", 9.80665, false},
    }));
    CAPTURE(name, options);
    const std::string file = written(folder, "counts," + name + "\n0,0\n1000,10\n2000,20\n3000,30\n");
    const Said said = say("characterise --json " + options + " " + file);
    INFO(said.text);
    REQUIRE(said.code == 0);
    const json got = json::parse(said.text);
    CHECK(got["full_scale_n"].get<double>() == Approx(30.0 * newtons));
    CHECK(got["load_unit_assumed"].get<bool>() == assumed);
}

TEST_CASE("a log of load cells is no table, and a table of a board's kilograms is one") {
    heeldrop::test::TemporaryFolder folder;
    std::string log = "time,loadcell1,loadCell2\n";
    for (int i = 0; i < 400; ++i)
        log += fmt::format("{},{},{}\n", i / 80.0, 8000 + i % 3, 9000 - i % 2);
    const Said said = say("characterise --json " + written(folder, log));
    REQUIRE(said.code == 0);
    CHECK(json::parse(said.text)["kind"] == "log");

    std::string text = "kg_FL,kg_FR,kg_RL,kg_RR,load_kg\n0,0,0,0,0\n";
    for (int corner = 0; corner < 4; ++corner)
        for (int kg = 10; kg <= 30; kg += 10) {
            for (int k = 0; k < 4; ++k)
                text += fmt::format("{:.3f},", (k == corner ? 0.85 : 0.05) * kg);
            text += fmt::format("{}\n", kg);
        }
    const Said board = say("characterise --json " + written(folder, text));
    REQUIRE(board.code == 0);
    const json got = json::parse(board.text);
    CHECK(got["channels"].size() == 4);
    CHECK(got["full_scale_n"].get<double>() == Approx(30 * 9.80665));
    CHECK(got["newtons_per_count"][0].get<double>() == Approx(9.80665).epsilon(0.001));
}

TEST_CASE(
    "a four-cell board's corner loads give the corner spread and the centre of pressure, however the file is written") {
    heeldrop::test::TemporaryFolder folder;
    const bool european = GENERATE(false, true);
    const char part = european ? ';' : ',';
    const double gain[] = {2000, 2100, 1900, 2050};  // counts a newton
    const struct {
        const char* name;
        double x, y;
    } corners[] = {{"front left", -90, 130}, {"FR", 90, 130}, {"RL", -90, -130}, {"rear, right", 90, -130}};
    std::string text = "\xEF\xBB\xBF# a board, empty first\r\n";
    for (const char* name : {"FL", "FR", "RL", "RR", "total", "corner", "x_cm", "y_cm", "load"})
        text += std::string(name) + (std::string(name) == "load" ? "_kg\r\n" : std::string(1, part));
    const auto number = [&](double value) {
        std::string digits = fmt::format("{:.4f}", value);
        if (european)
            digits[digits.find('.')] = ',';
        return digits;
    };
    const auto row = [&](const char* place, double x, double y, double kg) {
        double sum = 0.0;
        std::string cells;
        for (int k = 0; k < 4; ++k) {
            const double share = (1.0 + (k % 2 == 0 ? -x : x) / 90.0) * (1.0 + (k < 2 ? y : -y) / 130.0) / 4.0;
            const double counts = 5000.0 + share * kg * 9.80665 * gain[k];
            sum += counts;
            cells += number(counts) + part;
        }
        text += cells + number(sum) + part + "\"" + place + "\"" + part + number(x / 10.0) + part + number(y / 10.0) +
                part + number(kg) + "\r\n";
    };
    row("empty", 0, 0, 0);
    for (const double kg : {10.0, 20.0, 40.0})
        for (const auto& c : corners)
            row(c.name, 0.8 * c.x, 0.8 * c.y, kg);
    const std::string file = written(folder, text);
    const Said said = say("characterise --json " + file);
    INFO(said.text);
    REQUIRE(said.code == 0);
    const json got = json::parse(said.text.substr(said.text.find('{')));  // after the note on what is left out
    CHECK(got["channels"] == json({"FL", "FR", "RL", "RR"}));
    CHECK(1.0 / got["newtons_per_count"][2].get<double>() == Approx(1900).epsilon(0.001));
    REQUIRE(got["places"].size() == 4);
    CHECK(got["places"][0]["place"] == "front left");
    CHECK(got["places"][3]["place"] == "rear, right");
    CHECK(got["corner_spread_percent"]["a_gain_each"].get<double>() < 0.05);
    CHECK(got["corner_spread_percent"]["one_gain"].get<double>() == Approx(7.9).margin(1.0));
    CHECK(got["centre_of_pressure"]["largest_mm"].get<double>() < 0.5);
    CHECK_THAT(say("characterise " + file).text, Catch::Contains("\"total\" is left out"));
}

TEST_CASE("what is wrong with a board's cells and places is named, and accuses no sound row") {
    heeldrop::test::TemporaryFolder folder;
    std::vector<std::array<double, 7>> rows;  // kg, x, y, four counts
    const double gain[] = {205, 195, 210, 190};
    const auto place = [&](double kg, double x, double y, double really_y) {
        std::array<double, 7> row{kg, x, y};
        for (int k = 0; k < 4; ++k) {
            const double share =
                (1.0 + (k % 2 == 0 ? -x : x) / 90.0) * (1.0 + (k < 2 ? really_y : -really_y) / 130.0) / 4.0;
            row[3 + static_cast<std::size_t>(k)] = 5000.0 * (k + 1) + share * kg * 9.80665 * gain[k] +
                                                   (static_cast<int>(rows.size()) * 37 + k * 11) % 13 - 6.0;
        }
        rows.push_back(row);
    };
    for (const double kg : {0.0, 20.0, 40.0, 60.0, 80.0})
        place(kg, 0, 0, 0);
    for (const auto& [x, y] : {std::pair{-50.0, 70.0}, {50.0, 70.0}, {-50.0, -70.0}, {50.0, -70.0}})
        place(40, x, y, y);
    std::string header = "load_kg,x_mm,y_mm,FL,FR,RL,RR", wanted;
    int code = 3;
    SECTION("sound, with other names for the same") {
        header = "mass,pos_x,C.G. y (mm),A,B,C,D";
        wanted = "A            20";
        code = 0;
    }
    SECTION("a dead cell") {
        for (auto& row : rows)
            row[4] = 81000.0 + std::fmod(row[3], 7.0);
        wanted = "table.csv:1: \"FR\" is left out: it does not answer to the loads";
    }
    SECTION("an inverted cell") {
        for (auto& row : rows)
            row[5] = 400000.0 - row[5];
        wanted = "table.csv:1: \"RL\" reads less under load";
    }
    SECTION("a reading at the converter's end") {
        rows[3][3] = 8388607;
        wanted = "table.csv:5: row 4 is left out: \"FL\" stands at the converter's end";
    }
    SECTION("a weight off its mark") {
        place(40, 50, 0, 50);
        wanted = "table.csv:11: row 10 stood elsewhere than it says: the cells tell x 50, y 50 mm, 50 mm from there";
    }
    std::string text = header + "\n";
    for (const auto& row : rows)
        text += fmt::format("{}\n", fmt::join(row, ","));
    const Said said = say("characterise " + written(folder, text));
    INFO(said.text);
    CHECK(said.code == code);
    CHECK_THAT(said.text, Catch::Contains(wanted));
    CHECK_THAT(said.text, !Catch::Contains("cannot be right"));
}

TEST_CASE("what is no cell by its name is left out and said, numbers or words") {
    heeldrop::test::TemporaryFolder folder;
    std::string text = "trial,load_kg,direction,temp_C,FL_mean,FL_std,pad\n";
    for (int i = 0; i < 6; ++i)
        text += fmt::format("{},{},up,{},{},{},left\n", i, 10 * i, 20.5 + i, 5000 + 20000 * i + i % 2, 3 + i % 2);
    const Said said = say("characterise --json " + written(folder, text));
    INFO(said.text);
    REQUIRE(said.code == 0);
    const json got = json::parse(said.text.substr(said.text.find('{')));
    CHECK(got["channels"] == json({"FL_mean"}));
    for (const char* left_out : {"trial", "direction", "temp_C", "FL_std", "pad"})
        CHECK_THAT(said.text, Catch::Contains(fmt::format("the column \"{}\" is left out", left_out)));
}

TEST_CASE("a recording with a column of loads is one row for each stretch of a load, its handling left out") {
    heeldrop::test::TemporaryFolder folder;
    std::string text = "t_s,counts,load_kg\n";
    int row = 0;
    for (const double kg : {0.0, 10.0, 20.0, 40.0, 20.0, 0.0})
        for (int i = 0; i < 60; ++i, ++row) {
            const double there = i < 10 ? 0.5 * kg : kg;  // still being put down
            text += fmt::format("{},{},{}\n", row / 80.0, 5000 + there * 9.80665 * 400 + (row * 37) % 11 - 5, kg);
        }
    const std::string file = written(folder, text);
    const Said said = say("characterise --json " + file);
    INFO(said.text);
    REQUIRE(said.code == 0);
    CHECK_THAT(said.text, Catch::Contains("a recording of 360 rows: the medians of its 6 stretches"));
    const json got = json::parse(said.text.substr(said.text.find('{')));
    REQUIRE(got["rows"].size() == 6);
    CHECK(got["rows"][3]["line"] == 182);
    CHECK(1.0 / got["newtons_per_count"][0].get<double>() == Approx(400).epsilon(0.001));
}

TEST_CASE("of thousands of rows, each with a load of its own, the wrong one is named") {
    heeldrop::test::TemporaryFolder folder;
    std::string text = "counts,force_n\n";
    for (int i = 0; i < 4000; ++i) {
        const double force = 0.2 * i;
        text += fmt::format("{},{}\n", 5000 + force * 400 + (i * 37) % 101 - 50, i == 1234 ? force + 60.0 : force);
    }
    const std::string file = written(folder, text);
    const Said said = say("characterise " + file);
    INFO(said.text);
    CHECK(said.code == 3);
    CHECK_THAT(said.text, Catch::Contains("table.csv:1236: row 1235 cannot be right: 306.8 N is said"));
    CHECK_THAT(said.text, Catch::Contains("the furthest off of 4000 rows"));
}

TEST_CASE("wild samples of a log are counted, alone or up to three on end, and a step is none") {
    heeldrop::test::TemporaryFolder folder;
    std::string text = "t_s,counts\n";
    for (int i = 0; i < 800; ++i) {
        const bool wild = i == 100 || i == 300 || i == 301 || (i >= 500 && i < 503);
        text += fmt::format("{},{}\n", i / 80.0, (wild ? 8388607 : i < 650 ? 20000 : 60000) + (i * 37) % 11);
    }
    const json got = json::parse(say("characterise --json " + written(folder, text)).text);
    INFO(got.dump());
    CHECK(got["noise"][0]["wild_samples"] == 6);
}

TEST_CASE("what is no table and no log is refused in one line, with file and line") {
    heeldrop::test::TemporaryFolder folder;
    std::string text, why;
    SECTION("text in a number") {
        text = "measured,real\n1,2\nx,3\n";
        why = ":3: \"x\" is no number";
    }
    SECTION("two columns that look like the load") {
        text = "counts,load_kg,force_n\n1,2,3\n";
        why = ":1: \"load_kg\" and \"force_n\" both look like the load; --load NAME says which one it is";
    }
    SECTION("columns nobody knows") {
        text = "a,b\n1,2\n";
        why = ":1: neither a column of loads";
    }
    SECTION("every load alike") {
        text = "measured,real\n1,2\n2,2\n3,2\n4,2\n";
        why = "every row has the same load";
    }
    SECTION("time runs backwards") {
        text = "t_s,c\n1,2\n0.5,2\n";
        why = ":3: time goes back";
    }
    const Said said = say("characterise " + written(folder, text));
    CHECK(said.code == 2);
    CHECK(said.text.find(why) != std::string::npos);
    CHECK(std::count(said.text.begin(), said.text.end(), '\n') == 1);
}
