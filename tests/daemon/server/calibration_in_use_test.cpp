// A certificate at work in the real daemon with the real virtual plate: taken over only when genuine, passed and of
// this plate; the same forces live, stored and exported; and what is said of a plate that it does not fit.
#include <fcntl.h>

#include <SQLiteCpp/Database.h>

#include <fstream>

#include "daemon/exchange/analysis_json.hpp"
#include "daemon/exchange/force_csv.hpp"
#include "daemon/session/prescription.hpp"
#include "daemon/store/recording.hpp"
#include "tests/daemon/server/certificate_rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

/// The error's code; "" where it is in force now.
std::string load(Rig& rig, client::Connection& c, const std::string& text) {
    const auto path = rig.folder.path / "given.json";
    std::ofstream(path, std::ios::binary) << text;
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::string code;
    try {
        c.request_with_descriptor({{"class", "calibration_load"}}, fd);
    } catch (const client::RequestError& error) {
        CHECK(std::string(error.what()).back() == '.');
        code = error.code();
    }
    close(fd);
    return code;
}

std::string marks(client::Connection& c) {
    std::string codes;
    const json calibration = calibration_of(c);
    for (const auto& mark : calibration["marks"])
        codes += (codes.empty() ? "" : " ") + mark["code"].get<std::string>();
    return codes;
}

std::string stored(Rig& rig, client::Connection& c, const std::string& id) {
    const auto path = rig.folder.path / "stored.json";
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const json answer = c.request_with_descriptor({{"class", "calibration"}, {"calibration", id}}, fd);
    close(fd);
    CHECK(answer["bytes"] == std::filesystem::file_size(path));
    return text_of(path);
}

/// Another plate on the same cable.
void replace_plate(Rig& rig, client::Connection& c, const std::string& serial, const std::string& rate) {
    rig.plate->signal(SIGTERM);
    rig.plate->wait();
    wait_until([&] { return c.request({{"class", "status"}})["plate"]["state"] != "ready"; });
    rig.start_plate("empty:600",
                    {"--without", "gain,zero,drift,corner", "--pace", "flat-out", "--serial", serial, "--rate", rate});
}

json judged(json reps) {
    for (auto& rep : reps)
        for (const char* key : {"set", "revision", "counted"})
            rep.erase(key);
    return reps;
}

const json four_reps{{"class", "session_start"}, {"side", "right"}, {"sets", 1}, {"reps", 4}};

}  // namespace

TEST_CASE("a session keeps its calibration and its zeros: live, stored, exported and analysed again it is the same") {
    Rig rig;
    rig.start_plate("step_on,quiet:5,good*2,quiet:2,step_off,empty:6,step_on,quiet:4,good*2,quiet:4,step_off",
                    flat_out);
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    CHECK(calibration_of(c)["id"].is_null());
    const Made made{rig, c};
    const auto first = made.of();
    REQUIRE(first.passed());
    CHECK(load(rig, c, made.sealed(first)) == "");
    CHECK(calibration_of(c)["id"] == first.of.id);
    CHECK(c.request({{"class", "status"}})["plate"]["uncalibrated"] == false);

    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}});
    const json started = c.request(four_reps)["session"];
    CHECK(started["calibration"] == first.of.id);
    CHECK(started["session_faults"].empty());
    // Another one that comes meanwhile is for the next session.
    const auto second = made.of();
    CHECK(load(rig, c, made.sealed(second)) == "");
    CHECK(calibration_of(c)["id"] == second.of.id);
    rig.begin_script();
    const json ended = next_of(
        watcher, [](const json& line) { return line["class"] == "session" && line["session"]["state"] == "finished"; });
    CHECK(ended["session"]["calibration"] == first.of.id);

    const json session = c.request({{"class", "session"}, {"session", "last"}});
    CHECK(session["session"]["calibration"] == first.of.id);
    CHECK(session["reps"].size() == 4);
    const auto recording = rig.folder.path / "data" / "raw" / (started["id"].get<std::string>() + ".hdraw");
    store::RecordingReader reader(recording);
    CHECK(reader.header().map == first.map());
    std::vector<plate::RawSample> block;
    while (reader.next(block)) {
    }
    CHECK(reader.zero_number() > 0);  // stepped off in the middle

    const auto csv = rig.folder.path / "export.csv";
    const int fd = open(csv.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const json exported = c.request_with_descriptor({{"class", "export"}, {"session", "last"}, {"format", "csv"}}, fd);
    close(fd);
    CHECK(exported["calibration"] == first.of.id);
    const auto forces = exchange::read_force_csv(csv);
    CHECK_FALSE(forces.uncalibrated);
    std::ifstream rows(csv);
    std::string row;
    std::getline(rows, row);
    CHECK_THAT(row, Catch::EndsWith(",calibration_id"));
    std::size_t with_id = 0;
    while (std::getline(rows, row))
        with_id += row.ends_with("," + first.of.id);
    CHECK(with_id == forces.samples.size());
    const auto analysis =
        motion::analyze(forces.samples, session::criteria(session::prescription_from_json(four_reps)));
    CHECK(json(exchange::analysis_json(analysis)["reps"]) == judged(session["reps"]));

    CHECK(c.request(four_reps)["session"]["calibration"] == second.of.id);
}

