#include "ui/pictures/item_texts.hpp"

#include <QColor>
#include <QMetaProperty>
#include <QQuickItem>

namespace heeldrop::ui {
namespace {

/// Walks what can be seen, in the order it was made.
template <class Visit>
void walk(const QQuickItem& item, const Visit& visit) {
    if (!item.isVisible())
        return;
    visit(item);
    for (const QQuickItem* child : item.childItems())
        walk(*child, visit);
}

bool is_rep_row(const QQuickItem& item) {
    return item.metaObject()->indexOfProperty("repIndex") >= 0 &&
           item.metaObject()->indexOfProperty("verdictWords") >= 0;
}

}  // namespace

QJsonObject visible_texts(const QQuickItem& root) {
    QJsonObject texts;
    walk(root, [&](const QQuickItem& item) {
        const QVariant text = item.property("text");
        if (!item.objectName().isEmpty() && text.typeId() == QMetaType::QString)
            texts.insert(item.objectName(), text.toString());
    });
    return texts;
}

QJsonArray rep_rows(const QQuickItem& root) {
    QJsonArray rows;
    walk(root, [&](const QQuickItem& item) {
        if (!is_rep_row(item))
            return;
        QJsonObject row{{QStringLiteral("index"), item.property("repIndex").toInt()},
                        {QStringLiteral("side"), item.property("side").toString()},
                        {QStringLiteral("verdict"), item.property("verdict").toString()},
                        {QStringLiteral("faults"), QJsonArray::fromStringList(item.property("faults").toStringList())},
                        {QStringLiteral("verdict_word"), item.property("verdictWords").toString()},
                        {QStringLiteral("number_words"), item.property("numberWords").toString()},
                        {QStringLiteral("descent"), item.property("descentText").toString()},
                        {QStringLiteral("descent_note"), item.property("descentNote").toString()},
                        {QStringLiteral("share"), item.property("shareText").toString()},
                        {QStringLiteral("advice"), item.property("advice").toString()}};
        // What the row's own texts say, so that a row that shows something else than it holds is found out.
        QJsonArray shown;
        walk(item, [&](const QQuickItem& part) {
            const QVariant text = part.property("text");
            if (text.typeId() == QMetaType::QString && !text.toString().isEmpty())
                shown.append(text.toString());
        });
        row.insert(QStringLiteral("shown"), shown);
        rows.append(row);
    });
    return rows;
}

QJsonObject verdict_banner(const QQuickItem& root) {
    const QQuickItem* banner = item_named(root, QStringLiteral("verdictBanner"));
    if (banner == nullptr)
        return {};
    return {{QStringLiteral("index"), banner->property("repIndex").toInt()},
            {QStringLiteral("verdict"), banner->property("verdict").toString()},
            {QStringLiteral("headline"), banner->property("headline").toString()},
            {QStringLiteral("detail"), banner->property("detail").toString()}};
}

QJsonObject curve_place(const QQuickItem& root) {
    const QQuickItem* curve = item_named(root, QStringLiteral("forceCurve"));
    if (curve == nullptr || !curve->isVisible())
        return {};
    const QRectF place = curve->mapRectToScene(QRectF(0, 0, curve->width(), curve->height()));
    const auto color = [&](const char* property) { return curve->property(property).value<QColor>().name(); };
    return {{QStringLiteral("x"), place.x()},
            {QStringLiteral("y"), place.y()},
            {QStringLiteral("width"), place.width()},
            {QStringLiteral("height"), place.height()},
            {QStringLiteral("left"), color("leftColor")},
            {QStringLiteral("right"), color("rightColor")}};
}

QQuickItem* item_named(const QQuickItem& root, const QString& name) {
    for (QQuickItem* child : root.childItems()) {
        if (child->objectName() == name)
            return child;
        if (QQuickItem* found = item_named(*child, name))
            return found;
    }
    return nullptr;
}

}  // namespace heeldrop::ui
