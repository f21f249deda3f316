#include "ui/models/session_results.hpp"

#include <algorithm>

#include "ui/models/quantity_text.hpp"
#include "ui/models/words.hpp"

namespace heeldrop::ui {

SessionResults::SessionResults(QObject* parent) : QObject(parent) {}

void SessionResults::await(const SessionInfo& session) {
    session_ = session;
    session_answered_ = curve_answered_ = false;
    session_error_.clear();
    curve_error_.clear();
    reps_.reset({}, session.prescription);
    curve_.set({});
    emit changed();
}

void SessionResults::set_session(const SessionInfo& session, std::vector<RepInfo> reps) {
    session_ = session;
    session_answered_ = true;
    reps_.reset(std::move(reps), session.prescription);
    emit changed();
}

void SessionResults::set_curve(Curve curve) {
    curve_answered_ = true;
    curve_.set(std::move(curve));
    emit changed();
}

void SessionResults::session_failed(const QString& message) {
    session_answered_ = true;
    session_error_ = message;
    emit changed();
}

void SessionResults::curve_failed(const QString& message) {
    curve_answered_ = true;
    curve_error_ = message;
    emit changed();
}

QString SessionResults::summary() const {
    if (!session_error_.isEmpty())
        return session_error_;
    if (!session_answered_)
        return QStringLiteral("Fetching the results.");
    const auto& reps = reps_.reps();
    const auto counted = std::count_if(reps.begin(), reps.end(), [](const RepInfo& rep) { return rep.counted; });
    const auto good = std::count_if(reps.begin(), reps.end(), [](const RepInfo& rep) {
        return rep.counted && rep.verdict == QLatin1String("good");
    });
    return counted == 0 ? QStringLiteral("No reps") : QStringLiteral("%1 of %2 reps good").arg(good).arg(counted);
}

QString SessionResults::totals() const {
    QStringList parts{session_state_words(session_.state), leg_words(session_.prescription.side)};
    if (session_.prescription.sets > 0 && session_.prescription.reps > 0)
        parts << QStringLiteral("%1 \u00d7 %2 reps").arg(session_.prescription.sets).arg(session_.prescription.reps);
    if (session_.duration)
        parts << QStringLiteral("%1 min").arg(clock_text(*session_.duration));
    if (session_.system_weight)
        parts << QStringLiteral("weight %1").arg(mass_of_weight_text(*session_.system_weight));
    return parts.join(QStringLiteral("  \u00b7  "));
}

QString SessionResults::warnings() const {
    QStringList lines;
    if (!session_.stored)
        lines << QStringLiteral("Not stored yet, the station's disk does not take it: tell staff before you leave.");
    QStringList faults = session_.faults;
    if (session_.uncalibrated && !faults.contains(QLatin1String("uncalibrated")))
        faults << QStringLiteral("uncalibrated");
    for (const QString& fault : faults)
        lines << session_fault_words(fault);
    return lines.join(QLatin1Char(' '));
}

QString SessionResults::curve_message() const {
    if (!curve_error_.isEmpty())
        return curve_error_;
    if (!curve_answered_)
        return QStringLiteral("Fetching the force curve.");
    return curve_.empty() ? QStringLiteral("No forces were recorded in this session.") : QString();
}

}  // namespace heeldrop::ui
