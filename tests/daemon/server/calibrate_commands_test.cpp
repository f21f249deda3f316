// `heeldrop-calibrate status, history, export, load` as they are typed, with the real daemon.
#include <algorithm>
#include <fstream>

#include "tests/daemon/server/certificate_rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

struct Typed {
    std::string out, errors;
    int code = -1;
};

Typed typed(Rig& rig, std::vector<std::string> arguments) {
    const auto errors = rig.folder.path / "typed-errors";
    std::filesystem::remove(errors);
    arguments.insert(arguments.begin(), HEELDROP_CALIBRATE);
    arguments.insert(arguments.end(), {"--socket", rig.socket().native()});
    Process program(arguments, errors.native());
    Typed result;
    result.out = program.read_all();
    result.code = program.wait();
    result.errors = text_of(errors);
    return result;
}

}  // namespace

TEST_CASE("without a daemon every command says so in a line, exit code 1") {
    Rig rig;
    for (const char* command : {"status", "history", "export"}) {
        const Typed result = typed(rig, {command});
        CHECK(result.code == 1);
        CHECK(result.out.empty());
        CHECK_THAT(result.errors, Catch::StartsWith("heeldrop-calibrate: ") && Catch::Contains(rig.socket().native()));
        CHECK(std::count(result.errors.begin(), result.errors.end(), '\n') == 1);
    }
    CHECK(typed(rig, {"load", (rig.folder.path / "none.json").native()}).code == 2);
}

TEST_CASE("a certificate is loaded, shown, listed and exported again as it was signed, an altered one is exit code 3") {
    Rig rig;
    rig.start_plate("empty:600", flat_out);
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    CHECK_THAT(typed(rig, {"status"}).out, Catch::Contains("none in force"));
    CHECK_THAT(typed(rig, {"history"}).out, Catch::Contains("No calibration"));
    CHECK(typed(rig, {"export"}).code == 1);

    const Made made{rig, c};
    const auto certificate =
        made.of(calibration::test::with_corner_at(sound_observations(), 1, -6.0), std::chrono::days(400));
    const std::string text = made.sealed(certificate);
    const auto file = rig.folder.path / "c.json";
    std::ofstream(file, std::ios::binary) << text;
    const Typed loaded = typed(rig, {"load", file.native()});
    CHECK(loaded.code == 0);
    CHECK(loaded.out == "Certificate " + certificate.of.id + " is in force on plate VP-5.\n");

    const Typed status = typed(rig, {"status"});
    CHECK(status.code == 0);
    CHECK_THAT(status.out, Catch::Contains(certificate.of.id) && Catch::Contains("by Ada") &&
                               Catch::Contains("expired") && Catch::Contains("moved_or_uneven") &&
                               Catch::Contains("left FR"));
    const json as_json = json::parse(typed(rig, {"status", "--json"}).out);
    CHECK(as_json["plate"]["calibration"]["id"] == certificate.of.id);
    CHECK(as_json["spot_checks"].empty());
    const Typed history = typed(rig, {"history"});
    CHECK_THAT(history.out,
               Catch::Contains(certificate.of.id) && Catch::Contains("passed") && Catch::Contains("in force"));
    CHECK(json::parse(typed(rig, {"history", "--json"}).out)["calibrations"].size() == 1);

    const auto exported = rig.folder.path / "exported.json";
    CHECK(typed(rig, {"export", "-o", exported.native()}).code == 0);
    CHECK(text_of(exported) == text);
    CHECK(typed(rig, {"export", "last", "-o", exported.native()}).code == 2);  // it is there already
    CHECK(typed(rig, {"export", "last", "-o", exported.native(), "--force"}).code == 0);
    CHECK(typed(rig, {"export", "00000000-0000-4000-8000-000000000000", "-o", (rig.folder.path / "x").native()}).code ==
          1);
    CHECK(typed(rig, {"export", "../elsewhere"}).code == 2);  // no ID: never a file's name
    CHECK_FALSE(std::filesystem::exists(rig.folder.path / "x"));

    std::string changed = text;
    changed[changed.size() / 3] = static_cast<char>(changed[changed.size() / 3] ^ 4);
    std::ofstream(file, std::ios::binary) << changed;
    const Typed refused = typed(rig, {"load", file.native()});
    CHECK(refused.code == 3);
    CHECK_THAT(refused.errors, Catch::Contains("What was in force before still is."));
    std::ofstream(file, std::ios::binary)
        << calibration::sealed(made.of(), calibration::StationKey::load_or_create(rig.folder.path / "other"));
    CHECK(typed(rig, {"load", file.native()}).code == 4);
    CHECK(calibration_of(c)["id"] == certificate.of.id);
}
