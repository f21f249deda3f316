// An operator's words: single keys in a terminal, lines from anything else. It must not know what they do.
#pragma once

#include <termios.h>

#include <optional>
#include <string>

namespace heeldrop::calibrate {

struct Word {
    enum class What { next, redo, skip, mass, cancel, ended, unknown } what = What::next;
    std::optional<double> number;  ///< of redo the step, of mass the kilograms
};

/// In a terminal a key works at once and the terminal is as before when this is gone; `r`, `m` and `q` ask on the same
/// line for the number or a yes. Else a line each: "", "r 12", "s", "m 82.5", "q".
class OperatorInput {
 public:
    /// `terminal`: standard input and output are one.
    explicit OperatorInput(bool terminal);
    ~OperatorInput();
    OperatorInput(const OperatorInput&) = delete;
    OperatorInput& operator=(const OperatorInput&) = delete;

    /// Once standard input is readable. None: no whole word yet. `step`: what redo offers.
    std::optional<Word> read(int step);

 private:
    std::optional<Word> key(char c, int step);
    std::optional<std::string> ask(const std::string& question);
    static std::optional<Word> word(const std::string& line);

    termios before_{};  // first: it is filled in while terminal_ is found out
    bool terminal_;
    std::string partial_;
};

}  // namespace heeldrop::calibrate
