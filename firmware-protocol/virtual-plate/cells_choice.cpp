// See cells_choice.hpp.
#include "firmware-protocol/virtual-plate/cells_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <optional>

namespace heeldrop::virtual_plate {
namespace {

using nlohmann::json;

constexpr Newtons sticking{5.0};            ///< what a mount that rubs keeps to itself
constexpr double creep_twice = -0.007;      ///< of the load in the long run: twice the 0.35 % that R60 allows at 0.5 %
constexpr double drifting_n_per_min = 1.5;  ///< three times what an empty pad may do in a minute
constexpr double clocked_least_noise_n = 0.05, clocked_most_noise_n = 0.12;

/// A plate that has been used: measured and usual figures, README.md.
PlateSpread used_plate(Converter converter) {
    PlateSpread spread;
    spread.hysteresis_n = 0.3;
    spread.creep = 0.0008;
    spread.zero_per_kelvin_n = 0.05;
    spread.gain_per_kelvin = 0.00003;
    spread.warming_k = 3.0;
    spread.twist_n = 1.5;
    if (converter == Converter::ads131m08) {
        spread.least_noise_n = clocked_least_noise_n;
        spread.most_noise_n = clocked_most_noise_n;
    }
    return spread;
}

PlateTruth nominal_plate(Converter converter) {
    PlateTruth plate;
    for (CellTruth& cell : plate.cells)
        cell.noise_n = converter == Converter::hx711 ? 0.24 : 0.08;
    return plate;
}

/// Reads one object's keys into what they set; a key nobody takes is an error.
class Keys {
 public:
    Keys(const json& object, std::string where) : object_(object), where_(std::move(where)) {
        if (!object.is_object())
            throw CellsError(fmt::format("{}: keys and values are wanted", where_));
    }
    void number(const char* key, double& value) {
        if (const json* given = take(key))
            value = number_of(*given, key);
    }
    template <class Value, std::size_t N>
    void numbers(const char* key, std::array<Value, N>& values) {
        const json* given = take(key);
        if (given == nullptr)
            return;
        if (!given->is_array() || given->size() != N)
            throw CellsError(fmt::format("{}: {} is a list of {} numbers", where_, key, N));
        for (std::size_t i = 0; i < N; ++i)
            values[i] = static_cast<Value>(number_of((*given)[i], key));
    }
    const json* take(const char* key) const {
        const auto found = object_.find(key);
        if (found == object_.end())
            return nullptr;
        return &*found;
    }
    void end(std::initializer_list<const char*> all) const {
        for (const auto& item : object_.items())
            if (std::find(all.begin(), all.end(), item.key()) == all.end())
                throw CellsError(fmt::format("{}: there is no key '{}'", where_, item.key().substr(0, 40)));
    }

 private:
    double number_of(const json& given, const char* key) const {
        if (!given.is_number())
            throw CellsError(fmt::format("{}: {} is a number, not {}", where_, key, given.dump().substr(0, 40)));
        return given.get<double>();
    }
    const json& object_;
    std::string where_;
};

void read_cell(const json& given, const std::string& where, CellTruth& cell) {
    Keys keys(given, where);
    keys.number("friction_n", cell.friction.value);
    keys.numbers("cross_talk", cell.cross_talk);
    keys.number("non_linearity", cell.non_linearity);
    keys.number("hysteresis_n", cell.hysteresis.value);
    keys.number("creep", cell.creep);
    keys.number("creep_time_s", cell.creep_time_s);
    keys.number("zero_n_per_k", cell.zero_per_kelvin_n);
    keys.number("gain_per_k", cell.gain_per_kelvin);
    keys.number("zero_drift_n_per_min", cell.zero_drift_n_per_min);
    keys.number("counts_per_newton", cell.counts_per_newton);
    keys.number("zero_counts", cell.zero_counts);
    keys.number("noise_n", cell.noise_n);
    keys.end({"friction_n", "cross_talk", "non_linearity", "hysteresis_n", "creep", "creep_time_s", "zero_n_per_k",
              "gain_per_k", "zero_drift_n_per_min", "counts_per_newton", "zero_counts", "noise_n"});
    if (!(cell.creep_time_s > 0.0) || cell.noise_n < 0.0 || cell.friction.value < 0.0 || cell.hysteresis.value < 0.0)
        throw CellsError(where + ": creep_time_s must be above 0; friction_n, hysteresis_n and noise_n not below");
}

PlateTruth read_plate(const std::string& path, PlateTruth plate) {
    std::ifstream file(path);
    if (!file)
        throw CellsError(
            fmt::format("the cells' file {} cannot be opened; --cells takes nominal, drawn or a file", path));
    const json given = json::parse(file, nullptr, false);
    if (given.is_discarded())
        throw CellsError(fmt::format("{}: this is no JSON", path));
    Keys keys(given, path);
    if (const json* cells = keys.take("cells")) {
        if (!cells->is_array() || cells->size() != cell_count)
            throw CellsError(fmt::format("{}: cells is a list of {}, {} to {}", path, cell_count, cell_names.front(),
                                         cell_names.back()));
        for (std::size_t i = 0; i < cell_count; ++i)
            read_cell((*cells)[i], fmt::format("{}: cell {}", path, cell_names[i]), plate.cells[i]);
    }
    keys.numbers("softness", plate.softness);
    keys.numbers("twist_n", plate.twist_n);
    keys.number("warming_k", plate.warming_k);
    keys.number("warming_time_s", plate.warming_time_s);
    std::array<double, cell_count> channel{0, 1, 2, 3, 4, 5, 6, 7};
    keys.numbers("channel", channel);
    keys.end({"cells", "softness", "twist_n", "warming_k", "warming_time_s", "channel"});
    if (!(plate.warming_time_s > 0.0))
        throw CellsError(path + ": warming_time_s must be above 0");
    auto sorted = channel;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < cell_count; ++i) {
        if (sorted[i] != static_cast<double>(i))
            throw CellsError(path + ": channel names each of 0 to 7 once");
        plate.channel[i] = static_cast<std::size_t>(channel[i]);
    }
    return plate;
}

}  // namespace

