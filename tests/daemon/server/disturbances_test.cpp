// The line breaks in every way that the virtual plate knows, and the daemon's account equals the plate's, to the
// sample.
#include <map>

#include "tests/daemon/server/control.hpp"
#include "tests/daemon/server/rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

/// What both sides count.
json line_of(const json& account) {
    json line = account["line"];
    for (const char* only_here : {"gap_s"})
        line.erase(only_here);
    return line;
}

struct Disturbed {
    explicit Disturbed(std::string samples_per_second) : rate(std::move(samples_per_second)) {}

    std::string rate;
    Rig rig;
    std::unique_ptr<Control> control;
    client::Connection c = begin();

    json status() { return c.request({{"class", "status"}}); }
    json plate() { return status()["plate"]; }
    /// Waits until both accounts say the same of the line, and samples go on coming; returns the plate's.
    json agreed() {
        json account, told;
        const auto end = Clock::now() + std::chrono::seconds(20);
        for (;;) {
            account = control->account();
            told = plate();
            // Asked one after the other while samples come: those that arrived in between are not yet counted.
            json ours = line_of(told), theirs = line_of(account);
            ours.erase("samples");
            theirs.erase("samples");
            if (ours == theirs && told["state"] == "ready")
                return account;
            if (Clock::now() > end) {
                CAPTURE(ours.dump(), theirs.dump(), told.dump());
                CHECK(ours == theirs);
                FAIL("the accounts do not come to agree");
            }
            poll(nullptr, 0, 20);
        }
    }
    std::uint64_t samples() { return plate()["line"]["samples"]; }
    void wait_for_samples(std::uint64_t more) {
        const auto target = samples() + more;
        wait_until([&] { return samples() >= target; });
    }

 private:
    client::Connection begin() {
        const auto socket = rig.folder.path / "control";
        rig.start_plate("step_on,quiet:600", {"--pace", "real", "--rate", rate, "--seed", "11", "--mass", "80",
                                              "--control", socket.native()});
        control = std::make_unique<Control>(socket);
        rig.start_daemon();
        auto connection = rig.connect();
        rig.wait_for_plate(connection);
        connection.request({{"class", "session_start"}, {"side", "right"}});
        rig.begin_script();
        wait_until([&] { return connection.request({{"class", "status"}})["session"]["state"] == "running"; });
        return connection;
    }
};

}  // namespace

TEST_CASE("whatever the line does to the bytes, the daemon counts what the plate did") {
    Disturbed d(GENERATE("80", "1000"));
    for (const char* line : {"drop 3", "duplicate 4", "corrupt 5", "drop-byte 4", "duplicate-byte 4", "truncate 1",
                             "truncate 3", "garbage 700", "hang 0.6", "clock-back 0.5", "clock-back 900"}) {
        INFO(line);
        const json before = d.control->account();
        d.control->tell(line);
        // The end of the damage is seen by what comes after it.
        wait_until([&] { return d.control->account()["line"] != before["line"]; });
        wait_until([&] {
            const auto now = d.control->account()["line"]["samples"].get<std::uint64_t>();
            return now > before["line"]["samples"].get<std::uint64_t>() + 60;
        });
        const json after = d.agreed();
        CHECK(after["line"] != before["line"]);
    }
    // What it was, as a whole: the session's own account has every gap, as long as the plate says.
    const json account = d.agreed();
    const std::string id = d.status()["session"]["id"];
    d.c.request({{"class", "session_stop"}});
    const json stored = d.c.request({{"class", "session"}, {"session", id}});
    REQUIRE(stored["gaps"].size() == account["gaps"].size());
    std::uint64_t lost = 0;
    for (std::size_t i = 0; i < stored["gaps"].size(); ++i) {
        const json &ours = stored["gaps"][i], &theirs = account["gaps"][i];
        CHECK(ours["lost_samples"] == theirs["lost_samples"]);
        CHECK(ours["to_s"].get<double>() - ours["from_s"].get<double>() ==
              Approx(theirs["to_s"].get<double>() - theirs["from_s"].get<double>()).margin(1.1e-6));
        lost += theirs["lost_samples"].get<std::uint64_t>();
    }
    CHECK(stored["session"]["gaps"] == account["gaps"].size());
    CHECK(stored["session"]["lost_samples"] == lost);
    CHECK(lost > 20);
}

TEST_CASE("whatever a cell does, the daemon counts what the plate did") {
    Disturbed d("1000");
    for (const char* line :
         {"spike LFL 12", "spike RRR 8 500000", "saturate LFR 40", "kill RFL 600", "freeze LRL 700"}) {
        d.control->tell(line);
        d.wait_for_samples(300);
    }
    d.wait_for_samples(1000);
    std::map<std::string, json> theirs, ours;
    const json account = d.agreed(), plate = d.plate();
    for (const auto& cell : account["cells"])
        theirs[cell["pad"].get<std::string>() + cell["corner"].get<std::string>()] = cell;
    for (const auto& cell : plate["cells"])
        ours[cell["pad"].get<std::string>() + cell["corner"].get<std::string>()] = cell;
    REQUIRE(ours.size() == 8);
    for (const auto& [name, cell] : theirs) {
        CAPTURE(name);
        CHECK(ours[name]["saturated"] == cell["saturated"]);
        CHECK(ours[name]["invalid"] == cell["invalid"]);
        CHECK(ours[name]["stuck"] == cell["frozen"]);
        CHECK(ours[name]["spikes"] == cell["spikes"]);
    }
    CHECK(theirs["leftFL"]["spikes"] == 12);
    CHECK(theirs["rightRR"]["spikes"] == 8);
    d.control->tell("mute RRL");
    wait_until([&] {
        return d.plate()["message"].get<std::string>().find("rear left cell of the right pad") != std::string::npos;
    });
    CHECK(d.status()["session"]["session_faults"] == json{"plate_fault", "uncalibrated"});
}

