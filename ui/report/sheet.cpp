// See sheet.hpp.
#include "ui/report/sheet.hpp"

#include <QFontMetricsF>
#include <QPainterPath>
#include <QPen>
#include <algorithm>
#include <cmath>

namespace heeldrop::report {
namespace {

constexpr double px = Sheet::pixels_per_mm;

QPointF pixels(QPointF mm) {
    return mm * px;
}
QRectF pixels(const QRectF& mm) {
    return {mm.topLeft() * px, mm.size() * px};
}
QPen pen(const QColor& colour, double width_mm, bool dashed) {
    if (colour.alpha() == 0)
        return Qt::NoPen;
    QPen pen(colour, width_mm * px, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (dashed)
        pen.setDashPattern({3.0, 3.0});
    return pen;
}

}  // namespace

Sheet::Sheet(QPainter& painter) : painter_(painter) {
    painter_.setRenderHint(QPainter::Antialiasing);
}

/// Inter's contextual alternates (signs raised between capitals and digits) are glyphs of no character: text copied
/// from the PDF would lose its hyphens and ≤. Qt 6.4 switches them off only together with kerning, which words alone
/// keep.
QFont Sheet::font(const QString& words, const TextStyle& style) {
    QFont font(QStringLiteral("Inter"));
    font.setPixelSize(static_cast<int>(std::lround(style.size_mm * px)));
    font.setWeight(style.weight);
    const bool words_alone = std::all_of(words.begin(), words.end(),
                                         [](QChar c) { return c.isLetter() || c.isSpace() || c == '.' || c == ','; });
    if (!words_alone)
        font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

double Sheet::width_of(const QString& words, const TextStyle& style) const {
    return QFontMetricsF(font(words, style), painter_.device()).horizontalAdvance(words) / px;
}

void Sheet::text(QPointF at, const QString& words, const TextStyle& style, double most_mm) {
    const QFontMetricsF metrics(font(words, style), painter_.device());
    const QString shown = most_mm > 0.0 ? metrics.elidedText(words, Qt::ElideRight, most_mm * px) : words;
    const double width = metrics.horizontalAdvance(shown);
    const double back = style.align == Align::left ? 0.0 : style.align == Align::centre ? width / 2.0 : width;
    painter_.setFont(font(words, style));
    painter_.setPen(style.colour);
    painter_.drawText(pixels(at) - QPointF(back, 0.0), shown);
}

double Sheet::paragraph(QPointF corner, double width_mm, const QString& words, const TextStyle& style, bool draw) {
    const QFontMetricsF metrics(font(words, style), painter_.device());
    const QRectF room(pixels(corner), QSizeF(width_mm * px, page_height_mm * px));
    const int flags = Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop;
    if (draw) {
        painter_.setFont(font(words, style));
        painter_.setPen(style.colour);
        painter_.drawText(room, flags, words);
    }
    return metrics.boundingRect(room, flags, words).height() / px;
}

void Sheet::line(QPointF a, QPointF b, double width_mm, const QColor& colour, bool dashed) {
    painter_.setPen(pen(colour, width_mm, dashed));
    painter_.drawLine(pixels(a), pixels(b));
}

void Sheet::box(const QRectF& box, const QColor& fill, const QColor& outline, double width_mm, double radius_mm) {
    painter_.setPen(pen(outline, width_mm, false));
    painter_.setBrush(fill);
    painter_.drawRoundedRect(pixels(box), radius_mm * px, radius_mm * px);
}

void Sheet::within(const QRectF& box, const std::function<void()>& drawing) {
    painter_.save();
    painter_.setClipRect(pixels(box));
    drawing();
    painter_.restore();
}

void Sheet::circle(QPointF centre, double radius_mm, const QColor& fill, const QColor& outline, double width_mm,
                   bool dashed) {
    painter_.setPen(pen(outline, width_mm, dashed));
    painter_.setBrush(fill);
    painter_.drawEllipse(pixels(centre), radius_mm * px, radius_mm * px);
}

void Sheet::polygon(const std::vector<QPointF>& corners, const QColor& fill, const QColor& outline, double width_mm) {
    QPolygonF shape;
    for (const QPointF& corner : corners)
        shape << pixels(corner);
    painter_.setPen(pen(outline, width_mm, false));
    painter_.setBrush(fill);
    painter_.drawPolygon(shape);
}

void Sheet::tick(QPointF centre, double size_mm, const QColor& colour) {
    const double s = size_mm / 2.0;
    QPainterPath path(pixels(centre + QPointF(-s, 0.1 * s)));
    path.lineTo(pixels(centre + QPointF(-0.3 * s, 0.8 * s)));
    path.lineTo(pixels(centre + QPointF(s, -0.8 * s)));
    painter_.setPen(pen(colour, size_mm * 0.2, false));
    painter_.setBrush(Qt::NoBrush);
    painter_.drawPath(path);
}

void Sheet::cross(QPointF centre, double size_mm, const QColor& colour) {
    const double s = 0.75 * size_mm / 2.0;
    line(centre + QPointF(-s, -s), centre + QPointF(s, s), size_mm * 0.2, colour);
    line(centre + QPointF(-s, s), centre + QPointF(s, -s), size_mm * 0.2, colour);
}

}  // namespace heeldrop::report
