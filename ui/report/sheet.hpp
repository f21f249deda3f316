// A4 paper to draw on in millimetres from its upper left corner: text, lines and marks, all vectors, in the few greys
// and sizes that the pages share. It must not know what a page is about.
#pragma once

#include <QColor>
#include <QFont>
#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <functional>
#include <vector>

namespace heeldrop::report {

/// The kiosk's colours (ui/theme/Theme.qml) where each is a grey of its own when printed without colour.
namespace colour {
inline const QColor ink{0x10, 0x20, 0x2c}, quiet{0x3d, 0x4f, 0x5c}, line{0xb9, 0xc6, 0xcf}, shade{0xee, 0xf2, 0xf5},
    paper{0xff, 0xff, 0xff}, bad{0x9c, 0x10, 0x40}, good{0x0a, 0x6b, 0x4b};
}  // namespace colour

enum class Align { left, centre, right };

struct TextStyle {
    double size_mm = 3.4;  ///< of the letters' em
    QFont::Weight weight = QFont::Normal;
    QColor colour = colour::ink;
    Align align = Align::left;
};

/// Of the paper, in millimetres.
inline constexpr double page_width_mm = 210.0, page_height_mm = 297.0;

class Sheet {
 public:
    /// Device pixels a millimetre that the painter must have: font sizes are whole pixels.
    static constexpr double pixels_per_mm = 100.0;

    /// `painter` draws on an A4 page without margins at that resolution, and outlives this.
    explicit Sheet(QPainter& painter);

    /// One line of text; `at` is on its baseline, at its left end, middle or right end. Shortened with an ellipsis to
    /// `most_mm`, if that is more than 0.
    void text(QPointF at, const QString& words, const TextStyle& style = {}, double most_mm = 0.0);
    double width_of(const QString& words, const TextStyle& style) const;
    /// Wrapped at `width_mm`, from its upper left corner down; the height it takes. Drawn only if `draw`.
    double paragraph(QPointF corner, double width_mm, const QString& words, const TextStyle& style, bool draw = true);

    /// What is drawn by it does not leave the box.
    void within(const QRectF& box, const std::function<void()>& drawing);
    void line(QPointF a, QPointF b, double width_mm, const QColor& colour, bool dashed = false);
    void box(const QRectF& box, const QColor& fill, const QColor& outline = Qt::transparent, double width_mm = 0.2,
             double radius_mm = 0.0);
    void circle(QPointF centre, double radius_mm, const QColor& fill, const QColor& outline, double width_mm = 0.2,
                bool dashed = false);
    void polygon(const std::vector<QPointF>& corners, const QColor& fill, const QColor& outline, double width_mm = 0.2);
    /// A tick or a cross in a square of that size around its centre; a meaning that needs no colour.
    void tick(QPointF centre, double size_mm, const QColor& colour);
    void cross(QPointF centre, double size_mm, const QColor& colour);

 private:
    static QFont font(const QString& words, const TextStyle& style);
    QPainter& painter_;
};

}  // namespace heeldrop::report
