// What the person is to do, as text: "empty:5, step_on, quiet:6, good*3, fast_drop(depth=0.1), step_off, empty:3".
// The grammar and every word are in README.md. Must not know how a movement is made.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "firmware-protocol/virtual-plate/truth.hpp"

namespace heeldrop::virtual_plate {

/// The text cannot be a script; what() is one line that names the element and what would be right.
class ScriptError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One element, repetitions already unrolled. Values are numbers in SI units, words, or empty for a bare flag.
struct Element {
    std::string word;
    std::optional<Seconds> duration;
    std::map<std::string, std::string, std::less<>> values;

    bool has(std::string_view key) const { return values.find(key) != values.end(); }
    std::optional<double> number(std::string_view key) const;
    std::optional<std::string> text(std::string_view key) const;
};

struct Script {
    std::vector<Element> elements;
};

/// Throws ScriptError on an unknown word, an unknown or missing value, or a number out of its range.
Script parse_script(std::string_view text);

/// Every word and value, for --help.
std::string describe_script_words();

}  // namespace heeldrop::virtual_plate
