#include "daemon/motion/account.hpp"

#include <algorithm>

#include "daemon/motion/accounting.hpp"

namespace heeldrop::motion {

Account Accounting::run() {
    if (marks_.has_rise && marks_.look_for_rise_from)
        hands_after_rise();
    if (marks_.has_rise)
        fit_seen_rise();
    else if (marks_.look_for_rise_from)
        find_rise();
    fit_drop();
    squat();
    if (!out_.drop)
        return std::move(out_);
    which_leg();
    forces();
    transfer_and_return();
    bounce();
    hands();
    what_was_missing();
    if (out_.drop_unseen)
        forget_descent(out_.rep);
    return std::move(out_);
}

std::optional<Span> Accounting::run_rise() {
    fit_rise();
    if (!out_.rise)
        return std::nullopt;
    return Span{*rise_start_, *rise_end_};
}

std::optional<Span> Accounting::run_drop() {
    if (marks_.has_rise)
        fit_rise();
    fit_drop();
    if (!out_.drop)
        return std::nullopt;
    return Span{drop_start_, drop_end_};
}

void forget_descent(Rep& r) {
    for (auto* time : {&r.drop_start, &r.drop_end, &r.drop_duration, &r.drop_duration_uncertainty})
        time->reset();
    r.drop_depth.reset();
    r.drop_depth_uncertainty.reset();
    r.peak_drop_speed.reset();
    r.working_share_drop.reset();
    r.impulse.reset();
    r.peak_force.reset();
    r.mean_force.reset();
    if (std::ranges::count(r.reasons, Reason::descent_not_resolved) == 0)
        r.reasons.push_back(Reason::descent_not_resolved);
}

Account account_for(const History& history, double origin, const RepMarks& marks, const Knowledge& known,
                    const Criteria& criteria) {
    return Accounting(history, origin, marks, known, criteria).run();
}

std::optional<Span> rise_of(const History& history, const RepMarks& marks, const Knowledge& known) {
    return Accounting(history, 0.0, marks, known, Criteria{}).run_rise();
}

std::optional<Span> drop_of(const History& history, const RepMarks& marks, const Knowledge& known) {
    return Accounting(history, 0.0, marks, known, Criteria{}).run_drop();
}

}  // namespace heeldrop::motion
