// The settings file: the default one is the documentation, and a wrong one is named with its line.
#include "daemon/settings/settings.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/temporary_folder.hpp"

using namespace heeldrop::settings;

TEST_CASE("an empty file and the default file both give the defaults") {
    CHECK(read_settings("", "empty") == Settings{});
    CHECK(read_settings(std::filesystem::path(DEFAULT_FILE)) == Settings{});
}

TEST_CASE("the default file has every key, below a comment, in the documented order") {
    std::ifstream file(DEFAULT_FILE);
    std::vector<std::string> found;
    std::string section;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("["))
            section = line.substr(1, line.find(']') - 1);
        else if (!line.empty() && line[0] != '#')
            found.push_back(section + "." + line.substr(0, line.find(' ')));
    }
    CHECK(found == known_keys());
}

TEST_CASE("what is set is read") {
    const Settings s = read_settings(R"(
[plate]
port = "/dev/heeldrop-plate-A5"
baud = 250000
[daemon]
socket = "/run/x.sock"
data_dir = "/srv/heeldrop"
log_level = "warn"
[prescription]
side = "left"
sets = 2
target_drop_s = 4
min_drop_s = 2.5
)",
                                     "file");
    CHECK(s.port == "/dev/heeldrop-plate-A5");
    CHECK(s.baud == 250000);
    CHECK(s.socket == "/run/x.sock");
    CHECK(s.data_dir == "/srv/heeldrop");
    CHECK(s.log_level == "warn");
    CHECK(s.prescription.sets == 2);
    CHECK(s.prescription.reps == 15);
    CHECK(s.prescription.target_drop.value == 4.0);
}

TEST_CASE("every threshold of a fault is a setting, and a wrong one is named with its line and its range") {
    for (const auto& t : heeldrop::session::thresholds) {
        const std::string key = t.key;
        CAPTURE(key);
        const auto with = [&](const std::string& value) {
            return read_settings("[prescription]\n# a comment\n" + key + " = " + value + "\n", "some.toml");
        };
        CHECK(t.get(with(std::to_string(t.high)).prescription) == t.high);
        std::ostringstream range;
        range << "some.toml:3: \"" << key << "\" must be a number from " << t.low << " to " << t.high << ", not 7";
        CHECK_THROWS_WITH(with("7"), Catch::Contains(range.str()));
        CHECK_THROWS_WITH(with("\"1\""),
                          Catch::Contains(std::string("some.toml:3: ") + key + " must be a number (" + t.unit));
    }
}

TEST_CASE("a mistake is named with its line and what would do") {
    const auto [text, line, reason] = GENERATE(table<std::string, std::size_t, std::string>({
        {"[plate]\nprot = \"auto\"\n", 2, "there is no key prot in [plate]; there are port, baud"},
        {"[plates]\n", 1, "there is no section [plates]; there are [plate], [daemon], [prescription]"},
        {"\nplate = 3\n", 2, "[plate]"},
        {"port = \"auto\"\n", 1, "there is no section [port]"},
        {"[daemon]\nbaud = 500000\n", 2, "baud belongs below [plate], not [daemon]"},
        {"[plate]\nbaud = \"500000\"\n", 2, "whole number (bits a second), without quotes"},
        {"[plate]\nbaud = 1200\n", 2, "from 9600 to 4000000, not 1200"},
        {"[plate]\nbaud = 9600.5\n", 2, "whole number"},
        {"[plate]\nport = 3\n", 2, "a text in quotes"},
        {"[plate]\nport = \"\"\n", 2, "\"auto\""},
        {"[prescription]\n\ntarget_drop_ms = 3000\n", 3, "there is target_drop_s, in seconds"},
        {"[prescription]\ntarget_drop = 3\n", 2, "there is target_drop_s, in seconds"},
        {"[prescription]\ntarget_drop_s = \"3 s\"\n", 2, "a number (seconds), without quotes"},
        {"[prescription]\nmin_share = 85\n", 2, "from 0.5 to 1"},
        {"[prescription]\nmin_share = nan\n", 2, "from 0.5 to 1"},
        {"[prescription]\nmin_depth_cm = 5\n", 2, "there is min_depth_m, in metres"},
        {"[prescription]\nside = \"middle\"\n", 2, "\"left\""},
        {"[prescription]\nbody_weight_kg = 70\n", 2, "there is no key body_weight_kg"},
        {"[daemon]\nlog_level = \"loud\"\n", 2, "\"debug\", \"info\", \"warn\" or \"error\""},
        {"[calibration]\nwhen_unfit = \"ignore\"\n", 2, "\"mark\" or \"refuse\", not \"ignore\""},
        {"[calibration]\ngravity_m_s2 = 9.9\n", 2, "from 9.780 to 9.832, not 9.9"},
        {"[calibration]\ngravity = 9.81\n", 2, "there is no key gravity in [calibration]"},
        {"[plate\n", 1, "not TOML"},
        {"[plate]\nport = auto\n", 2, "not TOML"},
        {"[plate]\nbaud = 1\nbaud = 2\n", 3, "not TOML"},
    }));
    CAPTURE(text);
    try {
        read_settings(text, "some.toml");
        FAIL("not refused");
    } catch (const SettingsError& error) {
        CHECK(error.line() == line);
        CHECK_THAT(error.what(),
                   Catch::StartsWith("some.toml:" + std::to_string(line) + ": ") && Catch::Contains(reason));
        CHECK(std::string(error.what()).find('\n') == std::string::npos);
    }
}

