// The whole kiosk in a test: the real pages in a window, the real connection, and a recorded daemon at its other end.
// It must not know what a page should say.
#pragma once

#include <QImage>
#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QThread>
#include <functional>
#include <memory>

#include "tests/ui/recorded_daemon.hpp"
#include "ui/models/daemon_link.hpp"
#include "ui/models/station.hpp"

namespace heeldrop::test {

/// Plays in a thread of its own, as the kiosk's connection waits for the greeting.
class PlayedDaemon {
 public:
    PlayedDaemon(const QString& recording, const QString& socket);
    ~PlayedDaemon();

    QString paused_at();
    void go_on();
    void say(const QByteArray& line);
    void leave();
    QList<QByteArray> requests();

 private:
    template <class F>
    void in_thread(F f) {
        QMetaObject::invokeMethod(daemon_.get(), f, Qt::BlockingQueuedConnection);
    }
    QThread thread_;
    std::unique_ptr<RecordedDaemon> daemon_;
};

class PlayedKiosk {
 public:
    /// `recording` is a file's name in tests/ui/recorded; empty: no daemon yet.
    explicit PlayedKiosk(const QString& recording, QSize size = {1280, 800});
    ~PlayedKiosk();

    void start_daemon(const QString& recording);
    PlayedDaemon& daemon() { return *daemon_; }
    ui::DaemonLink& link() { return *link_; }
    ui::Station& station() { return *station_; }
    QQuickWindow& window() { return *window_; }
    QString socket() const { return folder_.filePath(QStringLiteral("daemon.sock")); }
    QString folder() const { return folder_.path(); }

    /// Waits, with a deadline, until this page is there.
    bool comes_to(const QString& page);
    /// Lets the daemon play on to this pause, and waits until the kiosk has seen all before it.
    bool play_to(const QString& pause);
    bool comes_true(const std::function<bool()>&);

    /// Layouts are done at the next frames, not when a text changes: draws them.
    void settle();

    QQuickItem* item(const QString& name);
    /// The visible text of this item; no-break spaces plain. Empty where it is not to be seen.
    std::string text(const QString& name);
    void tap(const QString& name);
    QImage picture() { return window_->grabWindow(); }

 private:
    QTemporaryDir folder_;
    std::unique_ptr<PlayedDaemon> daemon_;
    std::unique_ptr<ui::DaemonLink> link_;
    std::unique_ptr<ui::Station> station_;
    std::unique_ptr<QQmlApplicationEngine> engine_;
    QQuickWindow* window_ = nullptr;
    int marker_ = 0;
};

}  // namespace heeldrop::test
