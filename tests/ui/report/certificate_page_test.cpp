// heeldrop-report certificate as it is typed: the page it writes, read back as text, as fonts and as a picture.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <fstream>
#include <set>
#include <sstream>

#include "calibration/lib/certificate_file.hpp"
#include "tests/calibration/simulated_calibration.hpp"
#include "tests/command.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using Catch::Contains;
using heeldrop::test::run;
using heeldrop::test::Said;
using heeldrop::test::TemporaryFolder;

namespace {

constexpr const char* id = "6f1c2c1e-8f0a-4b57-9a42-0d5d6b7c8e90";

Certificate certificate(const virtual_plate::PlateTruth& plate, std::chrono::sys_seconds made) {
    calibration::test::Bench bench(plate, 21, {1.0, 0.0002});
    bench.calibrate_plate(8.0);
    Circumstances of;
    of.id = id;
    of.plate = {"HD-0007", "1.2.3", "8xHX711"};
    of.made = made;
    of.zone_offset = std::chrono::minutes{60};
    of.made_by = "Rosa Ørsted";
    of.software = "heeldrop 0.1.0";
    of.plan = "standard";
    of.temperature = Celsius{21.5};
    of.warm_up = Seconds{450.0};
    return certify(of, bench.seen, {});
}

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// The certificate signed into a folder, and its page.
struct Page {
    explicit Page(const Certificate& of)
        : Page(sealed(of, StationKey::load_or_create(TemporaryFolder().path / "key"))) {}
    explicit Page(const std::string& text) {
        std::ofstream(file(), std::ios::binary) << text;
        said = run(std::string(HEELDROP_REPORT) + " certificate " + file() + " -o " + pdf());
    }
    std::string file() const { return folder.path / "certificate.json"; }
    std::string pdf() const { return folder.path / "page.pdf"; }
    std::string text() const { return run("pdftotext -layout " + pdf() + " -").text; }

    TemporaryFolder folder;
    Said said;
};

/// pdftotext guesses spaces between narrow signs.
std::string without_spaces(std::string text) {
    text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; }),
               text.end());
    return text;
}

const Certificate& sound() {
    static const Certificate made = certificate(virtual_plate::draw_plate(21), today());
    return made;
}

/// Dark pixels of a part of the page (in millimetres) at 50 dots an inch.
int dark_pixels(const std::string& pdf, double x, double y, double width, double height) {
    const auto dots = [](double mm) { return std::to_string(static_cast<int>(mm / 25.4 * 50)); };
    const std::string pgm = run("pdftoppm -gray -r 50 -x " + dots(x) + " -y " + dots(y) + " -W " + dots(width) +
                                " -H " + dots(height) + " " + pdf)
                                .text;
    std::istringstream in(pgm);
    std::string magic;
    int columns = 0, rows = 0, most = 0;
    in >> magic >> columns >> rows >> most;
    in.get();
    const std::string pixels(std::istreambuf_iterator<char>(in), {});
    REQUIRE(magic == "P5");
    REQUIRE(pixels.size() == static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    return static_cast<int>(
        std::count_if(pixels.begin(), pixels.end(), [](char p) { return static_cast<unsigned char>(p) < 140; }));
}

}  // namespace

TEST_CASE("a passed certificate is one page of A4 that says so, with every limit, and who made it when") {
    REQUIRE(sound().passed());
    const Page page(sound());
    CHECK(page.said.text.empty());
    REQUIRE(page.said.code == 0);
    const std::string info = run("pdfinfo " + page.pdf()).text;
    CHECK_THAT(info, Contains("Pages:           1\n") && Contains("A4"));
    const std::string text = page.text();
    CHECK_THAT(text, Contains("PASSED") && Contains("valid until") && !Contains("FAILED") && !Contains("EXPIRED"));
    CHECK_THAT(text, Contains(id) && Contains("HD-0007") && Contains("8xHX711") && Contains("Rosa Ørsted"));
    CHECK_THAT(text, Contains("9.80665 m/s²") && Contains("7.5 min of 15, at 21.5 °C") &&
                         Contains("Signature holds") && Contains("not compared"));
    // A limit of each kind, as domain.md has them.
    for (const char* limit :
         {"≥ 5 loads", "≥ 100 kg", "≥ 25 % FS", "≤ 0.5 % FS", "≤ 0.2 % FS", "≤ 0.35 % FS", "≤ 2 N", "≤ 5 mm"})
        CHECK_THAT(without_spaces(text), Contains(without_spaces(limit)));
    // Each check once, passed: as many as the certificate has.
    std::set<std::string> codes;
    for (const Check& check : sound().judged.checks)
        codes.insert(check.code);
    std::size_t passed = 0;
    for (std::size_t at = 0; (at = text.find("passed", at)) != std::string::npos; ++at)
        ++passed;
    CHECK(passed == codes.size());
}

