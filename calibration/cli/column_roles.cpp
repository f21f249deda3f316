#include "calibration/cli/column_roles.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace heeldrop::calibrate {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& name) {
    Words words;
    enum class Kind { none, letter, digit } last = Kind::none;
    bool last_small = false;
    for (const char raw : name) {
        const auto c = static_cast<unsigned char>(raw);
        const Kind kind = std::isalpha(c) != 0 ? Kind::letter : std::isdigit(c) != 0 ? Kind::digit : Kind::none;
        if (kind != Kind::none) {
            if (kind != last || (last_small && std::isupper(c) != 0))
                words.emplace_back();
            words.back() += static_cast<char>(std::tolower(c));
        }
        last = kind;
        last_small = std::islower(c) != 0;
    }
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (words[i] == "k" && words[i + 1] == "n") {  // kN's capital begins no word
            words[i] = "kn";
            words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        }
    return words;
}

template <std::size_t N>
bool one_of(const std::string& word, const std::array<const char*, N>& all) {
    return std::find(all.begin(), all.end(), word) != all.end();
}
template <std::size_t N>
bool any_of(const Words& words, const std::array<const char*, N>& all) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& w) { return one_of(w, all); });
}

constexpr std::array load_words{"load",    "loads", "force", "weight", "weights", "mass",   "reference",
                                "applied", "true",  "real",  "known",  "actual",  "nominal"};
constexpr std::array cell_words{"cell",  "cells",   "sensor",   "raw",     "adc", "counts",
                                "count", "channel", "measured", "reading", "read"};
constexpr std::array time_words{"time", "timestamp", "second", "seconds", "sec", "millis", "micros", "t"};
constexpr std::array place_words{"corner", "position", "pos", "place", "location", "where", "spot"};
constexpr std::array no_cell_words{"index",    "idx",   "id",        "trial", "row",  "temp",  "temperature",
                                   "humidity", "total", "sum",       "std",   "sd",   "stdev", "battery",
                                   "voltage",  "date",  "direction", "pad",   "note", "notes", "comment"};
constexpr std::array corners{"fl", "fr", "rl", "rr", "lf", "rf", "bl", "br", "tl", "tr"};
constexpr std::array fore{"front", "top", "fore", "toe", "rear", "back", "bottom", "hind", "heel"};

bool names_corner(const Words& words) {
    if (any_of(words, corners))
        return true;
    std::string all;
    for (const std::string& w : words)
        all += w;
    const auto holds = [&](const char* part) { return all.find(part) != std::string::npos; };
    return (holds("left") || holds("right")) && std::any_of(fore.begin(), fore.end(), holds);
}

/// x or y, with words for a place and a unit at most: x_cm, pos_y, "C.G. x (mm)".
std::optional<double> millimetres_of(const Words& words, const char* axis) {
    double scale = 1.0;
    bool named = false;
    for (const std::string& w : words) {
        if (w == axis)
            named = true;
        else if (w == "cm" || w == "m")
            scale = w == "cm" ? 10.0 : 1000.0;
        else if (w != "mm" && !one_of(w, place_words) && !one_of(w, std::array{"cop", "cg", "c", "g", "coordinate"}))
            return std::nullopt;
    }
    return named ? std::optional(scale) : std::nullopt;
}

double seconds_of(const Words& words) {
    if (any_of(words, std::array{"us", "micro", "micros", "microseconds"}))
        return 1e-6;
    return any_of(words, std::array{"ms", "milli", "millis", "milliseconds"}) ? 1e-3 : 1.0;
}

std::optional<LoadUnit> unit_in(const Words& words) {
    for (const std::string& w : words)
        if (const auto unit = load_unit_of(w))
            return unit;
    return std::nullopt;
}

Column column_of(const std::string& name) {
    const Words words = words_of(name);
    Column column;
    column.of_corner = names_corner(words);
    column.unit = unit_in(words);
    const bool only_unit =
        !words.empty() && std::all_of(words.begin(), words.end(), [](const auto& w) { return load_unit_of(w); });
    const auto x = millimetres_of(words, "x"), y = millimetres_of(words, "y");
    if (x || y) {
        column.role = x ? ColumnRole::x : ColumnRole::y;
        column.scale = x ? *x : *y;
    } else if (any_of(words, place_words)) {
        column.role = ColumnRole::place;
    } else if (any_of(words, time_words)) {
        column.role = ColumnRole::time;
        column.scale = seconds_of(words);
    } else if ((any_of(words, load_words) && !any_of(words, cell_words) && !column.of_corner) || only_unit) {
        column.role = ColumnRole::load;
        if (!column.unit && any_of(words, std::array{"mass", "masses", "weight", "weights"}))
            column.usual_unit = LoadUnit::kilogram;
    } else if (any_of(words, no_cell_words)) {
        column.role = ColumnRole::other;
    }
    return column;
}

}  // namespace

std::string_view name_of(LoadUnit unit) {
    switch (unit) {
        case LoadUnit::newton:
            return "N";
        case LoadUnit::kilonewton:
            return "kN";
        case LoadUnit::kilogram:
            return "kg";
        case LoadUnit::gram:
            return "g";
        case LoadUnit::pound:
            return "lb";
    }
    return "?";
}

std::optional<LoadUnit> load_unit_of(std::string_view word) {
    std::string small(word);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (one_of(small, std::array{"n", "newton", "newtons"}))
        return LoadUnit::newton;
    if (one_of(small, std::array{"kn", "kilonewton", "kilonewtons"}))
        return LoadUnit::kilonewton;
    if (one_of(small, std::array{"kg", "kgs", "kgf", "kilogram", "kilograms"}))
        return LoadUnit::kilogram;
    if (one_of(small, std::array{"g", "gram", "grams"}))
        return LoadUnit::gram;
    if (one_of(small, std::array{"lb", "lbs", "lbf", "pound", "pounds"}))
        return LoadUnit::pound;
    return std::nullopt;
}

Newtons in_newtons(double value, LoadUnit unit, MetresPerSecond2 gravity) {
    constexpr double pound_kg = 0.45359237;
    switch (unit) {
        case LoadUnit::newton:
            return Newtons{value};
        case LoadUnit::kilonewton:
            return Newtons{1000.0 * value};
        case LoadUnit::kilogram:
            return weight_of(Kilograms{value}, gravity);
        case LoadUnit::gram:
            return weight_of(Kilograms{value / 1000.0}, gravity);
        case LoadUnit::pound:
            return weight_of(Kilograms{value * pound_kg}, gravity);
    }
    return {};
}

std::vector<Column> columns_of(const std::vector<std::string>& names, const std::optional<std::string>& load_name) {
    std::vector<Column> columns;
    std::optional<std::size_t> load;
    for (std::size_t k = 0; k < names.size(); ++k) {
        columns.push_back(column_of(names[k]));
        Column& column = columns.back();
        if (load_name && column.role == ColumnRole::load)
            column.role = ColumnRole::channel;
        if (load_name && names[k] == *load_name) {
            column.role = ColumnRole::load;
            load = k;
        } else if (column.role == ColumnRole::load) {
            if (load)
                throw std::invalid_argument(
                    fmt::format("\"{}\" and \"{}\" both look like the load; --load NAME says which one it is",
                                names[*load], names[k]));
            load = k;
        }
    }
    if (load_name && !load)
        throw std::invalid_argument(fmt::format("there is no column \"{}\"", *load_name));
    return columns;
}

}  // namespace heeldrop::calibrate
