// See certificate_pictures.hpp.
#include "ui/report/certificate_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace heeldrop::report {
namespace {

using namespace calibration;

const TextStyle small{2.6, QFont::Normal, colour::quiet};

TextStyle aligned(TextStyle style, Align align) {
    style.align = align;
    return style;
}

const Placement* placement_of(const Certificate& certificate, int number) {
    const auto& list = certificate.seen.placements;
    const auto found = std::find_if(list.begin(), list.end(), [&](const Placement& p) { return p.number == number; });
    return found == list.end() ? nullptr : &*found;
}

/// Up, down, elsewhere; full where the fit used it.
void draw_mark(Sheet& sheet, QPointF at, Role role, bool fitted) {
    constexpr double r = 0.85;
    const QColor fill = fitted ? colour::ink : colour::paper;
    if (role == Role::up)
        sheet.polygon({at + QPointF(-r, 0.8 * r), at + QPointF(r, 0.8 * r), at + QPointF(0, -r)}, fill, colour::ink);
    else if (role == Role::down)
        sheet.polygon({at + QPointF(-r, -0.8 * r), at + QPointF(r, -0.8 * r), at + QPointF(0, r)}, fill, colour::ink);
    else
        sheet.circle(at, 0.8 * r, fill, colour::ink);
}

/// 1, 2 or 5 times a power of ten, of which about `steps` make up `range`.
double step_of(double range, double steps) {
    const double rough = range / steps, decade = std::pow(10.0, std::floor(std::log10(rough)));
    const double part = rough / decade;
    return decade * (part < 1.5 ? 1.0 : part < 3.5 ? 2.0 : part < 7.5 ? 5.0 : 10.0);
}

void say_no_map(Sheet& sheet, const QRectF& box) {
    sheet.box(box, colour::shade, colour::line);
    sheet.text(box.center(), QStringLiteral("no map"), aligned({3.0, QFont::DemiBold, colour::quiet}, Align::centre));
}

}  // namespace

void draw_residuals(Sheet& sheet, const QRectF& box, const Certificate& certificate, Pad pad) {
    const auto& judged = certificate.judged.pads[pad == Pad::left ? 0 : 1];
    const QRectF plot = box.adjusted(8.0, 1.5, -1.5, -7.5);
    if (!judged)
        return say_no_map(sheet, plot);
    const double range = judged->range.value, limit = certificate.limits.non_linearity.value * range;
    double most = 1.15 * limit;
    for (const Residual& r : judged->residuals)
        most = std::max(most, 1.1 * std::abs(r.force.value));
    const double widest = 1.06 * range;
    const auto at = [&](double load, double error) {
        return QPointF(plot.left() + plot.width() * load / widest,
                       plot.center().y() - plot.height() / 2.0 * error / most);
    };
    sheet.box(plot, colour::paper, colour::line);
    sheet.box(QRectF(at(0, limit), at(widest, -limit)), colour::shade);
    const double error_step = step_of(2.0 * most, 5.0), load_step = step_of(widest, 4.0);
    for (double e = -error_step * std::floor(most / error_step); e <= most; e += error_step) {
        sheet.line(at(0, e), at(widest, e), 0.1, colour::line);
        sheet.text(at(0, e) + QPointF(-1.0, 0.9),
                   QString::fromStdString(fmt::format("{:g}", std::round(e * 1e6) / 1e6)),
                   aligned(small, Align::right));
    }
    for (double n = 0.0; n <= widest; n += load_step)
        sheet.text(at(n, -most) + QPointF(0, 3.2), QString::fromStdString(fmt::format("{:g}", n)),
                   aligned(small, Align::centre));
    sheet.line(at(0, 0), at(widest, 0), 0.25, colour::quiet);
    for (const double sign : {-1.0, 1.0})
        sheet.line(at(0, sign * limit), at(widest, sign * limit), 0.3, colour::ink, true);
    for (const Residual& r : judged->residuals)
        if (const Placement* p = placement_of(certificate, r.placement))
            draw_mark(sheet, at(p->mass.value * certificate.seen.gravity.value, r.force.value), p->role, r.fitted);
    struct Key {
        Role role;
        bool fitted;
        const char* what;
        double mm;  ///< to the next one
    };
    QPointF key(plot.left() + 12.0, box.top() - 2.5);
    for (const Key& k : {Key{Role::up, true, "up", 6.5}, Key{Role::down, true, "down", 10.0},
                         Key{Role::corner, true, "corner", 11.5}, Key{Role::verify, false, "not in the fit", 0.0}}) {
        draw_mark(sheet, key, k.role, k.fitted);
        sheet.text(key + QPointF(1.6, 0.9), QString::fromUtf8(k.what), small);
        key.rx() += k.mm;
    }
    sheet.text({plot.center().x(), plot.bottom() + 6.6}, QStringLiteral("force error over load, N; dashed: limit"),
               aligned(small, Align::centre));
}

