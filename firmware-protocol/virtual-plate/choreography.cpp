// Everything but the reps (choreography_reps.cpp): stepping on and off, standing, squatting and other distractions.
#include "firmware-protocol/virtual-plate/choreography.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::virtual_plate {
namespace {

/// A way through given places with given speeds and accelerations: a fifth-order polynomial between each two.
class KnottedWay {
 public:
    struct Knot {
        double after_s;  ///< s, since the knot before
        double place, speed, acceleration;
    };
    explicit KnottedWay(std::vector<Knot> knots) : knots_(std::move(knots)) {
        for (const auto& k : knots_)
            seconds_ += k.after_s;
    }
    double seconds() const { return seconds_; }
    double at(double t) const {
        std::size_t i = 1;
        for (; i + 1 < knots_.size() && t > knots_[i].after_s; ++i)
            t -= knots_[i].after_s;
        const auto& a = knots_[i - 1];
        const auto& b = knots_[i];
        const double s = b.after_s, u = t / s;
        // Hermite's quintic: what the start's Taylor row leaves to reach the end's place, speed and acceleration.
        const double place = b.place - a.place - s * (a.speed + 0.5 * s * a.acceleration);
        const double speed = s * (b.speed - a.speed - s * a.acceleration);
        const double bend = s * s * (b.acceleration - a.acceleration);
        const double c3 = 10.0 * place - 4.0 * speed + 0.5 * bend;
        const double c4 = -15.0 * place + 7.0 * speed - bend;
        const double c5 = 6.0 * place - 3.0 * speed + 0.5 * bend;
        return a.place + t * (a.speed + 0.5 * t * a.acceleration) + u * u * u * (c3 + u * (c4 + u * c5));
    }

 private:
    std::vector<Knot> knots_;
    double seconds_ = 0.0;
};

}  // namespace

Choreography::Choreography(const PersonTraits& person, const Limits& limits, std::uint64_t seed)
    : person_(person), limits_(limits), random_(seed, 2) {
    intent.left_share = Track(person.rest_left_share.value);
}

void Choreography::share_to(double start, double duration, Side side, double share, const ShapePtr& shape) {
    intent.left_share.go(start, duration, side == Side::left ? share : 1.0 - share, shape);
}

double Choreography::draw_transfer() {
    return random_.around(person_.transfer_median.value, 0.45, 0.15, 1.4);
}

std::string Choreography::draw_profile_name() {
    return profile_names[static_cast<std::size_t>(random_.uniform(0.0, 4.0))];
}

void Choreography::plan(const Element& element) {
    const auto& word = element.word;
    const double seconds = element.duration.value_or(Seconds{0.0}).value;
    if (on_plate_ && word == "empty")
        step_off(std::nullopt);
    const bool needs_plate = word != "empty" && word != "step_on" && word != "step_off" && word != "load";
    if (needs_plate && !on_plate_)
        step_on(element.has("no_rise"), std::nullopt);

    const double start = cursor;
    const auto side = element.text("side");
    const auto named_side = side ? std::optional(*side == "left" ? Side::left : Side::right) : std::nullopt;
    bool is_rep = false;
    if (word == "empty") {
        cursor += seconds;
    } else if (word == "step_on") {
        if (on_plate_)
            step_off(std::nullopt);
        step_on(element.has("high"), named_side);
        return;
    } else if (word == "step_off") {
        if (on_plate_)
            step_off(named_side);
        return;
    } else if (word == "quiet") {
        stand(element);
    } else if (word == "one_leg") {
        one_leg(element);
    } else if (word == "squat") {
        squat(element);
    } else if (word == "sit_to_stand") {
        sit_to_stand(element);
    } else if (word == "sway") {
        sway(seconds);
    } else if (word == "shift") {
        shift(element);
    } else if (word == "lean") {
        lean(element);
    } else if (word == "march") {
        march(seconds);
    } else if (word == "jump") {
        jump();
    } else if (word == "second_person") {
        second_person(element);
        return;
    } else if (word == "load") {
        intent.added_mass.go(cursor, on_plate_ ? 1.5 : 0.1, element.number("kg").value_or(10.0));
        cursor += on_plate_ ? 2.5 : 0.2;
    } else {
        plan_rep(element);
        is_rep = true;
    }
    end = std::max(end, cursor);
    if (!is_rep)
        planned_others.push_back({word, Seconds{start}, Seconds{cursor}});
}

