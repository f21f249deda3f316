#include "calibration/lib/plan_file.hpp"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace heeldrop::calibration {
namespace {

using nlohmann::json;

constexpr std::size_t longest_file = 1 << 20;

json to_json(const toml::node& node) {
    if (const toml::table* table = node.as_table()) {
        json object = json::object();
        for (const auto& [key, value] : *table)
            object[std::string(key.str())] = to_json(value);
        return object;
    }
    if (const toml::array* array = node.as_array()) {
        json list = json::array();
        for (const toml::node& value : *array)
            list.push_back(to_json(value));
        return list;
    }
    if (const auto value = node.value<bool>(); node.is_boolean() && value)
        return *value;
    if (const auto value = node.value<std::int64_t>(); node.is_integer() && value)
        return *value;
    if (const auto value = node.value<double>(); node.is_floating_point() && value)
        return *value;
    if (const auto value = node.value<std::string>(); node.is_string() && value)
        return *value;
    throw PlanError("", "dates and times have no place in a plan");
}

/// The line of what a JSON pointer names, or of the nearest thing around it that has one; 0 for the whole.
std::size_t line_of(const toml::table& root, const std::string& where) {
    const toml::node* node = &root;
    std::size_t line = 0;
    for (std::size_t from = 1; from <= where.size() && node != nullptr;) {
        const std::size_t to = std::min(where.find('/', from), where.size());
        const std::string key = where.substr(from, to - from);
        from = to + 1;
        const toml::table* table = node->as_table();
        if (table != nullptr)
            for (const auto& [name, value] : *table)
                if (name.str() == key)
                    line = name.source().begin.line;
        const toml::array* array = node->as_array();
        node = table != nullptr   ? table->get(key)
               : array != nullptr ? array->get(static_cast<std::size_t>(std::strtoul(key.c_str(), nullptr, 10)))
                                  : nullptr;
        if (array != nullptr && node != nullptr)
            line = node->source().begin.line;
    }
    return line;
}

std::string on_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    return text;
}

}  // namespace

PlanFileError::PlanFileError(const std::string& file, std::size_t line, const std::string& reason)
    : std::runtime_error(on_one_line(line == 0 ? fmt::format("{}: {}.", file, reason)
                                               : fmt::format("{}:{}: {}.", file, line, reason))),
      line_(line) {}

json read_plan(std::string_view text, const std::string& name, const std::vector<Cell>& cells) {
    toml::table root;
    try {
        root = toml::parse(text, name);
    } catch (const toml::parse_error& error) {
        throw PlanFileError(name, error.source().begin.line,
                            fmt::format("this is not TOML: {}", std::string(error.description())));
    }
    try {
        json plan = to_json(root);
        plan_from_json(plan, cells);
        return plan;
    } catch (const PlanError& error) {
        throw PlanFileError(name, line_of(root, error.where()), error.what());
    }
}

json read_plan(const std::filesystem::path& path, const std::vector<Cell>& cells) {
    std::ifstream file(path, std::ios::binary);
    std::string text(longest_file + 1, '\0');
    if (file)
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad() || (file.fail() && !file.eof()))
        throw PlanFileError(path.native(), 0, fmt::format("cannot be read: {}", std::strerror(errno)));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > longest_file)
        throw PlanFileError(path.native(), 0, "is longer than a mebibyte: this is no plan");
    return read_plan(text, path.native(), cells);
}

}  // namespace heeldrop::calibration
