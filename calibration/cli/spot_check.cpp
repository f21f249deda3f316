#include "calibration/cli/spot_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "daemon/client/connection.hpp"

namespace heeldrop::calibrate {
namespace {

using nlohmann::json;

constexpr int shown_checks = 40;  // of both pads
constexpr int half_chart = 15;    // columns to each side
constexpr double half_chart_percent = 1.5;

double percent_off(const json& check) {
    const double expected = check.at("expected_n");
    return 100.0 * (check.at("read_n").get<double>() - expected) / expected;
}

}  // namespace

std::string trend(const json& checks, const std::string& pad) {
    std::string text;
    for (auto check = checks.rbegin(); check != checks.rend(); ++check) {
        if (check->at("pad") != pad)
            continue;
        const double off = percent_off(*check);
        const int at = static_cast<int>(std::lround(std::clamp(off / half_chart_percent, -1.0, 1.0) * half_chart));
        std::string line(2 * half_chart + 1, ' ');
        line[half_chart] = '|';
        line[static_cast<std::size_t>(half_chart + at)] = check->value("passed", false) ? 'o' : 'X';
        text += fmt::format("  {}  {:>6.1f} kg  {:+6.2f} %  [{}]{}\n",
                            check->at("made_utc").get<std::string>().substr(0, 10), check->at("mass_kg").get<double>(),
                            off, line, check->value("passed", false) ? "" : "  off");
    }
    if (text.empty())
        return text;
    return fmt::format("Checks of the {} pad, read less expected, oldest first (chart: -{:g} to +{:g} %)\n{}", pad,
                       half_chart_percent, half_chart_percent, text);
}

int check(const CheckOptions& options) {
    auto daemon = client::Connection::open(options.socket);
    json told = json::array();
    bool all_agree = true;
    for (const std::string pad : {"left", "right"}) {
        if (options.pad && *options.pad != pad)
            continue;
        if (!options.json) {
            fmt::print("Stand still with both feet on the {} pad ({:g} kg) ...\n", pad, options.mass_kg);
            std::fflush(stdout);
        }
        // The daemon gives up after a minute of the plate's time.
        const json answer = daemon.request(
            {{"class", "spot_check"}, {"pad", pad}, {"mass_kg", options.mass_kg}, {"operator", options.operator_name}},
            std::chrono::minutes(3));
        const json& found = answer.at("spot_check");
        const bool agrees = found.at("passed");
        all_agree = all_agree && agrees;
        told.push_back(found);
        if (options.json)
            continue;
        const double read = found.at("read_n"), expected = found.at("expected_n");
        fmt::print("{} pad: read {:.1f} N, expected {:.1f} N: {:+.1f} N, {:.1f} N are the uncertainty (k = 2). {}\n",
                   pad, read, expected, read - expected, found.at("uncertainty_n").get<double>(),
                   agrees ? "AGREES" : "OFF: weigh the person as dressed and repeat; if it stays, calibrate again.");
    }
    const json checks = daemon.request({{"class", "spot_checks"}, {"limit", shown_checks}}).at("spot_checks");
    if (options.json) {
        fmt::print("{}\n", json{{"checks", told}, {"last", checks}}.dump());
        return all_agree ? 0 : 3;
    }
    for (const std::string pad : {"left", "right"})
        if (const std::string chart = trend(checks, pad); !chart.empty() && (!options.pad || *options.pad == pad))
            fmt::print("\n{}", chart);
    return all_agree ? 0 : 3;
}

}  // namespace heeldrop::calibrate