void Choreography::step_on(bool high, std::optional<Side> first) {
    const double start = cursor;
    const Side foot = first.value_or(random_.chance(0.5) ? Side::left : Side::right);
    // Off the plate nobody sees height and share: they are set before the first contact.
    intent.height.go(cursor, 0.25, high ? person_.usual_depth_m / 0.97 : 0.0);
    share_to(cursor, 0.25, foot, 1.0);
    cursor += 0.3;
    const double land = random_.uniform(0.45, 0.9);
    intent.contact.go(cursor, land, 1.0);
    intent.contact.add(cursor + 0.7 * land, random_.uniform(0.25, 0.45), random_.uniform(0.03, 0.15), smooth_bump());
    intent.agitation.add(cursor, 3.0, random_.uniform(1.0, 3.0), smooth_bump());
    cursor += land + random_.uniform(0.0, 0.3);
    const double bring = random_.uniform(0.3, 1.0) / span(*smooth_step(), 0.1, 0.9);
    share_to(cursor, bring, Side::left, person_.rest_left_share.value);
    cursor += bring + random_.uniform(0.4, 1.0);
    on_plate_ = true;
    high_ = high;
    heels_low_.reset();
    end = std::max(end, cursor);
    planned_others.push_back({"step_on", Seconds{start}, Seconds{cursor}});
}

void Choreography::step_off(std::optional<Side> last) {
    const double start = cursor;
    const Side foot = last.value_or(random_.chance(0.5) ? Side::left : Side::right);
    const double shift_s = random_.uniform(0.4, 0.9);
    share_to(cursor, shift_s, foot, 1.0);
    cursor += 0.8 * shift_s;
    const double lift = random_.uniform(0.3, 0.7);
    intent.contact.go(cursor, lift, 0.0);
    cursor += std::max(lift, 0.2 * shift_s) + 0.1;
    on_plate_ = high_ = false;
    end = std::max(end, cursor);
    planned_others.push_back({"step_off", Seconds{start}, Seconds{cursor}});
}

void Choreography::use_hands(const Element& element, double start, double until) {
    const double part = element.number("hands").value_or(element.has("hands_vary") ? 0.1 : 0.0);
    if (part <= 0.0)
        return;
    double t = start;
    if (element.has("hands_vary"))
        while (t < until) {
            const double s = random_.uniform(0.6, 1.5);
            intent.hands.go(t, s, random_.uniform(0.0, part));
            t += s;
        }
    else
        intent.hands.go(t, 0.5, part);
    intent.hands.go(std::max(t, until), 0.5, 0.0);
}

void Choreography::stand(const Element& element) {
    const double until = cursor + element.duration->value;
    use_hands(element, cursor, until - 0.5);
    cursor = until;
}

void Choreography::one_leg(const Element& element) {
    const double toe = element.number("toe").value_or(0.0);
    const auto named = element.text("side");
    const Side side =
        named ? (*named == "left" ? Side::left : Side::right) : (random_.chance(0.5) ? Side::left : Side::right);
    cursor = shift_load(side, 1.0 - toe, draw_transfer(), random_.uniform(0.0, person_.push_back_max.value));
    use_hands(element, cursor, cursor + element.duration->value);
    cursor += element.duration->value;
    const double back = draw_transfer() / span(*smooth_step(), 0.1, 0.9);
    share_to(cursor, back, Side::left, person_.rest_left_share.value);
    cursor += back + 0.5;
}

void Choreography::squat(const Element& element) {
    const auto side = element.text("side");
    const double share = side ? random_.uniform(0.57, 0.79) : random_.uniform(0.46, 0.54);
    share_to(cursor, 0.8, side && *side == "right" ? Side::right : Side::left, share);
    const double depth = element.number("depth").value_or(random_.uniform(0.25, 0.45));
    // 0.68-1.23 body weights: the peak acceleration of a minimum-jerk movement is 5.77 way / time^2.
    const double down = std::sqrt(5.77 * depth / random_.uniform(1.2, 3.0));
    const double up = std::sqrt(5.77 * depth / random_.uniform(1.2, 2.3));
    cursor += 0.4;
    intent.height.add(cursor, down, -depth, smooth_step());
    cursor += down + random_.uniform(0.0, 0.6);
    intent.height.add(cursor, up, depth, smooth_step());
    cursor += up;
    share_to(cursor, 0.6, Side::left, person_.rest_left_share.value);
    cursor += random_.uniform(0.8, 1.5);
}

