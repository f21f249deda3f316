// Sessions, their reps, phases and events in SQLite. Every call is a transaction of its own and is on the disk when it
// returns (WAL, synchronous=FULL). It must not know threads: use one Database on one thread.
#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/exchange/analysis_json.hpp"
#include "daemon/session/session.hpp"
#include "daemon/store/calibrations.hpp"

namespace heeldrop::store {

/// A rep as it was stored: its account as text, so that a later version shows what this one judged.
struct StoredRep {
    exchange::Json account;
    int set = 1;
    int revision = 1;
    bool counted = true;
};

/// Every call throws SQLite::Exception where the database cannot be read or written.
class Database {
 public:
    /// Opens or makes it and brings its schema up to date. Throws StoreError.
    explicit Database(const std::filesystem::path& path);

    /// To be called once at the daemon's start: sessions that no daemon closed are marked, and last as long as their
    /// recording where that goes further than what was stored; `recorded` says how far, none where nobody knows.
    /// Returns how many.
    int mark_interrupted(const std::function<std::optional<Seconds>(const std::string& session_id)>& recorded);

    /// Inserts or replaces the session's row.
    void put(const session::Summary& summary);
    /// Everything that came of one or a few samples, in one transaction. A rep's lower revision never replaces a higher
    /// one.
    void put(const std::string& session_id, std::span<const session::Change> changes);

    /// Newest first.
    std::vector<session::Summary> sessions(int limit);
    /// By UUID, or "last" for the newest; none where there is no such session.
    std::optional<session::Summary> session(const std::string& id_or_last);
    std::vector<StoredRep> reps(const std::string& session_id);
    std::vector<motion::PhaseChange> phases(const std::string& session_id);
    std::vector<motion::Event> events(const std::string& session_id);
    std::vector<session::Gap> gaps(const std::string& session_id);

    /// Certificates and spot checks; as long as this Database lives, on its thread.
    Calibrations calibrations() { return Calibrations(database_); }

 private:
    void put_row(const session::Summary& summary);
    void put_rep(const std::string& session_id, const session::SessionRep& rep);

    SQLite::Database database_;
};

}  // namespace heeldrop::store
