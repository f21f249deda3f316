// Reads the vector files; the grammar is in firmware-protocol/vectors/README.md.
#include "tests/firmware-protocol/golden.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace heeldrop::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw std::runtime_error(fmt::format("cannot read {}", path.string()));
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

GoldenFrame parse(const std::filesystem::path& path) {
    GoldenFrame frame;
    frame.name = path.stem().string();
    std::istringstream lines(read_file(path));
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto equals = line.find(" =");
        if (equals == std::string::npos) {
            throw std::runtime_error(fmt::format("{}:{}: no ' = ' in '{}'", path.string(), number, line));
        }
        const std::string key = line.substr(0, equals);
        const std::string value = line.size() > equals + 3 ? line.substr(equals + 3) : "";
        if (key == "payload") {
            frame.payload = bytes_from_hex(value);
        } else if (key == "wire") {
            frame.wire = bytes_from_hex(value);
        } else if (key == "write") {
            frame.write = value != "no";
        } else if (key == "expect") {
            frame.expect = value;
        } else {
            frame.fields.emplace_back(key, value);
        }
    }
    if (frame.wire.empty() || (frame.expect.empty() && (frame.payload.size() < 3 || frame.fields.empty()))) {
        throw std::runtime_error(
            fmt::format("{}: no wire, or neither an expected error nor payload and fields", path.string()));
    }
    return frame;
}

std::vector<GoldenFrame> read_all() {
    std::vector<GoldenFrame> frames;
    for (const auto& entry : std::filesystem::directory_iterator(HEELDROP_PROTOCOL_DIR "/vectors")) {
        if (entry.path().extension() == ".txt") {
            frames.push_back(parse(entry.path()));
        }
    }
    std::sort(frames.begin(), frames.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return frames;
}

int nibble(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

const std::vector<GoldenFrame>& golden_frames() {
    static const std::vector<GoldenFrame> frames = read_all();
    return frames;
}

const GoldenFrame& golden_frame(std::string_view name) {
    for (const auto& frame : golden_frames()) {
        if (frame.name == name) {
            return frame;
        }
    }
    throw std::runtime_error(fmt::format("there is no vectors/{}.txt", name));
}

Bytes bytes_from_hex(std::string_view hex) {
    Bytes bytes;
    for (std::size_t i = 0; i < hex.size();) {
        if (hex[i] == ' ' || hex[i] == '\n') {
            ++i;
            continue;
        }
        const int high = nibble(hex[i]);
        const int low = i + 1 < hex.size() ? nibble(hex[i + 1]) : -1;
        if (high < 0 || low < 0) {
            throw std::runtime_error(fmt::format("not bytes in hexadecimal: '{}'", hex));
        }
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
        i += 2;
    }
    return bytes;
}

std::string protocol_file(std::string_view name) {
    return read_file(std::filesystem::path(HEELDROP_PROTOCOL_DIR) / name);
}

}  // namespace heeldrop::test
