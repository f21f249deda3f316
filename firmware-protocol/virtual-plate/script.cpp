// Reading a script: words, their values and ranges in one table, which --help prints too.
#include "firmware-protocol/virtual-plate/script.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

namespace heeldrop::virtual_plate {
namespace {

enum class Kind { number, side, profile, place, flag };

struct ValueRule {
    std::string_view key;
    Kind kind;
    double low, high;
    std::string_view what;
};

constexpr ValueRule value_rules[] = {
    {"drop", Kind::number, 0.15, 30.0, "s, the descent between its 10 % speed points"},
    {"depth", Kind::number, 0.005, 0.20, "m, travel of the centre of mass over the drop"},
    {"rise", Kind::number, 0.15, 10.0, "s, the rise between its 10 % speed points"},
    {"rise_height", Kind::number, 0.01, 0.20, "m, the rise; what the drop leaves of it is lowered on two feet"},
    {"profile", Kind::profile, 0, 0, "bell, skewed, constant or jerky, for the drop"},
    {"rise_profile", Kind::profile, 0, 0, "the same for the rise"},
    {"side", Kind::side, 0, 0, "left or right: the working leg"},
    {"share", Kind::number, 0.0, 1.0, "working leg's part of the load in the drop"},
    {"rise_share", Kind::number, 0.0, 1.0, "the same in the rise"},
    {"toe", Kind::number, 0.0, 0.3, "part of the load that the other foot's toe keeps"},
    {"hands", Kind::number, 0.0, 0.6, "part of the load that the hands take"},
    {"hands_vary", Kind::flag, 0, 0, "the hands come and go"},
    {"top", Kind::number, 0.0, 60.0, "s, hold on two feet at the top"},
    {"transfer", Kind::number, 0.1, 5.0, "s, 10-90 % of the share's change"},
    {"hold", Kind::number, 0.0, 60.0, "s, hold on one foot at the top"},
    {"bottom", Kind::number, 0.0, 60.0, "s, hold on one foot at the bottom"},
    {"return", Kind::number, 0.1, 5.0, "s, 10-90 % of the other foot's taking load"},
    {"pause", Kind::number, 0.0, 120.0, "s, on two feet after the rep"},
    {"heave", Kind::number, 0.0, 0.02, "m, the body rises as the other foot lifts, and sinks again as it lands"},
    {"below", Kind::number, 0.0, 0.05,
     "m, the drop goes below where the rise began; the other foot lifts the body back"},
    {"no_rise", Kind::flag, 0, 0, "begin at the top, having stepped up to it off the plate where needed"},
    {"run_on", Kind::flag, 0, 0, "the next element begins within the return"},
    {"at", Kind::place, 0, 0, "top, transfer or drop: where an incomplete rep ends"},
    {"back", Kind::flag, 0, 0, "an incomplete rep ends on two feet, high, not off the plate"},
    {"stay", Kind::flag, 0, 0, "what a shallow drop leaves is not lowered: the heels stay up until the next rep"},
    {"quick", Kind::flag, 0, 0, "in a hurry"},
    {"slow", Kind::flag, 0, 0, "without haste"},
    {"meanwhile", Kind::flag, 0, 0, "the next element begins at once, and does not wait for this to end"},
    {"high", Kind::flag, 0, 0, "stand on the toes from the first moment"},
    {"kg", Kind::number, 0.0, 150.0, "kg"},
    {"speed", Kind::number, 0.01, 0.5, "m/s, of the rebound"},
};

struct WordRule {
    std::string_view word;
    double default_s;  ///< 0: takes no duration
    std::string_view values;
    std::string_view what;
};

constexpr std::string_view rep_values =
    "drop depth rise rise_height profile rise_profile side share rise_share toe hands hands_vary top transfer hold "
    "bottom "
    "return heave below pause no_rise run_on";
constexpr std::string_view two_leg_values =
    "drop depth rise rise_height profile rise_profile side share rise_share hands hands_vary top pause no_rise";

constexpr WordRule word_rules[] = {
    {"empty", 5, "", "nobody on the plate (the person steps off first)"},
    {"step_on", 0, "high side", "step on, one foot after the other"},
    {"step_off", 0, "side", "step off"},
    {"quiet", 5, "hands hands_vary", "stand on two feet"},
    {"good", 0, rep_values, "a good rep: raise on two, drop on one, 3 s unless told"},
    {"fast_drop", 0, rep_values, "a drop of 0.2-1.5 s"},
    {"hold_then_fall", 0, rep_values, "2-4 s on one leg at the top, then a fall of 0.3-0.6 s"},
    {"two_leg_drop", 0, two_leg_values, "raised and lowered slowly on both"},
    {"wrong_leg", 0, rep_values, "a good rep on the other leg"},
    {"one_leg_rise", 0, rep_values, "the working leg carries 75-97 % in the rise"},
    {"shallow", 0,
     "drop depth rise rise_height profile rise_profile side share rise_share toe hands hands_vary top transfer hold "
     "bottom return pause no_rise run_on stay",
     "a drop of 2-3 cm; the rest is lowered on two feet"},
    {"bounce", 0,
     "drop depth rise rise_height profile rise_profile side share rise_share toe hands hands_vary top transfer hold "
     "bottom return pause no_rise speed",
     "a quick rebound at the bottom"},
    {"incomplete", 0,
     "rise rise_height rise_profile side rise_share toe top transfer hold drop depth profile no_rise at back",
     "rises, and comes off the plate before the descent is over"},
    {"calf_raise", 0, "rise depth drop pause", "brisk, up and down on two legs"},
    {"one_leg", 5, "side toe hands hands_vary", "stand on one leg, heels still"},
    {"squat", 0, "side depth", "on two legs; with side: leaning to it"},
    {"sit_to_stand", 0, "side", "sit down and get up; with side: mostly on that leg"},
    {"sway", 5, "", "lean about on two feet"},
    {"lean", 5, "side share hands hands_vary", "lean and hold it, heels still: forward, or with side= onto that leg"},
    {"shift", 10, "quick slow", "weight from foot to foot, heels still"},
    {"march", 6, "", "feet lifted in turn"},
    {"jump", 0, "", "a jump on the spot"},
    {"load", 0, "kg", "take up a backpack of kg, or put it down with kg=0"},
    {"second_person", 4, "kg meanwhile", "somebody of kg steps on as well"},
};

std::string trimmed(std::string_view s) {
    const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!s.empty() && space(s.front()))
        s.remove_prefix(1);
    while (!s.empty() && space(s.back()))
        s.remove_suffix(1);
    return std::string(s);
}

std::optional<double> as_number(std::string_view s) {
    double x = 0.0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), x);
    if (error != std::errc() || end != s.data() + s.size())
        return std::nullopt;
    return x;
}

