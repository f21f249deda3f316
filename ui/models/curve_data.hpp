// A session's force curve as data for the curve item and its axes. It must not know how it is drawn.
#pragma once

#include <QObject>
#include <QVariantList>
#include <QtQmlIntegration>

#include "ui/models/messages.hpp"

namespace heeldrop::ui {

class CurveData : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("owned by SessionResults")
    Q_PROPERTY(bool empty READ empty NOTIFY changed)
    /// Each {"position": 0..1 along the axis, "label": text}.
    Q_PROPERTY(QVariantList forceTicks READ force_ticks NOTIFY changed)
    Q_PROPERTY(QVariantList timeTicks READ time_ticks NOTIFY changed)

 public:
    using QObject::QObject;

    void set(Curve);
    const Curve& curve() const { return curve_; }
    bool empty() const { return curve_.t_s.size() < 2; }

    Seconds from() const;
    Seconds to() const;
    Newtons top() const;  ///< the force axis runs from 0 to here
    QVariantList force_ticks() const;
    QVariantList time_ticks() const;

 signals:
    void changed();

 private:
    std::vector<double> force_steps() const;

    Curve curve_;
};

}  // namespace heeldrop::ui
