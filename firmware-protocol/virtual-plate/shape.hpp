// How a movement runs from its start to its end: way, speed and acceleration over a unit of time.
// Descents come in four families, because people do; no one of them is what an estimator may assume.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::virtual_plate {

/// Tabulated, so that any family will do; immutable, shared between movements.
class Shape {
 public:
    /// A movement from 0 to 1 whose speed goes as `speed` over [0, 1]; it must be 0 at both ends and is scaled here.
    static std::shared_ptr<const Shape> from_speed(const std::function<double(double)>& speed);
    /// There and back: 0 at both ends, 1 at its highest.
    static std::shared_ptr<const Shape> pulse(const std::function<double(double)>& way);

    double way(double u) const;
    double speed(double u) const;         ///< per unit of time
    double acceleration(double u) const;  ///< per unit of time squared
    double peak_speed() const { return peak_; }
    double lowest_acceleration() const { return lowest_; }
    double highest_acceleration() const { return highest_; }

    /// First crossing above and last crossing below 10 % of the peak speed.
    double window_start() const { return start_; }
    double window_end() const { return end_; }
    double window_way() const { return way(end_) - way(start_); }

 private:
    void find_window();
    std::vector<double> way_, speed_, acceleration_;
    double peak_ = 0.0, start_ = 0.0, end_ = 1.0, lowest_ = 0.0, highest_ = 0.0;
};

using ShapePtr = std::shared_ptr<const Shape>;

ShapePtr smooth_step();  ///< minimum jerk: transfers, steps and all that is nobody's descent
ShapePtr smooth_bump();  ///< a pulse, raised cosine
/// The part of its time that a movement of one direction takes from way `low` to way `high`.
double span(const Shape& shape, double low, double high);

inline constexpr const char* profile_names[] = {"bell", "skewed", "constant", "jerky"};

/// One descent or rise of the named family; its details drawn. Throws std::invalid_argument on another name.
ShapePtr draw_profile(const std::string& name, Random& random);

}  // namespace heeldrop::virtual_plate
