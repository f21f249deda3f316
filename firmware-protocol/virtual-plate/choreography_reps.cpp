// The reps: rise on two feet, top, transfer, drop, bottom, return, and every way of doing that wrong.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "firmware-protocol/virtual-plate/choreography.hpp"

namespace heeldrop::virtual_plate {
namespace {

constexpr double lowest_usual_fall = 6.0;     ///< m/s2: what people do when they let go
constexpr double lowest_possible_fall = 8.8;  ///< m/s2: more would lift the feet off the plate
constexpr double least_up = 0.02;             ///< m: a rise from where a shallow drop ended
constexpr double least_deep = 0.06;           ///< m: well clear of a shallow drop

}  // namespace

/// One rep's figures, the element's own values before the drawn ones.
struct Choreography::RepStyle {
    Side working;
    double drop_s, depth_m;
    double rise_s, rise_height_m;
    std::string profile, rise_profile;
    double share, rise_share, toe;
    double top_s, transfer_s, push, hold_s, bottom_s, return_s, pause_s;
    bool two_legs;
};

Choreography::RepStyle Choreography::style_of(const Element& e) {
    auto& r = random_;
    const auto& word = e.word;
    RepStyle s{};
    s.two_legs = word == "two_leg_drop" || word == "calf_raise";

    const Side usual = limits_.side == Prescribed::left ? Side::left : Side::right;
    s.working = word == "wrong_leg" ? other(usual) : usual;
    if (const auto side = e.text("side"))
        s.working = *side == "left" ? Side::left : Side::right;

    // Everything is drawn, needed or not, so that giving one value leaves the others as they were.
    s.drop_s = r.around(3.1, 0.12, 2.35, 4.5);
    s.depth_m = std::clamp(person_.usual_depth_m + 0.006 * r.normal(), 0.055, 0.13);
    s.rise_s = r.around(1.1, 0.3, 0.6, 3.0);
    s.rise_share = std::clamp(person_.usual_rise_share + 0.03 * r.normal(), 0.35, 0.60);
    // On two feet the load is either even or clearly on one leg: between 53 and 58 % nobody can say which leg worked.
    const double on_two = r.chance(0.5) ? r.uniform(0.475, 0.525) : r.uniform(0.60, 0.70);
    const double lifted = r.chance(0.7) ? 1.0 : r.uniform(0.97, 1.0);
    s.top_s = r.uniform(0.2, 1.2);
    s.transfer_s = draw_transfer();
    s.push = r.uniform(0.0, person_.push_back_max.value);
    s.hold_s = r.uniform(0.2, 1.0);
    s.bottom_s = r.uniform(0.2, 1.2);
    s.return_s = r.around(0.4, 0.4, 0.15, 1.0);
    s.pause_s = r.uniform(0.4, 2.5);
    s.profile = draw_profile_name();
    s.rise_profile = r.chance(0.6) ? draw_profile_name() : "bell";

    if (word == "fast_drop")
        s.drop_s = r.uniform(0.25, 1.5);
    if (word == "hold_then_fall") {
        s.hold_s = r.uniform(2.0, 4.0);
        s.drop_s = r.uniform(0.3, 0.6);
    }
    if (word == "shallow") {
        s.rise_height_m = s.depth_m;
        s.depth_m = r.uniform(0.02, 0.03);
    }
    if (word == "one_leg_rise")
        s.rise_share = r.uniform(0.78, 0.97);
    if (word == "calf_raise") {
        s.rise_s = r.uniform(0.25, 0.68);
        s.drop_s = r.uniform(0.25, 0.5);
        s.top_s = r.uniform(0.0, 0.3);
        s.rise_profile = s.profile = "bell";
    }

    s.toe = e.number("toe").value_or(0.0);
    s.share = e.number("share").value_or(s.two_legs ? on_two : s.toe > 0.0 ? 1.0 - s.toe : lifted);
    s.drop_s = e.number("drop").value_or(s.drop_s);
    s.rise_s = e.number("rise").value_or(s.rise_s);
    s.rise_share = e.number("rise_share").value_or(s.rise_share);
    s.top_s = e.number("top").value_or(s.top_s);
    s.transfer_s = e.number("transfer").value_or(s.transfer_s);
    s.hold_s = e.number("hold").value_or(s.hold_s);
    s.bottom_s = e.number("bottom").value_or(s.bottom_s);
    s.return_s = e.number("return").value_or(s.return_s);
    s.pause_s = e.number("pause").value_or(s.pause_s);
    s.depth_m = e.number("depth").value_or(s.depth_m);
    s.profile = e.text("profile").value_or(s.profile);
    s.rise_profile = e.text("rise_profile").value_or(s.rise_profile);
    if (word == "bounce" && !e.has("bottom"))
        s.bottom_s = r.uniform(0.3, 1.0);
    return s;
}

ShapePtr Choreography::fitting_descent(const Element& e, RepStyle& s) {
    const auto fall = [&](const ShapePtr& shape) {
        const double whole_s = s.drop_s / (shape->window_end() - shape->window_start());
        return s.depth_m / shape->window_way() * shape->highest_acceleration() / (whole_s * whole_s);
    };
    auto shape = draw_profile(s.profile, random_);
    // What was not asked for gives way: first the kind of movement, then the depth, then the tempo.
    for (int i = 0; i < 8 && !e.has("profile") && fall(shape) > lowest_usual_fall; ++i) {
        s.profile = i < 4 ? "skewed" : "bell";
        shape = draw_profile(s.profile, random_);
    }
    if (!e.has("depth") && fall(shape) > lowest_usual_fall)
        s.depth_m = std::max(std::min(s.depth_m, least_deep), s.depth_m * lowest_usual_fall / fall(shape));
    if (!e.has("drop") && fall(shape) > lowest_usual_fall)
        s.drop_s *= std::sqrt(fall(shape) / lowest_usual_fall);
    if (fall(shape) > lowest_possible_fall)
        throw ScriptError(
            fmt::format("'{}': {:.0f} mm in {:.2f} s ({}) is faster than a fall; give it more time or less depth",
                        e.word, 1000.0 * s.depth_m, s.drop_s, s.profile));
    return shape;
}

Window Choreography::move_height(double start, double window_s, double window_m, const ShapePtr& shape, double sign) {
    const double whole_s = window_s / (shape->window_end() - shape->window_start());
    intent.height.add(start, whole_s, sign * window_m / shape->window_way(), shape);
    cursor = start + whole_s;
    return {start + shape->window_start() * whole_s, start + shape->window_end() * whole_s};
}

void Choreography::plan_rep(const Element& e) {
    if (e.has("no_rise") && heels_low_)
        high_ = true;  // still up since a shallow drop
    if (e.has("no_rise") && !high_) {
        step_off(std::nullopt);
        cursor += 1.5;
        step_on(true, std::nullopt);
    }
    auto s = style_of(e);
    const auto descent = fitting_descent(e, s);
    const double down_m = s.depth_m / descent->window_way();  // all of it, slow ends included

    RepPlan plan;
    plan.meant.index = ++reps;
    plan.meant.element = e.word;
    plan.meant.profile = s.profile;
    plan.working = s.working;
    plan.begin = cursor;
    // Where the body comes to rest: where it rose from, or for a start at the top where the drop takes it.
    const double now = intent.height.planned();
    const double low = heels_low_ ? *heels_low_ : !high_ ? now : e.word == "shallow" ? 0.0 : now - down_m;
    heels_low_.reset();
    const double below_m = e.number("below").value_or(0.0);

    // Rise.
    if (!high_) {
        const auto shape = draw_profile(s.rise_profile, random_);
        const double drawn = s.rise_height_m > 0.0 ? s.rise_height_m : down_m * shape->window_way();
        const double up_m = e.number("rise_height").value_or(std::max(least_up, drawn - below_m - (now - low)));
        if (now + up_m - low < s.depth_m - below_m - 0.03)
            throw ScriptError(
                fmt::format("'{}': a drop of {:.0f} mm after a rise of {:.0f} mm ends far below the start", e.word,
                            1000.0 * s.depth_m, 1000.0 * up_m));
        const double whole_s = s.rise_s / (shape->window_end() - shape->window_start());
        const double least_s =
            std::sqrt(up_m / shape->window_way() * std::max(-shape->lowest_acceleration(), 0.0) / 8.0);
        const double stretch = std::max(1.0, least_s / whole_s);
        if (stretch > 1.0 && e.has("rise"))
            throw ScriptError(fmt::format("'{}': a rise of {:.0f} mm in {:.2f} s ends in a jump; give it more time",
                                          e.word, 1000.0 * up_m, s.rise_s));
        if (s.rise_share > 0.7) {
            cursor = shift_load(s.working, s.rise_share, draw_transfer(), s.push) + random_.uniform(0.1, 0.5);
        } else {
            const double settle = random_.uniform(0.25, 0.6);
            share_to(cursor, settle, s.working, s.rise_share);
            cursor += random_.uniform(0.1, settle);
        }
        const auto rise = move_height(cursor, s.rise_s * stretch, up_m, shape, 1.0);
        plan.meant.rise_start = Seconds{rise.start};
        plan.meant.rise_end = Seconds{rise.end};
        plan.meant.rise_height = Metres{up_m};
    }
    high_ = true;
    cursor += s.top_s;
    const double heave_m = e.number("heave").value_or(0.0);

    const auto at = e.text("at").value_or("transfer");
    plan.incomplete = e.word == "incomplete";
    plan.meant.counted = !plan.incomplete;
    if (plan.incomplete && at == "top") {
        step_off(std::nullopt);
    } else {
        // Transfer, or for a two-leg drop at most a little of one.
        const double from = cursor;
        if (s.two_legs) {
            share_to(cursor, 0.6, s.working, s.share);
            if (s.share > 0.65)
                cursor += 0.6 + s.hold_s;
        } else {
            cursor = shift_load(s.working, s.share, s.transfer_s, s.push);
            plan.transfer = Window{from, cursor};
            if (heave_m > 0.0)
                intent.height.add(from, cursor - from, heave_m, smooth_step());
        }
        if (s.toe > 0.0)
            for (double t = cursor; t < cursor + s.hold_s + s.drop_s; t += random_.uniform(0.5, 1.0))
                intent.left_share.add(t, random_.uniform(0.4, 1.0), s.toe * random_.uniform(-0.4, 0.4), smooth_bump());
        if (!s.two_legs)
            cursor += s.hold_s;

        if (plan.incomplete && at == "transfer") {
            if (e.has("back")) {
                const double back = s.return_s / span(*smooth_step(), 0.1, 0.9);
                share_to(cursor, back, Side::left, person_.rest_left_share.value);
                cursor += back + 0.5;
            }
            step_off(e.has("back") ? std::nullopt : std::optional(s.working));
        } else {
            const double drop_begin = cursor;
            const auto drop = move_height(cursor, s.drop_s, s.depth_m, descent, -1.0);
            plan.meant.drop_start = Seconds{drop.start};
            if (plan.incomplete) {
                if (e.has("back"))
                    throw ScriptError(
                        "'incomplete': 'back' goes with at=top or at=transfer; a drop that stops half-way is "
                        "'shallow'");
                cursor = drop_begin + random_.uniform(0.35, 0.6) * (cursor - drop_begin);
                step_off(s.working);
                cursor = std::max(cursor, drop.end + 0.2);
            } else {
                plan.meant.drop_end = Seconds{drop.end};
                plan.meant.drop_depth = Metres{s.depth_m};
                plan.meant.mean_drop_speed = MetresPerSecond{s.depth_m / s.drop_s};
                plan.meant.peak_drop_speed = MetresPerSecond{descent->peak_speed() * down_m / (cursor - drop_begin)};
                high_ = false;
            }
        }
    }

    if (!plan.incomplete) {
        if (e.word == "bounce") {
            const double speed = e.number("speed").value_or(random_.uniform(0.22, 0.4));
            const double up_m = random_.uniform(0.02, 0.035);
            const double up_s = up_m * smooth_step()->peak_speed() / speed;
            cursor = plan.meant.drop_end->value + random_.uniform(0.0, 0.08);
            intent.height.add(cursor, up_s, up_m, smooth_step());
            cursor += up_s + random_.uniform(0.0, 0.1);
            const double down_s = random_.uniform(0.4, 0.8);
            intent.height.add(cursor, down_s, -up_m, smooth_step());
            cursor += down_s;
        }
        double next = cursor;
        if (!s.two_legs) {
            cursor += s.bottom_s;
            const double back = s.return_s / span(*smooth_step(), 0.1, 0.9);
            share_to(cursor, back, Side::left,
                     std::clamp(person_.rest_left_share.value + 0.02 * random_.normal(), 0.3, 0.7));
            if (heave_m > 0.0)
                intent.height.add(cursor, back, -heave_m, smooth_step());
            next = cursor + random_.uniform(0.75, 0.95) * back;
            if (below_m > 0.0) {
                // No faster than 0.1 m/s: a lift is no bounce.
                const double lift_s = std::max(back, below_m * smooth_step()->peak_speed() / 0.1);
                intent.height.add(cursor, lift_s, below_m, smooth_step());
                next = cursor + lift_s;
            }
            cursor = std::max(cursor + back, next);
        }
        plan.end = cursor;
        const double left_over = intent.height.planned() - low;
        if (left_over > 0.01 && e.has("stay")) {
            heels_low_ = low;
        } else if (left_over > 0.01) {
            // The heels were still up: the rest is lowered on two feet.
            const double down_s = std::max(random_.uniform(0.6, 1.2), std::sqrt(left_over * 5.77 / 3.0));
            intent.height.add(cursor, down_s, -left_over, smooth_step());
            cursor += down_s;
            next = cursor;
        } else if (std::abs(left_over) > 1e-6 && left_over > -0.01) {
            // The millimetres that rise and drop differ by are taken back unnoticed within the pause.
            intent.height.add(cursor, std::max(1.0, s.pause_s), -left_over, smooth_step());
        }
        const bool run_on = e.has("run_on");
        cursor = run_on ? next : cursor + s.pause_s;
    }
    plan.end = std::max(plan.end, cursor);
    use_hands(e, plan.begin, plan.end);
    end = std::max({end, cursor, plan.end});
    planned_reps.push_back(std::move(plan));
}

}  // namespace heeldrop::virtual_plate