void Choreography::sit_to_stand(const Element& element) {
    const auto side = element.text("side");
    const Side to = side && *side == "right" ? Side::right : Side::left;
    const double share = side ? random_.uniform(0.62, 0.89) : random_.uniform(0.45, 0.55);
    // The body sinks and rises as scripted; the chair takes a part of the force, on the plate remains the other.
    const double way = random_.uniform(0.28, 0.42);
    const double sit = std::sqrt(5.77 * way / random_.uniform(0.8, 1.8));
    const double rise = std::sqrt(5.77 * way / random_.uniform(1.0, 2.4));
    share_to(cursor, 0.8, to, share);
    intent.height.add(cursor, sit, -way, smooth_step());
    const double seated = 0.5 * sit;
    intent.contact.go(cursor + 0.7 * sit, seated, random_.uniform(0.15, 0.3));
    cursor += 0.7 * sit + seated + random_.uniform(0.8, 2.0);
    intent.contact.go(cursor, 0.55 * rise, 1.0);
    cursor += 0.2 * rise;
    intent.height.add(cursor, rise, way, smooth_step());
    cursor += rise + random_.uniform(0.1, 0.5);
    share_to(cursor, 0.8, Side::left, person_.rest_left_share.value);
    cursor += 1.5;
}

void Choreography::sway(double seconds) {
    const double until = cursor + seconds;
    intent.agitation.go(cursor, 0.5, 3.0);
    while (cursor < until) {
        const double s = random_.uniform(1.0, 3.0);
        intent.left_share.add(cursor, s, random_.uniform(-0.12, 0.12), smooth_bump());
        intent.lean.add(cursor, s, random_.uniform(-20.0, 20.0), smooth_bump());
        cursor += 0.8 * s;
    }
    intent.agitation.go(cursor, 0.5, 1.0);
    cursor += 0.8;
}

void Choreography::lean(const Element& element) {
    const auto side = element.text("side");
    const double go = random_.uniform(0.6, 2.0), hold = element.duration->value;
    const double agitated = random_.uniform(0.5, 1.5);
    const double share = element.number("share").value_or(random_.uniform(0.65, 0.97));
    const double forward = random_.uniform(25.0, 60.0) * (random_.chance(0.75) ? 1.0 : -0.5);
    intent.agitation.add(cursor, 2.0 * go + hold, agitated, smooth_bump());
    if (side)
        share_to(cursor, go, *side == "left" ? Side::left : Side::right, share);
    else
        intent.lean.add(cursor, go, forward, smooth_step());
    use_hands(element, cursor, cursor + go + hold);
    cursor += go + hold;
    if (side)
        share_to(cursor, go, Side::left, person_.rest_left_share.value);
    else
        intent.lean.add(cursor, go, -forward, smooth_step());
    cursor += go + 0.5;
}

void Choreography::shift(const Element& element) {
    const double until = cursor + element.duration->value;
    const bool quick = element.has("quick"), slow = element.has("slow");
    Side side = random_.chance(0.5) ? Side::left : Side::right;
    while (cursor < until) {
        const double share = random_.chance(0.6) ? random_.uniform(0.97, 1.0) : random_.uniform(0.7, 0.95);
        const double push = random_.uniform(0.0, person_.push_back_max.value);
        const double usual = draw_transfer();
        const double seconds = quick ? random_.uniform(0.15, 0.35) : slow ? random_.uniform(1.0, 3.0) : usual;
        cursor = shift_load(side, share, seconds, push);
        cursor += quick ? random_.uniform(0.05, 0.6) : random_.uniform(0.5, 4.0);
        side = other(side);
    }
    const double back = draw_transfer() / span(*smooth_step(), 0.1, 0.9);
    share_to(cursor, back, Side::left, person_.rest_left_share.value);
    cursor += back + 0.5;
}

