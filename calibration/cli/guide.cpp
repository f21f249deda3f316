#include "calibration/cli/guide.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace heeldrop::calibrate {
namespace {

using nlohmann::json;

constexpr int across = 19, down = 9;  // of one pad's picture, inside its frame

std::string text_or(const json& object, const char* key, const std::string& absent = "") {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : absent;
}
double number_or(const json& object, const char* key, double absent = 0.0) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : absent;
}

std::string on_its_place(const json& step) {
    const double x = number_or(step, "x_mm"), y = number_or(step, "y_mm");
    if (x == 0.0 && y == 0.0)
        return "on the centre of the " + text_or(step, "pad") + " pad";
    std::string where;
    if (x != 0.0)
        where += fmt::format("{:g} mm {}", std::abs(x), x > 0.0 ? "right" : "left");
    if (y != 0.0)
        where += fmt::format("{}{:g} mm {}", where.empty() ? "" : " and ", std::abs(y),
                             y > 0.0 ? "towards the toes" : "towards the heel");
    return fmt::format("on the {} pad, {} of its centre", text_or(step, "pad"), where);
}

}  // namespace

std::string minutes(double seconds) {
    const auto whole = static_cast<long>(std::ceil(seconds));
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string length(double seconds) {
    return seconds < 60.0 ? fmt::format("{:g} s", seconds) : fmt::format("{:g} min", std::round(seconds / 6.0) / 10.0);
}

std::string headline(const json& run) {
    const json& step = run.at("do");
    const std::string kind = text_or(step, "do"), pad = text_or(step, "pad");
    const std::string mass = fmt::format("{:g} kg", number_or(step, "mass_kg"));
    std::string what;
    if (kind == "warm_up")
        what = fmt::format("leave the plate alone with nothing on it: it warms up for {}",
                           length(number_or(step, "seconds")));
    else if (kind == "empty")
        what = "take everything off the plate";
    else if (kind == "preload")
        what = fmt::format("put {} on the centre of the {} pad for {}: it is not read", mass, pad,
                           length(number_or(step, "seconds")));
    else if (kind == "hold")
        what = fmt::format("put {} on the centre of the {} pad and leave it alone for {}", mass, pad,
                           length(number_or(step, "seconds")));
    else if (kind == "person")
        what = fmt::format("the person{} stands still with both feet on the {} pad",
                           step["mass_kg"].is_null() ? "" : " of " + mass, pad);
    else
        what = fmt::format("put {} {}", mass, on_its_place(step));
    if (text_or(step, "direction") == "down")
        what += " (take off what is too much, put nothing on)";
    return fmt::format("Step {} of {}: {}.", run.at("step").get<int>(), run.at("steps").get<int>(), what);
}

std::string drawing(const json& cells, const json& step) {
    const std::string kind = text_or(step, "do");
    if (kind == "warm_up" || kind == "empty")
        return "";
    double reach_x = 1.0, reach_y = 1.0;
    for (const json& cell : cells) {
        reach_x = std::max(reach_x, std::abs(number_or(cell, "x_mm")));
        reach_y = std::max(reach_y, std::abs(number_or(cell, "y_mm")));
    }
    const auto spot = [](double part, int count) {  // -1 to 1 over the inner cells
        return std::clamp(static_cast<int>(std::lround((part + 1.0) / 2.0 * (count - 3))) + 1, 0, count - 1);
    };
    const std::string sides[] = {"left", "right"};
    std::vector<std::string> picture[2];
    for (int side = 0; side < 2; ++side) {
        std::vector<std::string>& lines = picture[side];
        lines.assign(down, std::string(across, ' '));
        const auto put = [&](double x, double y, char mark) {
            lines[static_cast<std::size_t>(spot(-y / reach_y, down))]
                 [static_cast<std::size_t>(spot(x / reach_x, across))] = mark;
        };
        put(0.0, 0.0, '+');
        for (const json& cell : cells)
            if (text_or(cell, "pad") == sides[side])
                put(number_or(cell, "x_mm"), number_or(cell, "y_mm"), 'o');
        if (text_or(step, "pad") == sides[side])
            put(number_or(step, "x_mm"), number_or(step, "y_mm"), 'X');
    }
    const std::string frame = "+" + std::string(across, '-') + "+";
    std::string text = fmt::format("    {:^{}}   {:^{}}\n", "left pad, toes up", across + 2, "right pad", across + 2);
    text += fmt::format("    {}   {}\n", frame, frame);
    for (std::size_t row = 0; row < down; ++row)
        text += fmt::format("    |{}|   |{}|\n", picture[0][row], picture[1][row]);
    text += fmt::format("    {}   {}\n", frame, frame);
    return text;
}

std::string status_line(const json& run, const json& reading) {
    const std::string state = text_or(run, "state"), waiting = text_or(run, "waiting");
    if (state == "paused")
        return "PAUSED: " + text_or(run, "reason");
    if (state != "measuring")
        return state == "evaluating" ? "Everything is measured. Evaluating ..." : "Storing the certificate ...";
    if (!reading.is_object() || reading.value("step", 0) != run.value("step", 0))
        return "...";
    std::string line =
        fmt::format("left {:7.1f} N  right {:7.1f} N  ", number_or(reading, "left_n"), number_or(reading, "right_n"));
    const json& stability = reading.at("stability");
    const std::string moved =
        fmt::format("{:.1f} N of {:.1f}", number_or(stability, "moved_n"), number_or(stability, "limit_n"));
    const bool still = stability.value("still", false);
    if (!text_or(reading, "trouble").empty())
        line += text_or(reading, "trouble");
    else if (waiting == "mass")
        line += "the person's mass is needed";
    else if (waiting == "time")
        line += fmt::format("{} to go  ({}, moves {})", minutes(number_or(reading, "remaining_s")),
                            still ? "still" : "moving", moved);
    else if (waiting == "still")
        line += fmt::format("{}: {} allowed, read in {:.0f} s", still ? "still" : "MOVING", moved,
                            number_or(reading, "remaining_s"));
    else
        line += fmt::format("{}: {} allowed", still ? "still" : "moving", moved);
    return line;
}

std::string verdict(const json& run) {
    std::string text;
    for (const json& finding : run.at("findings")) {
        text += fmt::format("{}: {}\n", text_or(finding, "code"), text_or(finding, "message"));
        if (finding.contains("step") && finding["step"].is_number_integer())
            text += fmt::format(
                "    step {0} of the plan; `heeldrop-calibrate run --redo {0}` does it alone again, and "
                "there `m KG` tells another mass\n",
                finding["step"].get<int>());
    }
    if (!run.at("checks").empty())
        text += fmt::format("\n{:<15} {:<6} {:>10} {:>10} {:<6} {}\n", "check", "pad", "figure", "limit", "unit",
                            "verdict");
    for (const json& check : run.at("checks")) {
        const std::string told = text_or(check, "verdict");
        const bool measured = told != "not_measured";
        text += fmt::format(
            "{:<15} {:<6} {:>10} {:>10.4g} {:<6} {}{}\n", text_or(check, "code"), text_or(check, "pad", "both"),
            measured ? fmt::format("{:.3g}", number_or(check, "value")) : "-", number_or(check, "limit"),
            text_or(check, "unit"), measured ? told : "not measured: " + text_or(check, "note"),
            told == "failed" ? "  <<<" : "");
    }
    const std::string state = text_or(run, "state");
    text += fmt::format("\n{}: {}\n",
                        state == "accepted"    ? "ACCEPTED"
                        : state == "refused"   ? "REFUSED"
                        : state == "cancelled" ? "CANCELLED"
                                               : "FAILED",
                        text_or(run, "reason"));
    if (!text_or(run, "certificate").empty())
        text += fmt::format("Certificate {}\n", text_or(run, "certificate"));
    return text;
}

}  // namespace heeldrop::calibrate
