#include "daemon/settings/settings.hpp"

#include <fmt/core.h>
#include <sys/un.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace heeldrop::settings {
namespace {

enum class Kind { text, whole, number };

struct Key {
    std::string_view section, name;
    Kind kind;
    const char* unit = nullptr;  ///< for people, of a number
};

constexpr std::array keys_before{
    Key{"plate", "port", Kind::text},
    Key{"plate", "baud", Kind::whole, "bits a second"},
    Key{"daemon", "socket", Kind::text},
    Key{"daemon", "data_dir", Kind::text},
    Key{"daemon", "log_level", Kind::text},
    Key{"prescription", "side", Kind::text},
    Key{"prescription", "sets", Kind::whole, "sets"},
    Key{"prescription", "reps", Kind::whole, "reps"},
    Key{"prescription", "target_drop_s", Kind::number, "seconds"},
    Key{"prescription", "min_drop_s", Kind::number, "seconds"},
};
constexpr std::array keys_after{
    Key{"prescription", "surface", Kind::text},
    Key{"prescription", "hands", Kind::text},
    Key{"calibration", "when_unfit", Kind::text},
    Key{"calibration", "gravity_m_s2", Kind::number, "metres per second squared"},
};
/// All of them, in the documented order: between those two, what a rep is judged against.
constexpr auto keys = [] {
    std::array<Key, keys_before.size() + session::thresholds.size() + keys_after.size()> all{};
    auto end = std::copy(keys_before.begin(), keys_before.end(), all.begin());
    end = std::transform(session::thresholds.begin(), session::thresholds.end(), end, [](const session::Threshold& t) {
        return Key{"prescription", t.key, Kind::number, t.unit};
    });
    std::copy(keys_after.begin(), keys_after.end(), end);
    return all;
}();
constexpr int least_baud = 9600, most_baud = 4'000'000;
constexpr std::size_t longest_socket = sizeof(sockaddr_un::sun_path) - 1;  ///< bytes, as the kernel has it
constexpr std::size_t longest_file = 1 << 20;
constexpr std::size_t longest_reason = 600;  ///< bytes: one that quotes little has under 300
constexpr std::ptrdiff_t most_dots = 64;     ///< of a key: the parser goes one call deeper for each

std::string_view stem(std::string_view name) {
    return name.substr(0, name.rfind('_'));
}

std::string sections() {
    std::string list;
    for (const Key& key : keys)
        if (list.find(fmt::format("[{}]", key.section)) == std::string::npos)
            list += fmt::format("{}[{}]", list.empty() ? "" : ", ", key.section);
    return list;
}

std::string keys_of(std::string_view section) {
    std::string list;
    for (const Key& key : keys)
        if (key.section == section)
            list += fmt::format("{}{}", list.empty() ? "" : ", ", key.name);
    return list;
}

class Reader {
 public:
    Reader(const toml::table& root, const std::string& name) : root_(root), name_(name) {}

