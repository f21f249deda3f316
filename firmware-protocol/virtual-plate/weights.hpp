// Loads that are put on the plate, moved and taken off by word: weights at places of a pad, and somebody who stands
// there. Must not know the commands' grammar, cells' electronics or who asks.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "firmware-protocol/virtual-plate/load_source.hpp"

namespace heeldrop::virtual_plate {

class Performance;

/// A word that does not fit what stands on the plate; what() is one line for people.
class WeightsError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where a load stands. x to the right, y towards the toes, from the pad's centre.
struct Place {
    std::size_t pad = 0;  ///< 0 left, 1 right
    Millimetres x, y;
};

enum class Stance { left, right, both };

/// Every change begins at the time given, which never goes back, and takes the hand's time: a load is let down or
/// lifted within `handling`, and carried for a second in between. The force while it stands is its mass times gravity,
/// exactly.
class Weights final : public LoadSource {
 public:
    static constexpr Seconds handling{0.5}, carrying{1.0};
    static constexpr std::size_t most_loads = 64;

    Weights(MetresPerSecond2 gravity, std::uint64_t seed);
    ~Weights() override;

    /// Throw WeightsError: a name that stands there already, or does not, or one load too many.
    void place(Seconds t, const std::string& name, Kilograms mass, Place where);
    void move(Seconds t, const std::string& name, Place where);
    /// `name` may be "person".
    void take(Seconds t, const std::string& name);
    /// Steps on and stands with sway (README.md, "The person"); 20 to 180 kg. One at a time.
    void person(Seconds t, Kilograms mass, Stance stance);

    /// Without it, it never ends.
    void end_at(Seconds t) { end_s_ = t.value; }

    Load load_at(Seconds t) override;
    bool over(Seconds t) override { return t.value > end_s_; }

    /// [{"name":..,"kg":..,"pad":..,"x_mm":..,"y_mm":..}], the person's with "stance" instead of a place.
    nlohmann::ordered_json standing() const;
    /// The forces once every hand is off: of the weights alone.
    Load settled() const;

 private:
    struct Piece {
        double newtons;
        Place where;
        double down_from_s, up_from_s;  ///< when it begins to be let down, and to be lifted
    };
    struct Standing {
        Kilograms mass;
        Piece piece;
    };
    struct Visitor {
        Visitor(Kilograms mass, Stance stance, double from_s, std::uint64_t seed);
        ~Visitor();
        Visitor(Visitor&&) noexcept;
        Kilograms mass;
        Stance stance;
        double from_s;
        std::unique_ptr<Performance> body;
    };
    Standing& find(const std::string& name);
    void lift(Standing& load, double t);

    double gravity_, end_s_;
    std::uint64_t seed_;
    std::map<std::string, Standing> loads_;
    std::vector<Piece> leaving_;
    std::unique_ptr<Visitor> visitor_, leaving_visitor_;
    double visitor_leaves_s_ = 0.0;
    std::uint64_t visitors_ = 0;
};

}  // namespace heeldrop::virtual_plate
