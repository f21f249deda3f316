#include "ui/pictures/picture_taker.hpp"

#include <QFileInfo>
#include <QJsonDocument>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSaveFile>
#include <stdexcept>

#include "ui/models/daemon_link.hpp"
#include "ui/models/station.hpp"
#include "ui/pictures/item_texts.hpp"

namespace heeldrop::ui {
namespace {

constexpr int seen = 1;    ///< the moment, at its very beginning
constexpr int clear = 2;   ///< the moment in its middle, as a person would picture it
constexpr int newest = 3;  ///< always taken again

/// A rise is well under way after this; most last a second or more.
constexpr Seconds into_the_rise{0.4};

}  // namespace

PictureTaker::PictureTaker(const QString& folder, QQuickWindow& window, Station& station, DaemonLink& link)
    : folder_(folder), window_(window), station_(station) {
    if (!QDir().mkpath(folder) || !QFileInfo(folder).isWritable())
        throw std::runtime_error("Cannot write pictures into " + folder.toStdString() +
                                 ": make it a folder that this user may write to.");
    connect(station.live(), &LiveSession::judged, this, [this] { judged_ = true; });
    // Not on the models' own signals: those come while the items still show what was before.
    connect(&link, &DaemonLink::handled, this, &PictureTaker::look);
    connect(station.results(), &SessionResults::changed, this, &PictureTaker::look_at_results, Qt::QueuedConnection);
    connect(&window, &QQuickWindow::frameSwapped, this, &PictureTaker::look_at_results, Qt::QueuedConnection);
}

void PictureTaker::look() {
    // Before the window is up there is nothing to take a picture of.
    if (!window_.isExposed())
        return;
    if (station_.page() == QLatin1String("ready") && station_.can_start())
        take(QStringLiteral("ready.png"), seen);
    if (station_.page() != QLatin1String("live")) {
        look_at_results();
        return;
    }
    const LiveSession& live = *station_.live();
    if (live.session().state == QLatin1String("weighing"))
        take(QStringLiteral("live-weighing.png"), seen);
    if (live.phase() == QLatin1String("rise"))
        take(QStringLiteral("live-rise.png"), live.live().t - live.live().phase_start > into_the_rise ? clear : seen);
    if (live.lowering())
        take(QStringLiteral("live-drop.png"), live.guide_depth() > 0.4 && live.guide_depth() < 0.9 ? clear : seen);
    if (judged_) {
        judged_ = false;
        live_verdicts_.append(verdict_banner(*window_.contentItem()));
        take(QStringLiteral("live-verdict.png"), newest);
    }
}

void PictureTaker::look_at_results() {
    if (results_taken_ || !window_.isExposed() || station_.page() != QLatin1String("results") ||
        !station_.results()->complete())
        return;
    results_taken_ = true;
    take(QStringLiteral("results.png"), newest);
    emit resultsTaken();
}

void PictureTaker::take(const QString& name, int goodness) {
    if (goodness != newest && goodness_.value(name) >= goodness)
        return;
    goodness_[name] = goodness;
    write(name);
}

void PictureTaker::write(const QString& name) {
    // A page that has just been loaded has no places before its first frame, and a wrapped text gets its height in the
    // frame after the one that gave it its width: so the words and places are read behind the picture, not before it.
    window_.grabWindow();
    const QImage image = window_.grabWindow();
    QJsonObject picture{{QStringLiteral("page"), station_.page()},
                        {QStringLiteral("texts"), visible_texts(*window_.contentItem())}};
    if (station_.page() == QLatin1String("results")) {
        picture.insert(QStringLiteral("reps"), rep_rows(*window_.contentItem()));
        picture.insert(QStringLiteral("curve"), curve_place(*window_.contentItem()));
    }
    pictures_.insert(name, picture);

    if (!image.save(folder_.filePath(name)))
        emit failed(QStringLiteral("Cannot write the picture %1.").arg(folder_.filePath(name)));
    QSaveFile texts(folder_.filePath(QStringLiteral("texts.json")));
    const QJsonObject all{{QStringLiteral("schema"), QStringLiteral("heeldrop.kiosk-texts/1")},
                          {QStringLiteral("pictures"), pictures_},
                          {QStringLiteral("live_verdicts"), live_verdicts_}};
    if (!texts.open(QIODevice::WriteOnly) || texts.write(QJsonDocument(all).toJson()) < 0 || !texts.commit())
        emit failed(QStringLiteral("Cannot write %1: %2.").arg(texts.fileName(), texts.errorString()));
}

}  // namespace heeldrop::ui
