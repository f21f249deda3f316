// One scripted quantity over time (height, share, load): a level plus movements that may overlap.
// Times only go forward, so what is over is folded into the level and hours of script need no memory.
#pragma once

#include <cmath>
#include <deque>

#include "firmware-protocol/virtual-plate/shape.hpp"

namespace heeldrop::virtual_plate {

class Track {
 public:
    explicit Track(double level = 0.0) : level_(level), planned_(level) {}

    struct State {
        double value = 0.0, speed = 0.0, acceleration = 0.0;
    };

    /// Moves by `change` from `start` on; a pulse leaves the level as it was.
    void add(double start, double duration, double change, ShapePtr shape) {
        planned_ += change * shape->way(1.0);
        moves_.push_back({start, duration, change, std::move(shape)});
    }
    /// Moves to `value`, counted from where all that is planned will end.
    void go(double start, double duration, double value, ShapePtr shape = smooth_step()) {
        if (std::abs(value - planned_) > 1e-12)
            add(start, duration, value - planned_, std::move(shape));
    }
    /// Where it will be when everything planned is over.
    double planned() const { return planned_; }

    State at(double t) {
        State s{level_};
        for (auto m = moves_.begin(); m != moves_.end();) {
            const double u = (t - m->start) / m->duration;
            if (u >= 1.0) {
                const double done = m->change * m->shape->way(1.0);
                level_ += done;
                s.value += done;
                m = moves_.erase(m);
                continue;
            }
            if (u > 0.0) {
                s.value += m->change * m->shape->way(u);
                s.speed += m->change * m->shape->speed(u) / m->duration;
                s.acceleration += m->change * m->shape->acceleration(u) / (m->duration * m->duration);
            }
            ++m;
        }
        return s;
    }

 private:
    struct Move {
        double start, duration, change;
        ShapePtr shape;
    };
    double level_, planned_;
    std::deque<Move> moves_;
};

}  // namespace heeldrop::virtual_plate
