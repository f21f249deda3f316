// The signed text of a certificate: what is written to a file and kept in the store, and how it is opened again.
// It must not know where it is kept. CERTIFICATE.md beside this folder defines every byte.
#pragma once

#include "calibration/lib/certificate.hpp"
#include "calibration/lib/station_key.hpp"

namespace heeldrop::calibration {

inline constexpr std::size_t longest_certificate = 4u << 20;

/// The whole file.
std::string sealed(const Certificate& certificate, const StationKey& key);

struct Opened {
    Certificate certificate;
    PublicKey key;  ///< of the station that signed it
};

enum class Trouble {
    no_certificate,  ///< not even the form of one
    altered,         ///< the signature does not hold, or the text is not as it was written
    unreadable,      ///< signed, but of a form that this version does not know
};
/// what() is a sentence for people with what to do.
class CertificateError : public std::runtime_error {
 public:
    CertificateError(Trouble trouble, const std::string& message) : std::runtime_error(message), trouble_(trouble) {}
    Trouble trouble() const noexcept { return trouble_; }

 private:
    Trouble trouble_;
};

/// Checks the signature against the key in the text, and nothing of the contents. Whose key it is, is for the caller to
/// ask. Throws CertificateError. Any change of any bit of `text` throws, or it is not the text that was signed.
Opened open_certificate(std::string_view text);

struct Verification {
    Opened opened;
    /// Signed with this station's key; none where that key is not known.
    std::optional<bool> own;
    std::vector<Difference> differences;  ///< of what was stated from what its own raw means give
    /// What the certificate says is what its readings give. Whether they passed, the certificate says.
    bool recomputed() const { return differences.empty(); }
};
/// Opens, then does everything again. Throws CertificateError.
Verification verify(std::string_view text, const std::optional<PublicKey>& station);

}  // namespace heeldrop::calibration
