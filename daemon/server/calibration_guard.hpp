// Whether the connected plate is fit for judging by its calibration, and if not, what is said and done about it.
// Pure: it must not know the store, the socket or a clock; the station tells it what is so.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "calibration/lib/certificate.hpp"
#include "daemon/exchange/analysis_json.hpp"
#include "daemon/plate/empty_plate.hpp"
#include "daemon/server/calibration_keeper.hpp"
#include "daemon/server/empty_pad.hpp"

namespace heeldrop::server {

/// Something that is to be known before the plate's figures are believed.
struct CalibrationMark {
    std::string code;  ///< PROTOCOL.md lists them
    std::string message;
    bool refuses = false;                       ///< no session is started
    std::optional<motion::SessionFault> fault;  ///< what it is called in a session that is measured all the same
};

/// Not thread-safe.
class CalibrationGuard {
 public:
    /// How far a corner of the empty plate may be off what it was: more is no drift of a sound cell, but a plate that
    /// was moved, stands unevenly or carries something (the limit; a session shifts a corner by 2.4 N,
    /// domain.md section 2).
    static constexpr Newtons corner_limit{5.0};

    /// `refuse_unfit`: what the settings say of a plate whose calibration failed, or that is another one than was
    /// calibrated.
    explicit CalibrationGuard(bool refuse_unfit) : refuse_unfit_(refuse_unfit) {}

    void standing_is(const CalibrationKeeper::Standing& standing);
    /// The empty plate 20 s after the last load, and how it was before that.
    void empty_is(const std::vector<calibration::Cell>& cells, const plate::EmptyPlate& empty);
    /// What the unloaded pad read in a rep.
    void pad_is(int rep, const EmptyPad::Found& found);
    /// Another plate: nothing is known of it yet.
    void new_plate();

    std::vector<CalibrationMark> marks(std::chrono::sys_seconds now) const;
    bool moved() const { return moved_[0] || moved_[1]; }

    /// PROTOCOL.md's calibration object.
    exchange::Json to_json(std::chrono::sys_seconds now) const;

 private:
    struct Corner {
        calibration::Cell cell;
        Newtons off;
    };
    /// Of one pad's corners, or of all.
    static Corner furthest(const std::vector<calibration::Cell>& cells, const calibration::Zero& zero,
                           const calibration::Zero& from, std::optional<calibration::Pad> pad = {});
    bool accepted_anew(const CalibrationKeeper::Standing& standing, calibration::Pad pad) const;
    void moved_is(const calibration::Cell& cell, std::string why);

    bool refuse_unfit_;
    CalibrationKeeper::Standing standing_;
    std::optional<Corner> off_;         ///< the corner that is furthest off the accepted zeros
    std::optional<Corner> drift_;       ///< the one that moved furthest under the last load
    /// Left, right: since it was found, until a spot check of that pad or a calibration. In words.
    std::array<std::optional<std::string>, 2> moved_;
    struct Pad {
        int rep;
        EmptyPad::Found found;
    };
    std::optional<Pad> pad_;
};

}  // namespace heeldrop::server
