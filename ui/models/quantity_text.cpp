#include "ui/models/quantity_text.hpp"

#include <cmath>

namespace heeldrop::ui {
namespace {

constexpr QChar no_break_space{0x00a0};
constexpr QChar plus_minus{0x00b1};
/// A value such as 0.3 is stored a hair above or below; a hair must not raise an uncertainty to the next digit.
constexpr double hair = 1e-9;
/// An unloaded pad reads this little below nothing without a fault; what is further below is shown.
constexpr Newtons zero_error{5.0};

QString with_unit(const QString& number, const char* unit) {
    return number + no_break_space + QString::fromLatin1(unit);
}

/// Fixed decimals, and no minus sign before a rounded zero.
QString fixed(double value, int decimals) {
    const double step = std::pow(10.0, -decimals);
    const double rounded = std::round(value / step) * step;
    return QString::number(std::abs(rounded) < step / 2 ? 0.0 : rounded, 'f', decimals);
}

QString measured(double value, std::optional<double> uncertainty, int decimals) {
    if (!uncertainty)
        return fixed(value, decimals);
    const double step = std::pow(10.0, -decimals);
    const double up = std::max(step, std::ceil(*uncertainty / step - hair) * step);
    return fixed(value, decimals) + no_break_space + plus_minus + no_break_space + fixed(up, decimals);
}

template <class Quantity>
std::optional<double> scaled(std::optional<Quantity> q, double by) {
    return q ? std::optional(q->value * by) : std::nullopt;
}

}  // namespace

QString force_text(Newtons f) {
    return with_unit(fixed(f < Newtons{} && f > -zero_error ? 0.0 : f.value, 0), "N");
}

QString share_text(Fraction f) {
    return with_unit(fixed(f.value * 100, 0), "%");
}

QString duration_text(Seconds s) {
    return with_unit(fixed(s.value, 1), "s");
}

QString duration_text(Seconds s, std::optional<Seconds> uncertainty) {
    return with_unit(measured(s.value, scaled(uncertainty, 1), 1), "s");
}

QString depth_text(Metres d, std::optional<Metres> uncertainty) {
    return with_unit(measured(d.value * 100, scaled(uncertainty, 100), 0), "cm");
}

QString clock_text(Seconds s) {
    const auto whole = static_cast<long long>(std::llround(std::max(0.0, s.value)));
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

QString mass_of_weight_text(Newtons weight) {
    return with_unit(fixed(weight.value / standard_gravity.value, 1), "kg");
}

}  // namespace heeldrop::ui
