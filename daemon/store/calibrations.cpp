#include "daemon/store/calibrations.hpp"

#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace heeldrop::store {
namespace {

using SQLite::Statement;

constexpr const char* columns = "id, plate_serial, made_utc, expires_utc, passed, certificate";

std::int64_t seconds_of(std::chrono::sys_seconds time) {
    return std::int64_t{time.time_since_epoch().count()};
}

std::chrono::sys_seconds time_in(const SQLite::Column& column) {
    return std::chrono::sys_seconds(std::chrono::seconds(column.getInt64()));
}

StoredCalibration calibration_in(Statement& row) {
    return {row.getColumn(0).getString(), row.getColumn(1).getString(),   time_in(row.getColumn(2)),
            time_in(row.getColumn(3)),    row.getColumn(4).getInt() != 0, row.getColumn(5).getString()};
}

}  // namespace

void Calibrations::add(const StoredCalibration& calibration) {
    if (const auto known = find(calibration.id)) {
        if (*known == calibration)
            return;
        throw std::invalid_argument(
            fmt::format("Another certificate with the ID {} is stored already. It stays as it is.", calibration.id));
    }
    Statement row(database_, fmt::format("INSERT INTO calibration ({}) VALUES (?,?,?,?,?,?)", columns));
    row.bind(1, calibration.id);
    row.bind(2, calibration.plate_serial);
    row.bind(3, seconds_of(calibration.made));
    row.bind(4, seconds_of(calibration.expires));
    row.bind(5, calibration.passed ? 1 : 0);
    row.bind(6, calibration.certificate);
    row.exec();
}

void Calibrations::put_in_force(const std::string& id, std::chrono::sys_seconds now) {
    const auto calibration = find(id);
    if (!calibration)
        throw std::invalid_argument(fmt::format("There is no calibration {}.", id));
    if (!calibration->passed)
        throw std::invalid_argument(
            fmt::format("Calibration {} has not passed every check and cannot be put in force.", id));
    Statement row(database_,
                  "INSERT INTO calibration_in_force (plate_serial, calibration, since_utc) VALUES (?,?,?) ON CONFLICT "
                  "(plate_serial) DO UPDATE SET calibration = excluded.calibration, since_utc = excluded.since_utc");
    row.bind(1, calibration->plate_serial);
    row.bind(2, calibration->id);
    row.bind(3, seconds_of(now));
    row.exec();
}

std::optional<StoredCalibration> Calibrations::find(const std::string& id_or_last) {
    if (id_or_last == "last") {
        auto list = newest(1);
        return list.empty() ? std::nullopt : std::optional(std::move(list.front()));
    }
    Statement row(database_, fmt::format("SELECT {} FROM calibration WHERE id = ?", columns));
    row.bind(1, id_or_last);
    return row.executeStep() ? std::optional(calibration_in(row)) : std::nullopt;
}

std::optional<StoredCalibration> Calibrations::in_force(const std::string& plate_serial) {
    Statement row(database_, "SELECT calibration FROM calibration_in_force WHERE plate_serial = ?");
    row.bind(1, plate_serial);
    return row.executeStep() ? find(row.getColumn(0).getString()) : std::nullopt;
}

std::optional<StoredCalibration> Calibrations::newest_of(const std::string& plate_serial) {
    Statement row(database_, fmt::format("SELECT {} FROM calibration WHERE plate_serial = ? ORDER BY made_utc DESC, "
                                         "rowid DESC LIMIT 1",
                                         columns));
    row.bind(1, plate_serial);
    return row.executeStep() ? std::optional(calibration_in(row)) : std::nullopt;
}

std::vector<std::string> Calibrations::plates_in_force() {
    Statement rows(database_, "SELECT plate_serial FROM calibration_in_force ORDER BY since_utc DESC, rowid DESC");
    std::vector<std::string> list;
    while (rows.executeStep())
        list.push_back(rows.getColumn(0).getString());
    return list;
}

std::vector<StoredCalibration> Calibrations::newest(int limit) {
    Statement rows(database_,
                   fmt::format("SELECT {} FROM calibration ORDER BY made_utc DESC, rowid DESC LIMIT ?", columns));
    rows.bind(1, limit);
    std::vector<StoredCalibration> list;
    while (rows.executeStep())
        list.push_back(calibration_in(rows));
    return list;
}

void Calibrations::add(const StoredSpotCheck& check) {
    Statement row(database_,
                  "INSERT INTO spot_check (made_utc, plate_serial, calibration, operator, pad, mass_kg, expected_n, "
                  "read_n, passed, zero_counts) VALUES (?,?,?,?,?,?,?,?,?,?)");
    row.bind(1, seconds_of(check.made));
    row.bind(2, check.plate_serial);
    row.bind(3, check.calibration_id);
    row.bind(4, check.made_by);
    row.bind(5, check.pad == calibration::Pad::left ? "left" : "right");
    row.bind(6, check.mass.value);
    row.bind(7, check.expected.value);
    row.bind(8, check.read.value);
    row.bind(9, check.passed ? 1 : 0);
    nlohmann::json zero = nlohmann::json::array();
    for (const Counts counts : check.zero)
        zero.push_back(counts.value);
    row.bind(10, zero.dump());
    row.exec();
}

std::vector<StoredSpotCheck> Calibrations::spot_checks(const std::string& plate_serial, int limit) {
    Statement rows(
        database_,
        "SELECT made_utc, plate_serial, calibration, operator, pad, mass_kg, expected_n, read_n, "
        "passed, zero_counts FROM spot_check WHERE plate_serial = ? ORDER BY made_utc DESC, id DESC LIMIT ?");
    rows.bind(1, plate_serial);
    rows.bind(2, limit);
    std::vector<StoredSpotCheck> list;
    while (rows.executeStep()) {
        list.push_back({time_in(rows.getColumn(0)),
                        rows.getColumn(1).getString(),
                        rows.getColumn(2).getString(),
                        rows.getColumn(3).getString(),
                        rows.getColumn(4).getString() == "left" ? calibration::Pad::left : calibration::Pad::right,
                        Kilograms{rows.getColumn(5).getDouble()},
                        Newtons{rows.getColumn(6).getDouble()},
                        Newtons{rows.getColumn(7).getDouble()},
                        rows.getColumn(8).getInt() != 0,
                        {}});
        for (const auto& counts : nlohmann::json::parse(rows.getColumn(9).getString()))
            list.back().zero.push_back(Counts{counts.get<double>()});
    }
    return list;
}

}  // namespace heeldrop::store
