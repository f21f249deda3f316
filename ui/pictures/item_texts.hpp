// The words that a window's items show, read from the items themselves. It must not know the models behind them.
#pragma once

#include <QJsonArray>
#include <QJsonObject>

class QQuickItem;

namespace heeldrop::ui {

/// The text of every visible, named item below `root`, by its objectName.
QJsonObject visible_texts(const QQuickItem& root);
/// Every rep row below `root`, top to bottom: index, side, verdict, faults, and its words as shown.
QJsonArray rep_rows(const QQuickItem& root);
/// The verdict banner below `root`: index, verdict, headline and detail; empty where there is none.
QJsonObject verdict_banner(const QQuickItem& root);
/// Where the force curve below `root` stands, in the window's pixels, and its lines' colours; empty where there is
/// none.
QJsonObject curve_place(const QQuickItem& root);
/// The first item below `root` with this objectName, or null.
QQuickItem* item_named(const QQuickItem& root, const QString& name);

}  // namespace heeldrop::ui
