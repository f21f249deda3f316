// Messages as text and as structs, for the golden frames: one writer and one reader for each type.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstring>
#include <map>
#include <sstream>
#include <stdexcept>
#include <variant>

#include "firmware-protocol/codec/frame.h"
#include "tests/firmware-protocol/golden.hpp"

namespace heeldrop::test {
namespace {

struct Other {
    Bytes message;
};
using Message =
    std::variant<heeldrop_hello, Samples, heeldrop_status, heeldrop_ack, heeldrop_nak, heeldrop_command, Other>;

const std::map<std::string, std::uint8_t> type_names{
    {"HELLO", HEELDROP_HELLO}, {"SAMPLES", HEELDROP_SAMPLES},     {"STATUS", HEELDROP_STATUS}, {"ACK", HEELDROP_ACK},
    {"NAK", HEELDROP_NAK},     {"GET_HELLO", HEELDROP_GET_HELLO}, {"START", HEELDROP_START},   {"STOP", HEELDROP_STOP}};

std::int64_t number(const std::string& text) {
    const bool hex = text.starts_with("0x");
    const char* first = text.data() + (hex ? 2 : 0);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(first, text.data() + text.size(), value, hex ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw std::runtime_error(fmt::format("'{}' is not a number", text));
    }
    return value;
}

/// The fields by name; each must be there, and finish() tells of one that nobody asked for.
class Reader {
 public:
    explicit Reader(const Fields& fields) : fields_(fields.begin(), fields.end()) {}
    std::string text(const std::string& key) {
        const auto found = fields_.find(key);
        if (found == fields_.end()) {
            throw std::runtime_error(fmt::format("field '{}' is missing", key));
        }
        std::string value = found->second;
        fields_.erase(found);
        return value;
    }
    template <class T>
    void get(const std::string& key, T& into) {
        const auto value = number(text(key));
        into = static_cast<T>(value);
        if (static_cast<std::int64_t>(into) != value) {
            throw std::runtime_error(fmt::format("field '{}' does not hold {}", key, value));
        }
    }
    void finish() const {
        if (!fields_.empty()) {
            throw std::runtime_error(fmt::format("field '{}' is not known", fields_.begin()->first));
        }
    }

