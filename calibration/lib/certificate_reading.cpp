// A certificate from the JSON that certificate_writing.cpp made of it.
#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "calibration/lib/certificate.hpp"
#include "calibration/lib/certificate_keys.hpp"

namespace heeldrop::calibration {
namespace {

double number_from(const OrderedJson& text) {
    return text.is_null() ? std::numeric_limits<double>::quiet_NaN() : text.get<double>();
}
template <class Unit>
Unit get(const OrderedJson& text, const char* key) {
    return Unit{number_from(text.at(key))};
}

/// The value of an enumeration with this name. Throws std::invalid_argument.
template <class Named, std::size_t N>
Named named(const OrderedJson& text, const std::array<Named, N>& all) {
    const auto name = text.get<std::string>();
    for (const Named value : all)
        if (name_of(value) == name)
            return value;
    throw std::invalid_argument(fmt::format("\"{}\" is none of the names it may have", name));
}
Pad pad_from(const OrderedJson& text) {
    return named(text, std::array{Pad::left, Pad::right});
}
std::optional<Pad> optional_pad_from(const OrderedJson& text) {
    return text.is_null() ? std::nullopt : std::optional(pad_from(text));
}

std::array<double, max_cells> per_cell_from(const OrderedJson& list, std::size_t cells) {
    if (list.size() != cells)
        throw std::invalid_argument(fmt::format("{} figures for {} cells", list.size(), cells));
    std::array<double, max_cells> values{};
    for (std::size_t c = 0; c < cells; ++c)
        values[c] = number_from(list[c]);
    return values;
}

MeanReading reading_from(const OrderedJson& text, std::size_t cells) {
    MeanReading r;
    r.t = get<Seconds>(text, "t_s");
    r.mean = per_cell_from(text.at("mean_counts"), cells);
    r.noise = per_cell_from(text.at("noise_counts"), cells);
    r.wander = per_cell_from(text.at("wander_counts"), cells);
    text.at("samples").get_to(r.samples);
    return r;
}

std::vector<Cell> cells_from(const OrderedJson& list) {
    std::vector<Cell> cells;
    for (const auto& text : list) {
        Cell cell;
        cell.pad = pad_from(text.at("pad"));
        cell.corner = named(text.at("corner"),
                            std::array{Corner::front_left, Corner::front_right, Corner::rear_left, Corner::rear_right});
        cell.x = get<Millimetres>(text, "x_mm");
        cell.y = get<Millimetres>(text, "y_mm");
        cell.capacity = get<Newtons>(text, "capacity_n");
        cell.gain = get<CountsPerNewton>(text, "nominal_counts_per_newton");
        if (!(std::abs(cell.gain.value) > 0.0))
            throw std::invalid_argument("a cell without a gain");
        cells.push_back(cell);
    }
    if (cells.empty() || cells.size() > max_cells)
        throw std::invalid_argument("a plate of 1 to 8 cells is needed");
    return cells;
}

Observations observations_from(const OrderedJson& text) {
    Observations seen;
    seen.cells = cells_from(text.at("plate").at("cells"));
    const std::size_t cells = seen.cells.size();
    seen.gravity = get<MetresPerSecond2>(text, "gravity_m_s2");
    const auto& tolerance = text.at("load_tolerance");
    seen.tolerance = {get<Fraction>(tolerance, "mass"), get<Millimetres>(tolerance, "position_mm"),
                      get<Kilograms>(tolerance, "person_kg")};
    for (const auto& r : text.at("empty_readings"))
        seen.empties.push_back(reading_from(r, cells));
    for (const auto& p : text.at("placements"))
        seen.placements.push_back(
            {p.at("number").get<int>(),
             named(p.at("role"), std::array{Role::up, Role::down, Role::corner, Role::verify, Role::repeat}),
             pad_from(p.at("pad")), get<Kilograms>(p, "mass_kg"), get<Millimetres>(p, "x_mm"),
             get<Millimetres>(p, "y_mm"), reading_from(p.at("reading"), cells)});
    for (const auto& h : text.at("holds")) {
        seen.holds.push_back({pad_from(h.at("pad")), get<Kilograms>(h, "mass_kg"), get<Seconds>(h, "loaded_s"), {}});
        for (const auto& r : h.at("readings"))
            seen.holds.back().readings.push_back(reading_from(r, cells));
    }
    for (const auto& s : text.at("persons"))
        seen.spots.push_back(
            {pad_from(s.at("pad")), get<Kilograms>(s, "mass_kg"), reading_from(s.at("reading"), cells)});
    return seen;
}

PadJudgement pad_judgement_from(const OrderedJson& text, std::size_t cells) {
    PadJudgement pad;
    pad.map.pad = pad_from(text.at("pad"));
    text.at("cells").get_to(pad.map.cells);
    pad.range = get<Newtons>(text, "range_n");
    const std::array rows{&pad.map.force, &pad.map.moment_x, &pad.map.moment_y};
    for (std::size_t r = 0; r < 3; ++r) {
        text.at(map_row_names[r]).get_to(*rows[r]);
        if (rows[r]->size() != pad.map.cells.size())
            throw std::invalid_argument("a map with another number of columns than cells");
        text.at("standard_uncertainty").at(map_row_names[r]).get_to(pad.coefficient_sd[r]);
        text.at("covariance").at(map_row_names[r]).get_to(pad.covariance[r]);
    }
    for (const std::size_t c : pad.map.cells)
        if (c >= cells)
            throw std::invalid_argument("a map of a cell that the plate has not");
    text.at("rank").get_to(pad.rank);
    pad.condition = number_from(text.at("condition"));
    pad.gain_of_nominal = number_from(text.at("gain_of_nominal"));
    pad.force_scatter = number_from(text.at("force_scatter"));
    pad.place_scatter = number_from(text.at("place_scatter"));
    pad.diagonal_scatter = get<Newtons>(text, "diagonal_scatter_n");
    for (const auto& r : text.at("residuals"))
        pad.residuals.push_back({r.at("placement").get<int>(), get<Newtons>(r, "force_n"), get<Millimetres>(r, "x_mm"),
                                 get<Millimetres>(r, "y_mm"), r.at("fitted").get<bool>()});
    for (const auto& u : text.at("expanded_uncertainty"))
        pad.uncertainty.push_back(
            {get<Newtons>(u, "load_n"),
             get<Millimetres>(u, "at_x_mm"),
             get<Millimetres>(u, "at_y_mm"),
             {get<Newtons>(u, "force_n"), get<Millimetres>(u, "x_mm"), get<Millimetres>(u, "y_mm")}});
    return pad;
}

Judgement judgement_from(const OrderedJson& text, std::size_t cells) {
    Judgement judged;
    const auto verdict = text.at("verdict").get<std::string>();
    if (verdict != "passed" && verdict != "failed")
        throw std::invalid_argument("a verdict is \"passed\" or \"failed\"");
    judged.passed = verdict == "passed";
    for (const auto& f : text.at("findings")) {
        Finding finding;
        f.at("code").get_to(finding.code);
        finding.pad = optional_pad_from(f.at("pad"));
        if (!f.at("cell").is_null())
            finding.cell = f.at("cell").get<std::size_t>();
        if (!f.at("placement").is_null())
            finding.placement = f.at("placement").get<int>();
        finding.amount = number_from(f.at("amount"));
        f.at("message").get_to(finding.message);
        judged.findings.push_back(finding);
    }
    text.at("excluded_placements").get_to(judged.excluded);
    for (const auto& c : text.at("checks"))
        judged.checks.push_back(
            {c.at("code").get<std::string>(), optional_pad_from(c.at("pad")),
             named(c.at("verdict"), std::array{Verdict::passed, Verdict::failed, Verdict::not_measured}),
             number_from(c.at("value")), number_from(c.at("limit")), c.at("unit").get<std::string>(),
             c.at("note").get<std::string>()});
    const auto& pads = text.at("pads");
    if (pads.size() != 2)
        throw std::invalid_argument("a plate has two pads");
    for (std::size_t i = 0; i < 2; ++i)
        if (!pads[i].is_null())
            judged.pads[i] = pad_judgement_from(pads[i], cells);
    if (judged.passed && !(judged.pads[0] && judged.pads[1]))
        throw std::invalid_argument("passed, and a pad has no map");
    return judged;
}

std::chrono::sys_seconds utc_at(const OrderedJson& text, const char* key) {
    const auto utc = utc_from_text(text.at(key).get<std::string>());
    if (!utc)
        throw std::invalid_argument(fmt::format("{} is no UTC time", key));
    return *utc;
}

}  // namespace

std::optional<std::chrono::sys_seconds> utc_from_text(std::string_view text) {
    using namespace std::chrono;
    int y = 0, h = 0, min = 0, s = 0;
    unsigned mon = 0, d = 0;
    if (std::sscanf(std::string(text).c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ", &y, &mon, &d, &h, &min, &s) != 6)
        return std::nullopt;
    const year_month_day date{year{y}, month{mon}, day{d}};
    if (!date.ok())
        return std::nullopt;
    const sys_seconds utc = sys_days{date} + hours{h} + minutes{min} + seconds{s};
    // Only the one spelling.
    return utc_text(utc) == text ? std::optional(utc) : std::nullopt;
}

Limits limits_from_json(const OrderedJson& t) {
    Limits l;
    t.at("points").get_to(l.points);
    l.range = get<Kilograms>(t, "range_kg");
    l.test_load = get<Fraction>(t, "test_load");
    l.non_linearity = get<Fraction>(t, "non_linearity");
    l.hysteresis = get<Fraction>(t, "hysteresis");
    l.corner_spread = get<Fraction>(t, "corner_spread");
    l.repeatability = get<Fraction>(t, "repeatability");
    l.creep = get<Fraction>(t, "creep");
    l.zero_return = get<Newtons>(t, "zero_return_n");
    l.zero_drift = get<Newtons>(t, "zero_drift_n_per_min");
    l.agreement = get<Fraction>(t, "agreement");
    l.spot = get<Fraction>(t, "spot");
    l.place = get<Millimetres>(t, "place_mm");
    l.place_edge = get<Millimetres>(t, "place_edge_mm");
    t.at("map_places").get_to(l.map_places);
    l.gain = get<Fraction>(t, "gain");
    t.at("months").get_to(l.months);
    if (l.months < 1 || l.months > 1200)
        throw std::invalid_argument("a certificate holds for 1 to 1200 months");
    return l;
}

Certificate certificate_from_json(const OrderedJson& text) {
    if (text.at("schema").get<std::string>() != certificate_schema)
        throw std::invalid_argument(fmt::format("the schema is not {}", certificate_schema));
    Certificate certificate;
    Circumstances& of = certificate.of;
    text.at("id").get_to(of.id);
    const auto& plate = text.at("plate");
    plate.at("serial").get_to(of.plate.serial);
    plate.at("firmware").get_to(of.plate.firmware);
    plate.at("converter").get_to(of.plate.converter);
    of.made = utc_at(text, "made_utc");
    of.zone_offset = std::chrono::minutes{text.at("zone_offset_min").get<int>()};
    text.at("operator").get_to(of.made_by);
    text.at("software").get_to(of.software);
    text.at("plan").get_to(of.plan);
    if (!text.at("temperature_c").is_null())
        of.temperature = get<Celsius>(text, "temperature_c");
    if (!text.at("warm_up_s").is_null())
        of.warm_up = get<Seconds>(text, "warm_up_s");
    certificate.limits = limits_from_json(text.at("limits"));
    certificate.expires = utc_at(text, "expires_utc");
    certificate.seen = observations_from(text);
    for (const auto& zero : text.at("corner_zeros_counts"))
        certificate.corner_zeros.push_back(Counts{number_from(zero)});
    certificate.judged = judgement_from(text, certificate.seen.cells.size());
    return certificate;
}

}  // namespace heeldrop::calibration
