// Pictures of the kiosk at its meaningful moments, and the words on it at the same instant, read from the live items.
// It must not know what the daemon said: only what the window shows and which moment it is.
#pragma once

#include <QDir>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QObject>

class QQuickWindow;

namespace heeldrop::ui {

class DaemonLink;
class Station;

/// Writes ready.png, live-weighing.png, live-rise.png, live-drop.png, live-verdict.png and results.png, and texts.json
/// beside them:
///   {"schema": "heeldrop.kiosk-texts/1",
///    "pictures": {"results.png": {"page": "results", "texts": {objectName: text}, "reps": [a rep row's properties],
///                                 "curve": {"x": .., "y": .., "width": .., "height": .., "left": "#..", "right":
///                                 "#.."}}},
///    "live_verdicts": [the verdict banner's properties each time a rep was judged]}
/// A moment that passes several times keeps the picture that shows it best, else the newest. In the window's thread.
class PictureTaker : public QObject {
    Q_OBJECT

 public:
    /// Throws std::runtime_error where the folder cannot be made or written to.
    PictureTaker(const QString& folder, QQuickWindow& window, Station& station, DaemonLink& link);

    /// The results page with its answers has been drawn and written.
    bool has_results() const { return results_taken_; }

 signals:
    void resultsTaken();
    void failed(const QString& message);

 private:
    void look();
    void look_at_results();
    /// Takes the picture unless one at least as good is there.
    void take(const QString& name, int goodness);
    void write(const QString& name);

    QDir folder_;
    QQuickWindow& window_;
    Station& station_;
    QHash<QString, int> goodness_;
    QJsonObject pictures_;
    QJsonArray live_verdicts_;
    bool judged_ = false;
    bool results_taken_ = false;
};

}  // namespace heeldrop::ui
