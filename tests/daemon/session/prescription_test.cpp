// What can be prescribed, and how it is refused.
#include "daemon/session/prescription.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace heeldrop;
using namespace heeldrop::session;
using nlohmann::json;

TEST_CASE("nothing given is Alfredson's round at the default tempo") {
    const Prescription p = prescription_from_json(json::object());
    CHECK(p == Prescription{});
    CHECK(to_json(p).dump() ==
          R"({"side":"both","sets":3,"reps":15,"target_drop_s":3.0,"min_drop_s":2.0,"min_share":0.85,)"
          R"("max_rise_share":0.7,"min_depth_m":0.05,"bounce_speed_m_s":0.15,"bounce_window_s":0.4,)"
          R"("fingertips_min_load":0.95,"rail_min_load":0.8,"second_person_load":1.15,)"
          R"("surface":"step","hands":"fingertips","body_weight_kg":null})");
}

TEST_CASE("what is given is taken, and survives its JSON") {
    const json given = {{"side", "left"},         {"sets", 1},        {"reps", 6},         {"target_drop_s", 4.5},
                        {"min_drop_s", 3},        {"min_share", 0.9}, {"surface", "flat"}, {"hands", "rail"},
                        {"body_weight_kg", 72.5}, {"colour", "red"}};
    const Prescription p = prescription_from_json(given);
    CHECK(p.side == motion::PrescribedSide::left);
    CHECK(p.min_drop.value == 3.0);
    CHECK(p.body_mass == Kilograms{72.5});
    CHECK(prescription_from_json(json(to_json(p))) == p);
}

TEST_CASE("a target quicker than the default minimum is its own minimum") {
    CHECK(prescription_from_json({{"target_drop_s", 1.5}}).min_drop.value == 1.5);
}

TEST_CASE("what cannot be prescribed is refused, naming the key and what would do") {
    const auto [key, value, expected] = GENERATE(table<std::string, json, std::string>({
        {"side", "middle", "\"left\", \"right\" or \"both\""},
        {"side", 3, "\"left\""},
        {"sets", 0, "from 1 to 10"},
        {"sets", 1.5, "whole number"},
        {"reps", -4, "from 1 to 100"},
        {"reps", 18446744073709551615u, "from 1 to 100"},
        {"reps", "six", "whole number"},
        {"target_drop_s", 0.1, "from 0.5"},
        {"min_drop_s", 9, "must not be above"},
        {"min_share", 85, "from 0.5 to 1"},
        {"min_depth_m", 5, "from 0 to 0.2, not 5"},
        {"bounce_speed_m_s", 0.05, "from 0.1 to 2"},
        {"second_person_load", "much", "from 1.05 to 2"},
        {"surface", "stairs", "\"step\" or \"flat\""},
        {"hands", true, "\"fingertips\""},
        {"body_weight_kg", 4, "from 15"},
        {"body_weight_kg", std::numeric_limits<double>::quiet_NaN(), "not nan"},
    }));
    try {
        prescription_from_json({{key, value}});
        FAIL("not refused: " + key);
    } catch (const PrescriptionError& error) {
        CHECK(error.key() == key);
        CHECK_THAT(error.what(), Catch::Contains(expected) && Catch::Contains(key));
    }
}

TEST_CASE("on the flat depth is not judged") {
    Prescription p;
    CHECK(criteria(p).min_depth);
    p.surface = motion::Surface::flat;
    p.min_depth = Metres{0.08};
    CHECK_FALSE(criteria(p).min_depth);
}

TEST_CASE("a depth of 0 is not judged") {
    CHECK_FALSE(criteria(prescription_from_json({{"min_depth_m", 0}})).min_depth);
}

TEST_CASE("every threshold can be set to both its ends and not beyond, alone, and survives its JSON") {
    for (const Threshold& t : thresholds) {
        CAPTURE(t.key);
        CHECK(t.get({}) > t.low);
        CHECK(t.get({}) < t.high);
        for (const double end : {t.low, t.high}) {
            const Prescription p = prescription_from_json({{t.key, end}});
            for (const Threshold& other : thresholds)
                CHECK(other.get(p) == (other.key == t.key ? end : other.get({})));
            CHECK(prescription_from_json(json(to_json(p))) == p);
        }
        CHECK_THROWS_AS(prescription_from_json({{t.key, t.low - 0.01}}), PrescriptionError);
        CHECK_THROWS_AS(prescription_from_json({{t.key, t.high + 0.01}}), PrescriptionError);
        CHECK(prescription_from_json({{t.key, nullptr}}, prescription_from_json({{t.key, t.high}})) ==
              prescription_from_json({{t.key, t.high}}));
    }
}

TEST_CASE("every threshold that is prescribed is what motion judges by") {
    const motion::Criteria c = criteria(prescription_from_json({{"min_share", 0.9},
                                                                {"max_rise_share", 0.6},
                                                                {"min_depth_m", 0.06},
                                                                {"bounce_speed_m_s", 0.25},
                                                                {"bounce_window_s", 0.3},
                                                                {"fingertips_min_load", 0.92},
                                                                {"rail_min_load", 0.7},
                                                                {"second_person_load", 1.3}}));
    CHECK(c.min_working_share.value == 0.9);
    CHECK(c.max_rise_share.value == 0.6);
    CHECK(c.min_depth == Metres{0.06});
    CHECK(c.bounce_speed.value == 0.25);
    CHECK(c.bounce_window.value == 0.3);
    CHECK(c.fingertips_min_load.value == 0.92);
    CHECK(c.rail_min_load.value == 0.7);
    CHECK(c.second_person_load.value == 1.3);
}
