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
          R"({"side":"both","sets":3,"reps":15,"target_drop_s":3.0,"min_drop_s":2.0,"min_share":0.85,"surface":"step",)"
          R"("hands":"fingertips","body_weight_kg":null})");
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
    CHECK_FALSE(criteria(p).min_depth);
}
