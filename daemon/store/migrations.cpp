#include "daemon/store/migrations.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/core.h>

#include <array>

#include "daemon/store/data_directory.hpp"

namespace heeldrop::store {
namespace {

// A step that has been released is never changed: what it got wrong, the next one sets right.
constexpr std::array migrations{
    R"sql(
CREATE TABLE session (
    id              TEXT PRIMARY KEY,
    state           TEXT NOT NULL,
    started_utc     INTEGER NOT NULL,  -- seconds since 1970
    zone_offset_min INTEGER NOT NULL,
    prescription    TEXT NOT NULL,     -- JSON
    system_weight_n REAL,
    set_number      INTEGER NOT NULL,
    reps_in_set     INTEGER NOT NULL,
    counted         INTEGER NOT NULL,
    good            INTEGER NOT NULL,
    duration_s      REAL NOT NULL,
    uncalibrated    INTEGER NOT NULL,
    algorithm       TEXT NOT NULL,
    faults          TEXT NOT NULL,     -- JSON list of words
    plate_serial    TEXT NOT NULL
) STRICT;
CREATE INDEX session_by_start ON session (started_utc);

CREATE TABLE rep (
    session    TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    rep_index  INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    set_number INTEGER NOT NULL,
    counted    INTEGER NOT NULL,
    verdict    TEXT NOT NULL,
    side       TEXT,
    account    TEXT NOT NULL,          -- the JSON that the socket and analyze print
    PRIMARY KEY (session, rep_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id      INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    t_s     REAL NOT NULL,
    kind    TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_session ON event (session, id);

CREATE TABLE phase (
    id      INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    t_s     REAL NOT NULL,
    phase   TEXT NOT NULL,
    side    TEXT
) STRICT;
CREATE INDEX phase_by_session ON phase (session, id);
)sql",
    R"sql(
ALTER TABLE session ADD COLUMN gaps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN lost_samples INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN gap_s REAL NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN affected_reps INTEGER NOT NULL DEFAULT 0;

CREATE TABLE gap (
    id           INTEGER PRIMARY KEY,
    session      TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    from_s       REAL NOT NULL,        -- of the last sample before and the first one after
    to_s         REAL NOT NULL,
    lost_samples INTEGER,              -- null where the plate booted: nobody counted them
    new_boot     INTEGER NOT NULL
) STRICT;
CREATE INDEX gap_by_session ON gap (session, id);
)sql",
    R"sql(
CREATE TABLE calibration (
    id           TEXT PRIMARY KEY,
    plate_serial TEXT NOT NULL,
    made_utc     INTEGER NOT NULL,
    expires_utc  INTEGER NOT NULL,
    passed       INTEGER NOT NULL,
    certificate  TEXT NOT NULL         -- the whole signed file, byte for byte
) STRICT;
CREATE INDEX calibration_by_time ON calibration (made_utc);
-- A certificate stays as it was signed, and stays.
CREATE TRIGGER calibration_is_never_changed BEFORE UPDATE ON calibration
BEGIN SELECT RAISE(ABORT, 'a stored certificate is never changed'); END;
CREATE TRIGGER calibration_is_never_removed BEFORE DELETE ON calibration
BEGIN SELECT RAISE(ABORT, 'a stored certificate is never removed'); END;

CREATE TABLE calibration_in_force (
    plate_serial TEXT PRIMARY KEY,
    calibration  TEXT NOT NULL REFERENCES calibration (id),
    since_utc    INTEGER NOT NULL
) STRICT;

CREATE TABLE spot_check (
    id           INTEGER PRIMARY KEY,
    made_utc     INTEGER NOT NULL,
    plate_serial TEXT NOT NULL,
    calibration  TEXT NOT NULL REFERENCES calibration (id),
    operator     TEXT NOT NULL,
    pad          TEXT NOT NULL,
    mass_kg      REAL NOT NULL,
    expected_n   REAL NOT NULL,
    read_n       REAL NOT NULL
) STRICT;
CREATE INDEX spot_check_by_plate ON spot_check (plate_serial, made_utc);
)sql",
    R"sql(
ALTER TABLE session ADD COLUMN calibration TEXT REFERENCES calibration (id);  -- null: the cells' nominal gains
ALTER TABLE spot_check ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spot_check ADD COLUMN zero_counts TEXT NOT NULL DEFAULT '[]';     -- JSON list, of the empty plate then
)sql",
};

}  // namespace

void migrate(SQLite::Database& database) {
    migrate(database, static_cast<int>(migrations.size()));
}

void migrate(SQLite::Database& database, int to) {
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    const int known = static_cast<int>(migrations.size());
    if (version > known)
        throw StoreError(
            fmt::format("The database {} is from a newer Heeldrop (schema {}, this one knows {}). Install that "
                        "version, or name another "
                        "folder with --data-dir.",
                        database.getFilename(), version, known));
    for (int step = version; step < to; ++step) {
        SQLite::Transaction transaction(database);
        database.exec(migrations[static_cast<std::size_t>(step)]);
        database.exec(fmt::format("PRAGMA user_version = {}", step + 1));
        transaction.commit();
    }
}

}  // namespace heeldrop::store