TEST_CASE(
    "a session goes on over a stall, a kicked cable with and without power, a reset and a HELLO that is damaged") {
    Disturbed d("1000");
    const std::string id = d.status()["session"]["id"];
    int gaps = 0;
    for (const char* line : {"stall 2.6", "unplug 0.4 keep", "unplug 0.4", "reboot 0.2", "hello"}) {
        INFO(line);
        if (std::string(line) == "hello") {
            d.control->tell("garble-hello 1");
            d.control->tell("reboot 0.1");
        } else {
            d.control->tell(line);
        }
        ++gaps;
        wait_until([&] { return d.control->account()["gaps"].size() >= static_cast<std::size_t>(gaps); });
        const json account = d.agreed();
        const json session = d.status()["session"];
        CHECK(session["state"] == "running");
        CHECK(session["gaps"] == account["gaps"].size());
        gaps = session["gaps"].get<int>();
    }
    d.wait_for_samples(500);
    const json account = d.agreed();
    d.c.request({{"class", "session_stop"}});
    const json stored = d.c.request({{"class", "session"}, {"session", id}});
    REQUIRE(stored["gaps"].size() == account["gaps"].size());
    for (std::size_t i = 0; i < stored["gaps"].size(); ++i) {
        const json &ours = stored["gaps"][i], &theirs = account["gaps"][i];
        CAPTURE(ours.dump(), theirs.dump());
        CHECK(ours["lost_samples"] == theirs["lost_samples"]);
        CHECK(ours["new_boot"] == theirs["new_boot"]);
        // Nobody but the host's clock knows how long a boot took: its scheduling is in that.
        const double margin = ours["new_boot"] == true ? 0.3 : 1.1e-6;
        CHECK(ours["to_s"].get<double>() - ours["from_s"].get<double>() ==
              Approx(theirs["to_s"].get<double>() - theirs["from_s"].get<double>()).margin(margin));
    }
    CHECK(stored["session"]["session_faults"] == json{"plate_fault", "uncalibrated"});
    CHECK(stored["session"]["state"] == "stopped");
    // Nothing moved to another clock: the person weighs what they did, before and after.
    const json curve = d.c.request({{"class", "curve"}, {"session", id}, {"points", 400}});
    CHECK(curve["gaps"] == stored["gaps"]);
    double last = -1.0;
    for (std::size_t i = 0; i < curve["t_s"].size(); ++i) {
        CHECK(curve["t_s"][i].get<double>() > last);
        last = curve["t_s"][i];
    }
    CHECK(curve["left_n"].back().get<double>() + curve["right_n"].back().get<double>() == Approx(80 * 9.81).margin(30));
}

TEST_CASE("another plate in mid-session is named and not taken, the right one is taken again, on another port") {
    Disturbed d("80");
    const std::string serial = d.plate()["serial"];
    d.control->tell("serial VP-other");
    d.control->tell("unplug 0.1");
    wait_until([&] { return d.plate()["state"] == "refused"; });
    const json refused = d.plate();
    CHECK(refused["other_serial"] == "VP-other");
    CHECK_THAT(refused["message"].get<std::string>(), Catch::Contains("VP-other") && Catch::Contains(serial));
    CHECK(d.status()["session"]["state"] == "running");
    d.control->tell("serial " + serial);
    d.control->tell("unplug 0.1");
    wait_until([&] { return d.plate()["state"] == "ready"; });
    CHECK(d.plate()["serial"] == serial);
    wait_until([&] { return d.status()["session"]["gaps"] == 1; });
    d.control->tell("protocol 9");
    d.control->tell("reboot 0");
    wait_until([&] { return d.plate()["state"] == "refused"; });
    CHECK_THAT(d.plate()["message"].get<std::string>(), Catch::Contains("protocol 9."));
    d.control->tell("serial VP-other");
    d.control->tell("protocol 1");
    d.control->tell("unplug 0.1");
    wait_until([&] { return d.plate()["other_serial"] == "VP-other"; });
    // The right one with another converter is no other plate, and is said to be what it is.
    d.control->tell("serial " + serial);
    d.control->tell("converter ADS131M08");
    d.control->tell("unplug 0.1");
    wait_until([&] { return d.plate()["message"].get<std::string>().find("ADS131M08") != std::string::npos; });
    const json changed = d.plate();
    CHECK(changed["state"] == "refused");
    CHECK(changed["other_serial"].is_null());
    CHECK_THAT(changed["message"].get<std::string>(), Catch::Contains("Plate " + serial + " is not what it was"));
    CHECK(d.status()["session"]["state"] == "running");
    d.control->tell("serial VP-other");
    d.control->tell("unplug 0.1");
    wait_until([&] { return d.plate()["other_serial"] == "VP-other"; });
    // Once the session is over the plate that is there will do.
    d.c.request({{"class", "session_stop"}});
    wait_until([&] { return d.plate()["serial"] == "VP-other"; });
}
