#include "daemon/server/calibration_keeper.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "calibration/lib/spot_check.hpp"

namespace heeldrop::server {
namespace {

using calibration::NotAccepted;
using calibration::Trouble;

/// More spot checks than anybody makes between two calibrations need not be looked through for the last of each pad.
constexpr int spot_checks_looked_at = 200;

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string code_of(Trouble trouble) {
    return trouble == Trouble::altered          ? "altered"
           : trouble == Trouble::no_certificate ? "no_certificate"
                                                : "unreadable";
}

store::StoredCalibration to_be_stored(const calibration::Certificate& certificate, std::string text) {
    return {certificate.of.id,   certificate.of.plate.serial, certificate.of.made,
            certificate.expires, certificate.passed(),        std::move(text)};
}

/// The last check of each pad with this calibration: a passed one accepts the zeros of its pad as they were then.
void take_spot_checks(CalibrationKeeper::Standing& standing, const std::vector<store::StoredSpotCheck>& newest_first) {
    const calibration::Certificate& certificate = *standing.in_force;
    standing.accepted_zero = certificate.corner_zeros;
    standing.spot_failed = {};
    std::array<bool, 2> judged{}, accepted{};
    for (const auto& check : newest_first) {
        const auto pad = static_cast<std::size_t>(check.pad);
        if (check.calibration_id != certificate.of.id)
            continue;
        if (!std::exchange(judged[pad], true))
            standing.spot_failed[pad] = !check.passed;
        if (!check.passed || check.zero.size() != standing.accepted_zero.size() || std::exchange(accepted[pad], true))
            continue;
        for (const std::size_t cell : calibration::cells_of_pad(certificate.seen.cells, check.pad))
            standing.accepted_zero[cell] = check.zero[cell];
    }
}

}  // namespace

CalibrationKeeper::CalibrationKeeper(boost::asio::io_context& io, calibration::StationKey key, PostToDisk post_to_disk,
                                     std::function<void()> on_change)
    : io_(io),
      key_(std::make_shared<const calibration::StationKey>(std::move(key))),
      post_to_disk_(std::move(post_to_disk)),
      on_change_(std::move(on_change)) {}

template <class Answer>
void CalibrationKeeper::ask(store::Lane lane, std::function<Answer(store::Database&)> question,
                            std::function<void(Answer)> done, Failed failed) {
    const bool taken = post_to_disk_(
        lane, [this, question = std::move(question), done = std::move(done), failed](store::Database& database) {
            try {
                boost::asio::post(io_, [done, answer = question(database)]() mutable { done(std::move(answer)); });
            } catch (const std::exception& error) {
                boost::asio::post(io_, [failed, why = std::string(error.what())] {
                    failed({"store_failed", "The store cannot be read or written: " + why + "."});
                });
            }
        });
    if (!taken)
        boost::asio::post(io_, [failed, lane] { failed(refusal_of_full(lane)); });
}

bool CalibrationKeeper::plate_is(const calibration::PlateIdentity& plate, const std::vector<calibration::Cell>& cells) {
    Connected next{plate, cells};
    if (connected_ == next)
        return false;
    connected_ = std::move(next);
    zero_.reset();
    if (standing_.in_force || standing_.unfit)
        stand({});
    load();
    return true;
}

void CalibrationKeeper::when_known(std::function<void()> then) {
    if (loads_ == 0)
        return then();
    when_known_.push_back(std::move(then));
}

void CalibrationKeeper::stand(Standing standing) {
    standing_ = std::move(standing);
    on_change_();
}

/// What the store has of the connected plate.
void CalibrationKeeper::load() {
    ++loads_;
    const auto loaded = [this, of = *connected_](Standing standing) {
        --loads_;
        if (connected_ == of)
            stand(std::move(standing));
        if (loads_ == 0)
            for (const auto& then : std::exchange(when_known_, {}))
                then();
    };
    ask<Standing>(
        store::Lane::own,
        [of = *connected_, key = key_](store::Database& database) {
            auto calibrations = database.calibrations();
            Standing standing;
            const auto newest = calibrations.newest_of(of.plate.serial);
            const auto stored = calibrations.in_force(of.plate.serial);
            if (stored) {
                try {
                    const auto verified = calibration::verify(stored->certificate, key->public_key());
                    standing.unfit = why_not_accepted(verified, of.plate, of.cells);
                    if (!standing.unfit) {
                        standing.in_force =
                            std::make_shared<const calibration::Certificate>(verified.opened.certificate);
                        take_spot_checks(standing, calibrations.spot_checks(of.plate.serial, spot_checks_looked_at));
                    }
                } catch (const calibration::CertificateError& error) {
                    standing.unfit =
                        NotAccepted{code_of(error.trouble()),
                                    fmt::format("The stored calibration {} is not used: {}", stored->id, error.what())};
                }
            } else if (const auto others = calibrations.plates_in_force(); !others.empty() && !newest) {
                standing.unfit = NotAccepted{
                    "another_plate", fmt::format("Plate {} has never been calibrated on this station; plate {} has. "
                                                 "Connect that plate, or calibrate this one.",
                                                 of.plate.serial, others.front())};
            }
            if (newest && !newest->passed && !standing.unfit)
                standing.unfit = NotAccepted{
                    "calibration_failed",
                    fmt::format("The last calibration of plate {} ({}) has failed.{} Do what its findings say, and "
                                "calibrate again.",
                                of.plate.serial, calibration::utc_text(newest->made),
                                stored ? " The one before is still in force." : "")};
            return standing;
        },
        loaded,
        [loaded](const Refusal& refusal) {
            Standing standing;
            standing.unfit = NotAccepted{refusal.code, refusal.message};
            loaded(std::move(standing));
        });
}

void CalibrationKeeper::take_over(std::string sealed_text, store::Lane lane, std::function<void(CertificatePtr)> done,
                                  Failed failed) {
    if (!connected_)
        return boost::asio::post(io_, [failed] {
            failed({"no_plate", "No plate has been there since the daemon started. Connect the calibration's plate."});
        });
    struct Taken {
        CertificatePtr certificate;
        std::optional<NotAccepted> why_not;
        bool stored = false;
    };
    ask<Taken>(
        lane,
        [text = std::move(sealed_text), of = *connected_, key = key_](store::Database& database) {
            Taken taken;
            try {
                const auto verified = calibration::verify(text, key->public_key());
                const calibration::Certificate& certificate = verified.opened.certificate;
                auto calibrations = database.calibrations();
                taken.why_not = why_not_accepted(verified, of.plate, of.cells);
                taken.stored = !taken.why_not || taken.why_not->code == "calibration_failed";
                if (taken.stored)
                    calibrations.add(to_be_stored(certificate, text));
                if (taken.why_not)
                    return taken;
                calibrations.put_in_force(certificate.of.id, now());
                taken.certificate = std::make_shared<const calibration::Certificate>(certificate);
            } catch (const calibration::CertificateError& error) {
                taken.why_not = NotAccepted{code_of(error.trouble()), error.what()};
            }
            return taken;
        },
        [this, done = std::move(done), failed](const Taken& taken) {
            if (taken.stored)
                load();
            when_known([done, failed, taken] {
                if (taken.why_not)
                    failed({taken.why_not->code, taken.why_not->message});
                else
                    done(taken.certificate);
            });
        },
        failed);
}

void CalibrationKeeper::add(const store::StoredSpotCheck& check, std::function<void()> done, Failed failed) {
    store::StoredSpotCheck judged = check;
    if (in_force() && in_force()->of.id == check.calibration_id) {
        const Newtons off = check.read - check.expected;
        const Newtons allowed = calibration::spot_uncertainty(*in_force(), check.pad, check.expected);
        judged.passed = off <= allowed && -off <= allowed;
    }
    if (zero_)
        judged.zero = *zero_;
    ask<bool>(
        store::Lane::own,
        [judged](store::Database& database) {
            database.calibrations().add(judged);
            return true;
        },
        [this, done = std::move(done)](bool) {
            if (connected_)
                load();
            when_known(done);
        },
        std::move(failed));
}

void CalibrationKeeper::spot_checks(const std::string& plate_serial, int limit,
                                    std::function<void(std::vector<store::StoredSpotCheck>)> done, Failed failed) {
    ask<std::vector<store::StoredSpotCheck>>(
        store::Lane::asked,
        [plate_serial, limit](store::Database& database) {
            return database.calibrations().spot_checks(plate_serial, limit);
        },
        std::move(done), std::move(failed));
}

void CalibrationKeeper::history(int limit, std::function<void(std::vector<Entry>)> done, Failed failed) {
    ask<std::vector<Entry>>(
        store::Lane::asked,
        [limit](store::Database& database) {
            auto calibrations = database.calibrations();
            std::vector<Entry> list;
            for (auto& calibration : calibrations.newest(limit)) {
                const auto in_force = calibrations.in_force(calibration.plate_serial);
                const bool counts = in_force && in_force->id == calibration.id;
                calibration.certificate.clear();
                list.push_back({std::move(calibration), counts});
            }
            return list;
        },
        std::move(done), std::move(failed));
}

void CalibrationKeeper::find(const std::string& id, std::function<void(store::StoredCalibration)> done, Failed failed) {
    using Found = std::optional<store::StoredCalibration>;
    ask<Found>(
        store::Lane::asked,
        [id, serial = connected_ ? connected_->plate.serial : std::string()](store::Database& database) {
            auto calibrations = database.calibrations();
            return id == "in_force" ? calibrations.in_force(serial) : calibrations.find(id);
        },
        [id, done = std::move(done), failed](Found found) {
            if (found)
                return done(std::move(*found));
            failed({"not_found", id == "in_force" ? std::string("No calibration is in force on this plate.")
                                 : id == "last"   ? std::string("There is no calibration yet.")
                                                  : fmt::format("There is no calibration {}.", id)});
        },
        failed);
}

}  // namespace heeldrop::server
