// A command line typed to its end, as a shell takes it.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace heeldrop::test {

struct Said {
    int code;
    std::string text;  ///< standard output and error
};

inline Said run(const std::string& command) {
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr)
        throw std::runtime_error("no shell");
    Said said;
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
        said.text.append(buffer, n);
    said.code = WEXITSTATUS(pclose(pipe));
    return said;
}

}  // namespace heeldrop::test