    Settings read() {
        for (const auto& [section, node] : root_) {
            const bool known = std::any_of(keys.begin(), keys.end(),
                                           [&, name = section.str()](const Key& key) { return key.section == name; });
            if (!known)
                fail(line_of(section),
                     fmt::format("there is no section [{}]; there are {}", section.str(), sections()));
            if (!node.is_table())
                fail(line_of(section),
                     fmt::format("{} is a section: write [{}] and its keys below it", section.str(), section.str()));
            check_keys(section.str(), *node.as_table());
        }
        Settings s;
        if (const auto port = text("plate", "port"); port && *port != "auto")
            s.port = not_empty("plate", "port", *port);
        if (const toml::node* baud = find("plate", "baud")) {
            const std::int64_t value = *baud->value<std::int64_t>();
            if (value < least_baud || value > most_baud)
                fail(line_of(*baud),
                     fmt::format("baud must be a whole number from {} to {}, not {}", least_baud, most_baud, value));
            s.baud = static_cast<int>(value);
        }
        for (auto [name, place] : {std::pair{"socket", &s.socket}, {"data_dir", &s.data_dir}})
            if (const auto given = text("daemon", name); given && !given->empty())
                *place = *given;
        if (s.socket && s.socket->native().size() > longest_socket)
            fail(line_of(*find("daemon", "socket")),
                 fmt::format("socket is a path of {} bytes; a socket's has at most {}: name a shorter one",
                             s.socket->native().size(), longest_socket));
        if (const auto level = text("daemon", "log_level")) {
            if (*level != "debug" && *level != "info" && *level != "warn" && *level != "error")
                fail(line_of(*find("daemon", "log_level")),
                     fmt::format("log_level must be \"debug\", \"info\", \"warn\" or \"error\", not \"{}\"", *level));
            s.log_level = *level;
        }
        s.prescription = prescription();
        if (const auto when = text("calibration", "when_unfit")) {
            if (*when != "mark" && *when != "refuse")
                fail(line_of(*find("calibration", "when_unfit")),
                     fmt::format("when_unfit must be \"mark\" or \"refuse\", not \"{}\"", *when));
            s.refuse_unfit = *when == "refuse";
        }
        if (const toml::node* gravity = find("calibration", "gravity_m_s2")) {
            const double value = *gravity->value<double>();
            if (!(value >= least_gravity.value && value <= most_gravity.value))
                fail(line_of(*gravity), fmt::format("gravity_m_s2 must be from {:.3f} to {:.3f}, not {}",
                                                    least_gravity.value, most_gravity.value, value));
            s.gravity = MetresPerSecond2{value};
        }
        return s;
    }

 private:
    [[noreturn]] void fail(std::size_t line, const std::string& reason) const {
        throw SettingsError(name_, line, reason);
    }
    static std::size_t line_of(const toml::node& node) { return node.source().begin.line; }
    static std::size_t line_of(const toml::key& key) { return key.source().begin.line; }

    const toml::node* find(std::string_view section, std::string_view name) const {
        const toml::table* table = root_[section].as_table();
        return table == nullptr ? nullptr : table->get(name);
    }
    std::optional<std::string> text(std::string_view section, std::string_view name) const {
        const toml::node* node = find(section, name);
        return node == nullptr ? std::nullopt : node->value<std::string>();
    }
    std::filesystem::path not_empty(std::string_view section, std::string_view name, const std::string& value) const {
        if (value.empty())
            fail(line_of(*find(section, name)), fmt::format("{} is empty: name a path, or \"auto\"", name));
        if (value.find('\0') != std::string::npos)
            fail(line_of(*find(section, name)), fmt::format("{} holds a zero byte, which no path does", name));
        return value;
    }

    void check_keys(std::string_view section, const toml::table& table) const {
        for (const auto& [name, node] : table) {
            const auto key = std::find_if(keys.begin(), keys.end(), [&, written = name.str()](const Key& k) {
                return k.section == section && k.name == written;
            });
            if (key == keys.end())
                unknown(section, name);
            check_type(*key, node);
        }
    }

    [[noreturn]] void unknown(std::string_view section, const toml::key& name) const {
        for (const Key& key : keys) {
            if (key.section == section && key.unit != nullptr &&
                (stem(key.name) == stem(name.str()) || stem(key.name) == name.str()))
                fail(line_of(name), fmt::format("there is no key {} in [{}]; there is {}, in {}", name.str(), section,
                                                key.name, key.unit));
            if (key.section != section && key.name == name.str())
                fail(line_of(name), fmt::format("{} belongs below [{}], not [{}]", name.str(), key.section, section));
        }
        fail(line_of(name),
             fmt::format("there is no key {} in [{}]; there are {}", name.str(), section, keys_of(section)));
    }

    void check_type(const Key& key, const toml::node& node) const {
        const bool right = key.kind == Kind::text    ? node.is_string()
                           : key.kind == Kind::whole ? node.is_integer()
                                                     : node.is_number();
        if (right)
            return;
        const std::string wanted = key.kind == Kind::text ? std::string("a text in quotes")
                                   : key.kind == Kind::whole
                                       ? fmt::format("a whole number ({}), without quotes", key.unit)
                                       : fmt::format("a number ({}), without quotes", key.unit);
        fail(line_of(node), fmt::format("{} must be {}", key.name, wanted));
    }

