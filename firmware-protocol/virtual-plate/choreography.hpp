// From script elements to movements on a time line: what the person means to do, before noise and before any scale.
// Must not know about samples, cells or counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "firmware-protocol/virtual-plate/script.hpp"
#include "firmware-protocol/virtual-plate/track.hpp"
#include "firmware-protocol/virtual-plate/traits.hpp"
#include "firmware-protocol/virtual-plate/truth.hpp"

namespace heeldrop::virtual_plate {

struct Window {
    double start, end;
};

/// A rep as meant. The account of it (account.hpp) measures shares and crossings on what was then really done.
struct RepPlan {
    TruthRep meant;  ///< index, element, profile, windows, way and speeds filled in; shares and faults not yet
    Side working = Side::right;
    bool incomplete = false;
    std::optional<Window> transfer;  ///< where to look for its 10 and 90 %; none for two-leg drops
    double begin = 0.0, end = 0.0;   ///< everything that is measured lies between
};

struct Intent {
    Track height;             ///< m, of the centre of mass
    Track left_share{0.5};    ///< of the load on the plate
    Track contact{0.0};       ///< part of the force under the feet that is on the plate; 0 is off it
    Track hands{0.0};         ///< part of the weight that the hands take
    Track added_mass{0.0};    ///< kg
    Track other_person{0.0};  ///< kg
    Track agitation{1.0};     ///< times the person's own sway
    Track lean{0.0};          ///< mm, both feet, forward
};

/// Plans one element after the other; each begins where `cursor` stands. Throws ScriptError on what no body can do.
class Choreography {
 public:
    Choreography(const PersonTraits& person, const Limits& limits, std::uint64_t seed);

    void plan(const Element& element);

    Intent intent;
    double cursor = 0.0;  ///< where the next element begins
    double end = 0.0;     ///< when all that is planned is over
    int reps = 0;
    std::vector<RepPlan> planned_reps;          ///< for the caller to take
    std::vector<TruthInterval> planned_others;  ///< likewise

 private:
    struct RepStyle;
    RepStyle style_of(const Element& element);
    void plan_rep(const Element& element);
    ShapePtr fitting_descent(const Element& element, RepStyle& style);
    Window move_height(double start, double window_s, double window_m, const ShapePtr& shape, double sign);
    double shift_load(Side to, double share, double seconds_10_90, double push_back);

    void step_on(bool high, std::optional<Side> first);
    void step_off(std::optional<Side> last);
    void stand(const Element& element);
    void one_leg(const Element& element);
    void squat(const Element& element);
    void sit_to_stand(const Element& element);
    void sway(double seconds);
    void lean(const Element& element);
    void shift(const Element& element);
    void march(double seconds);
    void jump();
    void second_person(const Element& element);
    void use_hands(const Element& element, double start, double until);

    void share_to(double start, double duration, Side side, double share, const ShapePtr& shape = smooth_step());
    double draw_transfer();
    std::string draw_profile_name();

    PersonTraits person_;
    Limits limits_;
    Random random_;
    bool on_plate_ = false;
    bool high_ = false;                ///< heels up: the next rep has no rise
    std::optional<double> heels_low_;  ///< m, where the body was before it stayed up after a shallow drop
};

}  // namespace heeldrop::virtual_plate
