#include "tests/ui/recorded_daemon.hpp"

#include <QFile>
#include <QLocalSocket>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace heeldrop::test {

RecordedDaemon::RecordedDaemon(const QString& recording, const QString& socket, Pace pace) : pace_(pace) {
    QFile file(recording);
    if (!file.open(QIODevice::ReadOnly))
        throw std::runtime_error("Cannot read the recording " + recording.toStdString() + ".");
    QString block;
    for (const QByteArray& raw : file.readAll().split('\n')) {
        const QString line = QString::fromUtf8(raw);
        if (line.startsWith(QLatin1String("on ")))
            block = line.mid(3);
        else if (!line.isEmpty() && !line.startsWith(QLatin1Char('#')))
            blocks_[block] << line;
    }
    QLocalServer::removeServer(socket);
    if (!server_.listen(socket))
        throw std::runtime_error("Cannot listen at " + socket.toStdString() + ".");
    connect(&server_, &QLocalServer::newConnection, this, &RecordedDaemon::accept);
    next_.setSingleShot(true);
    connect(&next_, &QTimer::timeout, this, &RecordedDaemon::play);
}

void RecordedDaemon::accept() {
    client_ = server_.nextPendingConnection();
    waiting_.clear();
    paused_at_.clear();
    connect(client_, &QLocalSocket::readyRead, this, &RecordedDaemon::read);
    queue(QStringLiteral("connect"), {});
}

void RecordedDaemon::read() {
    while (client_ && client_->canReadLine()) {
        const QByteArray line = client_->readLine();
        requests_ << line;
        const auto request = nlohmann::json::parse(line.toStdString());
        queue(QString::fromStdString(request.value("class", "")), QByteArray::fromStdString(request["id"].dump()));
    }
}

void RecordedDaemon::queue(const QString& block, const QByteArray& id) {
    QStringList lines = blocks_.value(block);
    lines.replaceInStrings(QStringLiteral("\"$id\""), QString::fromUtf8(id));
    if (!paused_at_.isEmpty()) {
        for (const QString& line : lines)
            say(line.toUtf8());
        return;
    }
    waiting_ << lines;
    if (block == QLatin1String("watch"))
        for (const QString& line : blocks_.value(unasked_))
            if (!line.contains(QLatin1String("\"$id\"")))
                waiting_ << line;
    if (!next_.isActive())
        play();
}

void RecordedDaemon::say(const QByteArray& line) {
    if (client_) {
        client_->write(line + '\n');
        client_->flush();
    }
}

void RecordedDaemon::play() {
    while (!waiting_.isEmpty()) {
        const QString line = waiting_.takeFirst();
        if (line.startsWith(QLatin1String("wait "))) {
            if (pace_ == Pace::as_recorded) {
                next_.start(static_cast<int>(1000 * line.mid(5).toDouble()));
                return;
            }
        } else if (line.startsWith(QLatin1String("pause "))) {
            if (pace_ == Pace::in_steps) {
                paused_at_ = line.mid(6);
                return;
            }
        } else {
            say(line.toUtf8());
        }
    }
}

void RecordedDaemon::go_on() {
    paused_at_.clear();
    play();
}

void RecordedDaemon::leave() {
    server_.close();
    waiting_.clear();
    paused_at_.clear();
    next_.stop();
    if (client_) {
        client_->disconnect(this);
        client_->abort();
        client_->deleteLater();
    }
}

}  // namespace heeldrop::test