 private:
    std::map<std::string, std::string> fields_;
};

Fields pairs(const std::string& text) {
    Fields fields;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        fields.emplace_back(word.substr(0, equals), equals == std::string::npos ? "" : word.substr(equals + 1));
    }
    return fields;
}

void get_text(Reader& reader, const std::string& key, char (&into)[HEELDROP_TEXT_MAX + 1]) {
    const auto text = reader.text(key);
    if (text.size() > HEELDROP_TEXT_MAX) {
        throw std::runtime_error(fmt::format("'{}' is too long", text));
    }
    std::memcpy(into, text.c_str(), text.size() + 1);
}

heeldrop_hello hello_from(Reader& reader) {
    heeldrop_hello hello{};
    reader.get("protocol_major", hello.protocol_major);
    reader.get("protocol_minor", hello.protocol_minor);
    reader.get("clocked", hello.clocked);
    reader.get("boot_id", hello.boot_id);
    reader.get("tick_hz", hello.tick_hz);
    reader.get("nominal_rate_mhz", hello.nominal_rate_mhz);
    reader.get("sample_period_ticks", hello.sample_period_ticks);
    reader.get("channel_count", hello.channel_count);
    get_text(reader, "serial", hello.serial);
    get_text(reader, "firmware", hello.firmware);
    get_text(reader, "converter", hello.converter);
    for (std::size_t i = 0; i < hello.channel_count; ++i) {
        Reader channel(pairs(reader.text(fmt::format("channel.{}", i))));
        channel.get("pad", hello.channels[i].pad);
        channel.get("corner", hello.channels[i].corner);
        channel.get("x_tenth_mm", hello.channels[i].x_tenth_mm);
        channel.get("y_tenth_mm", hello.channels[i].y_tenth_mm);
        channel.get("capacity_n", hello.channels[i].capacity_n);
        channel.get("millicounts_per_newton", hello.channels[i].millicounts_per_newton);
        channel.finish();
    }
    return hello;
}

Samples samples_from(Reader& reader) {
    Samples samples;
    std::size_t count = 0;
    reader.get("sequence", samples.header.sequence);
    reader.get("index", samples.header.index);
    reader.get("tick", samples.header.tick);
    reader.get("channel_count", samples.header.channel_count);
    reader.get("has_deltas", samples.header.has_deltas);
    reader.get("count", count);
    for (std::size_t i = 0; i < count; ++i) {
        Reader sample(pairs(reader.text(fmt::format("sample.{}", i))));
        auto& into = samples.samples.emplace_back();
        sample.get("delta", into.delta);
        sample.get("faults", into.faults);
        std::istringstream counts(sample.text("counts"));
        std::size_t c = 0;
        for (std::string value; std::getline(counts, value, ',') && c < HEELDROP_CHANNELS_MAX; ++c) {
            into.counts[c] = static_cast<std::int32_t>(number(value));
        }
        if (c != samples.header.channel_count) {
            throw std::runtime_error(fmt::format("sample.{} has {} counts", i, c));
        }
        sample.finish();
    }
    return samples;
}

heeldrop_status status_from(Reader& reader) {
    heeldrop_status status{};
    reader.get("samples_taken", status.samples_taken);
    reader.get("overruns", status.overruns);
    reader.get("converter_errors", status.converter_errors);
    reader.get("rejected_frames", status.rejected_frames);
    reader.get("supply_mv", status.supply_mv);
    reader.get("temperature_tenth_c", status.temperature_tenth_c);
    reader.get("streaming", status.streaming);
    return status;
}

Message message_of(const Fields& fields) {
    Reader reader(fields);
    const auto type_text = reader.text("type");
    const auto named = type_names.find(type_text);
    const auto type = named != type_names.end() ? named->second : static_cast<std::uint8_t>(number(type_text));
    Message message;
    if (type == HEELDROP_HELLO) {
        message = hello_from(reader);
    } else if (type == HEELDROP_SAMPLES) {
        message = samples_from(reader);
    } else if (type == HEELDROP_STATUS) {
        message = status_from(reader);
    } else if (type == HEELDROP_ACK) {
        heeldrop_ack ack{};
        reader.get("request_id", ack.request_id);
        reader.get("command", ack.command);
        message = ack;
    } else if (type == HEELDROP_NAK) {
        heeldrop_nak nak{};
        reader.get("request_id", nak.request_id);
        reader.get("command", nak.command);
        reader.get("code", nak.code);
        message = nak;
    } else if ((type & 0xC0) == 0x80) {
        heeldrop_command command{type, 0};
        reader.get("request_id", command.request_id);
        message = command;
    } else {
        Other other{{type}};
        const Bytes body = bytes_from_hex(reader.text("body"));
        other.message.insert(other.message.end(), body.begin(), body.end());
        message = other;
    }
    reader.finish();
    return message;
}

Bytes encoded(const Other& other) {
    return other.message;
}
std::string text_of(const Other& other) {
    return fmt::format("OTHER {:02X}", fmt::join(other.message, " "));
}

/// Encodes into a buffer with room to learn the size, then into one of exactly that size.
template <class T>
Bytes exactly(const T& value, std::size_t (*encode)(const T*, std::uint8_t*, std::size_t)) {
    Bytes room(HEELDROP_MESSAGE_MAX);
    const auto size = encode(&value, room.data(), room.size());
    Bytes exact(size);
    if (size != 0 && encode(&value, exact.data(), exact.size()) != size) {
        throw std::runtime_error("the encoder did not write the same into a buffer of exactly the size");
    }
    return exact;
}

template <class T>
std::string decoded_text(const Bytes& message, heeldrop_decode_result (*decode)(const std::uint8_t*, std::size_t, T*)) {
    T value{};
    const auto result = decode(message.data(), message.size(), &value);
    return result == HEELDROP_DECODE_OK ? heeldrop::test::text_of(value)
                                        : fmt::format("decode result {}", static_cast<int>(result));
}

std::string decoded_samples_text(const Bytes& message) {
    heeldrop_samples_view view{};
    const auto result = heeldrop_samples_decode(message.data(), message.size(), &view);
    if (result != HEELDROP_DECODE_OK) {
        return fmt::format("decode result {}", static_cast<int>(result));
    }
    Samples samples{view.header, std::vector<heeldrop_sample>(view.count)};
    for (std::uint8_t i = 0; i < view.count; ++i) {
        heeldrop_samples_get(&view, i, &samples.samples[i]);
    }
    return text_of(samples);
}

}  // namespace