void draw_place_map(Sheet& sheet, const QRectF& box, const Certificate& certificate, Pad pad) {
    const auto& judged = certificate.judged.pads[pad == Pad::left ? 0 : 1];
    const QRectF room = box.adjusted(1.0, 1.5, -1.0, -7.5);
    if (!judged)
        return say_no_map(sheet, room);
    const auto own = cells_of_pad(certificate.seen.cells, pad);
    double half_width = 0.0, half_length = 0.0;
    for (const std::size_t cell : own) {
        half_width = std::max(half_width, std::abs(certificate.seen.cells[cell].x.value));
        half_length = std::max(half_length, std::abs(certificate.seen.cells[cell].y.value));
    }
    constexpr double rim_mm = 25.0;  // of the plate around its cells
    const double scale =
        std::min(room.width() / 2.0 / (half_width + rim_mm), room.height() / 2.0 / (half_length + rim_mm));
    const auto at = [&](double x, double y) { return room.center() + QPointF(x, -y) * scale; };
    const QRectF plate(at(-half_width - rim_mm, half_length + rim_mm), at(half_width + rim_mm, -half_length - rim_mm));
    sheet.box(plate, colour::paper, colour::quiet, 0.25, 1.2);
    for (const std::size_t c : own) {
        const Cell& cell = certificate.seen.cells[c];
        const QPointF where = at(cell.x.value, cell.y.value);
        sheet.box(QRectF(where - QPointF(1.1, 1.1), where + QPointF(1.1, 1.1)), colour::line);
    }
    // A plan may allow so much that its circles are larger than the plate.
    sheet.within(plate, [&] {
        for (const Residual& r : judged->residuals) {
            const Placement* p = placement_of(certificate, r.placement);
            if (p == nullptr)
                continue;
            const double limit = place_limit(certificate.seen.cells, own, p->x, p->y, certificate.limits).value;
            sheet.circle(at(p->x.value, p->y.value), limit * place_enlarged * scale, Qt::transparent, colour::quiet,
                         0.15, true);
            const QPointF mark = at(p->x.value, p->y.value);
            sheet.line(mark - QPointF(0.9, 0), mark + QPointF(0.9, 0), 0.15, colour::quiet);
            sheet.line(mark - QPointF(0, 0.9), mark + QPointF(0, 0.9), 0.15, colour::quiet);
        }
        for (const Residual& r : judged->residuals)
            if (const Placement* p = placement_of(certificate, r.placement)) {
                const QPointF found =
                    at(p->x.value + place_enlarged * r.x.value, p->y.value + place_enlarged * r.y.value);
                sheet.line(at(p->x.value, p->y.value), found, 0.2, colour::ink);
                sheet.circle(found, 0.5, r.fitted ? colour::ink : colour::paper, colour::ink);
            }
    });
    sheet.text({room.center().x(), room.bottom() + 3.2}, QStringLiteral("place errors,"),
               aligned(small, Align::centre));
    sheet.text({room.center().x(), room.bottom() + 6.6},
               QString::fromStdString(fmt::format("× {:g}; circle: limit", place_enlarged)),
               aligned(small, Align::centre));
}

}  // namespace heeldrop::report