PlateTruth choose_cells(const std::string& choice, Converter converter, std::uint64_t seed) {
    if (choice == "nominal")
        return nominal_plate(converter);
    if (choice == "drawn")
        return draw_plate(seed, used_plate(converter));
    return read_plate(choice, nominal_plate(converter));
}

void plant(PlateTruth& plate, const std::string& fault) {
    const auto colon = fault.find(':');
    const std::string what = fault.substr(0, colon);
    const std::string where = colon == std::string::npos ? "" : fault.substr(colon + 1);
    const auto cell = [&](const std::string& name) {
        if (const auto found = cell_named(name))
            return *found;
        throw CellsError(
            fmt::format("--fault {}: '{}' is no cell; there are LFL LFR LRL LRR RFL RFR RRL RRR", what, name));
    };
    if (what == "swapped") {
        const auto comma = where.find(',');
        if (comma == std::string::npos)
            throw CellsError("--fault swapped:CELL,CELL names two cells");
        std::swap(plate.channel[cell(where.substr(0, comma))], plate.channel[cell(where.substr(comma + 1))]);
    } else if (what == "inverted") {
        plate.cells[cell(where)].counts_per_newton *= -1.0;
    } else if (what == "dead") {
        plate.cells[cell(where)].counts_per_newton = 0.0;
    } else if (what == "sticky") {
        plate.cells[cell(where)].friction = sticking;
    } else if (what == "drifting") {
        plate.cells[cell(where)].zero_drift_n_per_min = drifting_n_per_min;
    } else if (what == "creep" && (where == "left" || where == "right")) {
        for (std::size_t k = 0; k < 4; ++k)
            plate.cells[k + (where == "left" ? 0 : 4)].creep = creep_twice;
    } else if (what == "creep") {
        throw CellsError("--fault creep:left or creep:right");
    } else {
        throw CellsError(
            fmt::format("no fault '{}'; there are swapped:CELL,CELL inverted:CELL dead:CELL sticky:CELL "
                        "creep:left|right drifting:CELL",
                        what));
    }
}

void switch_off(PlateTruth& plate, const Disturbances& on) {
    for (CellTruth& cell : plate.cells) {
        if (!on.gain) {
            cell.counts_per_newton = nominal_gain.value;
            cell.cross_talk = {};
            cell.non_linearity = 0.0;
            cell.hysteresis = Newtons{};
        }
        if (!on.zero)
            cell.zero_counts = 0.0;
        if (!on.noise)
            cell.noise_n = 0.0;
        if (!on.drift)
            cell.creep = cell.zero_per_kelvin_n = cell.gain_per_kelvin = 0.0;
    }
    if (!on.corner) {
        plate.twist_n = {};
        plate.softness = {1.0, 1.0};
    }
}

}  // namespace heeldrop::virtual_plate
