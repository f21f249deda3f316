// A whole calibration with the real programs: the virtual plate with cells that nobody knows, somebody who puts weights
// on it as the daemon says, `heeldrop-calibrate run --unattended`, and what comes of it.
#include <cmath>

#include "tests/daemon/server/control.hpp"
#include "tests/daemon/server/rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

constexpr double gravity = 9.80665;

/// Puts on the plate what the daemon's lines ask for. The plate's time stands still meanwhile: no step is late.
class Weights {
 public:
    /// Of a step: what really stands there, in kilograms and millimetres.
    using Blunder = std::function<void(const json& step, int placement, double& kg, double& x_mm)>;

    Weights(const std::filesystem::path& control, Blunder blunder = {})
        : control_(control), blunder_(std::move(blunder)) {}

    void obey(const json& step) {
        control_.tell("pause");
        clear();
        const std::string kind = step["do"];
        if (kind == "person") {
            control_.tell("person " + number(step["mass_kg"]) + " " + step["pad"].get<std::string>());
            there_ = "person";
        } else if (kind != "empty" && kind != "warm_up") {
            placements_ += kind == "place";
            double kg = step["mass_kg"], x = step.value("x_mm", 0.0);
            if (blunder_)
                blunder_(step, kind == "place" ? placements_ : 0, kg, x);
            place(kg, step["pad"], x, step.value("y_mm", 0.0));
        }
        control_.tell("go");
    }
    void place(double kg, const std::string& pad, double x, double y) {
        there_ = "w" + std::to_string(++names_);
        control_.tell("place " + there_ + " " + number(kg) + " " + pad + " " + number(x) + " " + number(y));
    }
    void clear() {
        if (!there_.empty())
            control_.tell("take " + there_);
        there_.clear();
    }

 private:
    static std::string number(double value) { return std::to_string(value); }

    Control control_;
    Blunder blunder_;
    std::string there_;
    int names_ = 0, placements_ = 0;
};

struct Bench {
    Rig rig;
    std::filesystem::path control() const { return rig.folder.path / "control"; }

    void start_plate(const std::string& fault = "") {
        std::vector<std::string> arguments{
            HEELDROP_PLATE, "--weights", "--link",    rig.link().native(), "--seed",   "7",   "--pace",
            "flat-out",     "--stay",    "--control", control().native(),  "--serial", "VP-7"};
        if (!fault.empty())
            arguments.insert(arguments.end(), {"--fault", fault});
        rig.plate = std::make_unique<Process>(arguments);
        rig.plate->read_line();
    }

    struct Outcome {
        json run;
        int exit_code = -1;
        std::string printed;
        std::string first() const { return run["findings"].empty() ? "" : run["findings"][0]["code"]; }
    };
    Outcome calibrate(const Weights::Blunder& blunder = {}) {
        return follow({"--masses", "20,40,60,80,100", "--person", "80", "--warm-up", "0.5", "--hold", "8", "--operator",
                       "Ada", "--unattended"},
                      blunder);
    }
    Outcome follow(const std::vector<std::string>& options, const Weights::Blunder& blunder = {}) {
        auto watcher = rig.connect();
        rig.wait_for_plate(watcher);
        watcher.request({{"class", "watch"}, {"samples", false}});
        Weights weights(control(), blunder);
        std::vector<std::string> arguments{HEELDROP_CALIBRATE, "run", "--socket", rig.socket().native()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        Process program(arguments, rig.log().native());
        Outcome outcome;
        json done;
        const auto over = [](const json& line) {
            const std::string state = line["state"];
            return state == "accepted" || state == "refused" || state == "failed" || state == "cancelled";
        };
        while (outcome.run.is_null()) {
            const json line = next_of(watcher, [](const json& l) { return l["class"] == "calibration_run"; });
            const json& run = line["calibration_run"];
            if (over(run))
                outcome.run = run;
            else if (run["waiting"] == "load" && run["step"] != done) {
                done = run["step"];
                weights.obey(run["do"]);
            }
        }
        outcome.printed = program.read_all();
        outcome.exit_code = program.wait();
        INFO(outcome.printed);
        CHECK(outcome.exit_code == (outcome.run["state"] == "accepted" ? 0 : 3));
        return outcome;
    }
    std::string certificate_in_force() {
        auto c = rig.connect();
        const json plate = c.request({{"class", "status"}})["plate"];
        return plate["calibration"]["id"].is_string() ? plate["calibration"]["id"].get<std::string>() : std::string();
    }
};

}  // namespace

