// Reading the CSV, with the line and the reason where it cannot be; see recording.hpp.
#include "firmware-protocol/virtual-plate/recording.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace heeldrop::virtual_plate {
namespace {

std::vector<std::string> fields_of(std::string line) {
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    std::vector<std::string> fields(1);
    for (const char c : line) {
        if (c == ',')
            fields.emplace_back();
        else if (c != ' ' && c != '\t')
            fields.back() += c;
    }
    return fields;
}

std::optional<double> number(const std::string& s) {
    double x = 0.0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), x);
    if (error != std::errc() || end != s.data() + s.size() || !std::isfinite(x))
        return std::nullopt;
    return x;
}

}  // namespace

Recording::Recording(const std::string& path, CopUse cop, Seconds empty) : empty_s_(empty.value) {
    std::ifstream file(path);
    std::string line;
    if (!file || !std::getline(file, line))
        throw RecordingError(fmt::format("{}: {}", path, file.is_open() ? "the file is empty" : "cannot be opened"));
    if (line.starts_with("\xEF\xBB\xBF"))
        line.erase(0, 3);
    const auto header = fields_of(line);
    const auto column = [&](const char* name, bool needed) -> std::optional<std::size_t> {
        const auto found = std::find(header.begin(), header.end(), name);
        if (found != header.end())
            return static_cast<std::size_t>(found - header.begin());
        if (needed)
            throw RecordingError(fmt::format("{}:1: there is no column '{}'", path, name));
        return std::nullopt;
    };
    const auto t_column = column("t_s", true);
    const auto left = column("left_n", true), right = column("right_n", true);
    const auto left_y = column("left_cop_y_mm", false), right_y = column("right_cop_y_mm", false);

    for (int number_of_line = 2; std::getline(file, line); ++number_of_line) {
        if (line.empty() || line == "\r")
            continue;
        const auto fields = fields_of(line);
        const auto read = [&](std::optional<std::size_t> index, const char* name) {
            const auto value = index && *index < fields.size() ? number(fields[*index]) : std::nullopt;
            if (!value)
                throw RecordingError(fmt::format("{}:{}: '{}' in {} is not a number", path, number_of_line,
                                                 index && *index < fields.size() ? fields[*index] : "", name));
            return *value;
        };
        const auto foot = [&](std::optional<std::size_t> force, std::optional<std::size_t> y, const char* name) {
            Foot f;
            f.force_n = read(force, name);
            if (cop == CopUse::centre || f.force_n < unloaded_n || !y || *y >= fields.size() || fields[*y].empty())
                return f;
            f.cop_y_mm = read(y, "the centre of pressure");
            if (std::abs(f.cop_y_mm) > corner_y_mm[0])
                throw RecordingError(
                    fmt::format("{}:{}: a centre of pressure of {} mm lies outside the pad's cells (+-{} mm); "
                                "--cop centre replays without it",
                                path, number_of_line, f.cop_y_mm, corner_y_mm[0]));
            return f;
        };
        Row row{read(t_column, "t_s"), {foot(left, left_y, "left_n"), foot(right, right_y, "right_n")}};
        if (!rows_.empty()) {
            row.t -= rows_.front().t;
            const double last = rows_.size() == 1 ? 0.0 : rows_.back().t;
            if (!(row.t > last))
                throw RecordingError(fmt::format("{}:{}: the time does not increase", path, number_of_line));
        }
        rows_.push_back(row);
    }
    if (rows_.size() < 2)
        throw RecordingError(fmt::format("{}: fewer than two rows of force", path));
    rows_.front().t = 0.0;
}

Load Recording::load_at(Seconds when) {
    constexpr double rounding = 1e-7;  // a row's own time comes back from the plate's clock with its last digits lost
    double t = when.value - empty_s_;
    if (t < -rounding || t > rows_.back().t + rounding)
        return {};
    t = std::clamp(t, 0.0, rows_.back().t);
    while (at_ + 2 < rows_.size() && rows_[at_ + 1].t <= t)
        ++at_;
    const Row &a = rows_[at_], &b = rows_[at_ + 1];
    const double f = (t - a.t) / (b.t - a.t);
    const auto between = [&](Foot Load::*foot) {
        const Foot &p = a.load.*foot, &q = b.load.*foot;
        return Foot{p.force_n + f * (q.force_n - p.force_n), 0.0, p.cop_y_mm + f * (q.cop_y_mm - p.cop_y_mm)};
    };
    return {between(&Load::left), between(&Load::right)};
}

bool Recording::over(Seconds t) {
    return t.value > duration().value;
}

std::vector<Seconds> Recording::own_times() const {
    const double interval = 1.0 / mean_rate().value;
    std::vector<Seconds> times;
    const auto before = static_cast<int>(empty_s_ / interval);
    for (int i = before; i > 0; --i)
        times.emplace_back(empty_s_ - i * interval);
    for (const auto& row : rows_)
        times.emplace_back(empty_s_ + row.t);
    for (int i = 1; i <= before; ++i)
        times.emplace_back(empty_s_ + rows_.back().t + i * interval);
    return times;
}

Hertz Recording::mean_rate() const {
    return Hertz{static_cast<double>(rows_.size() - 1) / rows_.back().t};
}
Seconds Recording::duration() const {
    return Seconds{rows_.back().t + 2.0 * empty_s_};
}

}  // namespace heeldrop::virtual_plate
