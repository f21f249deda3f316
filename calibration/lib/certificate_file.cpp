#include "calibration/lib/certificate_file.hpp"

#include <fmt/core.h>

namespace heeldrop::calibration {
namespace {

constexpr std::string_view opening = "{\"certificate\":", seam = ",\n\"signature\":", tail = "}\n";
constexpr std::string_view algorithm = "Ed25519";

/// A key of the certificate a line, and an element of a list of objects a line, so that people and diff can read it.
std::string text_of(const OrderedJson& certificate) {
    std::string text = "{";
    bool first = true;
    for (const auto& [key, value] : certificate.items()) {
        text += first ? "\n" : ",\n";
        first = false;
        text += OrderedJson(key).dump() + ":";
        if (value.is_array() && !value.empty() && value.front().is_structured()) {
            text += "[";
            for (std::size_t i = 0; i < value.size(); ++i)
                text += (i == 0 ? "\n" : ",\n") + value[i].dump();
            text += "\n]";
        } else {
            text += value.dump();
        }
    }
    return text + "\n}";
}

std::string text_of(const PublicKey& key, const Signature& signature) {
    return OrderedJson{{"algorithm", algorithm}, {"public_key", to_hex(key)}, {"value", to_hex(signature)}}.dump();
}

[[noreturn]] void altered() {
    throw CertificateError(Trouble::altered,
                           "The certificate was altered after it was signed, or is damaged. Use an unaltered copy, or "
                           "calibrate again.");
}

}  // namespace

std::string sealed(const Certificate& certificate, const StationKey& key) {
    const std::string text = text_of(to_json(certificate));
    return fmt::format("{}{}{}{}{}", opening, text, seam, text_of(key.public_key(), key.sign(text)), tail);
}

Opened open_certificate(std::string_view text) {
    const std::size_t at = text.rfind(seam);
    if (text.size() > longest_certificate || !text.starts_with(opening) || at == std::string_view::npos)
        throw CertificateError(Trouble::no_certificate,
                               "This is no certificate of a calibration: it neither begins nor ends like one. Name a "
                               "file that `heeldrop-calibrate export` wrote.");
    const std::string_view body = text.substr(opening.size(), at - opening.size()),
                           rest = text.substr(at + seam.size());
    std::optional<PublicKey> key;
    std::optional<Signature> signature;
    const auto seal =
        nlohmann::json::parse(rest.substr(0, rest.size() - std::min(rest.size(), tail.size())), nullptr, false);
    if (seal.is_object() && seal.contains("public_key") && seal["public_key"].is_string() && seal.contains("value") &&
        seal["value"].is_string()) {
        key = public_key_from_hex(seal["public_key"].get<std::string>());
        signature = signature_from_hex(seal["value"].get<std::string>());
    }
    // The seal's own spelling is part of what must not change.
    if (!key || !signature || fmt::format("{}{}", text_of(*key, *signature), tail) != rest ||
        !signed_by(*key, body, *signature))
        altered();
    try {
        return {certificate_from_json(OrderedJson::parse(body)), *key};
    } catch (const std::exception& error) {
        throw CertificateError(Trouble::unreadable,
                               fmt::format("The certificate is signed, but this version cannot read it: {}. A newer "
                                           "version may.",
                                           error.what()));
    }
}

Verification verify(std::string_view text, const std::optional<PublicKey>& station) {
    Verification result{open_certificate(text), std::nullopt, {}};
    if (station)
        result.own = result.opened.key == *station;
    result.differences = recompute(result.opened.certificate);
    return result;
}

}  // namespace heeldrop::calibration