TEST_CASE("unattended, a plate of unknown cells is calibrated, and known loads then read right") {
    Bench bench;
    bench.start_plate();
    bench.rig.start_daemon();
    const auto outcome = bench.calibrate();
    INFO(outcome.run.dump(1));
    REQUIRE(outcome.run["state"] == "accepted");
    CHECK_THAT(outcome.printed, Catch::Contains("ACCEPTED"));
    CHECK_THAT(outcome.printed, Catch::Contains(outcome.run["certificate"].get<std::string>()));
    CHECK(bench.certificate_in_force() == outcome.run["certificate"]);
    for (const json& check : outcome.run["checks"])
        CHECK(check["verdict"] == "passed");

    Weights weights(bench.control());
    const auto mean_of = [&](const char* pad) {
        auto c = bench.rig.connect();  // nothing from before is on its way here
        c.request({{"class", "watch"}});
        double sum = 0.0;
        int n = 0;
        // The first batches may have been on the line when the load was put on.
        for (int batches = 0; batches < 8; ++batches) {
            const json line = next_of(c, [](const json& l) { return l["class"] == "samples"; });
            for (const json& force : line[pad])
                if (batches >= 4 && force.is_number())
                    sum += force.get<double>(), ++n;
        }
        return sum / n;
    };
    for (const auto& [kg, x, y] : {std::tuple{55.0, 30.0, -60.0}, {90.0, 0.0, 0.0}, {30.0, -50.0, 80.0}}) {
        CHECK(std::abs(mean_of("left_n")) < 1.0);
        weights.place(kg, "left", x, y);
        CHECK(mean_of("left_n") == Approx(kg * gravity).epsilon(0.002));
        weights.clear();
        mean_of("left_n");
    }

    // The daily check: with the right mass it agrees, with a wrong one it does not; both are kept and drawn.
    const auto check = [&](const char* kg) {
        Process program({HEELDROP_CALIBRATE, "check", "--socket", bench.rig.socket().native(), "--mass", kg, "--pad",
                         "left", "--operator", "Ada"},
                        bench.rig.log().native());
        const std::string printed = program.read_all();
        return std::pair(program.wait(), printed);
    };
    weights.obey({{"do", "person"}, {"mass_kg", 70.0}, {"pad", "left"}});
    const auto [agrees, said] = check("70");
    INFO(said);
    CHECK(agrees == 0);
    CHECK_THAT(said, Catch::Contains("AGREES"));
    const auto [off, said_off] = check("74");
    INFO(said_off);
    CHECK(off == 3);
    CHECK_THAT(said_off, Catch::Contains("OFF") && Catch::Contains("70.0 kg") && Catch::Contains("74.0 kg"));
}

TEST_CASE("guided by lines it says what to put where, refuses what makes no sense, and a cancel changes nothing") {
    Bench bench;
    bench.start_plate();
    bench.rig.start_daemon();
    auto c = bench.rig.connect();
    bench.rig.wait_for_plate(c);
    Process program({HEELDROP_CALIBRATE, "run", "--socket", bench.rig.socket().native(), "--masses", "20,40,60,80,100",
                     "--operator", "Ada"},
                    bench.rig.log().native());
    const auto read_until = [&](const std::string& part) {
        for (std::string line = program.read_line(); line.find(part) == line.npos; line = program.read_line())
            if (line.empty() && !program.running())
                throw std::runtime_error("it ended before it said " + part);
    };
    read_until("Step 1 of 63: leave the plate alone with nothing on it: it warms up for 15 min.");
    program.write_line("s");
    read_until("Step 2 of 63: put 100 kg on the centre of the left pad for 30 s: it is not read.");
    program.write_line("m 900");
    read_until("\"mass_kg\" must be");
    program.write_line("r 1");
    read_until("Step 1 of 63");
    program.write_line("q");
    CHECK_THAT(program.read_all(), Catch::Contains("CANCELLED: It was cancelled. Nothing has changed."));
    CHECK(program.wait() == 5);
    CHECK(bench.certificate_in_force().empty());
}

TEST_CASE("a calibration with a planted fault is refused by its name, and the older certificate stays in force") {
    Bench bench;
    bench.start_plate();
    bench.rig.start_daemon();
    const auto sound = bench.calibrate();
    REQUIRE(sound.run["state"] == "accepted");
    const std::string older = sound.run["certificate"];

    const auto mistyped = bench.calibrate([](const json&, int placement, double& kg, double&) {
        if (placement == 6)
            kg -= 2.5;
    });
    INFO(mistyped.run.dump(1));
    CHECK(mistyped.run["state"] == "refused");
    CHECK(mistyped.first() == "mistyped_weight");
    CHECK(mistyped.run["findings"][0]["placement"] == 6);
    CHECK_THAT(mistyped.printed, Catch::Contains("mistyped_weight"));
    CHECK(bench.certificate_in_force() == older);

    const auto off_mark = bench.calibrate([](const json&, int placement, double&, double& x_mm) {
        if (placement == 11)
            x_mm += x_mm > 0.0 ? -50.0 : 50.0;
    });
    INFO(off_mark.run.dump(1));
    CHECK(off_mark.run["state"] == "refused");
    CHECK(off_mark.first() == "off_mark");
    CHECK(bench.certificate_in_force() == older);

    // Only what was named is done again.
    const int step = off_mark.run["findings"][0]["step"];
    CHECK_THAT(off_mark.printed, Catch::Contains("heeldrop-calibrate run --redo " + std::to_string(step)));
    const auto mended = bench.follow({"--redo", std::to_string(step)});
    INFO(mended.printed);
    CHECK(mended.run["state"] == "accepted");
    CHECK(mended.run["id"] == off_mark.run["id"]);
    CHECK(mended.run["certificate"] != off_mark.run["certificate"]);
    CHECK(bench.certificate_in_force() == mended.run["certificate"]);
}

TEST_CASE("a plate with one fault is refused by the fault's name") {
    const auto [fault, code] = GENERATE(table<std::string, std::string>({{"swapped:LFR,RRL", "swapped_cells"},
                                                                         {"inverted:LRL", "inverted_cell"},
                                                                         {"dead:RFR", "dead_cell"},
                                                                         {"sticky:RRL", "sticky_corner"},
                                                                         {"creep:left", "creep"},
                                                                         {"drifting:LFR", "drifting_zero"}}));
    CAPTURE(fault);
    Bench bench;
    bench.start_plate(fault);
    bench.rig.start_daemon();
    const auto outcome = bench.calibrate();
    INFO(outcome.printed);
    CHECK(outcome.run["state"] == "refused");
    CHECK(outcome.first() == code);
    CHECK(bench.certificate_in_force().empty());
}
