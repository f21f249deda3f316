#include "daemon/server/certificate_requests.hpp"

#include <fmt/core.h>

#include <cmath>

#include "calibration/lib/certificate_file.hpp"
#include "daemon/server/descriptor.hpp"

namespace heeldrop::server {
namespace {

Json calibration_json(const store::StoredCalibration& stored) {
    return {{"id", stored.id},
            {"plate_serial", stored.plate_serial},
            {"made_utc", calibration::utc_text(stored.made)},
            {"expires_utc", calibration::utc_text(stored.expires)},
            {"verdict", stored.passed ? "passed" : "failed"}};
}

Json spot_check_json(const store::StoredSpotCheck& check) {
    return {{"made_utc", calibration::utc_text(check.made)},
            {"calibration", check.calibration_id},
            {"operator", check.made_by},
            {"pad", calibration::name_of(check.pad)},
            {"mass_kg", check.mass.value},
            {"expected_n", exchange::rounded(check.expected)},
            {"read_n", exchange::rounded(check.read)},
            {"passed", check.passed}};
}

}  // namespace

void on_calibrations(Station& station, Peer&, const Request& request) {
    const int limit = whole_number(request, "limit", 50, 1, 500);
    station.calibrations().history(
        limit,
        [request](const std::vector<CalibrationKeeper::Entry>& entries) {
            Json list = Json::array();
            for (const auto& entry : entries) {
                Json one = calibration_json(entry.calibration);
                one["in_force"] = entry.in_force;
                list.push_back(std::move(one));
            }
            request.result({{"calibrations", std::move(list)}});
        },
        request.refuser());
}

void on_calibration(Station& station, Peer& peer, const Request& request) {
    auto descriptor = std::make_shared<OwnedDescriptor>(peer.take_descriptor());
    const std::string id = text(request, "calibration", longest_id);
    if (const auto why = why_not_writable(*descriptor))
        return request.refuse(*why);
    station.calibrations().find(
        id,
        [&station, request, descriptor](const store::StoredCalibration& stored) {
            station.on_worker<Json>(
                [descriptor, stored]() -> Json {
                    write_all(descriptor->get(), stored.certificate);
                    return {{"calibration", calibration_json(stored)}, {"bytes", stored.certificate.size()}};
                },
                [request](const Json& answer) { request.result(answer); }, request.refuser());
        },
        request.refuser());
}

void on_calibration_load(Station& station, Peer& peer, const Request& request) {
    auto descriptor = std::make_shared<OwnedDescriptor>(peer.take_descriptor());
    if (const auto why = why_not_readable(*descriptor))
        return request.refuse(*why);
    station.on_worker<std::string>(
        [descriptor] { return read_all(descriptor->get(), calibration::longest_certificate); },
        [&station, request](const std::string& certificate) {
            station.calibrations().take_over(
                certificate, store::Lane::asked,
                [&station, request](const CalibrationKeeper::CertificatePtr& taken) {
                    request.result({{"calibration",
                                     {{"id", taken->of.id},
                                      {"plate_serial", taken->of.plate.serial},
                                      {"made_utc", calibration::utc_text(taken->of.made)},
                                      {"expires_utc", calibration::utc_text(taken->expires)},
                                      {"verdict", "passed"}}},
                                    {"plate", station.plate_object()}});
                },
                request.refuser());
        },
        request.refuser());
}

void on_spot_checks(Station& station, Peer&, const Request& request) {
    const int limit = whole_number(request, "limit", 50, 1, 500);
    std::string serial = station.plate().info() ? station.plate().info()->serial : std::string();
    if (request.key("plate_serial") != nullptr)
        serial = text(request, "plate_serial", longest_id);
    station.calibrations().spot_checks(
        serial, limit,
        [request, serial](const std::vector<store::StoredSpotCheck>& checks) {
            Json list = Json::array();
            for (const auto& check : checks)
                list.push_back(spot_check_json(check));
            request.result({{"plate_serial", serial}, {"spot_checks", std::move(list)}});
        },
        request.refuser());
}

void on_spot_check(Station& station, Peer&, const Request& request) {
    const std::string pad = text(request, "pad", longest_id);
    if (pad != "left" && pad != "right")
        throw BadRequest{"\"pad\" must be \"left\" or \"right\"."};
    const Kilograms mass{number(request, "mass_kg", 15.0, 250.0)};
    station.check_spot(
        pad == "left" ? calibration::Pad::left : calibration::Pad::right, mass, text(request, "operator", 80),
        [request](const store::StoredSpotCheck& check, Newtons uncertainty) {
            Json one = spot_check_json(check);
            one["uncertainty_n"] = exchange::rounded(uncertainty);
            request.result({{"spot_check", std::move(one)}});
        },
        request.refuser());
}

}  // namespace heeldrop::server
