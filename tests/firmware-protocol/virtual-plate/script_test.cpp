// Scripts: what is read, and that every mistake is named in one line.
#include <catch2/catch.hpp>

#include "firmware-protocol/virtual-plate/simulation.hpp"

using namespace heeldrop;
using namespace heeldrop::virtual_plate;

TEST_CASE("a script is read with durations, values and repetitions", "[script]") {
    const auto script =
        parse_script("empty:2.5, step_on(high)\n, # a comment\n good(drop=3.2,profile=skewed,run_on)*3,fast_drop*2 ");
    REQUIRE(script.elements.size() == 7);
    CHECK(script.elements[0].word == "empty");
    CHECK(script.elements[0].duration == Seconds{2.5});
    CHECK(script.elements[1].has("high"));
    CHECK(script.elements[4].word == "good");
    CHECK(script.elements[4].number("drop") == 3.2);
    CHECK(script.elements[4].text("profile") == "skewed");
    CHECK(script.elements[4].has("run_on"));
    CHECK_FALSE(script.elements[4].number("depth").has_value());
    CHECK(script.elements[6].word == "fast_drop");
}

TEST_CASE("a wrong script is refused with one line that names the mistake", "[script]") {
    const auto [text, named] = GENERATE(table<const char*, const char*>({
        {"", "empty"},
        {"good,,good", "between two commas"},
        {"goood", "goood"},
        {"good(drop=fast)", "drop=fast"},
        {"good(drop=300)", "drop=300"},
        {"good(drop)", "drop"},
        {"good(kg=3)", "kg"},
        {"good(profile=round)", "round"},
        {"good(side=both)", "side=both"},
        {"good(run_on=1)", "run_on"},
        {"good(drop=3,drop=4)", "twice"},
        {"good(drop=3", "not closed"},
        {"good)", "match"},
        {"good*0", "*0"},
        {"good*2.5", "2.5"},
        {"good:3", "duration"},
        {"quiet:-1", "-1"},
        {"quiet:x", "x"},
    }));
    CAPTURE(text);
    try {
        parse_script(text);
        FAIL("it was accepted");
    } catch (const ScriptError& error) {
        const std::string what = error.what();
        CHECK(what.find(named) != std::string::npos);
        CHECK(what.find('\n') == std::string::npos);
    }
}

TEST_CASE("a drop faster than a fall is refused", "[script]") {
    CHECK_THROWS_AS(simulate(parse_script("step_on,good(drop=0.15,depth=0.15)"), Setup{}), ScriptError);
    CHECK_THROWS_AS(simulate(parse_script("step_on,incomplete(at=drop,back)"), Setup{}), ScriptError);
}

TEST_CASE("every word that help names is a script of its own", "[script]") {
    const auto help = describe_script_words();
    for (const char* word :
         {"empty",          "step_on",      "step_off",  "quiet",        "good",         "fast_drop",
          "hold_then_fall", "two_leg_drop", "wrong_leg", "one_leg_rise", "shallow",      "bounce",
          "incomplete",     "calf_raise",   "one_leg",   "squat",        "sit_to_stand", "sway",
          "lean",           "shift",        "march",     "jump",         "load",         "second_person"}) {
        CAPTURE(word);
        CHECK(help.find(std::string("\n  ") + word + " ") != std::string::npos);
        const auto played = simulate(parse_script(std::string(word) + ",quiet:1"), Setup{});
        CHECK(played.samples.size() > 50);
    }
}