bool lists(std::string_view words, std::string_view word) {
    for (std::size_t at = 0; at < words.size();) {
        const auto end = std::min(words.find(' ', at), words.size());
        if (words.substr(at, end - at) == word)
            return true;
        at = end + 1;
    }
    return false;
}

std::string without_comments(std::string_view text) {
    std::string out;
    bool comment = false;
    for (const char c : text) {
        if (c == '#')
            comment = true;
        if (c == '\n') {
            comment = false;
            out += ' ';
        } else if (!comment) {
            out += c;
        }
    }
    return out;
}

/// At the commas that are outside parentheses.
std::vector<std::string> split(std::string_view text, std::string_view where) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth < 0 || depth > 1)
            throw ScriptError(fmt::format("{}: parentheses do not match in '{}'", where, trimmed(text)));
        if (c == ',' && depth == 0)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    if (depth != 0)
        throw ScriptError(fmt::format("{}: a parenthesis is not closed in '{}'", where, trimmed(text)));
    return parts;
}

void read_value(Element& element, const WordRule& word, const std::string& item, std::string_view where) {
    const auto equals = item.find('=');
    const std::string key = trimmed(std::string_view(item).substr(0, equals));
    const std::string value = equals == std::string::npos ? "" : trimmed(std::string_view(item).substr(equals + 1));
    const auto* rule =
        std::find_if(std::begin(value_rules), std::end(value_rules), [&](const auto& r) { return r.key == key; });
    if (rule == std::end(value_rules) || !lists(word.values, key))
        throw ScriptError(fmt::format("{}: '{}' takes no value '{}'{}{}", where, word.word, key,
                                      word.values.empty() ? "" : "; it takes ", word.values));
    const auto expect = [&](bool right, std::string_view what) {
        if (!right)
            throw ScriptError(fmt::format("{}: {}={} is not {}", where, key, value, what));
    };
    switch (rule->kind) {
        case Kind::flag:
            expect(equals == std::string::npos, "a value: it stands alone");
            break;
        case Kind::number: {
            const auto number = as_number(value);
            expect(number && *number >= rule->low && *number <= rule->high,
                   fmt::format("a number from {} to {}", rule->low, rule->high));
            break;
        }
        case Kind::side:
            expect(value == "left" || value == "right", "left or right");
            break;
        case Kind::place:
            expect(value == "top" || value == "transfer" || value == "drop", "top, transfer or drop");
            break;
        case Kind::profile:
            expect(lists("bell skewed constant jerky", value), "bell, skewed, constant or jerky");
            break;
    }
    if (!element.values.emplace(key, value).second)
        throw ScriptError(fmt::format("{}: '{}' is given twice", where, key));
}

