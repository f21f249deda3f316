#include "calibration/cli/verify.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>

#include "calibration/cli/columns.hpp"
#include "calibration/cli/exit_codes.hpp"
#include "calibration/lib/certificate_file.hpp"

namespace heeldrop::calibrate {
namespace {

using namespace calibration;

constexpr std::size_t most_differences = 10;

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(longest_certificate + 1, '\0');
    if (!in || !in.read(text.data(), 0))
        throw FileError(fmt::format("{}: cannot be read.", path));
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad())
        throw FileError(fmt::format("{}: cannot be read.", path));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

std::optional<PublicKey> key_of(const std::optional<std::string>& named) {
    if (!named)
        return std::nullopt;
    try {
        return public_key_named(*named);
    } catch (const KeyError& error) {
        throw FileError(error.what());
    }
}

std::string_view trouble_name(Trouble trouble) {
    return trouble == Trouble::altered          ? "altered"
           : trouble == Trouble::no_certificate ? "no_certificate"
                                                : "unreadable";
}

void print_checks(const Certificate& certificate) {
    fmt::print("\n{:<15} {:<6} {:>10} {:>10} {:<6} {}\n", "check", "pad", "figure", "limit", "unit", "verdict");
    for (const Check& c : certificate.judged.checks)
        fmt::print("{:<15} {:<6} {:>10} {:>10.4g} {:<6} {}\n", c.code, c.pad ? name_of(*c.pad) : "both",
                   c.verdict == Verdict::not_measured ? "-" : fmt::format("{:.3g}", c.value), c.limit, c.unit,
                   c.verdict == Verdict::not_measured ? "not measured" : name_of(c.verdict));
    for (const Finding& f : certificate.judged.findings)
        fmt::print("\n{}\n", f.message);
}

void print(const Verification& v, std::chrono::sys_seconds now) {
    const Certificate& c = v.opened.certificate;
    fmt::print("Certificate  {}\nPlate        {} ({}, firmware {})\n", c.of.id, c.of.plate.serial, c.of.plate.converter,
               c.of.plate.firmware);
    fmt::print("Made         {} by {}, plan {}\n", utc_text(c.of.made), c.of.made_by, c.of.plan);
    fmt::print("Warmed up    {}\n", warm_up_text(c.of));
    if (const auto wider = wider_limits(c.limits); !wider.empty())
        fmt::print("Limits       WIDER THAN THE RULE'S: {}\n", fmt::join(wider, ", "));
    fmt::print("Expires      {}{}\n", utc_text(c.expires), c.expired(now) ? ": EXPIRED" : "");
    fmt::print("Signature    holds; key {}, {}\n", fingerprint(v.opened.key),
               !v.own   ? "whose it is was not asked (--station-key)"
               : *v.own ? "this station's"
                        : "SIGNED BY ANOTHER STATION'S KEY");
    if (v.recomputed()) {
        fmt::print("Recomputed   from the raw means of {} placements: agrees\n", c.seen.placements.size());
    } else {
        fmt::print("Recomputed   from the raw means: {} figure(s) DIFFER\n", v.differences.size());
        for (std::size_t i = 0; i < std::min(most_differences, v.differences.size()); ++i)
            fmt::print("  {}: stated {}, recomputed {}\n", v.differences[i].where, v.differences[i].stated,
                       v.differences[i].recomputed);
    }
    fmt::print("Verdict      {}\n", c.passed() ? "passed" : "FAILED");
    print_checks(c);
}

void print_json(const Verification& v, std::chrono::sys_seconds now) {
    const Certificate& c = v.opened.certificate;
    OrderedJson differences = OrderedJson::array();
    for (const Difference& d : v.differences)
        differences.push_back({{"where", d.where}, {"stated", d.stated}, {"recomputed", d.recomputed}});
    const OrderedJson told{{"id", c.of.id},
                           {"plate_serial", c.of.plate.serial},
                           {"signature", "holds"},
                           {"public_key", to_hex(v.opened.key)},
                           {"fingerprint", fingerprint(v.opened.key)},
                           {"own", v.own ? OrderedJson(*v.own) : OrderedJson(nullptr)},
                           {"recomputed", v.recomputed()},
                           {"differences", differences},
                           {"verdict", c.passed() ? "passed" : "failed"},
                           {"expires_utc", utc_text(c.expires)},
                           {"expired", c.expired(now)}};
    fmt::print("{}\n", told.dump());
}

}  // namespace

int verify(const VerifyOptions& options) {
    const auto key = key_of(options.station_key);
    const std::string text = text_of(options.file);
    try {
        const Verification result = calibration::verify(text, key);
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        options.json ? print_json(result, now) : print(result, now);
        return !result.recomputed() ? bad_result : result.own == false ? another_station : done;
    } catch (const CertificateError& error) {
        if (options.json)
            fmt::print("{}\n", OrderedJson{{"signature", trouble_name(error.trouble())}}.dump());
        fmt::print(stderr, "heeldrop-calibrate: {}: {}\n", options.file, error.what());
        return bad_result;
    }
}

}  // namespace heeldrop::calibrate
