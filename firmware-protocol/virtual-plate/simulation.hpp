// A script played by a simulated person into memory: force samples and the truth beside them, for tests and benches.
// The same seed gives the same samples, bit for bit; the same person and movements whatever the sample rate.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "calibration/lib/units.hpp"
#include "firmware-protocol/virtual-plate/electronics.hpp"
#include "firmware-protocol/virtual-plate/script.hpp"
#include "firmware-protocol/virtual-plate/traits.hpp"
#include "firmware-protocol/virtual-plate/truth.hpp"

namespace heeldrop::virtual_plate {

/// One instant as a host sees it that knows the plate's nominal gains. CoP is NaN on a pad that carries under 20 N.
struct PadSample {
    Seconds t;
    Newtons left, right;
    Millimetres left_cop_y, right_cop_y;
};

/// The body itself, without sway: for plots and for checking the truth.
struct TracePoint {
    Seconds t;
    Metres height;          ///< of the centre of mass, from where it was at the script's start
    MetresPerSecond speed;  ///< upward positive
    Fraction left_share;
};

enum class Signal {
    ideal,  ///< the forces under the feet
    cells,  ///< through the electronics, zeroed per corner over the first second (begin the script with "empty:2")
};

struct Setup {
    std::uint64_t seed = 1;
    std::optional<PersonTraits> person;  ///< drawn from the seed where absent
    std::optional<Kilograms> mass;       ///< for that drawing
    Limits limits;                       ///< limits.side also says which leg the script's reps work
    Converter converter = Converter::hx711;
    Hertz rate{80.0};  ///< the hx711's true rate is about 64 while Disturbances::timing is on
    Signal signal = Signal::cells;
    Disturbances disturbances;
    bool keep_trace = false;
};

struct Simulation {
    PersonTraits person;
    std::vector<PadSample> samples;
    std::vector<TracePoint> trace;  ///< one for each sample, if asked for
    Truth truth;
};

/// Throws ScriptError where the script asks for what a body cannot do (a drop faster than a fall).
Simulation simulate(const Script& script, const Setup& setup);

}  // namespace heeldrop::virtual_plate
