#include "daemon/plate/plate_info.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace heeldrop::plate {
namespace {

using calibration::Cell;
using calibration::Corner;
using calibration::Pad;

constexpr const char* pad_names[] = {"left", "right"};
constexpr const char* corner_names[] = {"FL", "FR", "RL", "RR"};

/// As the status has it: "left FL".
std::string cell_name(const Cell& cell) {
    return fmt::format("{} {}", pad_names[static_cast<std::size_t>(cell.pad)],
                       corner_names[static_cast<std::size_t>(cell.corner)]);
}

template <std::size_t N>
std::size_t position(const char* const (&names)[N], const std::string& name) {
    for (std::size_t i = 0; i < N; ++i)
        if (name == names[i])
            return i;
    throw std::invalid_argument("an unknown pad or corner: " + name);
}

}  // namespace

PlateInfo plate_info(const heeldrop_hello& hello) {
    PlateInfo info;
    info.serial = hello.serial;
    info.firmware = hello.firmware;
    info.converter = hello.converter;
    info.boot_id = hello.boot_id;
    info.tick_hz = hello.tick_hz;
    info.nominal_rate = Hertz{hello.nominal_rate_mhz / 1000.0};
    info.sample_period_ticks = hello.clocked ? hello.sample_period_ticks : 0;
    if (info.tick_hz == 0)
        throw std::invalid_argument("The plate says that its clock does not tick. Update its firmware.");
    if (info.nominal_rate.value < 40.0 || info.nominal_rate.value > 2000.0)
        throw std::invalid_argument(
            fmt::format("The plate takes {} samples a second; 40 to 2000 are needed. Change its converter's setting.",
                        info.nominal_rate.value));
    bool taken[2][4] = {};
    bool present[2] = {};
    for (std::size_t c = 0; c < hello.channel_count; ++c) {
        const heeldrop_channel& channel = hello.channels[c];
        bool& corner = taken[channel.pad][channel.corner];
        if (corner)
            throw std::invalid_argument(
                fmt::format("The plate names two cells for corner {} of its {} pad. Set up its channels.",
                            corner_names[channel.corner], pad_names[channel.pad]));
        corner = present[channel.pad] = true;
        Cell cell;
        cell.pad = static_cast<Pad>(channel.pad);
        cell.corner = static_cast<Corner>(channel.corner);
        cell.x = Millimetres{channel.x_tenth_mm / 10.0};
        cell.y = Millimetres{channel.y_tenth_mm / 10.0};
        cell.capacity = Newtons{static_cast<double>(channel.capacity_n)};
        cell.gain = CountsPerNewton{channel.millicounts_per_newton / 1000.0};
        info.cells.push_back(cell);
    }
    for (const int pad : {0, 1})
        if (!present[pad])
            throw std::invalid_argument(
                fmt::format("The plate has no cell on its {} pad. Set up its channels.", pad_names[pad]));
    return info;
}

bool same_plate(const PlateInfo& a, const PlateInfo& b) {
    return a.serial == b.serial && a.converter == b.converter && a.cells == b.cells &&
           (!a.serial.empty() || a.firmware == b.firmware);
}

std::string what_changed(const PlateInfo& was, const PlateInfo& is) {
    if (is.converter != was.converter)
        return fmt::format("its converter was {}, and is {}", was.converter, is.converter);
    if (is.cells.size() != was.cells.size())
        return fmt::format("it had {} cells, and has {}", was.cells.size(), is.cells.size());
    for (std::size_t c = 0; c < was.cells.size(); ++c) {
        const Cell &before = was.cells[c], &now = is.cells[c];
        if (now == before)
            continue;
        if (now.pad != before.pad || now.corner != before.corner)
            return fmt::format("its channel {} was cell {}, and is {}", c, cell_name(before), cell_name(now));
        if (now.gain != before.gain)
            return fmt::format("cell {} gave {} counts/N, and gives {}", cell_name(now), before.gain.value,
                               now.gain.value);
        if (now.capacity != before.capacity)
            return fmt::format("cell {} bore {} N, and bears {}", cell_name(now), before.capacity.value,
                               now.capacity.value);
        return fmt::format("cell {} was at x {}, y {} mm, and is at x {}, y {}", cell_name(now), before.x.value,
                           before.y.value, now.x.value, now.y.value);
    }
    return {};
}

nlohmann::ordered_json to_json(const PlateInfo& info) {
    auto cells = nlohmann::ordered_json::array();
    for (const Cell& cell : info.cells)
        cells.push_back({{"pad", pad_names[static_cast<std::size_t>(cell.pad)]},
                         {"corner", corner_names[static_cast<std::size_t>(cell.corner)]},
                         {"x_mm", cell.x.value},
                         {"y_mm", cell.y.value},
                         {"capacity_n", cell.capacity.value},
                         {"counts_per_newton", cell.gain.value}});
    return {{"serial", info.serial},
            {"firmware", info.firmware},
            {"converter", info.converter},
            {"boot_id", info.boot_id},
            {"tick_hz", info.tick_hz},
            {"nominal_rate_hz", info.nominal_rate.value},
            {"sample_period_ticks", info.sample_period_ticks},
            {"cells", std::move(cells)}};
}

PlateInfo plate_info_from_json(const nlohmann::ordered_json& text) {
    PlateInfo info;
    text.at("serial").get_to(info.serial);
    text.at("firmware").get_to(info.firmware);
    text.at("converter").get_to(info.converter);
    text.at("boot_id").get_to(info.boot_id);
    text.at("tick_hz").get_to(info.tick_hz);
    info.nominal_rate = Hertz{text.at("nominal_rate_hz").get<double>()};
    text.at("sample_period_ticks").get_to(info.sample_period_ticks);
    for (const auto& entry : text.at("cells")) {
        Cell cell;
        cell.pad = static_cast<Pad>(position(pad_names, entry.at("pad").get<std::string>()));
        cell.corner = static_cast<Corner>(position(corner_names, entry.at("corner").get<std::string>()));
        cell.x = Millimetres{entry.at("x_mm").get<double>()};
        cell.y = Millimetres{entry.at("y_mm").get<double>()};
        cell.capacity = Newtons{entry.at("capacity_n").get<double>()};
        cell.gain = CountsPerNewton{entry.at("counts_per_newton").get<double>()};
        if (cell.gain.value == 0.0)
            throw std::invalid_argument("a cell without a gain");
        info.cells.push_back(cell);
    }
    if (info.tick_hz == 0 || info.cells.empty() || info.cells.size() > calibration::max_cells)
        throw std::invalid_argument("a plate without a clock or with a wrong number of cells");
    return info;
}

}  // namespace heeldrop::plate