TEST_CASE("a socket's path is as long as a socket's can be, and a longer one is named by its line") {
    const auto with_socket = [](std::size_t size) {
        return "[daemon]\nlog_level = \"info\"\nsocket = \"/" + std::string(size - 1, 's') + "\"\n";
    };
    CHECK(read_settings(with_socket(107), "some.toml").socket->native().size() == 107);
    CHECK_THROWS_WITH(
        read_settings(with_socket(108), "some.toml"),
        Catch::StartsWith("some.toml:3: socket is a path of 108 bytes") && Catch::Contains("at most 107"));
    CHECK_THROWS_WITH(read_settings(with_socket(200), "some.toml"), Catch::StartsWith("some.toml:3: "));
}

TEST_CASE("what is done about an unfit calibration and where the station stands are settings") {
    CHECK(read_settings(std::string_view(), "x").refuse_unfit);
    const Settings s =
        read_settings(std::string_view("[calibration]\nwhen_unfit = \"mark\"\ngravity_m_s2 = 9.812\n"), "x");
    CHECK_FALSE(s.refuse_unfit);
    CHECK(s.gravity.value == 9.812);
}

TEST_CASE("an error is one line, whatever the file quotes") {
    for (const char* text : {"[prescription]\ntarget_drop_s = t\n", "[plate]\n\"a\\nb\" = 1\n"}) {
        CAPTURE(text);
        try {
            read_settings(text, "file");
            FAIL("it was read");
        } catch (const SettingsError& error) {
            CHECK(std::string(error.what()).find('\n') == std::string::npos);
        }
    }
}

TEST_CASE("an error stays short however much of the file it quotes, and says what is wrong and what would do") {
    const auto error_of = [](const std::string& text) -> std::string {
        try {
            read_settings(text, "file");
        } catch (const SettingsError& error) {
            return error.what();
        }
        return "it was read";
    };
    std::string accents;
    for (int i = 0; i < 1000; ++i)
        accents += "\u00e9";
    for (const std::string& is_long : {std::string(2000, 'k'), accents, 'k' + accents}) {
        const std::string of_key = error_of("[plate]\n\"" + is_long + "\" = 1\n");
        CHECK(of_key.size() <= 620);
        CHECK_THAT(of_key, Catch::StartsWith("file:2: there is no key ") && Catch::EndsWith(" there are port, baud"));
        CHECK_NOTHROW(nlohmann::json(of_key).dump());  // throws at broken UTF-8
        const std::string of_value = error_of("[daemon]\nlog_level = \"" + is_long + "\"\n");
        CHECK(of_value.size() <= 620);
        CHECK_THAT(of_value, Catch::StartsWith("file:2: log_level must be "));
        CHECK_NOTHROW(nlohmann::json(of_value).dump());
    }
}

TEST_CASE("a file that cannot be read is named with why") {
    heeldrop::test::TemporaryFolder folder;
    CHECK_THROWS_WITH(read_settings(folder.path / "none.toml"),
                      Catch::Contains("none.toml: cannot be read: No such file"));
    CHECK_THROWS_WITH(read_settings(folder.path), Catch::Contains("cannot be read"));
    std::ofstream(folder.path / "big.toml") << std::string(2 << 20, '#');
    CHECK_THROWS_WITH(read_settings(folder.path / "big.toml"), Catch::Contains("mebibyte"));
    const auto pipe = folder.path / "pipe.toml";
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_THROWS_WITH(read_settings(pipe), Catch::Contains("pipe.toml: cannot be read: it is no file"));
}

TEST_CASE("a key of ten thousand parts and a path with a zero byte are named by their line") {
    std::string deep = "\n[a";
    for (int i = 0; i < 60000; ++i)
        deep += ".a";
    CHECK_THROWS_WITH(read_settings(deep + "]\n", "deep.toml"), Catch::Contains("deep.toml:2: a key of so many parts"));
    CHECK_THROWS_WITH(read_settings("[plate]\nport = \"a\\u0000b\"\n", "zero.toml"),
                      Catch::Contains("zero.toml:2: port holds a zero byte"));
}
