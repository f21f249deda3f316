// A certificate says what it was made of, and any change of it is noticed.
#include <sys/stat.h>

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <fstream>

#include "calibration/lib/acceptance.hpp"
#include "tests/calibration/simulated_calibration.hpp"
#include "tests/temporary_folder.hpp"

using namespace heeldrop;
using namespace heeldrop::calibration;
using calibration::test::Bench;
using calibration::test::Hand;

namespace {

Circumstances circumstances() {
    using namespace std::chrono;
    Circumstances of;
    of.id = "6f1c2c1e-8f0a-4b57-9a42-0d5d6b7c8e90";
    of.plate = {"HD-0007", "1.2.3", "HX711"};
    of.made = sys_days{2026y / November / 25} + hours{9} + minutes{30};
    of.zone_offset = minutes{60};
    of.made_by = "R. Ørsted";
    of.software = "heeldrop 0.1.0";
    of.plan = "standard";
    of.temperature = Celsius{21.5};
    return of;
}

const Observations& sound() {
    static const Observations seen = [] {
        Bench bench(virtual_plate::draw_plate(21), 21, Hand{1.0, 0.0002});
        bench.calibrate_plate(8.0);
        return bench.seen;
    }();
    return seen;
}

/// A certificate of a few readings: a failed one, as nothing could be fitted.
Certificate small() {
    Observations few = sound();
    few.placements.resize(1);
    few.empties.resize(1);
    few.holds.clear();
    few.spots.clear();
    return certify(circumstances(), few, {});
}

StationKey new_key(const char* name = "key") {
    static heeldrop::test::TemporaryFolder folder;
    return StationKey::load_or_create(folder.path / name);
}

std::string kind(const std::string& text) {
    try {
        open_certificate(text);
        return "opened";
    } catch (const CertificateError& error) {
        return error.trouble() == Trouble::altered          ? "altered"
               : error.trouble() == Trouble::no_certificate ? "no_certificate"
                                                            : "unreadable";
    }
}

}  // namespace

TEST_CASE("a certificate comes back from its file as it was, to the last digit of every figure") {
    const Certificate made = certify(circumstances(), sound(), {});
    REQUIRE(made.passed());
    const StationKey key = new_key();
    const std::string text = sealed(made, key);
    const Opened opened = open_certificate(text);
    CHECK(opened.key == key.public_key());
    CHECK(opened.certificate.of == made.of);
    CHECK(opened.certificate.seen == made.seen);
    CHECK(opened.certificate.limits == made.limits);
    CHECK(opened.certificate.map() == made.map());
    CHECK(to_json(opened.certificate) == to_json(made));
    CHECK(sealed(opened.certificate, key) == text);
    CHECK(utc_text(made.expires) == "2027-11-25T09:30:00Z");
    CHECK(made.corner_zeros.size() == 8);
}

TEST_CASE("its map is the one that the evaluation found") {
    const Certificate made = certify(circumstances(), sound(), {});
    CHECK(made.map() == evaluate(sound()).map(circumstances().id));
}

TEST_CASE("any one bit changed anywhere in a certificate is noticed") {
    const std::string text = sealed(small(), new_key());
    std::string flipped = text;
    std::size_t opened = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            flipped[i] = static_cast<char>(text[i] ^ (1 << bit));
            opened += kind(flipped) == "opened";
            flipped[i] = text[i];
        }
    INFO(text.size() << " bytes");
    CHECK(opened == 0);
    CHECK(kind(text) == "opened");
}

TEST_CASE("a byte of a whole calibration's certificate left out, put in or changed is noticed") {
    const std::string text = sealed(certify(circumstances(), sound(), {}), new_key());
    rc::check([&] {
        std::string other = text;
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
        const auto byte = *rc::gen::arbitrary<char>();
        switch (*rc::gen::inRange(0, 3)) {
            case 0:
                other[at] = byte;
                break;
            case 1:
                other.erase(at, 1);
                break;
            default:
                other.insert(at, 1, byte);
        }
        RC_PRE(other != text);
        RC_ASSERT(kind(other) != "opened");
    });
}

TEST_CASE("what is no certificate at all is told from one that was altered") {
    CHECK(kind("") == "no_certificate");
    CHECK(kind("{}") == "no_certificate");
    const std::string text = sealed(small(), new_key());
    CHECK(kind(text.substr(0, text.size() - 5)) == "altered");
    std::string changed = text;
    changed.replace(changed.find("HD-0007"), 7, "HD-0008");
    CHECK(kind(changed) == "altered");
}

TEST_CASE("another station's certificate is genuine and not this station's") {
    const StationKey here = new_key("here"), there = new_key("there");
    const std::string text = sealed(small(), there);
    CHECK(verify(text, here.public_key()).own == false);
    CHECK(verify(text, there.public_key()).own == true);
    CHECK_FALSE(verify(text, std::nullopt).own);
    // Somebody else's key put beside the signature makes it nobody's.
    std::string swapped = text;
    swapped.replace(swapped.find(to_hex(there.public_key())), 64, to_hex(here.public_key()));
    CHECK(kind(swapped) == "altered");
}

