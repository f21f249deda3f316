#include "ui/models/curve_data.hpp"

#include <algorithm>

#include "ui/curve/curve_columns.hpp"
#include "ui/models/quantity_text.hpp"

namespace heeldrop::ui {
namespace {

constexpr int most_force_ticks = 7;
constexpr int most_time_ticks = 11;

QVariantMap tick(double position, const QString& label) {
    return {{QStringLiteral("position"), position}, {QStringLiteral("label"), label}};
}

}  // namespace

void CurveData::set(Curve curve) {
    curve_ = std::move(curve);
    emit changed();
}

Seconds CurveData::from() const {
    return Seconds{empty() ? 0.0 : curve_.t_s.front()};
}

Seconds CurveData::to() const {
    return Seconds{empty() ? 0.0 : curve_.t_s.back()};
}

std::vector<double> CurveData::force_steps() const {
    double highest = 0;
    for (const auto* leg : {&curve_.left_n, &curve_.right_n})
        for (const double force : *leg)
            highest = std::max(highest, force);  // a NaN compares false and is left out
    return round_ticks(highest, most_force_ticks);
}

Newtons CurveData::top() const {
    return Newtons{force_steps().back()};
}

QVariantList CurveData::force_ticks() const {
    if (empty())
        return {};
    QVariantList ticks;
    for (const double force : force_steps())
        ticks << tick(force / top().value, force_text(Newtons{force}));
    return ticks;
}

QVariantList CurveData::time_ticks() const {
    if (empty() || !(to() > from()))
        return {};
    QVariantList ticks;
    const Seconds duration = to() - from();
    for (const double t : ui::time_ticks(duration, most_time_ticks))
        ticks << tick(Seconds{t} / duration, clock_text(Seconds{t}));
    return ticks;
}

}  // namespace heeldrop::ui