TEST_CASE("one bit changed, or another station's key: refused, and the old certificate stays in force") {
    Rig rig;
    rig.start_plate("empty:600", flat_out);
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const Made made{rig, c};
    const auto certificate = made.of();
    const std::string text = made.sealed(certificate);
    CHECK(load(rig, c, text) == "");
    const std::string other = made.sealed(made.of());
    std::string changed = other;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    CHECK(load(rig, c, changed) == "altered");
    CHECK(load(rig, c, "{}") == "no_certificate");
    CHECK(load(rig, c, std::string(5u << 20, 'x')) == "no_certificate");
    CHECK(load(rig, c,
               calibration::sealed(made.of(), calibration::StationKey::load_or_create(rig.folder.path / "other"))) ==
          "another_station");
    auto off = made.of();
    off.judged.pads[0]->map.force[0] *= 1.001;
    CHECK(load(rig, c, made.sealed(off)) == "recompute_mismatch");
    auto of_another = made.of();
    of_another.of.plate.serial = "VP-99";
    CHECK(load(rig, c, made.sealed(of_another)) == "another_plate");
    of_another = made.of();
    of_another.of.plate.converter = "ADS9";
    CHECK(load(rig, c, made.sealed(of_another)) == "converter_changed");
    CHECK(calibration_of(c)["id"] == certificate.of.id);
    CHECK(marks(c) == "");
    CHECK(code_of(c, {{"class", "calibration_load"}}) == "no_descriptor");

    // It outlives the daemon, and every one stays readable as it was signed.
    CHECK(stored(rig, c, "in_force") == text);
    rig.end_daemon();
    rig.start_daemon();
    auto again = rig.connect();
    rig.wait_for_plate(again);
    wait_until([&] { return calibration_of(again)["id"] == certificate.of.id; });
    CHECK(stored(rig, again, certificate.of.id) == text);
    const json list = again.request({{"class", "calibrations"}})["calibrations"];
    REQUIRE(list.size() == 1);
    CHECK(list[0]["in_force"] == true);
    CHECK(code_of(again, {{"class", "calibration"}, {"calibration", "last"}}) == "no_descriptor");
    CHECK(again.request({{"class", "spot_checks"}})["spot_checks"].empty());
}

