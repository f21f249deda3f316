// The certificates of every calibration, for ever, which of them is in force on which plate, and the spot checks made
// since. It must not know what a certificate says beyond these columns: its text is kept as it was signed.
#pragma once

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/cells.hpp"

namespace heeldrop::store {

struct StoredCalibration {
    std::string id, plate_serial;
    std::chrono::sys_seconds made, expires;
    bool passed = false;
    std::string certificate;  ///< the whole signed file
    bool operator==(const StoredCalibration&) const = default;
};

/// A person of known mass on one pad, as the calibration in force read them.
struct StoredSpotCheck {
    std::chrono::sys_seconds made;
    std::string plate_serial, calibration_id, made_by;
    calibration::Pad pad = calibration::Pad::left;
    Kilograms mass;
    Newtons expected, read;
    bool passed = false;     ///< within the certificate's limit
    calibration::Zero zero;  ///< of the empty plate before it; empty where it was not kept
    bool operator==(const StoredSpotCheck&) const = default;
};

/// On a database that migrate() has brought up to date. One thread, as Database. Every call throws SQLite::Exception
/// where the database cannot be read or written, and is on the disk when it returns.
class Calibrations {
 public:
    explicit Calibrations(SQLite::Database& database) : database_(database) {}

    /// Adds a certificate; none is ever replaced or removed. Throws std::invalid_argument where another text has its
    /// ID.
    void add(const StoredCalibration& calibration);
    /// From now on this one counts for its plate. Throws std::invalid_argument on an unknown ID and on one that has not
    /// passed; what was in force then stays.
    void put_in_force(const std::string& id, std::chrono::sys_seconds now);

    /// By ID, or "last" for the newest; none where there is no such one.
    std::optional<StoredCalibration> find(const std::string& id_or_last);
    std::optional<StoredCalibration> in_force(const std::string& plate_serial);
    /// The last one made of a plate, passed or failed.
    std::optional<StoredCalibration> newest_of(const std::string& plate_serial);
    /// Serial numbers of the plates that have one in force, the last one put there first.
    std::vector<std::string> plates_in_force();
    /// Newest first, of every plate.
    std::vector<StoredCalibration> newest(int limit);

    void add(const StoredSpotCheck& check);
    /// Of one plate, newest first.
    std::vector<StoredSpotCheck> spot_checks(const std::string& plate_serial, int limit);

 private:
    SQLite::Database& database_;
};

}  // namespace heeldrop::store
