// The words for the motion library's values: each has one, and it is read back as the same value.
#include "daemon/motion/names.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

using namespace heeldrop::motion;

namespace {

template <class Enum>
void each_word_comes_back(Enum last) {
    std::set<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        const auto value = static_cast<Enum>(i);
        const auto word = name_of(value);
        INFO(word);
        CHECK(words.insert(word).second);
        CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
        const auto back = named<Enum>(word);
        REQUIRE(back);
        CHECK(*back == value);
    }
    CHECK_FALSE(named<Enum>(""));
    CHECK_FALSE(named<Enum>("no such word"));
    CHECK_FALSE(named<Enum>("Good"));
}

}  // namespace

TEST_CASE("each value has its own word and is read back from it") {
    each_word_comes_back(Phase::unknown);
    each_word_comes_back(Verdict::unjudged);
    each_word_comes_back(Fault::incomplete);
    each_word_comes_back(Reason::no_return);
    each_word_comes_back(EventKind::one_person);
    each_word_comes_back(SessionFault::extrapolated);
    each_word_comes_back(Side::right);
    each_word_comes_back(PrescribedSide::both);
    each_word_comes_back(Surface::flat);
    each_word_comes_back(HandSupport::free);
}

TEST_CASE("the words that files and programs rely on") {
    CHECK(name_of(Phase::homing) == "return");
    CHECK(name_of(Verdict::unjudged) == "unjudged");
    CHECK(name_of(Fault::fast_drop) == "fast_drop");
    CHECK(name_of(Fault::two_leg_drop) == "two_leg_drop");
    CHECK(name_of(Fault::one_leg_rise) == "one_leg_rise");
    CHECK(name_of(Fault::wrong_leg) == "wrong_leg");
    CHECK(name_of(Fault::shallow_drop) == "shallow_drop");
    CHECK(name_of(Fault::bounce) == "bounce");
    CHECK(name_of(Fault::hand_support) == "hand_support");
    CHECK(name_of(Fault::incomplete) == "incomplete");
}
