#include "daemon/store/recording_format.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <stdexcept>

namespace heeldrop::store::recording_format {
namespace {

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i) & 0xFF);
}

nlohmann::ordered_json zero_json(const calibration::Zero& zero) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Counts counts : zero)
        list.push_back(counts.value);
    return list;
}

calibration::Zero zero_of(const nlohmann::ordered_json& list, std::size_t cells) {
    calibration::Zero zero;
    for (const auto& counts : list)
        zero.push_back(Counts{counts.get<double>()});
    if (zero.size() != cells)
        throw std::invalid_argument("not a zero for each cell");
    return zero;
}

nlohmann::ordered_json map_json(const calibration::PlateMap& map) {
    nlohmann::ordered_json pads = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < map.pads.size(); ++i)
        pads.push_back({{"cells", map.pads[i].cells},
                        {"range_n", map.range[i].value},
                        {"force_n_per_count", map.pads[i].force},
                        {"moment_x_nmm_per_count", map.pads[i].moment_x},
                        {"moment_y_nmm_per_count", map.pads[i].moment_y}});
    return {{"certificate", map.certificate_id}, {"pads", std::move(pads)}};
}

calibration::PlateMap map_in(const nlohmann::ordered_json& json, std::size_t cells) {
    calibration::PlateMap map;
    json.at("certificate").get_to(map.certificate_id);
    const auto& pads = json.at("pads");
    if (pads.size() != map.pads.size())
        throw std::invalid_argument("a plate has two pads");
    for (std::size_t i = 0; i < map.pads.size(); ++i) {
        calibration::PadMap& pad = map.pads[i];
        pad.pad = static_cast<calibration::Pad>(i);
        pads[i].at("cells").get_to(pad.cells);
        map.range[i] = Newtons{pads[i].at("range_n").get<double>()};
        pads[i].at("force_n_per_count").get_to(pad.force);
        pads[i].at("moment_x_nmm_per_count").get_to(pad.moment_x);
        pads[i].at("moment_y_nmm_per_count").get_to(pad.moment_y);
        const std::size_t size = pad.cells.size();
        if (pad.force.size() != size || pad.moment_x.size() != size || pad.moment_y.size() != size ||
            std::any_of(pad.cells.begin(), pad.cells.end(), [cells](std::size_t c) { return c >= cells; }))
            throw std::invalid_argument("a map of other cells");
    }
    return map;
}

}  // namespace

std::uint32_t crc32(const char* data, std::size_t size) {
    boost::crc_32_type crc;
    crc.process_bytes(data, size);
    return crc.checksum();
}

std::uint64_t get(const char*& in, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= std::uint64_t{static_cast<unsigned char>(*in++)} << (8 * i);
    return value;
}

std::string to_text(const RecordingHeader& header) {
    nlohmann::ordered_json text{{"session", header.session_id},
                                {"plate", plate::to_json(header.plate)},
                                {"zero_counts", zero_json(header.zero)},
                                {"gains", header.map ? "certificate" : "nominal"},
                                {"origin_tick", header.origin_tick}};
    if (header.map)
        text["map"] = map_json(*header.map);
    return text.dump();
}

RecordingHeader header_in(const std::string& text) {
    const auto json = nlohmann::ordered_json::parse(text);
    RecordingHeader header;
    json.at("session").get_to(header.session_id);
    header.plate = plate::plate_info_from_json(json.at("plate"));
    header.zero = zero_of(json.at("zero_counts"), header.plate.cells.size());
    json.at("origin_tick").get_to(header.origin_tick);
    if (json.at("gains") == "certificate")
        header.map = map_in(json.at("map"), header.plate.cells.size());
    else if (json.at("gains") != "nominal")
        throw std::invalid_argument("gains that this version does not know");
    return header;
}

std::string to_text(const Epoch& epoch) {
    return nlohmann::ordered_json{{"plate", plate::to_json(epoch.plate)},
                                  {"origin_tick", epoch.origin_tick},
                                  {"origin_t_s", epoch.origin_t.value}}
        .dump();
}

Epoch epoch_in(const std::string& text) {
    const auto json = nlohmann::ordered_json::parse(text);
    return {plate::plate_info_from_json(json.at("plate")), json.at("origin_tick").get<std::int64_t>(),
            Seconds{json.at("origin_t_s").get<double>()}};
}

std::string to_text(const calibration::Zero& zero) {
    return nlohmann::ordered_json{{"zero_counts", zero_json(zero)}}.dump();
}

calibration::Zero zero_in(const std::string& text, std::size_t cells) {
    return zero_of(nlohmann::ordered_json::parse(text).at("zero_counts"), cells);
}

std::string framed(std::string_view magic, const std::string& text) {
    std::string bytes(magic);
    put(bytes, text.size(), 4);
    bytes += text;
    put(bytes, crc32(bytes.data(), bytes.size()), 4);
    return bytes;
}

void add_block(std::string& bytes, std::span<const plate::RawSample> samples, std::size_t cells) {
    const std::size_t start = bytes.size();
    bytes += block_magic;
    put(bytes, samples.size(), 4);
    for (const plate::RawSample& sample : samples) {
        put(bytes, sample.index, 8);
        put(bytes, static_cast<std::uint64_t>(sample.tick), 8);
        put(bytes, sample.reading.faults, 1);
        for (std::size_t c = 0; c < cells; ++c)
            put(bytes, static_cast<std::uint32_t>(sample.reading.counts[c]), 3);
    }
    put(bytes, crc32(bytes.data() + start, bytes.size() - start), 4);
}

void read_block(const char* at, std::vector<plate::RawSample>& samples, std::size_t cells) {
    for (plate::RawSample& sample : samples) {
        sample.index = get(at, 8);
        sample.tick = static_cast<std::int64_t>(get(at, 8));
        sample.reading.faults = static_cast<std::uint8_t>(get(at, 1));
        for (std::size_t c = 0; c < cells; ++c) {
            const auto bits = static_cast<std::int32_t>(get(at, 3));
            sample.reading.counts[c] = (bits ^ 0x800000) - 0x800000;  // the 24th bit is the sign
        }
    }
}

}  // namespace heeldrop::store::recording_format