void Choreography::march(double seconds) {
    static const ShapePtr heave = Shape::pulse([](double u) { return 64.0 * std::pow(u * (1.0 - u), 3.0); });
    const double until = cursor + seconds;
    Side side = random_.chance(0.5) ? Side::left : Side::right;
    while (cursor < until) {
        const double s = random_.uniform(0.5, 0.8);
        share_to(cursor, 0.35 * s, side, 1.0);
        // Over the standing leg the body goes up and comes down: 3-12 % of its weight.
        intent.height.add(cursor, s, random_.uniform(0.03, 0.12) * standard_gravity.value * s * s / 24.0, heave);
        cursor += s;
        side = other(side);
    }
    share_to(cursor, 0.4, Side::left, person_.rest_left_share.value);
    cursor += 1.0;
}

void Choreography::jump() {
    const double g = standard_gravity.value;
    const double high = random_.uniform(0.05, 0.25), toes = random_.uniform(0.05, 0.10);
    const double sink = random_.uniform(0.15, 0.30), give = random_.uniform(0.12, 0.25);
    const double speed = std::sqrt(2.0 * g * high), flight_s = 2.0 * speed / g;
    const double sink_s = random_.uniform(0.45, 0.7);
    const double push_s = (sink + toes) / (random_.uniform(0.50, 0.58) * speed);
    const double land_s = (give + toes) / (random_.uniform(0.50, 0.58) * speed);
    const double up_s = random_.uniform(0.6, 0.9);
    const double turn = random_.uniform(5.0, 9.0), brake = random_.uniform(4.0, 8.0);  // m/s2, at the lowest points
    const KnottedWay way({{0.0, 0.0, 0.0, 0.0},
                          {sink_s, -sink, 0.0, turn},
                          {push_s, toes, speed, -g},
                          {flight_s, toes, -speed, -g},
                          {land_s, -give, 0.0, brake},
                          {up_s, 0.0, 0.0, 0.0}});
    intent.height.add(cursor, way.seconds(), 1.0, Shape::pulse([&](double u) { return way.at(u * way.seconds()); }));
    // In flight nothing touches the plate, sway neither.
    const double off = cursor + sink_s + push_s;
    intent.contact.go(off, 0.02, 0.0);
    intent.contact.go(off + flight_s - 0.02, 0.02, 1.0);
    cursor += way.seconds() + 1.0;
}

void Choreography::second_person(const Element& element) {
    const double start = cursor;
    const double mass = element.number("kg").value_or(random_.uniform(40.0, 90.0));
    const double leaves = start + 0.6 + element.duration->value;
    intent.other_person.go(start, 0.6, mass);
    intent.agitation.add(start, 2.0, 2.0, smooth_bump());
    intent.other_person.go(leaves, 0.6, 0.0);
    intent.agitation.add(leaves, 2.0, 2.0, smooth_bump());
    const bool meanwhile = element.has("meanwhile");
    cursor = meanwhile ? start : leaves + 2.0;
    end = std::max(end, leaves + 2.0);
    planned_others.push_back({"second_person", Seconds{start}, Seconds{meanwhile ? leaves + 0.6 : cursor}});
}

double Choreography::shift_load(Side to, double share, double seconds_10_90, double push_back) {
    const double now = to == Side::left ? intent.left_share.planned() : 1.0 - intent.left_share.planned();
    const double way = share - now;
    if (way <= 0.02) {
        share_to(cursor, 0.3, to, share);
        return cursor + 0.3;
    }
    // The first move is away from the leg that will carry: never so far that the other foot would lift.
    const double push = std::min(push_back, 0.8 * now);
    if (push > 0.001) {
        const double s = random_.uniform(0.4, 0.6);
        share_to(cursor, s, to, now - push);
        cursor += s;
    }
    const auto shape = random_.chance(0.6) ? smooth_step() : draw_profile("skewed", random_);
    const double whole = way + push;
    const double part = span(*shape, (push + 0.1 * way) / whole, (push + 0.9 * way) / whole);
    const double duration = seconds_10_90 / part;
    share_to(cursor, duration, to, share, shape);
    return cursor + duration;
}

}  // namespace heeldrop::virtual_plate
