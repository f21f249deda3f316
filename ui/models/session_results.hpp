// What the results page shows of a session that is over: totals, its reps, its force curve.
// It must not know the socket; Station feeds it from the `session` and `curve` answers.
#pragma once

#include <QObject>
#include <QtQmlIntegration>

#include "ui/models/curve_data.hpp"
#include "ui/models/messages.hpp"
#include "ui/models/reps_model.hpp"

namespace heeldrop::ui {

class SessionResults : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("owned by Station")
    Q_PROPERTY(heeldrop::ui::RepsModel* reps READ reps CONSTANT)
    Q_PROPERTY(heeldrop::ui::CurveData* curve READ curve CONSTANT)
    Q_PROPERTY(bool complete READ complete NOTIFY changed)
    Q_PROPERTY(QString summary READ summary NOTIFY changed)
    Q_PROPERTY(QString totals READ totals NOTIFY changed)
    Q_PROPERTY(QString warnings READ warnings NOTIFY changed)
    Q_PROPERTY(QString curveMessage READ curve_message NOTIFY changed)

 public:
    explicit SessionResults(QObject* parent = nullptr);

    RepsModel* reps() { return &reps_; }
    CurveData* curve() { return &curve_; }
    /// Both answers have come, whether they held something or not.
    bool complete() const { return session_answered_ && curve_answered_; }
    const SessionInfo& session() const { return session_; }

    /// A new session's results are awaited: what was shown is gone.
    void await(const SessionInfo&);
    void set_session(const SessionInfo&, std::vector<RepInfo>);
    void set_curve(Curve);
    /// The daemon could not give the reps, or the curve: said on the page.
    void session_failed(const QString& message);
    void curve_failed(const QString& message);

    QString summary() const;
    QString totals() const;
    QString warnings() const;
    QString curve_message() const;

 signals:
    void changed();

 private:
    SessionInfo session_;
    RepsModel reps_;
    CurveData curve_;
    bool session_answered_ = false;
    bool curve_answered_ = false;
    QString session_error_;
    QString curve_error_;
};

}  // namespace heeldrop::ui
