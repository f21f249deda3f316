#include "ui/models/station.hpp"

#include "ui/models/words.hpp"

namespace heeldrop::ui {
namespace {

using Json = nlohmann::json;

/// Enough for a 4k screen's two line ends a column; the daemon thins the rest to extremes.
constexpr int curve_points = 6000;

const Json& part(const Json& message, const char* key) {
    static const Json absent;
    const auto found = message.find(key);
    return found == message.end() ? absent : *found;
}

std::vector<RepInfo> reps_from(const Json& list) {
    std::vector<RepInfo> reps;
    if (list.is_array())
        for (const Json& rep : list)
            reps.push_back(rep_from(rep));
    return reps;
}

}  // namespace

Station::Station(DaemonLink& link, QObject* parent) : QObject(parent), link_(link) {
    connect(&link_, &DaemonLink::opened, this, &Station::on_opened);
    connect(&link_, &DaemonLink::closed, this, &Station::on_closed);
    connect(&link_, &DaemonLink::line, this, &Station::on_line);
}

QString Station::page() const {
    if (help_called_)
        return QStringLiteral("help");
    if (showing_results_)
        return QStringLiteral("results");
    return connected_ && live_.session().under_way() ? QStringLiteral("live") : QStringLiteral("ready");
}

QString Station::condition() const {
    if (!connected_)
        return QStringLiteral("no_daemon");
    return plate_.state == QLatin1String("ready") && !plate_.refusal_by_mark.isEmpty() ? QStringLiteral("unfit")
                                                                                       : plate_.state;
}

QString Station::title() const {
    const QString now = condition();
    if (now == QLatin1String("no_daemon"))
        return QStringLiteral("The daemon is missing");
    if (now == QLatin1String("missing"))
        return QStringLiteral("The plate is missing");
    if (now == QLatin1String("connecting"))
        return QStringLiteral("Connecting to the plate");
    if (now == QLatin1String("refused"))
        return QStringLiteral("This plate cannot be used");
    if (now == QLatin1String("needs_zero"))
        return QStringLiteral("Step off the plate");
    if (now == QLatin1String("unfit"))
        return QStringLiteral("The plate must be calibrated first");
    return QStringLiteral("Which leg will you lower on?");
}

QString Station::explanation() const {
    const QString now = condition();
    if (now == QLatin1String("no_daemon"))
        return connection_error_;
    if (now == QLatin1String("needs_zero"))
        return QStringLiteral("It is being set to zero. Leave it empty until this page changes.");
    if (now == QLatin1String("unfit"))
        return calibration_mark_words(plate_.refusal_by_mark);
    if (now == QLatin1String("ready"))
        return QStringLiteral("Rise on both feet, lower slowly on one.");
    return plate_.message;
}

QString Station::remedy() const {
    const QString now = condition();
    if (now == QLatin1String("no_daemon"))
        return QStringLiteral("Call staff. This page goes on by itself as soon as the daemon answers.");
    if (now == QLatin1String("missing"))
        return QStringLiteral("Check the cable between the plate and this computer. This page goes on by itself.");
    if (now == QLatin1String("connecting"))
        return QStringLiteral("This takes a few seconds.");
    if (now == QLatin1String("refused"))
        return QStringLiteral("Call staff.");
    if (now == QLatin1String("unfit"))
        return QStringLiteral("No session starts on it until staff have calibrated it.");
    return {};
}

QString Station::warning() const {
    if (!connected_)
        return {};
    QStringList sentences;
    for (const QString& mark : plate_.marks)
        if (mark != plate_.refusal_by_mark)
            sentences << calibration_mark_words(mark);
    if (plate_.uncalibrated && condition() != QLatin1String("unfit"))
        sentences << session_fault_words(QStringLiteral("uncalibrated"));
    return sentences.join(QLatin1Char(' '));
}

void Station::ask(const char* request, Json keys) {
    keys["class"] = request;
    if (const auto id = link_.send(std::move(keys)))
        asked_.insert(*id, QString::fromLatin1(request));
}

void Station::start(const QString& side, int sets, int reps) {
    if (!can_start())
        return;
    starting_ = true;
    refusal_.clear();
    emit changed();
    ask("session_start", {{"side", side.toStdString()}, {"sets", sets}, {"reps", reps}});
}

void Station::stopAndCallHelp() {
    help_called_ = true;
    emit changed();
    ask("session_stop", Json::object());
}

void Station::helpHasCome() {
    help_called_ = false;
    emit changed();
}

void Station::done() {
    showing_results_ = false;
    emit changed();
}

void Station::on_opened() {
    connected_ = true;
    connection_error_.clear();
    emit changed();
    ask("watch", {{"samples", true}});
}

void Station::on_closed(const QString& why) {
    connected_ = starting_ = false;
    connection_error_ = why;
    plate_ = {};
    asked_.clear();
    if (showing_results_ && !results_.complete()) {
        const QString lost = QStringLiteral("The daemon went away before the results came.");
        results_.session_failed(lost);
        results_.curve_failed(lost);
    }
    emit changed();
}

void Station::on_line(const Json& message) {
    const QString kind = text_in(message, "class");
    if (kind == QLatin1String("samples")) {
        if (const Json& live = part(message, "live"); live.is_object())
            live_.set_live(live_from(live));
    } else if (kind == QLatin1String("phase")) {
        live_.set_phase(phase_from(message));
    } else if (kind == QLatin1String("rep")) {
        const QString session = text_in(message, "session");
        const RepInfo rep = rep_from(part(message, "rep"));
        if (session == live_.session().id)
            live_.apply(rep);
        if (showing_results_ && session == results_.session().id)
            results_.reps()->apply(rep);
    } else if (kind == QLatin1String("session")) {
        take_session(session_from(part(message, "session")));
    } else if (kind == QLatin1String("plate")) {
        take_plate(plate_from(part(message, "plate")));
    } else if (kind == QLatin1String("result")) {
        on_result(message);
    } else if (kind == QLatin1String("error")) {
        on_error(message);
    }
}

void Station::on_result(const Json& message) {
    const Json& id = part(message, "id");
    const QString request = asked_.take(id.is_number_integer() ? id.get<std::int64_t>() : -1);
    if (request == QLatin1String("watch")) {
        take_snapshot(message);
    } else if (request == QLatin1String("session_start") || request == QLatin1String("session_stop")) {
        starting_ = false;
        if (const Json& session = part(message, "session"); session.is_object())
            take_session(session_from(session));
        emit changed();
    } else if (request == QLatin1String("session")) {
        results_.set_session(session_from(part(message, "session")), reps_from(part(message, "reps")));
    } else if (request == QLatin1String("curve")) {
        results_.set_curve(curve_from(message));
    }
}

void Station::on_error(const Json& message) {
    const Json& id = part(message, "id");
    const QString request = asked_.take(id.is_number_integer() ? id.get<std::int64_t>() : -1);
    const QString said = text_in(message, "message");
    if (request == QLatin1String("session"))
        results_.session_failed(said);
    else if (request == QLatin1String("curve"))
        results_.curve_failed(said);
    else if (request == QLatin1String("session_start"))
        refusal_ = said;
    if (request == QLatin1String("session_start"))
        starting_ = false;
    emit changed();
}

void Station::take_snapshot(const Json& message) {
    take_plate(plate_from(part(message, "plate")));
    const SessionInfo before = live_.session();
    const Json& session = part(message, "session");
    if (session.is_object()) {
        const SessionInfo now = session_from(session);
        take_session(now);
        if (now.id == live_.session().id)
            live_.set_reps(reps_from(part(message, "reps")));
    } else if (before.under_way()) {
        // The session we followed came to its end while the daemon was out of reach.
        SessionInfo over = before;
        over.state.clear();  // how it ended comes with the answer
        live_.set_session(over);
        show_results(over);
    }
    if (const Json& live = part(message, "live"); live.is_object())
        live_.set_live(live_from(live));
}

void Station::take_plate(const PlateInfo& plate) {
    plate_ = plate;
    live_.set_notice(plate.state == QLatin1String("ready") ? QString()
                                                           : title() + QStringLiteral(". ") + plate.message);
    emit changed();
}

void Station::take_session(const SessionInfo& session) {
    const bool followed = session.id == live_.session().id && live_.session().under_way();
    if (session.under_way()) {
        showing_results_ = false;
        refusal_.clear();
        live_.set_session(session);
    } else if (followed) {
        live_.set_session(session);
        show_results(session);
    } else if (showing_results_ && session.id == results_.session().id && session.stored != results_.session().stored) {
        show_results(session);  // what the disk refused is stored now, or the other way round
    }
    emit changed();
}

void Station::show_results(const SessionInfo& session) {
    showing_results_ = true;
    results_.await(session);
    ask("session", {{"session", session.id.toStdString()}});
    ask("curve", {{"session", session.id.toStdString()}, {"points", curve_points}});
    emit changed();
}

}  // namespace heeldrop::ui
