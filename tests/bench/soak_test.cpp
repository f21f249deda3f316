// The soak's short form, and what a gap in the middle of a rep does: real daemon, real plate, minutes of sets in
// seconds.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "daemon/exchange/analysis_json.hpp"
#include "daemon/exchange/force_csv.hpp"
#include "daemon/session/prescription.hpp"
#include "tests/bench/soak_compare.hpp"

using namespace heeldrop;
using namespace heeldrop::bench;

namespace {

std::size_t rows_after_a_gap(const std::filesystem::path& csv) {
    std::ifstream file(csv);
    std::size_t rows = 0;
    // gap_before, extrapolated and calibration_id end the row.
    for (std::string line; std::getline(file, line);)
        rows += line[line.rfind(',', line.rfind(',') - 1) - 1] == '1';
    return rows;
}

/// What the analysis of a file says of a rep: without the session's own keys.
json judged(json reps) {
    for (auto& rep : reps)
        for (const char* key : {"set", "revision", "counted"})
            rep.erase(key);
    return reps;
}

}  // namespace

TEST_CASE("with a line that breaks at random, the reps it leaves alone are those of the undisturbed session") {
    SoakStation station(HEELDROPD, HEELDROP_PLATE);
    const std::string script = "good*4,fast_drop,good*3,shift:4,good*2,hold_then_fall,good*2,two_leg_drop,good*2";
    const std::vector<Sitting> sittings{{11, "80", script}, {12, "1000", script}};
    std::vector<Played> undisturbed;
    for (const Sitting& sitting : sittings)
        undisturbed.push_back(station.undisturbed(sitting));
    for (std::size_t i = 0; i < sittings.size(); ++i) {
        CAPTURE(sittings[i].rate);
        const Played disturbed = station.disturbed(sittings[i], {"at 12 random 5 40", "at 60 unplug 0.8 keep"},
                                                   undisturbed[i].last_return_s);
        CHECK(account_differences(disturbed) == std::vector<std::string>{});
        const Comparison found = compare(undisturbed[i], disturbed, sittings[i].rate, 3.0);
        CHECK(found.differences == std::vector<std::string>{});
        CHECK(found.outside >= 4);
        CHECK(found.inside >= 4);
    }
}

TEST_CASE("a rep that a gap lies in is unjudged and says so, and curve, store, export and analysis know of the gap") {
    const std::string rate = GENERATE("80", "1000");
    SoakStation station(HEELDROPD, HEELDROP_PLATE);
    const Played undisturbed = station.undisturbed({21, rate, "good*6"});
    const json& truth = undisturbed.truth["reps"];
    REQUIRE(truth.size() == 6);
    const auto into_drop = [&](std::size_t rep, double s) {
        return fmt::format("at {} ", truth[rep]["drop_start_s"].get<double>() + s);
    };
    const Played played =
        station.disturbed({21, rate, "good*6"},
                          {into_drop(1, 0.6) + "hang 0.9", into_drop(3, 0.4) + (rate == "80" ? "drop 8" : "drop 90")},
                          undisturbed.last_return_s);
    CHECK(account_differences(played) == std::vector<std::string>{});

    // The plate's truth and its account say which reps a gap lies in.
    std::vector<bool> hit;
    for (const json& rep : truth)
        hit.push_back(std::any_of(played.account["gaps"].begin(), played.account["gaps"].end(), [&](const json& gap) {
            return gap["to_s"] > rep["rise_start_s"] && gap["from_s"] < rep["return_end_s"];
        }));
    CHECK(hit == std::vector<bool>{false, true, false, true, false, false});
    const json &session = played.session["session"], &reps = played.session["reps"];
    REQUIRE(reps.size() == 6);
    for (std::size_t i = 0; i < reps.size(); ++i) {
        CAPTURE(i, reps[i].dump());
        CHECK((reps[i]["verdict"] == "unjudged") == hit[i]);
        const json& reasons = reps[i]["reasons"];
        CHECK((std::find(reasons.begin(), reasons.end(), "gap") != reasons.end()) == hit[i]);
        if (!hit[i])
            CHECK(reps[i]["verdict"] == truth[i]["verdict"]);
    }
    CHECK(session["affected_reps"] == std::count(hit.begin(), hit.end(), true));
    CHECK(session["gaps"] == played.account["gaps"].size());

    auto connection = station.connect();
    const json curve = connection.request({{"class", "curve"}, {"session", session["id"]}, {"points", 4000}});
    CHECK(curve["gaps"] == played.session["gaps"]);
    CHECK(rows_after_a_gap(played.csv) == played.account["gaps"].size());
    const auto forces = exchange::read_force_csv(played.csv);
    const auto analysis =
        motion::analyze(forces.samples, session::criteria(session::prescription_from_json({{"side", "right"}})));
    CHECK(json(exchange::analysis_json(analysis)["reps"]) == judged(reps));
}
