#include "daemon/store/database.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include "daemon/motion/names.hpp"
#include "daemon/store/data_directory.hpp"
#include "daemon/store/migrations.hpp"

namespace heeldrop::store {
namespace {

using exchange::Json;
using SQLite::Statement;

constexpr const char* session_columns =
    "id, state, started_utc, zone_offset_min, prescription, system_weight_n, set_number, reps_in_set, counted, good, "
    "duration_s, uncalibrated, algorithm, faults, plate_serial, gaps, lost_samples, gap_s, affected_reps, "
    "calibration";

SQLite::Database opened(const std::filesystem::path& path) {
    try {
        return SQLite::Database(path.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
    } catch (const SQLite::Exception& error) {
        throw StoreError(fmt::format("Cannot open the database {}: {}.", path.native(), error.what()));
    }
}

/// A word that this version does not know comes from a damaged row: said, not guessed.
template <class Value>
Value known(const std::optional<Value>& value, const std::string& text) {
    if (!value)
        throw SQLite::Exception(fmt::format("the database holds an unknown word, \"{}\"", text));
    return *value;
}

std::optional<motion::Side> side_in(const SQLite::Column& column) {
    if (column.isNull())
        return std::nullopt;
    return known(motion::named<motion::Side>(column.getString()), column.getString());
}

void bind_side(Statement& statement, int position, std::optional<motion::Side> side) {
    if (side)
        statement.bind(position, std::string(motion::name_of(*side)));
    else
        statement.bind(position);
}

session::Summary summary_in(Statement& row) {
    session::Summary s;
    s.id = row.getColumn(0).getString();
    s.state = known(session::state_named(row.getColumn(1).getString()), row.getColumn(1).getString());
    s.started.utc = std::chrono::sys_seconds(std::chrono::seconds(row.getColumn(2).getInt64()));
    s.started.zone_offset = std::chrono::minutes(row.getColumn(3).getInt());
    s.prescription = session::prescription_from_json(nlohmann::json::parse(row.getColumn(4).getString()));
    if (!row.getColumn(5).isNull())
        s.system_weight = Newtons{row.getColumn(5).getDouble()};
    s.set = row.getColumn(6).getInt();
    s.reps_in_set = row.getColumn(7).getInt();
    s.counted = row.getColumn(8).getInt();
    s.good = row.getColumn(9).getInt();
    s.duration = Seconds{row.getColumn(10).getDouble()};
    s.uncalibrated = row.getColumn(11).getInt() != 0;
    s.algorithm = row.getColumn(12).getString();
    for (const auto& fault : nlohmann::json::parse(row.getColumn(13).getString()))
        s.faults.push_back(known(motion::named<motion::SessionFault>(fault.get<std::string>()), fault.dump()));
    s.plate_serial = row.getColumn(14).getString();
    s.gaps = row.getColumn(15).getInt();
    s.lost_samples = static_cast<std::uint64_t>(row.getColumn(16).getInt64());
    s.gap_time = Seconds{row.getColumn(17).getDouble()};
    s.affected_reps = row.getColumn(18).getInt();
    if (!row.getColumn(19).isNull())
        s.calibration_id = row.getColumn(19).getString();
    return s;
}

}  // namespace

Database::Database(const std::filesystem::path& path) : database_(opened(path)) {
    try {
        database_.exec("PRAGMA journal_mode = WAL");
        database_.exec("PRAGMA synchronous = FULL");
        database_.exec("PRAGMA foreign_keys = ON");
        migrate(database_);
    } catch (const SQLite::Exception& error) {
        throw StoreError(
            fmt::format("Cannot use the database {}: {}. Move it away to begin anew.", path.native(), error.what()));
    }
}

int Database::mark_interrupted(const std::function<std::optional<Seconds>(const std::string&)>& recorded) {
    std::vector<std::string> open;
    Statement rows(database_, "SELECT id FROM session WHERE state IN ('weighing', 'running')");
    while (rows.executeStep())
        open.push_back(rows.getColumn(0).getString());
    SQLite::Transaction transaction(database_);
    for (const std::string& id : open) {
        Statement row(database_,
                      "UPDATE session SET state = 'interrupted', duration_s = max(duration_s, ?) WHERE id = ?");
        row.bind(1, recorded(id).value_or(Seconds{}).value);
        row.bind(2, id);
        row.exec();
    }
    transaction.commit();
    return static_cast<int>(open.size());
}

void Database::put(const session::Summary& summary) {
    put_row(summary);
}

void Database::put_row(const session::Summary& s) {
    Statement row(
        database_,
        fmt::format(
            "INSERT INTO session ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET "
            "state = excluded.state, system_weight_n = excluded.system_weight_n, set_number = "
            "excluded.set_number, reps_in_set = excluded.reps_in_set, counted = excluded.counted, good = "
            "excluded.good, duration_s = excluded.duration_s, faults = excluded.faults, gaps = excluded.gaps, "
            "lost_samples = excluded.lost_samples, gap_s = excluded.gap_s, affected_reps = "
            "excluded.affected_reps",
            session_columns));
    row.bind(1, s.id);
    row.bind(2, std::string(session::name_of(s.state)));
    row.bind(3, std::int64_t{s.started.utc.time_since_epoch().count()});
    row.bind(4, static_cast<int>(s.started.zone_offset.count()));
    row.bind(5, session::to_json(s.prescription).dump());
    if (s.system_weight)
        row.bind(6, s.system_weight->value);
    else
        row.bind(6);
    row.bind(7, s.set);
    row.bind(8, s.reps_in_set);
    row.bind(9, s.counted);
    row.bind(10, s.good);
    row.bind(11, s.duration.value);
    row.bind(12, s.uncalibrated ? 1 : 0);
    row.bind(13, s.algorithm);
    row.bind(14, exchange::session_faults_json(s.faults).dump());
    row.bind(15, s.plate_serial);
    row.bind(16, s.gaps);
    row.bind(17, static_cast<std::int64_t>(s.lost_samples));
    row.bind(18, s.gap_time.value);
    row.bind(19, s.affected_reps);
    if (s.calibration_id.empty())
        row.bind(20);
    else
        row.bind(20, s.calibration_id);
    row.exec();
}

void Database::put_rep(const std::string& session_id, const session::SessionRep& entry) {
    Statement row(
        database_,
        "INSERT INTO rep (session, rep_index, revision, set_number, counted, verdict, side, account) VALUES "
        "(?,?,?,?,?,?,?,?) ON CONFLICT (session, rep_index) DO UPDATE SET revision = excluded.revision, set_number = "
        "excluded.set_number, counted = excluded.counted, verdict = excluded.verdict, side = excluded.side, account = "
        "excluded.account WHERE excluded.revision >= rep.revision");
    row.bind(1, session_id);
    row.bind(2, entry.rep.index);
    row.bind(3, entry.rep.revision);
    row.bind(4, entry.set);
    row.bind(5, entry.rep.counted ? 1 : 0);
    row.bind(6, std::string(motion::name_of(entry.rep.verdict)));
    bind_side(row, 7, entry.rep.side);
    row.bind(8, exchange::rep_json(entry.rep).dump());
    row.exec();
}

void Database::put(const std::string& session_id, std::span<const session::Change> changes) {
    SQLite::Transaction transaction(database_);
    for (const session::Change& change : changes) {
        if (const auto* summary = std::get_if<session::Summary>(&change)) {
            put_row(*summary);
        } else if (const auto* rep = std::get_if<session::SessionRep>(&change)) {
            put_rep(session_id, *rep);
        } else if (const auto* event = std::get_if<motion::Event>(&change)) {
            Statement row(database_, "INSERT INTO event (session, t_s, kind) VALUES (?,?,?)");
            row.bind(1, session_id);
            row.bind(2, event->t.value);
            row.bind(3, std::string(motion::name_of(event->kind)));
            row.exec();
        } else if (const auto* phase = std::get_if<motion::PhaseChange>(&change)) {
            Statement row(database_, "INSERT INTO phase (session, t_s, phase, side) VALUES (?,?,?,?)");
            row.bind(1, session_id);
            row.bind(2, phase->t.value);
            row.bind(3, std::string(motion::name_of(phase->phase)));
            bind_side(row, 4, phase->side);
            row.exec();
        } else if (const auto* gap = std::get_if<session::Gap>(&change)) {
            Statement row(database_,
                          "INSERT INTO gap (session, from_s, to_s, lost_samples, new_boot) VALUES (?,?,?,?,?)");
            row.bind(1, session_id);
            row.bind(2, gap->from.value);
            row.bind(3, gap->to.value);
            if (gap->lost_samples)
                row.bind(4, static_cast<std::int64_t>(*gap->lost_samples));
            else
                row.bind(4);
            row.bind(5, gap->new_boot ? 1 : 0);
            row.exec();
        }
    }
    transaction.commit();
}

std::vector<session::Summary> Database::sessions(int limit) {
    Statement rows(database_, fmt::format("SELECT {} FROM session ORDER BY started_utc DESC, rowid DESC LIMIT ?",
                                          session_columns));
    rows.bind(1, limit);
    std::vector<session::Summary> list;
    while (rows.executeStep())
        list.push_back(summary_in(rows));
    return list;
}

std::optional<session::Summary> Database::session(const std::string& id_or_last) {
    if (id_or_last == "last") {
        auto newest = sessions(1);
        return newest.empty() ? std::nullopt : std::optional(std::move(newest.front()));
    }
    Statement row(database_, fmt::format("SELECT {} FROM session WHERE id = ?", session_columns));
    row.bind(1, id_or_last);
    if (!row.executeStep())
        return std::nullopt;
    return summary_in(row);
}

std::vector<StoredRep> Database::reps(const std::string& session_id) {
    Statement rows(database_,
                   "SELECT account, set_number, revision, counted FROM rep WHERE session = ? ORDER BY rep_index");
    rows.bind(1, session_id);
    std::vector<StoredRep> list;
    while (rows.executeStep())
        list.push_back({Json::parse(rows.getColumn(0).getString()), rows.getColumn(1).getInt(),
                        rows.getColumn(2).getInt(), rows.getColumn(3).getInt() != 0});
    return list;
}

std::vector<motion::PhaseChange> Database::phases(const std::string& session_id) {
    Statement rows(database_, "SELECT t_s, phase, side FROM phase WHERE session = ? ORDER BY id");
    rows.bind(1, session_id);
    std::vector<motion::PhaseChange> list;
    while (rows.executeStep())
        list.push_back(
            {Seconds{rows.getColumn(0).getDouble()},
             known(motion::named<motion::Phase>(rows.getColumn(1).getString()), rows.getColumn(1).getString()),
             side_in(rows.getColumn(2))});
    return list;
}

std::vector<session::Gap> Database::gaps(const std::string& session_id) {
    Statement rows(database_, "SELECT from_s, to_s, lost_samples, new_boot FROM gap WHERE session = ? ORDER BY id");
    rows.bind(1, session_id);
    std::vector<session::Gap> list;
    while (rows.executeStep()) {
        session::Gap gap;
        gap.from = Seconds{rows.getColumn(0).getDouble()};
        gap.to = Seconds{rows.getColumn(1).getDouble()};
        if (!rows.getColumn(2).isNull())
            gap.lost_samples = static_cast<std::uint64_t>(rows.getColumn(2).getInt64());
        gap.new_boot = rows.getColumn(3).getInt() != 0;
        list.push_back(gap);
    }
    return list;
}

std::vector<motion::Event> Database::events(const std::string& session_id) {
    Statement rows(database_, "SELECT t_s, kind FROM event WHERE session = ? ORDER BY id");
    rows.bind(1, session_id);
    std::vector<motion::Event> list;
    while (rows.executeStep())
        list.push_back(
            {Seconds{rows.getColumn(0).getDouble()},
             known(motion::named<motion::EventKind>(rows.getColumn(1).getString()), rows.getColumn(1).getString())});
    return list;
}

}  // namespace heeldrop::store