TEST_CASE("a calibration that failed is kept, marks the plate, and lets no session begin or marks it, as is set") {
    const bool refuse = GENERATE(true, false);
    Rig rig;
    if (!refuse) {
        rig.settings = rig.folder.path / "heeldrop.toml";
        std::ofstream(rig.settings) << "[calibration]\nwhen_unfit = \"mark\"\n";
    }
    rig.start_plate("empty:600", flat_out);
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const Made made{rig, c};
    const auto good = made.of(sound_observations(), std::chrono::days(2));
    CHECK(load(rig, c, made.sealed(good)) == "");
    auto seen = sound_observations();
    for (auto& placement : seen.placements)
        if (placement.role == calibration::Role::down)
            for (auto& mean : placement.reading.mean)
                mean *= 1.02;  // 2 % of hysteresis
    const auto failed = made.of(seen);
    REQUIRE_FALSE(failed.passed());
    CHECK(load(rig, c, made.sealed(failed)) == "calibration_failed");
    CHECK(calibration_of(c)["id"] == good.of.id);
    CHECK(marks(c) == "calibration_failed");
    CHECK(stored(rig, c, "last") == made.sealed(failed));
    if (refuse) {
        CHECK(code_of(c, four_reps) == "calibration_unfit");
    } else {
        const json session = c.request(four_reps)["session"];
        CHECK(session["calibration"] == good.of.id);
        CHECK(session["session_faults"] == json{"calibration_failed"});
        c.request({{"class", "session_stop"}});
    }
    CHECK(load(rig, c, made.sealed(made.of(sound_observations(), std::chrono::days(0)))) == "");
    CHECK(marks(c) == "");
    c.request(four_reps);
}

TEST_CASE("a plate with another serial number or converter than was calibrated is refused by name") {
    Rig rig;
    rig.start_plate("empty:600", {"--without", "gain,zero,drift,corner", "--pace", "flat-out", "--serial", "VP-A"});
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const Made made{rig, c};
    const auto certificate = made.of();
    CHECK(load(rig, c, made.sealed(certificate)) == "");
    const auto other = GENERATE(table<std::string, std::string, std::string>(
        {{"VP-B", "80", "another_plate"}, {"VP-A", "1000", "converter_changed"}}));
    const std::string serial = std::get<0>(other), rate = std::get<1>(other), code = std::get<2>(other);
    replace_plate(rig, c, serial, rate);
    rig.wait_for_plate(c);
    wait_until([&] { return marks(c) == code; });
    CHECK(c.request({{"class", "status"}})["plate"]["uncalibrated"] == true);
    CHECK(code_of(c, four_reps) == "calibration_unfit");
    replace_plate(rig, c, "VP-A", "80");
    rig.wait_for_plate(c);
    wait_until([&] { return calibration_of(c)["id"] == certificate.of.id; });
    CHECK(c.request(four_reps)["session"]["calibration"] == certificate.of.id);
}

TEST_CASE("an expired calibration marks, a plate that was moved asks for a spot check, both stand in the session") {
    Rig rig;
    rig.start_plate("empty:600", flat_out);
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const Made made{rig, c};
    const auto seen = calibration::test::with_corner_at(sound_observations(), 6, 7.0);
    CHECK(load(rig, c, made.sealed(made.of(seen, std::chrono::days(400)))) == "");
    wait_until([&] { return marks(c) == "expired moved_or_uneven"; });
    const json calibration = calibration_of(c);
    CHECK(calibration["zero"]["cell"] == "right RL");
    CHECK(calibration["zero"]["off_n"].get<double>() == Approx(-7.0).margin(0.5));
    CHECK_THAT(calibration["marks"][1]["message"].get<std::string>(), Catch::Contains("spot check"));
    const json session = c.request(four_reps)["session"];
    CHECK(session["session_faults"] == json{"calibration_expired", "moved_or_uneven"});
}

TEST_CASE("a certificate altered in the store is not used, and said") {
    Rig rig;
    rig.start_plate("empty:600", flat_out);
    rig.start_daemon();
    auto c = rig.connect();
    rig.wait_for_plate(c);
    const Made made{rig, c};
    CHECK(load(rig, c, made.sealed(made.of())) == "");
    rig.end_daemon();
    {
        SQLite::Database raw((rig.folder.path / "data" / "heeldrop.db").native(), SQLite::OPEN_READWRITE);
        raw.exec("DROP TRIGGER calibration_is_never_changed");
        raw.exec("UPDATE calibration SET certificate = replace(certificate, 'Ada', 'Eve')");
    }
    rig.start_daemon();
    auto again = rig.connect();
    rig.wait_for_plate(again);
    wait_until([&] { return marks(again) == "altered"; });
    CHECK(calibration_of(again)["id"].is_null());
    CHECK(code_of(again, four_reps) == "calibration_unfit");
}