TEST_CASE("recomputed from its raw means, a certificate agrees with itself, and a wrong figure in it is named") {
    Certificate made = certify(circumstances(), sound(), {});
    CHECK(recompute(made).empty());
    std::string where;
    SECTION("coefficient") {
        made.judged.pads[1]->map.moment_x[2] *= 1.0001;
        where = "pads.1.moment_x_nmm_per_count.2";
    }
    SECTION("uncertainty") {
        made.judged.pads[0]->uncertainty[3].expanded.force = Newtons{0.1};
        where = "pads.0.expanded_uncertainty.3.force_n";
    }
    SECTION("verdict of a check") {
        made.judged.checks[4].verdict = Verdict::failed;
        where = "checks.4.verdict";
    }
    SECTION("verdict") {
        made.judged.passed = false;
        where = "verdict";
    }
    SECTION("expiry") {
        made.expires += std::chrono::hours{24};
        where = "expires_utc";
    }
    SECTION("corner zero") {
        made.corner_zeros[7] += Counts{1.0};
        where = "corner_zeros_counts.7";
    }
    // Signed by the station itself, and still told.
    const auto again = verify(sealed(made, new_key()), std::nullopt);
    REQUIRE(again.differences.size() == 1);
    CHECK(again.differences[0].where == where);
}

TEST_CASE("a reading changed before it was signed changes what follows from it") {
    Certificate made = certify(circumstances(), sound(), {});
    made.seen.placements[7].reading.mean[1] += 200.0;
    CHECK_FALSE(recompute(made).empty());
}

TEST_CASE("a failed calibration has a certificate that says what failed") {
    Observations seen = sound();
    seen.placements[5].mass = seen.placements[5].mass + Kilograms{2.5};
    const Certificate made = certify(circumstances(), seen, {});
    const Opened opened = open_certificate(sealed(made, new_key()));
    CHECK_FALSE(opened.certificate.passed());
    REQUIRE_FALSE(opened.certificate.judged.findings.empty());
    CHECK(opened.certificate.judged.findings[0].code == "mistyped_weight");
    CHECK(recompute(opened.certificate).empty());
}

TEST_CASE("a certificate expires after the months of its limits, on a day that there is") {
    using namespace std::chrono;
    CHECK(utc_text(months_later(sys_days{2028y / February / 29}, 12)) == "2029-02-28T00:00:00Z");
    CHECK(utc_text(months_later(sys_days{2026y / August / 31} + hours{5}, 6)) == "2027-02-28T05:00:00Z");
    Limits limits;
    limits.months = 6;
    const Certificate made = certify(circumstances(), sound(), limits);
    CHECK_FALSE(made.expired(made.expires - seconds{1}));
    CHECK(made.expired(made.expires));
}

TEST_CASE("times have one spelling") {
    CHECK(utc_from_text("2026-11-25T21:05:00Z"));
    for (const char* text : {"2026-11-25T21:05:00", "2026-11-25 21:05:00Z", "2026-13-25T21:05:00Z",
                             "2026-11-25T24:05:00Z", "2026-11-25T21:05:00Zx", "+026-11-25T21:05:00Z", ""})
        CHECK_FALSE(utc_from_text(text));
}

TEST_CASE("the station's key is made once, for its owner only, and the same ever after") {
    const heeldrop::test::TemporaryFolder folder;
    const auto file = folder.path / "station-key";
    const PublicKey first = StationKey::load_or_create(file).public_key();
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    const StationKey again = StationKey::load_or_create(file);
    CHECK(again.public_key() == first);
    CHECK(read_public_key(file.string() + ".pub") == first);
    CHECK(fingerprint(first).size() == 19);
    CHECK(signed_by(first, "text", again.sign("text")));
    CHECK_FALSE(signed_by(first, "texT", again.sign("text")));

    SECTION("others may read it: refused") {
        chmod(file.c_str(), 0640);
        CHECK_THROWS_WITH(StationKey::load_or_create(file), Catch::Contains("chmod 600"));
    }
    SECTION("no key: refused, and not overwritten") {
        std::ofstream(file) << "hello\n";
        CHECK_THROWS_WITH(StationKey::load_or_create(file), Catch::Contains("is no station key"));
    }
    SECTION("the public part comes back") {
        std::filesystem::remove(file.string() + ".pub");
        StationKey::load_or_create(file);
        CHECK(read_public_key(file.string() + ".pub") == first);
    }
}

TEST_CASE("certificate IDs are random UUIDs") {
    const std::string a = new_certificate_id(), b = new_certificate_id();
    CHECK(a != b);
    CHECK(a.size() == 36);
    CHECK(a[14] == '4');
}

TEST_CASE("a certificate is accepted for its own plate on its own station alone, and only where it passed") {
    const StationKey here = new_key("accepting"), there = new_key("elsewhere");
    Certificate made = certify(circumstances(), sound(), {});
    PlateIdentity connected = made.of.plate;
    std::vector<Cell> cells = made.seen.cells;
    const StationKey* signer = &here;
    std::string expected;
    SECTION("its own") {}
    SECTION("another firmware is no matter") {
        connected.firmware = "2.0";
    }
    SECTION("expired is marked, not refused") {
        made.of.made -= std::chrono::days{1000};
        made = certify(made.of, made.seen, {});
    }
    SECTION("station") {
        signer = &there;
        expected = "another_station";
    }
    SECTION("figure") {
        made.judged.pads[0]->map.force[0] *= 1.001;
        expected = "recompute_mismatch";
    }
    SECTION("failed") {
        made.seen.spots.clear();
        made = certify(made.of, made.seen, {});
        expected = "calibration_failed";
    }
    SECTION("plate") {
        connected.serial = "HD-0008";
        expected = "another_plate";
    }
    SECTION("converter") {
        connected.converter = "ADS131M08";
        expected = "converter_changed";
    }
    SECTION("cells") {
        cells[2].gain = -cells[2].gain;
        expected = "cells_changed";
    }
    const auto refused = why_not_accepted(verify(sealed(made, *signer), here.public_key()), connected, cells);
    CHECK((refused ? refused->code : "") == expected);
}
