// A certificate as JSON, every key of CERTIFICATE.md.
#include <fmt/core.h>

#include <cmath>

#include "calibration/lib/certificate.hpp"
#include "calibration/lib/certificate_keys.hpp"

namespace heeldrop::calibration {
namespace {

OrderedJson number(double value) {
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
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

OrderedJson to_json(const MeanReading& r, std::size_t cells) {
    return {{"t_s", r.t.value},
            {"mean_counts", per_cell(r.mean, cells)},
            {"noise_counts", per_cell(r.noise, cells)},
            {"wander_counts", per_cell(r.wander, cells)},
            {"samples", r.samples}};
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

OrderedJson to_json(const PadJudgement& pad) {
    const std::array rows{&pad.map.force, &pad.map.moment_x, &pad.map.moment_y};
    OrderedJson text{{"pad", name_of(pad.map.pad)}, {"cells", pad.map.cells}, {"range_n", pad.range.value}};
    for (std::size_t r = 0; r < 3; ++r)
        text[map_row_names[r]] = *rows[r];
    auto& sd = text["standard_uncertainty"] = OrderedJson::object();
    auto& covariance = text["covariance"] = OrderedJson::object();
    for (std::size_t r = 0; r < 3; ++r) {
        sd[map_row_names[r]] = pad.coefficient_sd[r];
        covariance[map_row_names[r]] = pad.covariance[r];
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

OrderedJson derived_json(const Certificate& certificate) {
    OrderedJson text;
    put_derived(text, certificate);
    return text;
}

OrderedJson to_json(const Certificate& certificate) {
    const Circumstances& of = certificate.of;
    OrderedJson text;
    text["schema"] = certificate_schema;
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

}  // namespace heeldrop::calibration
