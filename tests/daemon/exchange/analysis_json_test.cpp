// The JSON of an analysis: the documented keys in the documented order, null for unknown, and the same both ways.
#include "daemon/exchange/analysis_json.hpp"

#include <catch2/catch.hpp>

using namespace heeldrop;
using namespace heeldrop::motion;
using exchange::Json;

namespace {

Rep judged_rep() {
    Rep rep;
    rep.index = 3;
    rep.side = Side::right;
    rep.verdict = Verdict::fault;
    rep.faults = {Fault::fast_drop, Fault::shallow_drop};
    rep.reasons = {Reason::no_return};
    rep.rise_start = Seconds{1.23456789};
    rep.drop_duration = Seconds{1.61234};
    rep.drop_depth = Metres{0.0412345};
    rep.working_share_drop = Fraction{0.97654321};
    rep.mean_force = Newtons{733.98765};
    rep.impulse = NewtonSeconds{1183.456};
    return rep;
}

}  // namespace

TEST_CASE("a rep has every key of the schema, in its order, with null where a value is unknown") {
    CHECK(
        exchange::rep_json(judged_rep()).dump() ==
        R"({"index":3,"side":"right","verdict":"fault","faults":["fast_drop","shallow_drop"],"reasons":["no_return"],)"
        R"("rise_start_s":1.2346,"rise_end_s":null,"transfer_start_s":null,"transfer_end_s":null,"drop_start_s":null,)"
        R"("drop_end_s":null,"return_end_s":null,"rise_duration_s":null,"drop_duration_s":1.6123,)"
        R"("drop_duration_uncertainty_s":null,"drop_depth_m":0.0412,"drop_depth_uncertainty_m":null,)"
        R"("peak_drop_speed_m_s":null,"working_share_drop":0.9765,"working_share_rise":null,"peak_force_n":null,)"
        R"("mean_force_n":733.99,"impulse_ns":1183.46})");
}

TEST_CASE("a rep read from its JSON prints as the same JSON") {
    const Json text = exchange::rep_json(judged_rep());
    const Rep again = exchange::rep_from_json(text);
    CHECK(again.faults == judged_rep().faults);
    CHECK(exchange::rep_json(again).dump() == text.dump());
    CHECK(exchange::rep_json(exchange::rep_from_json(exchange::rep_json(Rep{}))) == exchange::rep_json(Rep{}));
}

TEST_CASE("a rep with a foreign word, type or hole is refused") {
    Json text = exchange::rep_json(judged_rep());
    SECTION("word") {
        text["verdict"] = "splendid";
    }
    SECTION("list") {
        text["faults"] = "fast_drop";
    }
    SECTION("number") {
        text["drop_depth_m"] = "deep";
    }
    SECTION("index") {
        text["index"] = 1.5;
    }
    SECTION("hole") {
        text.erase("side");
    }
    SECTION("no object") {
        text = 3;
    }
    CHECK_THROWS_AS(exchange::rep_from_json(text), std::invalid_argument);
}

TEST_CASE("an analysis prints as the schema's object") {
    Analysis analysis;
    analysis.sample_rate = Hertz{79.9936};
    analysis.duration = Seconds{131.2};
    analysis.session_faults = {SessionFault::uncalibrated};
    analysis.reps = {judged_rep()};
    analysis.events = {{Seconds{0.5}, EventKind::step_on}};
    const Json text = exchange::analysis_json(analysis);
    std::vector<std::string> keys;
    for (const auto& [key, value] : text.items())
        keys.push_back(key);
    CHECK(keys == std::vector<std::string>{"schema", "algorithm", "sample_rate_hz", "system_weight_n", "duration_s",
                                           "session_faults", "reps", "events"});
    CHECK(text["schema"] == "heeldrop.analysis/1");
    CHECK(text["sample_rate_hz"] == 79.99);
    CHECK(text["system_weight_n"].is_null());
    CHECK(text["session_faults"].dump() == R"(["uncalibrated"])");
    CHECK(text["reps"][0] == exchange::rep_json(judged_rep()));
    CHECK(text["events"].dump() == R"([{"t_s":0.5,"kind":"step_on"}])");
}
