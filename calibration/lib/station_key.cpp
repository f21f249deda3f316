#include "calibration/lib/station_key.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace heeldrop::calibration {
namespace {

constexpr std::string_view secret_head = "heeldrop-station-key/1 ", public_head = "heeldrop-public-key/1 ";
using Seed = std::array<unsigned char, 32>;
static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_BYTES == 64 &&
              crypto_sign_SECRETKEYBYTES == 64);

void need_sodium() {
    static const bool ready = sodium_init() >= 0;
    if (!ready)
        throw KeyError("libsodium cannot start: the system gives no random numbers.");
}

[[noreturn]] void failed(const std::filesystem::path& file, std::string_view what) {
    throw KeyError(fmt::format("{}: {}: {}", file.string(), what, std::strerror(errno)));
}

std::string hex(const unsigned char* bytes, std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i)
        text += fmt::format("{:02x}", bytes[i]);
    return text;
}

template <std::size_t N>
std::optional<std::array<unsigned char, N>> from_hex(std::string_view text) {
    if (text.size() != 2 * N)
        return std::nullopt;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    std::array<unsigned char, N> bytes;
    for (std::size_t i = 0; i < N; ++i) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes[i] = static_cast<unsigned char>(16 * high + low);
    }
    return bytes;
}

/// HEAD, then so many bytes in hexadecimal, then the line's end and nothing more.
template <std::size_t N>
std::optional<std::array<unsigned char, N>> key_line(std::string_view text, std::string_view head) {
    if (!text.starts_with(head) || !text.ends_with('\n'))
        return std::nullopt;
    return from_hex<N>(text.substr(head.size(), text.size() - head.size() - 1));
}

/// A file that comes to be with all of its text or not at all, and never in place of another.
bool create_whole(const std::filesystem::path& file, const std::string& text, mode_t mode) {
    std::string name = file.string() + ".XXXXXX";
    const int descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0)
        failed(file, "cannot be made");
    const bool written = fchmod(descriptor, mode) == 0 &&
                         write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         fsync(descriptor) == 0;
    close(descriptor);
    const bool linked = written && link(name.c_str(), file.c_str()) == 0;
    const int why = errno;
    unlink(name.c_str());
    errno = why;
    if (!linked && !(written && why == EEXIST))
        failed(file, "cannot be written");
    const int folder = open(file.parent_path().empty() ? "." : file.parent_path().c_str(), O_RDONLY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    return linked;
}

/// None where there is no such file. What others may read or write is refused: it may be anybody's key by now.
std::optional<Seed> read_seed(const std::filesystem::path& file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 && errno == ENOENT)
        return std::nullopt;
    if (descriptor < 0)
        failed(file, "cannot be read");
    struct stat status {};
    std::array<char, 128> text{};
    const bool known = fstat(descriptor, &status) == 0;
    const ssize_t n = read(descriptor, text.data(), text.size());
    close(descriptor);
    if (!known || n < 0)
        failed(file, "cannot be read");
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0)
        throw KeyError(
            fmt::format("{0}: the station's secret key may be read by others (mode {1:04o}). If nobody has, "
                        "chmod 600 {0}; else remove it, and calibrate anew with a new key.",
                        file.string(), status.st_mode & 07777));
    const auto seed = key_line<32>(std::string_view(text.data(), static_cast<std::size_t>(n)), secret_head);
    sodium_memzero(text.data(), text.size());
    if (!seed)
        throw KeyError(
            fmt::format("{}: is no station key. Restore it from a backup, or remove it: a new key is made, "
                        "and older certificates read as another station's.",
                        file.string()));
    return seed;
}

}  // namespace

StationKey::StationKey(const Seed& seed) {
    crypto_sign_seed_keypair(public_.data(), secret_.data(), seed.data());
}

StationKey::StationKey(StationKey&& other) noexcept : secret_(other.secret_), public_(other.public_) {
    sodium_memzero(other.secret_.data(), other.secret_.size());
}

StationKey::~StationKey() {
    sodium_memzero(secret_.data(), secret_.size());
}

StationKey StationKey::load_or_create(const std::filesystem::path& file) {
    need_sodium();
    auto seed = read_seed(file);
    if (!seed) {
        Seed made;
        randombytes_buf(made.data(), made.size());
        std::string text = std::string(secret_head) + hex(made.data(), made.size()) + "\n";
        // Whoever came first wins; the file is read again either way.
        create_whole(file, text, 0600);
        sodium_memzero(text.data(), text.size());
        sodium_memzero(made.data(), made.size());
        seed = read_seed(file);
        if (!seed)
            throw KeyError(fmt::format("{}: the key was removed while it was made. Start again.", file.string()));
    }
    StationKey key(*seed);
    sodium_memzero(seed->data(), seed->size());
    const std::filesystem::path beside = file.string() + ".pub";
    const std::string line = std::string(public_head) + to_hex(key.public_) + "\n";
    std::ifstream in(beside, std::ios::binary);
    if (std::string(std::istreambuf_iterator<char>(in), {}) != line) {
        std::error_code gone;
        std::filesystem::remove(beside, gone);
        create_whole(beside, line, 0644);
    }
    return key;
}

Signature StationKey::sign(std::string_view message) const {
    Signature signature;
    crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(message.data()),
                         message.size(), secret_.data());
    return signature;
}

bool signed_by(const PublicKey& key, std::string_view message, const Signature& signature) {
    need_sodium();
    return crypto_sign_verify_detached(signature.data(), reinterpret_cast<const unsigned char*>(message.data()),
                                       message.size(), key.data()) == 0;
}

std::string to_hex(const PublicKey& key) {
    return hex(key.data(), key.size());
}

std::string to_hex(const Signature& signature) {
    return hex(signature.data(), signature.size());
}

std::optional<PublicKey> public_key_from_hex(std::string_view text) {
    return from_hex<32>(text);
}

std::optional<Signature> signature_from_hex(std::string_view text) {
    return from_hex<64>(text);
}

PublicKey read_public_key(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        failed(file, "cannot be read");
    const auto key = key_line<32>(std::string(std::istreambuf_iterator<char>(in), {}), public_head);
    if (!key)
        throw KeyError(fmt::format("{}: is no station's public key. Name the .pub file in the station's data folder.",
                                   file.string()));
    return *key;
}

PublicKey public_key_named(const std::string& digits_or_file) {
    const auto key = public_key_from_hex(digits_or_file);
    return key ? *key : read_public_key(digits_or_file);
}

std::string fingerprint(const PublicKey& key) {
    need_sodium();
    std::array<unsigned char, crypto_generichash_BYTES> hash;
    crypto_generichash(hash.data(), hash.size(), key.data(), key.size(), nullptr, 0);
    const std::string digits = hex(hash.data(), 8);
    return fmt::format("{}-{}-{}-{}", digits.substr(0, 4), digits.substr(4, 4), digits.substr(8, 4),
                       digits.substr(12, 4));
}

std::string new_certificate_id() {
    need_sodium();
    std::array<unsigned char, 16> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    const std::string digits = hex(bytes.data(), bytes.size());
    return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                       digits.substr(16, 4), digits.substr(20));
}

}  // namespace heeldrop::calibration
