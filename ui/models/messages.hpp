// What the daemon's lines say, as values with units (daemon/server/PROTOCOL.md). It must not know what is shown.
// Absent and null are alike "not known"; unknown keys are ignored, as the protocol asks.
#pragma once

#include <QString>
#include <QStringList>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "calibration/lib/units.hpp"

namespace heeldrop::ui {

struct PlateInfo {
    QString state = QStringLiteral("missing");  ///< missing, connecting, refused, needs_zero, ready
    QString message;
    QString port;
    bool uncalibrated = false;
    QStringList marks;        ///< codes of what is to be known of its calibration
    QString refusal_by_mark;  ///< the code of the mark that lets no session begin; else empty
};

struct Prescription {
    QString side = QStringLiteral("both");  ///< left, right, both
    int sets = 0;                           ///< 0: not prescribed
    int reps = 0;
    Seconds target_drop{3.0};
    Seconds min_drop{2.0};
    Fraction min_share{0.85};
};

struct SessionInfo {
    QString id;
    QString state;  ///< weighing, running, finished, stopped, interrupted
    Prescription prescription;
    std::optional<Newtons> system_weight;
    int set = 1;
    int reps_in_set = 0;
    int counted = 0;
    int good = 0;
    std::optional<Seconds> duration;
    bool uncalibrated = false;
    bool stored = true;  ///< false while the station's disk refuses some of it
    QStringList faults;

    bool under_way() const { return state == QLatin1String("weighing") || state == QLatin1String("running"); }
};

struct RepInfo {
    int index = 0;
    int revision = 1;
    int set = 1;
    bool counted = true;
    QString side;  ///< left, right, or empty where not known
    QString verdict;
    QStringList faults;
    QStringList reasons;
    std::optional<Seconds> drop_duration, drop_duration_uncertainty;
    std::optional<Seconds> transfer_end, return_end;
    std::optional<Metres> drop_depth;
    std::optional<Fraction> working_share_drop;
};

struct LiveInfo {
    Seconds t;
    QString phase = QStringLiteral("unknown");
    Seconds phase_start;
    QString side;
    Newtons left, right;
    std::optional<Metres> depth;
    std::optional<Newtons> system_weight;
};

struct PhaseMark {
    Seconds t;
    QString phase;
    QString side;
};

struct Curve {
    std::vector<double> t_s, left_n, right_n;
    std::vector<PhaseMark> phases;
};

QString text_in(const nlohmann::json&, const char* key);

PlateInfo plate_from(const nlohmann::json&);
SessionInfo session_from(const nlohmann::json&);
RepInfo rep_from(const nlohmann::json&);
LiveInfo live_from(const nlohmann::json&);
/// Of three arrays of different length, the common part; an instant with a force unknown is left as NaN.
Curve curve_from(const nlohmann::json&);
PhaseMark phase_from(const nlohmann::json&);

}  // namespace heeldrop::ui
