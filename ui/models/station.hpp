// The station as the kiosk sees it: daemon, plate, the session under way, and which page that calls for.
// It knows the daemon's messages; it must not know how a page looks.
#pragma once

#include <QHash>
#include <QObject>
#include <QtQmlIntegration>

#include "ui/models/daemon_link.hpp"
#include "ui/models/live_session.hpp"
#include "ui/models/session_results.hpp"

namespace heeldrop::ui {

class Station : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the program")
    Q_PROPERTY(QString page READ page NOTIFY changed)
    Q_PROPERTY(QString condition READ condition NOTIFY changed)
    Q_PROPERTY(QString title READ title NOTIFY changed)
    Q_PROPERTY(QString explanation READ explanation NOTIFY changed)
    Q_PROPERTY(QString remedy READ remedy NOTIFY changed)
    Q_PROPERTY(bool canStart READ can_start NOTIFY changed)
    Q_PROPERTY(QString refusal READ refusal NOTIFY changed)
    Q_PROPERTY(QString warning READ warning NOTIFY changed)
    Q_PROPERTY(heeldrop::ui::LiveSession* live READ live CONSTANT)
    Q_PROPERTY(heeldrop::ui::SessionResults* results READ results CONSTANT)

 public:
    explicit Station(DaemonLink& link, QObject* parent = nullptr);

    /// ready, live, results, or help.
    QString page() const;
    /// no_daemon, missing, connecting, refused, needs_zero, unfit (by its calibration), or ready: what stands between the patient and a start.
    QString condition() const;
    QString title() const;
    QString explanation() const;
    QString remedy() const;
    bool can_start() const { return condition() == QLatin1String("ready") && !starting_; }
    QString refusal() const { return refusal_; }  ///< why the daemon did not start the session
    QString warning() const;                      ///< what the patient should know and that does not stop a start

    LiveSession* live() { return &live_; }
    SessionResults* results() { return &results_; }

    /// The side is left, right or both; the answer arrives as a page change or as refusal().
    Q_INVOKABLE void start(const QString& side, int sets, int reps);
    /// Ends the session and asks for staff, whether or not the daemon still answers.
    Q_INVOKABLE void stopAndCallHelp();
    Q_INVOKABLE void helpHasCome();
    /// Back from the results to the start.
    Q_INVOKABLE void done();

 signals:
    void changed();

 private:
    void on_opened();
    void on_closed(const QString& why);
    void on_line(const nlohmann::json&);
    void on_result(const nlohmann::json&);
    void on_error(const nlohmann::json&);
    void take_snapshot(const nlohmann::json&);
    void take_plate(const PlateInfo&);
    void take_session(const SessionInfo&);
    void show_results(const SessionInfo&);
    void ask(const char* request, nlohmann::json keys);

    DaemonLink& link_;
    bool connected_ = false;
    QString connection_error_;
    PlateInfo plate_;
    LiveSession live_;
    SessionResults results_;
    bool showing_results_ = false;
    bool help_called_ = false;
    bool starting_ = false;
    QString refusal_;
    QHash<std::int64_t, QString> asked_;  ///< what each open request was
};

}  // namespace heeldrop::ui
