#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "calibration/lib/certificate.hpp"

namespace heeldrop::calibration {
namespace {

constexpr std::string_view schema = "heeldrop.certificate/1";

OrderedJson number(double value) {
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
}
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
template <class T>
OrderedJson or_null(const std::optional<T>& value) {
    return value ? OrderedJson(*value) : OrderedJson(nullptr);
}
OrderedJson or_null(const std::optional<Pad>& pad) {
    return pad ? OrderedJson(name_of(*pad)) : OrderedJson(nullptr);
}

OrderedJson per_cell(const std::array<double, max_cells>& values, std::size_t cells) {
    auto list = OrderedJson::array();
    for (std::size_t c = 0; c < cells; ++c)
        list.push_back(number(values[c]));
    return list;
}
std::array<double, max_cells> per_cell_from(const OrderedJson& list, std::size_t cells) {
    if (list.size() != cells)
        throw std::invalid_argument(fmt::format("{} figures for {} cells", list.size(), cells));
    std::array<double, max_cells> values{};
    for (std::size_t c = 0; c < cells; ++c)
        values[c] = number_from(list[c]);
    return values;
}

OrderedJson to_json(const MeanReading& r, std::size_t cells) {
    return {{"t_s", r.t.value},
            {"mean_counts", per_cell(r.mean, cells)},
            {"noise_counts", per_cell(r.noise, cells)},
            {"wander_counts", per_cell(r.wander, cells)},
            {"samples", r.samples}};
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

OrderedJson plate_json(const PlateIdentity& plate, const std::vector<Cell>& cells) {
    auto list = OrderedJson::array();
    for (const Cell& cell : cells)
        list.push_back({{"pad", name_of(cell.pad)},
                        {"corner", name_of(cell.corner)},
                        {"x_mm", cell.x.value},
                        {"y_mm", cell.y.value},
                        {"capacity_n", cell.capacity.value},
                        {"nominal_counts_per_newton", cell.gain.value}});
    return {{"serial", plate.serial},
            {"firmware", plate.firmware},
            {"converter", plate.converter},
            {"cells", std::move(list)}};
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

void put_observations(OrderedJson& text, const Observations& seen) {
    const std::size_t cells = seen.cells.size();
    text["gravity_m_s2"] = seen.gravity.value;
    text["load_tolerance"] = {{"mass", seen.tolerance.mass.value},
                              {"position_mm", seen.tolerance.position.value},
                              {"person_kg", seen.tolerance.person.value}};
    auto& empties = text["empty_readings"] = OrderedJson::array();
    for (const MeanReading& r : seen.empties)
        empties.push_back(to_json(r, cells));
    auto& placements = text["placements"] = OrderedJson::array();
    for (const Placement& p : seen.placements)
        placements.push_back({{"number", p.number},
                              {"role", name_of(p.role)},
                              {"pad", name_of(p.pad)},
                              {"mass_kg", p.mass.value},
                              {"x_mm", p.x.value},
                              {"y_mm", p.y.value},
                              {"reading", to_json(p.reading, cells)}});
    auto& holds = text["holds"] = OrderedJson::array();
    for (const Hold& h : seen.holds) {
        auto readings = OrderedJson::array();
        for (const MeanReading& r : h.readings)
            readings.push_back(to_json(r, cells));
        holds.push_back({{"pad", name_of(h.pad)},
                         {"mass_kg", h.mass.value},
                         {"loaded_s", h.loaded.value},
                         {"readings", std::move(readings)}});
    }
    auto& spots = text["persons"] = OrderedJson::array();
    for (const SpotCheck& s : seen.spots)
        spots.push_back({{"pad", name_of(s.pad)}, {"mass_kg", s.mass.value}, {"reading", to_json(s.reading, cells)}});
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

constexpr std::array row_names{"force_n_per_count", "moment_x_nmm_per_count", "moment_y_nmm_per_count"};

OrderedJson to_json(const PadJudgement& pad) {
    const std::array rows{&pad.map.force, &pad.map.moment_x, &pad.map.moment_y};
    OrderedJson text{{"pad", name_of(pad.map.pad)}, {"cells", pad.map.cells}, {"range_n", pad.range.value}};
    for (std::size_t r = 0; r < 3; ++r)
        text[row_names[r]] = *rows[r];
    auto& sd = text["standard_uncertainty"] = OrderedJson::object();
    auto& covariance = text["covariance"] = OrderedJson::object();
    for (std::size_t r = 0; r < 3; ++r) {
        sd[row_names[r]] = pad.coefficient_sd[r];
        covariance[row_names[r]] = pad.covariance[r];
    }
    text["rank"] = pad.rank;
    text["condition"] = number(pad.condition);
    text["gain_of_nominal"] = number(pad.gain_of_nominal);
    text["force_scatter"] = number(pad.force_scatter);
    text["place_scatter"] = number(pad.place_scatter);
    text["diagonal_scatter_n"] = number(pad.diagonal_scatter.value);
    auto& residuals = text["residuals"] = OrderedJson::array();
    for (const Residual& r : pad.residuals)
        residuals.push_back({{"placement", r.placement},
                             {"force_n", number(r.force.value)},
                             {"x_mm", number(r.x.value)},
                             {"y_mm", number(r.y.value)},
                             {"fitted", r.fitted}});
    auto& uncertainty = text["expanded_uncertainty"] = OrderedJson::array();
    for (const StatedUncertainty& u : pad.uncertainty)
        uncertainty.push_back({{"load_n", u.load.value},
                               {"at_x_mm", u.x.value},
                               {"at_y_mm", u.y.value},
                               {"force_n", number(u.expanded.force.value)},
                               {"x_mm", number(u.expanded.x.value)},
                               {"y_mm", number(u.expanded.y.value)}});
    return text;
}

PadJudgement pad_judgement_from(const OrderedJson& text, std::size_t cells) {
    PadJudgement pad;
    pad.map.pad = pad_from(text.at("pad"));
    text.at("cells").get_to(pad.map.cells);
    pad.range = get<Newtons>(text, "range_n");
    const std::array rows{&pad.map.force, &pad.map.moment_x, &pad.map.moment_y};
    for (std::size_t r = 0; r < 3; ++r) {
        text.at(row_names[r]).get_to(*rows[r]);
        if (rows[r]->size() != pad.map.cells.size())
            throw std::invalid_argument("a map with another number of columns than cells");
        text.at("standard_uncertainty").at(row_names[r]).get_to(pad.coefficient_sd[r]);
        text.at("covariance").at(row_names[r]).get_to(pad.covariance[r]);
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

void put_derived(OrderedJson& text, const Certificate& certificate) {
    const Judgement& judged = certificate.judged;
    text["expires_utc"] = utc_text(certificate.expires);
    auto& zeros = text["corner_zeros_counts"] = OrderedJson::array();
    for (const Counts zero : certificate.corner_zeros)
        zeros.push_back(number(zero.value));
    text["verdict"] = judged.passed ? "passed" : "failed";
    auto& findings = text["findings"] = OrderedJson::array();
    for (const Finding& f : judged.findings)
        findings.push_back({{"code", f.code},
                            {"pad", or_null(f.pad)},
                            {"cell", or_null(f.cell)},
                            {"placement", or_null(f.placement)},
                            {"amount", number(f.amount)},
                            {"message", f.message}});
    text["excluded_placements"] = judged.excluded;
    auto& checks = text["checks"] = OrderedJson::array();
    for (const Check& c : judged.checks)
        checks.push_back({{"code", c.code},
                          {"pad", or_null(c.pad)},
                          {"verdict", name_of(c.verdict)},
                          {"value", number(c.value)},
                          {"limit", number(c.limit)},
                          {"unit", c.unit},
                          {"note", c.note}});
    auto& pads = text["pads"] = OrderedJson::array();
    for (const auto& pad : judged.pads)
        pads.push_back(pad ? to_json(*pad) : OrderedJson(nullptr));
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

std::string utc_text(std::chrono::sys_seconds utc) {
    using namespace std::chrono;
    const sys_days day = floor<days>(utc);
    const year_month_day date{day};
    const hh_mm_ss time{utc - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count());
}

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

OrderedJson to_json(const Limits& l) {
    return {{"points", l.points},
            {"range_kg", l.range.value},
            {"test_load", l.test_load.value},
            {"non_linearity", l.non_linearity.value},
            {"hysteresis", l.hysteresis.value},
            {"corner_spread", l.corner_spread.value},
            {"repeatability", l.repeatability.value},
            {"creep", l.creep.value},
            {"zero_return_n", l.zero_return.value},
            {"zero_drift_n_per_min", l.zero_drift.value},
            {"agreement", l.agreement.value},
            {"spot", l.spot.value},
            {"place_mm", l.place.value},
            {"place_edge_mm", l.place_edge.value},
            {"map_places", l.map_places},
            {"gain", l.gain.value},
            {"months", l.months}};
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

OrderedJson derived_json(const Certificate& certificate) {
    OrderedJson text;
    put_derived(text, certificate);
    return text;
}

OrderedJson to_json(const Certificate& certificate) {
    const Circumstances& of = certificate.of;
    OrderedJson text;
    text["schema"] = schema;
    text["id"] = of.id;
    text["plate"] = plate_json(of.plate, certificate.seen.cells);
    text["made_utc"] = utc_text(of.made);
    text["zone_offset_min"] = of.zone_offset.count();
    text["operator"] = of.made_by;
    text["software"] = of.software;
    text["plan"] = of.plan;
    text["temperature_c"] = of.temperature ? number(of.temperature->value) : OrderedJson(nullptr);
    text["warm_up_s"] = of.warm_up ? number(of.warm_up->value) : OrderedJson(nullptr);
    text["limits"] = to_json(certificate.limits);
    put_derived(text, certificate);
    put_observations(text, certificate.seen);
    return text;
}

Certificate certificate_from_json(const OrderedJson& text) {
    if (text.at("schema").get<std::string>() != schema)
        throw std::invalid_argument(fmt::format("the schema is not {}", schema));
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
