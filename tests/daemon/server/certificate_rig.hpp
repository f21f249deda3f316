// Certificates for the daemon's plate: what the tests of a calibration in use share.
#pragma once

#include <fstream>

#include "calibration/lib/certificate_file.hpp"
#include "tests/calibration/certificates.hpp"
#include "tests/daemon/server/rig.hpp"

namespace heeldrop::test {

using calibration::test::sound_observations;

inline const std::vector<std::string> flat_out{"--without", "gain,zero,drift,corner", "--pace", "flat-out", "--seed", "5"};

inline std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// Signed by the station of the rig's data folder, of the plate that is connected.
struct Made {
    Rig& rig;
    client::Connection& c;

    calibration::PlateIdentity plate() const {
        const json p = c.request({{"class", "status"}})["plate"];
        return {p["serial"], p["firmware"], p["converter"]};
    }
    calibration::Certificate of(const calibration::Observations& seen = sound_observations(),
                                std::chrono::days ago = std::chrono::days(1)) const {
        return certify(calibration::test::circumstances_of(plate(), now() - ago), seen, {});
    }
    std::string sealed(const calibration::Certificate& certificate) const {
        return calibration::sealed(certificate,
                                   calibration::StationKey::load_or_create(rig.folder.path / "data" / "station-key"));
    }
};

inline json calibration_of(client::Connection& c) {
    return c.request({{"class", "status"}})["plate"]["calibration"];
}

inline std::string text_of(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace heeldrop::test
