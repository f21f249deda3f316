// The force curve as a scene-graph item: the rep's phases shaded behind, a grid, and one line for each leg.
// It must not know the page or the daemon; its colours come from the theme, its data from CurveData.
#pragma once

#include <QColor>
#include <QQuickItem>
#include <QtQmlIntegration>

#include "ui/curve/curve_columns.hpp"
#include "ui/models/curve_data.hpp"

namespace heeldrop::ui {

/// Each leg is a band that covers, in every column of pixels, all that the line does there, so a peak one sample wide
/// is never lost. Needs a scene graph with geometry (OpenGL): the software and offscreen adaptations draw nothing.
class ForceCurve : public QQuickItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(heeldrop::ui::CurveData* curve READ curve WRITE setCurve NOTIFY curveChanged)
    Q_PROPERTY(QColor leftColor MEMBER left_color_ NOTIFY looksChanged)
    Q_PROPERTY(QColor rightColor MEMBER right_color_ NOTIFY looksChanged)
    Q_PROPERTY(QColor gridColor MEMBER grid_color_ NOTIFY looksChanged)
    Q_PROPERTY(QColor riseShade MEMBER rise_shade_ NOTIFY looksChanged)
    Q_PROPERTY(QColor shiftShade MEMBER shift_shade_ NOTIFY looksChanged)
    Q_PROPERTY(QColor dropShade MEMBER drop_shade_ NOTIFY looksChanged)
    Q_PROPERTY(QColor bottomShade MEMBER bottom_shade_ NOTIFY looksChanged)
    Q_PROPERTY(double lineWidth MEMBER line_width_ NOTIFY looksChanged)

 public:
    explicit ForceCurve(QQuickItem* parent = nullptr);

    CurveData* curve() const { return data_; }
    void setCurve(CurveData*);

 signals:
    void curveChanged();
    void looksChanged();

 protected:
    QSGNode* updatePaintNode(QSGNode*, UpdatePaintNodeData*) override;
    void geometryChange(const QRectF& now, const QRectF& before) override;

 private:
    QSGNode* phases_node() const;
    QSGNode* grid_node() const;
    QSGNode* leg_node(const std::vector<double>& force_n, const QColor& color) const;
    QColor shade_of(const QString& phase) const;
    float x_of(double t_s) const;
    float y_of(double force_n) const;

    CurveData* data_ = nullptr;
    QColor left_color_, right_color_, grid_color_;
    QColor rise_shade_, shift_shade_, drop_shade_, bottom_shade_;
    double line_width_ = 2.0;
};

}  // namespace heeldrop::ui
