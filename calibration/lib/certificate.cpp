#include "calibration/lib/certificate.hpp"

#include <fmt/core.h>

#include <cmath>
#include <set>

namespace heeldrop::calibration {
namespace {

std::vector<StatedUncertainty> stated(const PadFit& fit, const std::vector<Cell>& cells) {
    double lever_x = 0.0, lever_y = 0.0;
    for (const std::size_t c : fit.map().cells) {
        lever_x = std::max(lever_x, std::abs(cells[c].x.value));
        lever_y = std::max(lever_y, std::abs(cells[c].y.value));
    }
    const double x = 0.7 * lever_x, y = 0.7 * lever_y;
    const std::array<std::array<double, 2>, 5> places{{{0.0, 0.0}, {-x, y}, {x, y}, {-x, -y}, {x, -y}}};
    std::vector<StatedUncertainty> list;
    for (const double part : {0.25, 0.5, 1.0})
        for (const auto& at : places) {
            StatedUncertainty u{fit.range() * part, Millimetres{at[0]}, Millimetres{at[1]}, {}};
            u.expanded = fit.uncertainty(u.load, u.x, u.y);
            list.push_back(u);
        }
    return list;
}

PadJudgement judgement_of(const PadFit& fit, const Observations& seen) {
    PadJudgement pad;
    pad.map = fit.map();
    pad.range = fit.range();
    pad.rank = fit.rank();
    pad.condition = fit.condition();
    pad.gain_of_nominal = fit.gain_of_nominal();
    pad.force_scatter = fit.force_scatter();
    pad.place_scatter = fit.place_scatter();
    pad.diagonal_scatter = fit.diagonal_scatter();
    pad.coefficient_sd = fit.coefficient_sd();
    for (int row = 0; row < 3; ++row) {
        const Eigen::MatrixXd matrix = fit.covariance(row);
        auto& rows = pad.covariance[static_cast<std::size_t>(row)];
        for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
            rows.emplace_back();
            for (Eigen::Index j = 0; j < matrix.cols(); ++j)
                rows.back().push_back(matrix(i, j));
        }
    }
    pad.residuals = fit.residuals();
    pad.uncertainty = stated(fit, seen.cells);
    return pad;
}

void differ(const OrderedJson& stated, const OrderedJson& again, const std::string& where,
            std::vector<Difference>& list) {
    if (stated.is_number() && again.is_number()) {
        const double a = stated.get<double>(), b = again.get<double>();
        if (!(std::abs(a - b) <= recompute_absolute + recompute_relative * std::max(std::abs(a), std::abs(b))))
            list.push_back({where, stated.dump(), again.dump()});
        return;
    }
    if (stated.type() != again.type() || stated.size() != again.size()) {
        list.push_back({where, stated.dump(), again.dump()});
        return;
    }
    if (stated.is_object()) {
        for (const auto& [key, value] : stated.items()) {
            const std::string name = where.empty() ? key : where + "." + key;
            if (key == "message" || key == "note")
                continue;
            if (!again.contains(key))
                list.push_back({name, value.dump(), "nothing"});
            else
                differ(value, again[key], name, list);
        }
    } else if (stated.is_array()) {
        for (std::size_t i = 0; i < stated.size(); ++i)
            differ(stated[i], again[i], fmt::format("{}.{}", where, i), list);
    } else if (stated != again) {
        list.push_back({where, stated.dump(), again.dump()});
    }
}

}  // namespace

Judgement judgement_of(const Evaluation& evaluation, const Observations& seen) {
    Judgement judged;
    judged.passed = evaluation.passed();
    judged.findings = evaluation.findings;
    judged.checks = evaluation.checks;
    judged.excluded = evaluation.excluded;
    for (std::size_t i = 0; i < 2; ++i)
        if (evaluation.fits[i])
            judged.pads[i] = judgement_of(*evaluation.fits[i], seen);
    return judged;
}

PlateMap Certificate::map() const {
    PlateMap map;
    map.certificate_id = of.id;
    for (std::size_t i = 0; i < 2; ++i) {
        map.pads[i] = judged.pads[i].value().map;
        map.range[i] = judged.pads[i]->range;
    }
    return map;
}

Certificate certify(Circumstances of, Observations seen, const Limits& limits) {
    Certificate certificate;
    certificate.of = std::move(of);
    certificate.seen = std::move(seen);
    certificate.limits = limits;
    certificate.expires = months_later(certificate.of.made, limits.months);
    certificate.judged = judgement_of(evaluate(certificate.seen, limits), certificate.seen);
    if (!certificate.seen.empties.empty())
        for (std::size_t c = 0; c < certificate.seen.cells.size(); ++c)
            certificate.corner_zeros.push_back(Counts{certificate.seen.empties.back().mean[c]});
    return certificate;
}

std::vector<std::string> wider_limits(const Limits& limits) {
    const std::set<std::string> the_more_the_stricter{"points", "range_kg", "test_load", "map_places"};
    const OrderedJson usual = to_json(Limits{}), given = to_json(limits);
    std::vector<std::string> wider;
    for (const auto& [key, value] : given.items()) {
        const double is = value.get<double>(), was = usual.at(key).get<double>();
        if (the_more_the_stricter.count(key) > 0 ? is < was : is > was)
            wider.push_back(fmt::format("{} {:g} ({:g})", key, is, was));
    }
    return wider;
}

std::string warm_up_text(const Circumstances& of) {
    if (!of.warm_up)
        return "not known";
    const double minutes = std::round(of.warm_up->value / 6.0) / 10.0, rule = usual_warm_up.value / 60.0;
    return fmt::format("{:g} min{}", minutes, minutes < rule ? fmt::format(" of {:g}", rule) : "");
}

std::chrono::sys_seconds months_later(std::chrono::sys_seconds from, int months) {
    using namespace std::chrono;
    const sys_days day = floor<days>(from);
    year_month_day date = year_month_day{day} + std::chrono::months{months};
    if (!date.ok())
        date = date.year() / date.month() / last;
    return sys_days{date} + (from - day);
}

std::vector<Difference> recompute(const Certificate& certificate) {
    std::vector<Difference> list;
    differ(derived_json(certificate), derived_json(certify(certificate.of, certificate.seen, certificate.limits)), "",
           list);
    return list;
}

}  // namespace heeldrop::calibration
