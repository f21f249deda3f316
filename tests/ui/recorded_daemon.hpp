// A stand-in for the daemon that plays recorded socket lines, so that the whole kiosk runs with no device.
// It must not know what the lines mean: it answers by the request's class alone.
#pragma once

#include <QHash>
#include <QList>
#include <QLocalServer>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>

class QLocalSocket;

namespace heeldrop::test {

/// The recording is a text file. `on connect` and `on REQUEST` begin a block, which is played when a client connects or
/// sends a request of that class. In a block: a JSON line is sent as it is, with "$id" replaced by the request's id;
/// `wait S` is the time that passed; `pause NAME` is a place where a test may look; `#` begins a comment.
/// One client at a time; blocks asked for while another is played follow it, except that answers overtake a pause.
class RecordedDaemon : public QObject {
    Q_OBJECT

 public:
    enum class Pace { as_recorded, in_steps };  ///< in steps: no waiting, but a stop at every pause

    /// Throws std::runtime_error where the recording cannot be read or the socket cannot be made.
    RecordedDaemon(const QString& recording, const QString& socket, Pace pace);

    /// Plays this block to every client that watches, without its being asked for; what answers a request is left out.
    void play_unasked(const QString& block) { unasked_ = block; }
    /// The pause the playing stands at; empty while it goes on.
    QString paused_at() const { return paused_at_; }
    void go_on();
    /// Sends one more line, as if it came next.
    void say(const QByteArray& line);
    /// Closes the socket and the connection, as a daemon that ends.
    void leave();
    const QList<QByteArray>& requests() const { return requests_; }

 private:
    void accept();
    void read();
    void queue(const QString& block, const QByteArray& id);
    void play();

    QHash<QString, QStringList> blocks_;
    QLocalServer server_;
    QPointer<QLocalSocket> client_;
    QStringList waiting_;
    QList<QByteArray> requests_;
    QString paused_at_;
    QString unasked_;
    QTimer next_;
    Pace pace_;
};

}  // namespace heeldrop::test
