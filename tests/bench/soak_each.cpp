#include "tests/bench/soak_each.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tests/daemon/server/control.hpp"

namespace heeldrop::bench {
namespace {

struct Case {
    std::vector<std::string> lines;  ///< told one after the other
    bool boots = false;
};

std::vector<Case> cases(const std::string& rate) {
    const std::string second = rate == "1000" ? "1000" : "64";
    return {{{"drop 3"}},
            {{"duplicate 4"}},
            {{"corrupt 5"}},
            {{"drop-byte 4"}},
            {{"duplicate-byte 4"}},
            {{"truncate 3"}},
            {{"garbage 700"}},
            {{"hang 0.6"}},
            {{"stall 2.6"}},
            {{"saturate LFR 40"}},
            {{"freeze LRL " + second}},
            {{"kill RFL 60"}},
            {{"spike LFL 5"}},
            {{"spike RRR 4 500000"}},
            {{"unplug 0.4 keep"}},
            {{"unplug 0.4"}, true},
            {{"reboot 0.2"}, true},
            {{"garble-hello 1", "reboot 0.1"}, true},
            {{"first-tick 4294000000", "reboot 0.1"}, true}};
}

Added total(const json& account) {
    Added a;
    const json& line = account["line"];
    a.bad_frames = line["bad_frames"];
    a.lost_frames = line["lost_frames"];
    a.lost_samples = line["lost_samples"];
    a.unordered = line["unordered_samples"];
    a.gaps = line["gaps"];
    a.gap_s = line["gap_s"];
    for (const json& cell : cells_of(account)) {
        a.saturated += cell["saturated"].get<long>();
        a.invalid += cell["invalid"].get<long>();
        a.stuck += cell["stuck"].get<long>();
        a.spikes += cell["spikes"].get<long>();
    }
    return a;
}

Added difference(const Added& after, const Added& before) {
    return {after.bad_frames - before.bad_frames,
            after.lost_frames - before.lost_frames,
            after.lost_samples - before.lost_samples,
            after.unordered - before.unordered,
            after.gaps - before.gaps,
            after.gap_s - before.gap_s,
            after.saturated - before.saturated,
            after.invalid - before.invalid,
            after.stuck - before.stuck,
            after.spikes - before.spikes};
}

bool same(const Added& a, const Added& b, double gap_margin_s) {
    return a.bad_frames == b.bad_frames && a.lost_frames == b.lost_frames && a.lost_samples == b.lost_samples &&
           a.unordered == b.unordered && a.gaps == b.gaps && std::abs(a.gap_s - b.gap_s) <= gap_margin_s &&
           a.saturated == b.saturated && a.invalid == b.invalid && a.stuck == b.stuck && a.spikes == b.spikes;
}

}  // namespace

std::vector<EachRow> each_disturbance(SoakStation& station, const std::string& rate) {
    station.begin_in_true_time(rate);
    test::Control control(station.control());
    json account, plate;
    const auto look = [&] {
        account = control.account();
        plate = station.status()["plate"];
    };
    const auto samples = [&] { return account["line"]["samples"].get<long>(); };
    std::vector<EachRow> rows;
    look();
    for (const Case& c : cases(rate)) {
        const Added plate_before = total(account), daemon_before = total(plate);
        const long samples_before = samples();
        EachRow row;
        for (const std::string& line : c.lines) {
            control.tell(line);
            row.what += (row.what.empty() ? "" : ", ") + line;
        }
        // Over when it has shown in the plate's account, and 2 s of samples have come since.
        const double margin = c.boots ? 0.3 : 2e-5;
        const long enough = rate == "1000" ? 2000 : 130;
        const auto settled = [&] {
            look();
            row.plate = difference(total(account), plate_before);
            row.daemon = difference(total(plate), daemon_before);
            row.equal = same(row.plate, row.daemon, margin);
            return !same(row.plate, {}, 0.0) && samples() > samples_before + enough && plate["state"] == "ready";
        };
        station.wait(row.what, settled);
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (!row.equal && std::chrono::steady_clock::now() < patience)
            settled();  // asked one after the other while samples come, they may be one apart
        rows.push_back(row);
    }
    EachRow clock;
    clock.what = "clock 2";
    control.tell(clock.what);
    control.tell("hang 0.5");  // what is measured over a stretch begins anew
    station.wait("the clock's error to be told", [&] {
        look();
        return plate["clock_error_percent"].is_number() && std::abs(plate["clock_error_percent"].get<double>()) > 0.5;
    });
    const double percent = plate["clock_error_percent"];
    clock.equal = std::abs(percent - 2.0) < 0.2;
    clock.remark = fmt::format("the daemon says: {} % fast", percent);
    rows.push_back(clock);
    station.end_true_time();
    return rows;
}

}  // namespace heeldrop::bench
