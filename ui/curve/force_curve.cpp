#include "ui/curve/force_curve.hpp"

#include <QQuickWindow>
#include <QSGFlatColorMaterial>
#include <QSGGeometryNode>
#include <QSGVertexColorMaterial>
#include <algorithm>
#include <cmath>

namespace heeldrop::ui {
namespace {

struct Box {
    float left, top, right, bottom;
    QColor color;
};

QSGGeometryNode* owning_node(QSGGeometry* geometry, QSGMaterial* material) {
    auto* node = new QSGGeometryNode;
    node->setGeometry(geometry);
    node->setMaterial(material);
    node->setFlags(QSGNode::OwnsGeometry | QSGNode::OwnsMaterial);
    return node;
}

QSGGeometryNode* boxes_node(const std::vector<Box>& boxes) {
    auto* geometry =
        new QSGGeometry(QSGGeometry::defaultAttributes_ColoredPoint2D(), static_cast<int>(boxes.size()) * 6);
    geometry->setDrawingMode(QSGGeometry::DrawTriangles);
    auto* vertex = geometry->vertexDataAsColoredPoint2D();
    for (const Box& box : boxes) {
        // Vertex colours are premultiplied; the theme's shades are opaque, so nothing is to be multiplied.
        const auto put = [&](float x, float y) {
            (vertex++)->set(x, y, static_cast<uchar>(box.color.red()), static_cast<uchar>(box.color.green()),
                            static_cast<uchar>(box.color.blue()), 255);
        };
        put(box.left, box.top);
        put(box.right, box.top);
        put(box.left, box.bottom);
        put(box.left, box.bottom);
        put(box.right, box.top);
        put(box.right, box.bottom);
    }
    return owning_node(geometry, new QSGVertexColorMaterial);
}

/// The line as drawn with a square pen: each column takes in its neighbours within half the pen's width, so that a
/// steep stretch is as wide as a flat one is thick.
std::vector<Column> with_pen(const std::vector<Column>& columns, int reach) {
    std::vector<Column> wide = columns;
    const int n = static_cast<int>(columns.size());
    for (int i = 0; i < n; ++i) {
        Column& out = wide[static_cast<std::size_t>(i)];
        if (std::isnan(out.low_n))
            continue;
        for (int j = std::max(0, i - reach); j <= std::min(n - 1, i + reach); ++j) {
            const Column& near = columns[static_cast<std::size_t>(j)];
            if (std::isnan(near.low_n))
                continue;
            out.low_n = std::min(out.low_n, near.low_n);
            out.high_n = std::max(out.high_n, near.high_n);
        }
    }
    return wide;
}

}  // namespace

ForceCurve::ForceCurve(QQuickItem* parent) : QQuickItem(parent) {
    setFlag(ItemHasContents);
    setClip(true);
    connect(this, &ForceCurve::looksChanged, this, &QQuickItem::update);
}

void ForceCurve::setCurve(CurveData* curve) {
    if (curve == data_)
        return;
    if (data_ != nullptr)
        disconnect(data_, nullptr, this, nullptr);
    data_ = curve;
    if (data_ != nullptr) {
        connect(data_, &CurveData::changed, this, &QQuickItem::update);
        connect(data_, &QObject::destroyed, this, [this] { data_ = nullptr; });
    }
    emit curveChanged();
    update();
}

void ForceCurve::geometryChange(const QRectF& now, const QRectF& before) {
    QQuickItem::geometryChange(now, before);
    update();
}

float ForceCurve::x_of(double t_s) const {
    const Seconds duration = data_->to() - data_->from();
    return static_cast<float>(width() * ((Seconds{t_s} - data_->from()) / duration));
}

float ForceCurve::y_of(double force_n) const {
    const double pen = line_width_ / 2;
    return static_cast<float>(height() - pen - (height() - line_width_) * (force_n / data_->top().value));
}

QColor ForceCurve::shade_of(const QString& phase) const {
    if (phase == QLatin1String("rise"))
        return rise_shade_;
    if (phase == QLatin1String("transfer"))
        return shift_shade_;
    if (phase == QLatin1String("drop"))
        return drop_shade_;
    return phase == QLatin1String("bottom") ? bottom_shade_ : QColor();
}

QSGNode* ForceCurve::phases_node() const {
    std::vector<Box> boxes;
    const auto& phases = data_->curve().phases;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        const QColor shade = shade_of(phases[i].phase);
        const double end = i + 1 < phases.size() ? phases[i + 1].t.value : data_->to().value;
        if (shade.isValid() && end > phases[i].t.value)
            boxes.push_back({x_of(phases[i].t.value), 0, x_of(end), static_cast<float>(height()), shade});
    }
    return boxes_node(boxes);
}

QSGNode* ForceCurve::grid_node() const {
    std::vector<Box> boxes;
    for (const QVariant& tick : data_->force_ticks()) {
        const double force = tick.toMap().value(QStringLiteral("position")).toDouble() * data_->top().value;
        const float y = std::floor(y_of(force));
        boxes.push_back({0, y, static_cast<float>(width()), y + 1, grid_color_});
    }
    return boxes_node(boxes);
}

QSGNode* ForceCurve::leg_node(const std::vector<double>& force_n, const QColor& color) const {
    const int count = static_cast<int>(std::ceil(width()));
    const int reach = static_cast<int>(line_width_ / 2);
    const auto columns = with_pen(
        columns_of(data_->curve().t_s, force_n, data_->from(), data_->to(), count, join_of(data_->curve().t_s)), reach);
    auto* group = new QSGNode;
    const float half = static_cast<float>(line_width_ / 2);
    for (std::size_t begin = 0; begin < columns.size();) {
        // One strip for each stretch without a hole.
        std::size_t end = begin;
        while (end < columns.size() && !std::isnan(columns[end].low_n))
            ++end;
        if (end > begin) {
            auto* geometry =
                new QSGGeometry(QSGGeometry::defaultAttributes_Point2D(), static_cast<int>(2 * (end - begin + 1)));
            geometry->setDrawingMode(QSGGeometry::DrawTriangleStrip);
            auto* vertex = geometry->vertexDataAsPoint2D();
            for (std::size_t i = begin; i <= end; ++i) {
                const Column& c = columns[std::min(i, end - 1)];
                (vertex++)->set(static_cast<float>(i), y_of(c.high_n) - half);
                (vertex++)->set(static_cast<float>(i), y_of(c.low_n) + half);
            }
            auto* material = new QSGFlatColorMaterial;
            material->setColor(color);
            group->appendChildNode(owning_node(geometry, material));
        }
        begin = std::max(end, begin + 1);
    }
    return group;
}

QSGNode* ForceCurve::updatePaintNode(QSGNode* old, UpdatePaintNodeData*) {
    delete old;
    if (data_ == nullptr || data_->empty() || !(data_->to() > data_->from()) || width() < 1 || height() < 1)
        return nullptr;
    auto* root = new QSGNode;
    root->appendChildNode(phases_node());
    root->appendChildNode(grid_node());
    root->appendChildNode(leg_node(data_->curve().left_n, left_color_));
    root->appendChildNode(leg_node(data_->curve().right_n, right_color_));
    return root;
}

}  // namespace heeldrop::ui
