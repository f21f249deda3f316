// The kiosk's connection to the daemon: connects, connects again when it is lost, hands on what comes line by line.
// It must not know what the lines mean.
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/client/connection.hpp"

namespace heeldrop::ui {

class DaemonLink : public QObject {
    Q_OBJECT

 public:
    /// `socket` absent: the client's own search order. Lives in the thread whose event loop it uses.
    explicit DaemonLink(std::optional<std::filesystem::path> socket, QObject* parent = nullptr);

    /// Tries at once, and then again every `retry_interval` for as long as there is no connection.
    void start();
    bool is_open() const { return connection_ != nullptr; }

    /// The id the answer will carry; none where the daemon has gone, which closed() then says too.
    std::optional<std::int64_t> send(nlohmann::json request);

    static constexpr int retry_interval_ms = 1000;

 signals:
    void opened();
    /// Also emitted for every try that fails; `why` says what to do.
    void closed(const QString& why);
    void line(const nlohmann::json& message);
    /// Everything connected to line() has dealt with it: what is on the screen's items now is its effect.
    void handled();

 private:
    void try_to_open();
    void receive();
    void lose(const QString& why);

    std::optional<std::filesystem::path> socket_;
    std::unique_ptr<client::Connection> connection_;
    std::unique_ptr<QSocketNotifier> readable_;
    QTimer retry_;
};

}  // namespace heeldrop::ui