void read_element(Script& script, std::string_view text, std::string_view where) {
    Element element;
    std::size_t at = std::min(text.find_first_of(":(*"), text.size());
    element.word = trimmed(text.substr(0, at));
    const auto* rule = std::find_if(std::begin(word_rules), std::end(word_rules),
                                    [&](const auto& r) { return r.word == element.word; });
    if (rule == std::end(word_rules))
        throw ScriptError(fmt::format("{}: '{}' is no script word; --help lists them", where, element.word));
    if (rule->default_s > 0.0)
        element.duration = Seconds{rule->default_s};
    long times = 1;
    while (at < text.size()) {
        const char mark = text[at];
        auto end = mark == '(' ? text.find(')', at) : text.find_first_of(":(*", at + 1);
        end = std::min(end, text.size());
        const std::string inside = trimmed(text.substr(at + 1, end - at - 1));
        if (mark == ')' || (mark != '(' && mark != ':' && mark != '*')) {
            throw ScriptError(
                fmt::format("{}: '{}' after '{}' is not understood", where, text.substr(at), element.word));
        } else if (mark == '(') {
            for (const auto& item : split(inside, where))
                read_value(element, *rule, item, where);
            end = text.find_first_not_of(" \t\r", end + 1);
            end = std::min(end, text.size());
        } else if (mark == ':') {
            const auto seconds = as_number(inside);
            if (rule->default_s <= 0.0)
                throw ScriptError(fmt::format("{}: '{}' takes no duration", where, element.word));
            if (!seconds || !(*seconds >= 0.0 && *seconds <= 36000.0))
                throw ScriptError(fmt::format("{}: ':{}' is not a number of seconds from 0 to 36000", where, inside));
            element.duration = Seconds{*seconds};
        } else {
            const auto count = as_number(inside);
            if (!count || *count < 1.0 || *count > 10000.0 || *count != static_cast<double>(static_cast<long>(*count)))
                throw ScriptError(fmt::format("{}: '*{}' is not a count from 1 to 10000", where, inside));
            times = static_cast<long>(*count);
        }
        at = end;
    }
    script.elements.insert(script.elements.end(), static_cast<std::size_t>(times), element);
}

}  // namespace

std::optional<double> Element::number(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : as_number(found->second);
}

std::optional<std::string> Element::text(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
}

Script parse_script(std::string_view text) {
    Script script;
    const std::string plain = without_comments(text);
    if (trimmed(plain).empty())
        throw ScriptError("the script is empty; try \"empty:5,step_on,quiet:6,good*3,step_off,empty:3\"");
    int number = 0;
    for (const auto& part : split(plain, "script")) {
        ++number;
        const auto element = trimmed(part);
        if (element.empty())
            throw ScriptError(fmt::format("script element {}: there is nothing between two commas", number));
        read_element(script, element, fmt::format("script element {} ('{}')", number, element));
    }
    return script;
}

std::string describe_script_words() {
    std::string out =
        "Elements, separated by commas; NAME[:SECONDS][(value=...,flag,...)][*TIMES]; # begins a comment:\n";
    for (const auto& w : word_rules)
        out += fmt::format("  {:<15} {}{}{}{}\n", w.word, w.what,
                           w.default_s > 0.0 ? fmt::format(" ({:g} s)", w.default_s) : "",
                           w.values.empty() ? "" : "\n                    ",
                           w.values == rep_values ? "all values of a rep" : w.values);
    out += "Values:\n";
    for (const auto& v : value_rules)
        out += fmt::format("  {:<15} {}\n", v.key, v.what);
    return out;
}

}  // namespace heeldrop::virtual_plate
