// The station's calibrations at work: its signing key, the certificate in force on the plate that is connected, and the
// way a new one gets there. It must not know sockets, sessions or how a certificate comes about; what is done about a
// plate that is not fit is calibration_guard.hpp's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/acceptance.hpp"
#include "daemon/server/refusal.hpp"
#include "daemon/store/database.hpp"

namespace heeldrop::server {

/// Runs on the io_context's thread. The database is asked, and certificates are verified, on the disk thread; callbacks
/// are called later, exactly once, on the io_context's thread. Outlives every job it has posted.
class CalibrationKeeper {
 public:
    using Failed = std::function<void(const Refusal&)>;
    /// Takes a job for the disk thread, in order; false when the lane is full.
    using PostToDisk = std::function<bool(store::Lane, std::function<void(store::Database&)>)>;
    using CertificatePtr = std::shared_ptr<const calibration::Certificate>;

    /// What is known of the connected plate's calibration.
    struct Standing {
        CertificatePtr in_force;  ///< null: none that may be used
        /// Why a stored one is not used, or that the last calibration failed though an older one is in force: a code of
        /// NotAccepted, altered, no_certificate, unreadable or store_failed; another_plate where only other plates' are
        /// in force; none where all is well, or where this station has no calibration at all.
        std::optional<calibration::NotAccepted> unfit;
        /// What the corners of the empty plate are held to where one is in force: the certificate's zeros, or those of
        /// a pad's last passed spot check since.
        calibration::Zero accepted_zero;
        std::array<bool, 2> spot_failed{};  ///< left, right: the pad's last spot check with it
    };

    /// `on_change`: standing() is another one.
    CalibrationKeeper(boost::asio::io_context& io, calibration::StationKey key, PostToDisk post_to_disk,
                      std::function<void()> on_change);
    CalibrationKeeper(const CalibrationKeeper&) = delete;
    CalibrationKeeper& operator=(const CalibrationKeeper&) = delete;

    /// A plate has said HELLO. False where its identity and cells are the same as before: nothing happens. Else what
    /// the store has of it is loaded and verified, and nothing is in force until then.
    bool plate_is(const calibration::PlateIdentity& plate, const std::vector<calibration::Cell>& cells);
    /// Calls `then` once standing() is of the plate that last said HELLO: at once where nothing is being loaded.
    void when_known(std::function<void()> then);

    const Standing& standing() const { return standing_; }
    /// Null: results are uncalibrated.
    const CertificatePtr& in_force() const { return standing_.in_force; }

    const calibration::PublicKey& public_key() const { return key_->public_key(); }
    /// The whole signed text. A function of the certificate and the key; may be called from any thread.
    std::string seal(const calibration::Certificate& certificate) const { return sealed(certificate, *key_); }

    /// Verifies a sealed certificate, keeps it in the store, and puts it in force on the connected plate if every check
    /// has passed; `done` once that is on the disk. Otherwise what was in force stays, and `failed` says why: no_plate,
    /// no_certificate, altered, unreadable, the codes of why_not_accepted(), store_failed. One that this station has
    /// made and that has failed its checks is kept in the store too (calibration_failed).
    /// `lane`: `asked` where a client brings it, then busy may be why not.
    void take_over(std::string sealed_text, store::Lane lane, std::function<void(CertificatePtr)> done, Failed failed);

    /// The corner zeros of the empty plate as it stands now: kept with spot checks.
    void zero_is(const calibration::Zero& zero) { zero_ = zero; }
    /// `done` once it is on the disk and standing() knows of it. `passed` and `zero` are filled in here (passed: within
    /// calibration::spot_uncertainty).
    void add(const store::StoredSpotCheck& check, std::function<void()> done, Failed failed);
    /// Of one plate, newest first.
    void spot_checks(const std::string& plate_serial, int limit,
                     std::function<void(std::vector<store::StoredSpotCheck>)> done, Failed failed);

    /// A stored certificate, without its text.
    struct Entry {
        store::StoredCalibration calibration;  ///< `certificate` is empty
        bool in_force = false;                 ///< counts for its plate, connected or not
    };
    /// Of every plate, newest first.
    void history(int limit, std::function<void(std::vector<Entry>)> done, Failed failed);
    /// One with its text, as it was signed; by ID, "last" for the newest, or "in_force" for the connected plate's.
    /// not_found where there is none.
    void find(const std::string& id, std::function<void(store::StoredCalibration)> done, Failed failed);

 private:
    struct Connected {
        calibration::PlateIdentity plate;
        std::vector<calibration::Cell> cells;
        bool operator==(const Connected&) const = default;
    };
    template <class Answer>
    void ask(store::Lane lane, std::function<Answer(store::Database&)> question, std::function<void(Answer)> done, Failed failed);
    void load();
    void stand(Standing standing);

    boost::asio::io_context& io_;
    std::shared_ptr<const calibration::StationKey> key_;  ///< shared with jobs
    PostToDisk post_to_disk_;
    std::function<void()> on_change_;
    std::optional<Connected> connected_;
    Standing standing_;
    std::optional<calibration::Zero> zero_;
    int loads_ = 0;  ///< under way
    std::vector<std::function<void()>> when_known_;  ///< one for each request that waits for it, which are bounded
};

}  // namespace heeldrop::server
