// What a calibration has somebody do, in which order: a list of steps, the tolerances of the loads, and the limits to
// judge by. Read from TOML (plan_file.hpp) or JSON with the same keys. It must not know how a step is carried out.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "calibration/lib/checks.hpp"

namespace heeldrop::calibration {

enum class StepKind {
    warm_up,  ///< the plate is left alone under power; its readings count nothing
    preload,  ///< a load on and left for a while, read by nobody, so that no cell is loaded for the first time later
    empty,    ///< nothing on either pad for a while, then read; after a hold this is the zero's return
    place,    ///< a known load at a place, read
    hold,     ///< a load left alone and read once a minute: creep
    person,   ///< somebody of known mass on one pad, read
};
std::string_view name_of(StepKind);
/// Something stands on the plate in it; and that is read.
bool bears_load(StepKind);
bool reads_load(StepKind);

struct Step {
    StepKind kind = StepKind::empty;
    Pad pad = Pad::left;            ///< of preload, place, hold, person
    std::optional<Kilograms> mass;  ///< of the same; a person's may be told when they are there
    Millimetres x, y;               ///< of place: from the centre of the pad's cells
    Role role = Role::up;           ///< of place
    /// warm_up, preload, hold: how long it lasts; empty: how long nothing has been on the plate when it is read.
    Seconds duration;
    bool optional = false;  ///< may be left out; a warm-up always may be shortened
    int placement = 0;      ///< of place: its number, from 1 in the order of the plan; 0 else
    bool operator==(const Step&) const = default;
};

struct Plan {
    std::string name;
    std::vector<Step> steps;
    LoadTolerance tolerance;
    Limits limits;
    std::optional<MetresPerSecond2> gravity;  ///< where the weights were weighed; none: the station's
    bool operator==(const Plan&) const = default;

    /// The step of a placement as the findings name it; none where there is no such placement.
    std::optional<std::size_t> step_of(int placement) const;
};

/// "40 kg on the left pad, at x 72, y -104 mm", "nothing on the plate": what has to stand there in this step.
std::string describe(const Step&);

/// What may be put on the plate in a step of this kind: 0.1 to 500 kg, a person 15 to 250 kg.
struct MassRange {
    Kilograms least, most;
};
MassRange masses_of(StepKind);

/// What a plan is made of where nobody lists its steps.
struct StandardLoads {
    std::vector<Kilograms> masses;    ///< of the series, ascending, three or more
    std::optional<Kilograms> corner;  ///< in the corners and on the map's places; none: see corner_mass()
    Seconds warm_up = usual_warm_up;
    Seconds hold{1800.0};             ///< 30 min, OIML R60
    std::optional<Kilograms> person;  ///< of the spot check
};
/// The lightest of the series that is 35 % of the largest or more: well above the test load's 25 %, and liftable.
Kilograms corner_mass(const std::vector<Kilograms>& masses);

/// The marks of the standard plan stand at this part of the way from a pad's centre to its cells.
inline constexpr Fraction mark_of_lever{0.8};

/// Per pad: the series up and down on the centre, four corners with a zero after each, four more places to verify with,
/// one load once more, the hold and five minutes of zero; before that warm-up, preloading and two zeros a minute apart;
/// after it a person on each pad.
Plan standard_plan(const StandardLoads& loads, const std::vector<Cell>& cells);

/// What is wrong in a plan, and where: "/step/3/mass_kg", a JSON pointer; "" where it is the plan as a whole.
class PlanError : public std::runtime_error {
 public:
    PlanError(std::string where, const std::string& reason) : std::runtime_error(reason), where_(std::move(where)) {}
    const std::string& where() const noexcept { return where_; }

 private:
    std::string where_;
};

inline constexpr std::size_t most_steps = 400;

/// Keys as README.md shows them, either `standard` or `step`. Throws PlanError: on unknown keys, wrong types and
/// ranges, and on an order that cannot be judged (a load before the first empty reading, or no empty reading after the
/// last).
Plan plan_from_json(const nlohmann::json& text, const std::vector<Cell>& cells);

/// What of this plan keeps a calibration from passing, whatever plate and person do, a line each; empty where it may
/// pass.
std::vector<std::string> why_it_cannot_pass(const Plan& plan);

/// Every step by itself; plan_from_json gives the same plan again.
nlohmann::ordered_json to_json(const Plan& plan);
nlohmann::ordered_json to_json(const Step& step);

}  // namespace heeldrop::calibration
