// The daily check under way: waits until a person of known mass stands still on one pad, and reads them. It must not
// know the store or sockets.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "calibration/lib/spot_check.hpp"
#include "daemon/calibration/stillness.hpp"
#include "daemon/plate/plate.hpp"
#include "daemon/server/refusal.hpp"

namespace heeldrop::server {

/// On the station's thread. At most one at a time; answered once: read, or why not.
class SpotCheckRun {
 public:
    struct Asked {
        calibration::Pad pad = calibration::Pad::left;
        Kilograms mass;
        std::string operator_name;
        std::shared_ptr<const calibration::Certificate> certificate;  ///< in force on this plate
    };
    using Done = std::function<void(const Asked&, const calibration::SpotVerdict&)>;
    using Failed = std::function<void(const Refusal&)>;

    /// Of a plate with a zero. Only where none is active.
    void start(Asked asked, const plate::PlateInfo& plate, Done done, Failed failed);
    bool active() const noexcept { return asked_.has_value(); }
    /// Reads from the plate's samples; gives up where they cease, or after `patience` of them.
    void take(const plate::Batch& batch, const plate::Plate& plate);
    void stop(const Refusal& why);

    static constexpr Seconds patience{60.0};

 private:
    std::optional<Asked> asked_;
    Done done_;
    Failed failed_;
    std::optional<calibration::Stillness> stillness_;
    std::uint32_t tick_hz_ = 1;
    std::optional<std::int64_t> first_tick_;
    double last_look_ = -1.0;
};

}  // namespace heeldrop::server
