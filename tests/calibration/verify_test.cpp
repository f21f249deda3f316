// heeldrop-calibrate verify as it is typed: what it says of good, changed, foreign and inconsistent certificates.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "calibration/lib/certificate_file.hpp"
#include "tests/calibration/simulated_calibration.hpp"
#include "tests/command.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using heeldrop::test::Said;
using heeldrop::test::TemporaryFolder;

namespace {

Said say(const std::string& arguments) {
    return heeldrop::test::run(std::string(HEELDROP_CALIBRATE) + " verify " + arguments);
}

Certificate sound() {
    calibration::test::Bench bench(virtual_plate::draw_plate(21), 21, {1.0, 0.0002});
    bench.calibrate_plate(8.0);
    Circumstances of;
    of.id = new_certificate_id();
    of.plate = {"HD-0007", "1.2.3", "HX711"};
    of.made = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    of.made_by = "Physio";
    of.plan = "standard";
    return certify(of, bench.seen, {});
}

std::string written(const TemporaryFolder& folder, const std::string& text) {
    const auto path = folder.path / "certificate.json";
    std::ofstream(path, std::ios::binary) << text;
    return path.native();
}

}  // namespace

TEST_CASE("verify says that a certificate is genuine, whose it is, and what it found") {
    const TemporaryFolder folder;
    const StationKey key = StationKey::load_or_create(folder.path / "station-key");
    const StationKey other = StationKey::load_or_create(folder.path / "other-key");
    const Certificate made = sound();
    const std::string file = written(folder, sealed(made, key)), keys = (folder.path / "station-key.pub").native();

    const Said own = say(file + " --station-key " + keys);
    CHECK(own.code == 0);
    CHECK_THAT(own.text, Catch::Contains(made.of.id) && Catch::Contains("this station's") &&
                             Catch::Contains("agrees") && Catch::Contains("Verdict      passed") &&
                             Catch::Contains("place_map"));
    const Said open = say(file);
    CHECK(open.code == 0);
    CHECK_THAT(open.text, Catch::Contains("was not asked"));
    const Said foreign = say(file + " --station-key " + to_hex(other.public_key()));
    CHECK(foreign.code == 4);
    CHECK_THAT(foreign.text, Catch::Contains("ANOTHER STATION'S KEY"));
    const auto json = nlohmann::json::parse(say(file + " --json --station-key " + keys).text);
    CHECK(json["own"] == true);
    CHECK(json["recomputed"] == true);
    CHECK(json["expired"] == false);
}

TEST_CASE("limits wider than the rule's are said of a certificate, stricter ones are not") {
    const TemporaryFolder folder;
    const StationKey key = StationKey::load_or_create(folder.path / "station-key");
    Certificate made = sound();
    const Limits limits = [] {
        Limits wide;
        wide.zero_return = Newtons{20.0};
        wide.range = Kilograms{40.0};
        wide.months = 6;
        return wide;
    }();
    made = certify(made.of, made.seen, limits);
    CHECK(wider_limits(limits) == std::vector<std::string>{"range_kg 40 (100)", "zero_return_n 20 (2)"});
    CHECK(wider_limits({}).empty());
    const Said said = say(written(folder, sealed(made, key)));
    CHECK_THAT(said.text, Catch::Contains("WIDER THAN THE RULE'S: range_kg 40 (100), zero_return_n 20 (2)"));
}

TEST_CASE("verify refuses a changed certificate, and names a figure that its readings do not give") {
    const TemporaryFolder folder;
    const StationKey key = StationKey::load_or_create(folder.path / "station-key");
    Certificate made = sound();
    std::string changed = sealed(made, key);
    changed[changed.size() / 2] ^= 1;
    const Said altered = say(written(folder, changed));
    CHECK(altered.code == 3);
    CHECK_THAT(altered.text, Catch::Contains("altered"));

    made.judged.pads[0]->map.force[1] *= 1.01;
    const Said wrong = say(written(folder, sealed(made, key)));
    CHECK(wrong.code == 3);
    CHECK_THAT(wrong.text, Catch::Contains("pads.0.force_n_per_count.1"));
}

TEST_CASE("verify tells an expired and a failed certificate, which are genuine all the same") {
    const TemporaryFolder folder;
    const StationKey key = StationKey::load_or_create(folder.path / "station-key");
    Certificate made = sound();
    made.seen.spots.clear();
    made.of.made -= std::chrono::days(400);
    made = certify(made.of, made.seen, {});
    const Said said = say(written(folder, sealed(made, key)));
    CHECK(said.code == 0);
    CHECK_THAT(said.text,
               Catch::Contains("EXPIRED") && Catch::Contains("Verdict      FAILED") && Catch::Contains("not measured"));
}

TEST_CASE("a file or a key that cannot be read is wrong usage") {
    const TemporaryFolder folder;
    CHECK(say((folder.path / "none").native()).code == 2);
    const std::string file = written(folder, "{}");
    CHECK(say(file).code == 3);
    const Said key = say(file + " --station-key " + file);
    CHECK(key.code == 2);
    CHECK_THAT(key.text, Catch::Contains("is no station's public key"));
}
