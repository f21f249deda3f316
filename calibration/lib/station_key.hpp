// The station's own Ed25519 key: made once, kept in a file that only the station reads, and used to sign certificates.
// It must not know what is signed. libsodium does the cryptography.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace heeldrop::calibration {

using PublicKey = std::array<unsigned char, 32>;
using Signature = std::array<unsigned char, 64>;

/// A key that cannot be made, read or trusted; what() says which file, why, and what to do.
class KeyError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Safe to sign with from several threads. The secret part is wiped from memory with it.
class StationKey {
 public:
    /// Reads the key of a file, or makes one there with mode 0600 where there is no such file; two that do so at once
    /// get the same key. Beside it FILE.pub, 0644, holds the public part. Throws KeyError: on a file that is no key,
    /// that others may read, or that cannot be written.
    static StationKey load_or_create(const std::filesystem::path& file);

    StationKey(const StationKey&) = delete;
    StationKey& operator=(const StationKey&) = delete;
    StationKey(StationKey&&) noexcept;
    ~StationKey();

    const PublicKey& public_key() const noexcept { return public_; }
    Signature sign(std::string_view message) const;

 private:
    explicit StationKey(const std::array<unsigned char, 32>& seed);
    std::array<unsigned char, 64> secret_;
    PublicKey public_;
};

bool signed_by(const PublicKey& key, std::string_view message, const Signature& signature);

/// Lower case hexadecimal, 64 and 128 digits; none of anything else.
std::string to_hex(const PublicKey&);
std::string to_hex(const Signature&);
std::optional<PublicKey> public_key_from_hex(std::string_view);
std::optional<Signature> signature_from_hex(std::string_view);

/// Of a .pub file. Throws KeyError.
PublicKey read_public_key(const std::filesystem::path& file);
/// As people name one: its 64 hexadecimal digits, or its .pub file. Throws KeyError.
PublicKey public_key_named(const std::string& digits_or_file);

/// For people to compare: the first 8 bytes of the key's BLAKE2b hash, "3f2a-91c0-77de-0b14".
std::string fingerprint(const PublicKey&);

/// A random UUID (RFC 4122, version 4) in lower case: a certificate's ID.
std::string new_certificate_id();

}  // namespace heeldrop::calibration