TEST_CASE("the page names the key that signed, and every font is in the file") {
    const TemporaryFolder keys;
    const StationKey key = StationKey::load_or_create(keys.path / "key");
    const Page page(sealed(sound(), key));
    REQUIRE(page.said.code == 0);
    CHECK_THAT(page.text(), Contains(fingerprint(key.public_key())));
    const auto asked = [&](const PublicKey& of) {
        return run(std::string(HEELDROP_REPORT) + " certificate " + page.file() + " -o " + page.pdf() +
                   " --station-key " + to_hex(of));
    };
    REQUIRE(asked(key.public_key()).code == 0);
    CHECK_THAT(page.text(), Contains("this station's key " + fingerprint(key.public_key())));
    std::filesystem::remove(page.pdf());
    const Said another = asked(StationKey::load_or_create(keys.path / "another").public_key());
    CHECK(another.code == 4);
    CHECK_THAT(another.text, Contains("signed by another station's key"));
    CHECK_FALSE(std::filesystem::exists(page.pdf()));
    REQUIRE(asked(key.public_key()).code == 0);
    std::istringstream fonts(run("pdffonts " + page.pdf()).text);
    std::string line;
    std::getline(fonts, line);
    const auto embedded = line.find("emb");
    REQUIRE(embedded != std::string::npos);
    std::getline(fonts, line);
    int count = 0;
    for (; std::getline(fonts, line); ++count) {
        CHECK_THAT(line, Contains("Inter"));
        CHECK(line.substr(embedded, 3) == "yes");
    }
    CHECK(count > 0);
    // Vectors only: a picture of pixels blurs on paper.
    std::istringstream images(run("pdfimages -list " + page.pdf()).text);
    std::getline(images, line);
    std::getline(images, line);
    CHECK_FALSE(std::getline(images, line));
}

TEST_CASE("the pictures of both pads are drawn") {
    const Page page(sound());
    REQUIRE(page.said.code == 0);
    for (const double left : {25.0, 115.0}) {
        CHECK(dark_pixels(page.pdf(), left, 222.0, 40.0, 40.0) > 30);
        CHECK(dark_pixels(page.pdf(), left + 47.0, 222.0, 25.0, 40.0) > 30);
    }
}

TEST_CASE("a failed calibration's page cannot be taken for a good one, and says what is wrong") {
    auto plate = virtual_plate::draw_plate(21);
    SECTION("a corner sticks") {
        plate.cells[6].friction = Newtons{5.0};
    }
    SECTION("a cell is dead: nothing could be fitted") {
        plate.cells[5].counts_per_newton = 0.0;
    }
    const Certificate failed = certificate(plate, today());
    REQUIRE_FALSE(failed.passed());
    const Page page(failed);
    CHECK(page.said.text.empty());
    REQUIRE(page.said.code == 0);
    CHECK_THAT(run("pdfinfo " + page.pdf()).text, Contains("Pages:           1\n"));
    const std::string text = page.text();
    CHECK_THAT(text, Contains("FAILED") && Contains("Do not measure with this plate") && !Contains("PASSED") &&
                         !Contains("valid until"));
    // The first finding, word for word, however it is wrapped.
    CHECK_THAT(without_spaces(text), Contains(without_spaces(failed.judged.findings.at(0).message)));
    // The band is dark, also in grey.
    CHECK(dark_pixels(page.pdf(), 20.0, 25.0, 170.0, 18.0) > 6000);
}

TEST_CASE("a certificate that has expired says so") {
    const Page page(certificate(virtual_plate::draw_plate(21), today() - std::chrono::days{400}));
    REQUIRE(page.said.code == 0);
    CHECK_THAT(page.text(), Contains("EXPIRED") && Contains("expired on") && !Contains("PASSED"));
}

TEST_CASE("an altered certificate, something else, or nothing: one line, an exit code, and no page") {
    const TemporaryFolder keys;
    const std::string good = sealed(sound(), StationKey::load_or_create(keys.path / "key"));
    const auto refused = [](const std::string& text) {
        const Page page(text);
        CHECK(std::count(page.said.text.begin(), page.said.text.end(), '\n') == 1);
        CHECK_FALSE(std::filesystem::exists(page.pdf()));
        return page.said;
    };
    std::string altered = good;
    altered.replace(altered.find("Rosa"), 4, "Rose");
    const Said said = refused(altered);
    CHECK(said.code == 3);
    CHECK_THAT(said.text, Contains("altered"));
    CHECK(refused("{}").code == 3);

    Certificate lying = sound();
    lying.judged.checks.at(3).value *= 0.5;
    const Said lie = refused(sealed(lying, StationKey::load_or_create(keys.path / "key")));
    CHECK(lie.code == 3);
    CHECK_THAT(lie.text, Contains("is not what its own readings give"));

    const Said missing =
        run(std::string(HEELDROP_REPORT) + " certificate /nowhere -o " + (keys.path / "p.pdf").native());
    CHECK(missing.code == 2);
    CHECK_THAT(missing.text, Contains("/nowhere: cannot be read"));
    std::ofstream(keys.path / "good.json", std::ios::binary) << good;
    const Said nowhere = run(std::string(HEELDROP_REPORT) + " certificate " + (keys.path / "good.json").native() +
                             " -o /nowhere/page.pdf");
    CHECK(nowhere.code == 1);
    CHECK_THAT(nowhere.text, Contains("/nowhere/page.pdf cannot be written"));
    CHECK(run(std::string(HEELDROP_REPORT)).code == 2);
    CHECK(run(std::string(HEELDROP_REPORT) + " certificate --help").code == 0);
}
