// The person doing the script, instant by instant: intent plus everything a body adds without being asked.
// Runs forward in fixed steps, so it streams for hours in little memory. Must not know samples, cells or counts.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "firmware-protocol/virtual-plate/choreography.hpp"
#include "firmware-protocol/virtual-plate/load_source.hpp"
#include "firmware-protocol/virtual-plate/noise.hpp"
#include "firmware-protocol/virtual-plate/script.hpp"
#include "firmware-protocol/virtual-plate/traits.hpp"
#include "firmware-protocol/virtual-plate/truth.hpp"

namespace heeldrop::virtual_plate {

struct Instant {
    double t = 0.0;
    Foot left, right;
    double height_m = 0.0, speed_m_s = 0.0;  ///< scripted, without sway; upward positive
    double left_share = 0.5;                 ///< scripted and wandering
    double hand_free = 1.0;                  ///< part of the load that the hands leave
};

class Performance final : public LoadSource {
 public:
    static constexpr double step_s = 0.002;

    Performance(const Script& script, const PersonTraits& person, const Limits& limits, std::uint64_t seed);

    /// At any time not before the last one asked for; between steps by a cubic. After the script the person stays as
    /// they are.
    Instant at(double t);
    Load load_at(Seconds t) override {
        const Instant now = at(t.value);
        return {now.left, now.right};
    }
    /// True once `t` is past the last movement.
    bool over(Seconds t) override;
    Seconds undecided_from(Seconds t) const override { return open_.empty() ? t : Seconds{open_.front().begin}; }
    std::vector<std::string> begun_by(Seconds t) override;
    const Truth& truth() const { return truth_; }  ///< complete once over
    const PersonTraits& person() const { return person_; }

 private:
    void step();
    void plan_ahead(double t);
    void account();

    Script script_;
    PersonTraits person_;
    Limits limits_;
    Choreography choreography_;
    std::size_t next_element_ = 0;
    std::deque<Instant> trace_;  ///< the last four steps, and back to the first rep not yet accounted for
    std::deque<RepPlan> open_;
    std::int64_t steps_ = 0;

    std::vector<BandNoise> sway_;
    BandNoise wander_, cop_y_left_, cop_y_right_, cop_y_left_fine_, cop_y_right_fine_, cop_x_left_, cop_x_right_;
    double two_leg_scale_ = 1.0;
    double on_one_leg_s_ = 0.0;
    std::deque<std::pair<double, std::string>> announced_;
    Truth truth_;
};

}  // namespace heeldrop::virtual_plate
