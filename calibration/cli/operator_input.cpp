#include "calibration/cli/operator_input.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

namespace heeldrop::calibrate {
namespace {

std::optional<double> number_in(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return end == text.c_str() ? std::nullopt : std::optional(value);
}

}  // namespace

OperatorInput::OperatorInput(bool terminal) : terminal_(terminal && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!terminal_)
        return;
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

OperatorInput::~OperatorInput() {
    if (terminal_)
        tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

std::optional<Word> OperatorInput::read(int step) {
    char c;
    const ssize_t n = ::read(STDIN_FILENO, &c, 1);
    if (n <= 0)
        return Word{Word::What::ended, {}};
    if (terminal_)
        return key(c, step);
    if (c != '\n') {
        if (partial_.size() < 100)
            partial_ += c;
        return std::nullopt;
    }
    const std::string line = partial_;
    partial_.clear();
    return word(line);
}

/// "r 12", "s", ...
std::optional<Word> OperatorInput::word(const std::string& line) {
    using What = Word::What;
    if (line.find_first_not_of(" \r\t") == line.npos)
        return Word{What::next, {}};
    const auto number = line.size() > 1 ? number_in(line.substr(1)) : std::nullopt;
    switch (line[0]) {
        case 'r':
            return Word{number ? What::redo : What::unknown, number};
        case 's':
            return Word{What::skip, {}};
        case 'm':
            return Word{number ? What::mass : What::unknown, number};
        case 'q':
            return Word{What::cancel, {}};
        default:
            return Word{What::unknown, {}};
    }
}

std::optional<Word> OperatorInput::key(char c, int step) {
    using What = Word::What;
    switch (c) {
        case '\n':
        case '\r':
            return Word{What::next, {}};
        case 's':
            return Word{What::skip, {}};
        case 'r': {
            const int before = step > 1 ? step - 1 : step;
            const auto answer = ask(fmt::format("Do which step again? [{}] ", before));
            if (!answer)
                return std::nullopt;
            return Word{What::redo, answer->empty() ? std::optional<double>(before) : number_in(*answer)};
        }
        case 'm': {
            const auto answer = ask("The person's mass in kg: ");
            const auto mass = answer ? number_in(*answer) : std::nullopt;
            return mass ? std::optional(Word{What::mass, mass}) : std::nullopt;
        }
        case 'q': {
            const auto answer = ask("Cancel the calibration? Nothing will have changed. [y/N] ");
            return answer && (*answer == "y" || *answer == "Y") ? std::optional(Word{What::cancel, {}}) : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

/// As a terminal usually is, for one line.
std::optional<std::string> OperatorInput::ask(const std::string& question) {
    termios keys{};
    tcgetattr(STDIN_FILENO, &keys);
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    fmt::print("\r\033[K{}", question);
    std::fflush(stdout);
    std::string line;
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
        line += c;
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
    return c == '\n' ? std::optional(line) : std::nullopt;
}

}  // namespace heeldrop::calibrate