std::string text_of(const heeldrop_hello& hello) {
    auto text =
        fmt::format("HELLO {}.{} clocked={} boot={} tick={} rate={} period={} '{}' '{}' '{}'", hello.protocol_major,
                    hello.protocol_minor, hello.clocked, hello.boot_id, hello.tick_hz, hello.nominal_rate_mhz,
                    hello.sample_period_ticks, hello.serial, hello.firmware, hello.converter);
    for (std::size_t i = 0; i < hello.channel_count; ++i) {
        const auto& c = hello.channels[i];
        text += fmt::format(" [{} {} {} {} {} {}]", c.pad, c.corner, c.x_tenth_mm, c.y_tenth_mm, c.capacity_n,
                            c.millicounts_per_newton);
    }
    return text;
}

std::string text_of(const Samples& samples) {
    const auto& header = samples.header;
    auto text = fmt::format("SAMPLES sequence={} index={} tick={} channels={} deltas={}", header.sequence, header.index,
                            header.tick, header.channel_count, header.has_deltas);
    for (const auto& sample : samples.samples) {
        text += fmt::format(" [{} {}: {}]", sample.delta, sample.faults,
                            fmt::join(sample.counts, sample.counts + header.channel_count, " "));
    }
    return text;
}

std::string text_of(const heeldrop_status& s) {
    return fmt::format("STATUS {} {} {} {} {} {} {}", s.samples_taken, s.overruns, s.converter_errors,
                       s.rejected_frames, s.supply_mv, s.temperature_tenth_c, s.streaming);
}
std::string text_of(const heeldrop_ack& ack) {
    return fmt::format("ACK {} {}", ack.request_id, ack.command);
}
std::string text_of(const heeldrop_nak& nak) {
    return fmt::format("NAK {} {} {}", nak.request_id, nak.command, nak.code);
}
std::string text_of(const heeldrop_command& command) {
    return fmt::format("COMMAND {} {}", command.type, command.request_id);
}

Bytes encoded(const heeldrop_hello& hello) {
    return exactly(hello, heeldrop_hello_encode);
}
Bytes encoded(const heeldrop_status& status) {
    return exactly(status, heeldrop_status_encode);
}
Bytes encoded(const heeldrop_ack& ack) {
    return exactly(ack, heeldrop_ack_encode);
}
Bytes encoded(const heeldrop_nak& nak) {
    return exactly(nak, heeldrop_nak_encode);
}
Bytes encoded(const heeldrop_command& command) {
    return exactly(command, heeldrop_command_encode);
}

Bytes encoded(const Samples& samples) {
    return exactly(
        samples, +[](const Samples* from, std::uint8_t* out, std::size_t capacity) -> std::size_t {
            heeldrop_samples_writer writer{};
            if (!heeldrop_samples_begin(&writer, &from->header, out, capacity)) {
                return 0;
            }
            for (const auto& sample : from->samples) {
                if (!heeldrop_samples_append(&writer, &sample)) {
                    return 0;
                }
            }
            return heeldrop_samples_end(&writer);
        });
}

Bytes message_from(const Fields& fields) {
    return std::visit([](const auto& message) { return encoded(message); }, message_of(fields));
}

std::string text_of(const Fields& fields) {
    return std::visit([](const auto& message) { return text_of(message); }, message_of(fields));
}

std::string text_of(const Bytes& message) {
    switch (message.at(0)) {
        case HEELDROP_HELLO:
            return decoded_text(message, heeldrop_hello_decode);
        case HEELDROP_SAMPLES:
            return decoded_samples_text(message);
        case HEELDROP_STATUS:
            return decoded_text(message, heeldrop_status_decode);
        case HEELDROP_ACK:
            return decoded_text(message, heeldrop_ack_decode);
        case HEELDROP_NAK:
            return decoded_text(message, heeldrop_nak_decode);
        default:
            return (message[0] & 0xC0) == 0x80 ? decoded_text(message, heeldrop_command_decode)
                                               : text_of(Other{message});
    }
}

}  // namespace heeldrop::test
