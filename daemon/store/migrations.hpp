// The database's schema as the ordered steps that led to it; PRAGMA user_version counts the steps taken.
#pragma once

#include <SQLiteCpp/Database.h>

namespace heeldrop::store {

/// Takes the missing steps, each in a transaction of its own. Throws StoreError on a database from a newer version, and
/// SQLite::Exception where a step fails.
void migrate(SQLite::Database& database);
/// The same as far as version `to` of the schema, as an earlier release did.
void migrate(SQLite::Database& database, int to);

}  // namespace heeldrop::store
