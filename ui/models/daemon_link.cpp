#include "ui/models/daemon_link.hpp"

namespace heeldrop::ui {
namespace {

/// The daemon greets at once; a page that stands still for longer than this looks broken.
constexpr std::chrono::milliseconds greeting_patience{500};

}  // namespace

DaemonLink::DaemonLink(std::optional<std::filesystem::path> socket, QObject* parent)
    : QObject(parent), socket_(std::move(socket)) {
    retry_.setSingleShot(true);
    retry_.setInterval(retry_interval_ms);
    connect(&retry_, &QTimer::timeout, this, &DaemonLink::try_to_open);
}

void DaemonLink::start() {
    try_to_open();
}

void DaemonLink::try_to_open() {
    try {
        connection_ = std::make_unique<client::Connection>(client::Connection::open(socket_, greeting_patience));
    } catch (const client::ConnectionError& error) {
        lose(QString::fromUtf8(error.what()));
        return;
    }
    readable_ = std::make_unique<QSocketNotifier>(connection_->fd(), QSocketNotifier::Read);
    connect(readable_.get(), &QSocketNotifier::activated, this, &DaemonLink::receive);
    emit opened();
}

std::optional<std::int64_t> DaemonLink::send(nlohmann::json request) {
    if (!connection_)
        return std::nullopt;
    try {
        return connection_->send(std::move(request));
    } catch (const client::ConnectionError& error) {
        lose(QString::fromUtf8(error.what()));
        return std::nullopt;
    }
}

void DaemonLink::receive() {
    std::vector<nlohmann::json> messages;
    try {
        messages = connection_->read_available();
    } catch (const client::ConnectionError& error) {
        lose(QString::fromUtf8(error.what()));
        return;
    }
    for (const nlohmann::json& message : messages) {
        emit line(message);
        emit handled();
    }
}

void DaemonLink::lose(const QString& why) {
    // A notifier may be lost in its own signal: it must outlive it, but not watch a closed descriptor.
    if (readable_) {
        readable_->setEnabled(false);
        readable_.release()->deleteLater();
    }
    connection_.reset();
    retry_.start();
    emit closed(why);
}

}  // namespace heeldrop::ui