    /// Checked where every prescription is, so that what is allowed stands in one place.
    session::Prescription prescription() const {
        nlohmann::json object = nlohmann::json::object();
        for (const Key& key : keys) {
            const toml::node* node = key.section == "prescription" ? find(key.section, key.name) : nullptr;
            if (node == nullptr)
                continue;
            const std::string name(key.name);
            if (key.kind == Kind::text)
                object[name] = *node->value<std::string>();
            else if (key.kind == Kind::whole)
                object[name] = *node->value<std::int64_t>();
            else
                object[name] = *node->value<double>();
        }
        try {
            return session::prescription_from_json(object);
        } catch (const session::PrescriptionError& error) {
            const toml::node* node = find("prescription", error.key());
            std::string reason = error.what();
            if (!reason.empty() && reason.back() == '.')
                reason.pop_back();
            fail(node == nullptr ? 0 : line_of(*node), reason);
        }
    }

    const toml::table& root_;
    const std::string& name_;
};

/// Keys, values and what the parser quotes may hold line ends and worse.
std::string on_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    return text;
}

/// They may be of any length too, and stand in a reason's middle: its two ends say what is wrong and what would do.
std::string middle_left_out(const std::string& reason) {
    if (reason.size() <= longest_reason)
        return reason;
    const auto whole_character = [&](std::size_t at) {  // not amid one's UTF-8
        while (at > 0 && (static_cast<unsigned char>(reason[at]) & 0xC0) == 0x80)
            --at;
        return at;
    };
    const std::size_t end = whole_character(longest_reason / 4);
    const std::size_t on = whole_character(reason.size() - longest_reason / 2);
    return reason.substr(0, end) + "..." + reason.substr(on);
}

void refuse_deep_keys(std::string_view text, const std::string& name) {
    std::size_t line = 1;
    for (std::size_t from = 0; from < text.size(); ++line) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        const std::string_view key = text.substr(from, to - from);
        const std::size_t end = std::min(key.find('#'), key.size());
        if (std::count(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(end), '.') > most_dots)
            throw SettingsError(name, line, "a key of so many parts is none of the settings");
        from = to + 1;
    }
}

}  // namespace

SettingsError::SettingsError(const std::string& file, std::size_t line, const std::string& reason)
    : std::runtime_error(on_one_line(line == 0 ? fmt::format("{}: {}", file, middle_left_out(reason))
                                               : fmt::format("{}:{}: {}", file, line, middle_left_out(reason)))),
      line_(line) {}

Settings read_settings(std::string_view text, const std::string& name) {
    refuse_deep_keys(text, name);
    try {
        const toml::table root = toml::parse(text, name);
        return Reader(root, name).read();
    } catch (const toml::parse_error& error) {
        throw SettingsError(name, error.source().begin.line,
                            fmt::format("this is not TOML: {}", std::string(error.description())));
    }
}

Settings read_settings(const std::filesystem::path& path) {
    // Opening a pipe would wait for whoever writes to it.
    std::error_code error;
    if (const auto kind = std::filesystem::status(path, error).type();
        kind == std::filesystem::file_type::fifo || kind == std::filesystem::file_type::socket)
        throw SettingsError(path.native(), 0, "cannot be read: it is no file");
    std::ifstream file(path, std::ios::binary);
    const auto cannot = [&] {
        return SettingsError(path.native(), 0, fmt::format("cannot be read: {}", std::strerror(errno)));
    };
    if (!file)
        throw cannot();
    std::string text(longest_file + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.fail() && !file.eof()))
        throw cannot();
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > longest_file)
        throw SettingsError(path.native(), 0, "is longer than a mebibyte: these are no settings");
    return read_settings(text, path.native());
}

std::optional<std::filesystem::path> default_path(bool system) {
    if (system)
        return "/etc/heeldrop/heeldrop.toml";
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && config[0] == '/')
        return std::filesystem::path(config) / "heeldrop" / "heeldrop.toml";
    const char* home = std::getenv("HOME");
    if (home == nullptr || home[0] != '/')
        return std::nullopt;
    return std::filesystem::path(home) / ".config" / "heeldrop" / "heeldrop.toml";
}

std::vector<std::string> known_keys() {
    std::vector<std::string> names;
    for (const Key& key : keys)
        names.push_back(fmt::format("{}.{}", key.section, key.name));
    return names;
}

}  // namespace heeldrop::settings
