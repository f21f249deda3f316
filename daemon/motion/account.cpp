#include "daemon/motion/account.hpp"

#include "daemon/motion/accounting.hpp"

namespace heeldrop::motion {

Account Accounting::run() {
    if (marks_.has_rise && marks_.look_for_rise_from && hands_between(marks_.rise_from - bins_in(0.5)))
        marks_.has_rise = false;  // taken for one, or at least spoilt
    if (marks_.has_rise)
        fit_rise();
    else if (marks_.look_for_rise_from)
        find_rise();
    fit_drop();
    if (!out_.drop)
        return std::move(out_);
    which_leg();
    forces();
    transfer_and_return();
    bounce();
    hands();
    what_was_missing();
    return std::move(out_);
}

std::optional<std::pair<double, double>> Accounting::run_rise() {
    fit_rise();
    if (!out_.rise)
        return std::nullopt;
    return std::pair{*rise_start_, *rise_end_};
}

Account account_for(const History& history, double origin, const RepMarks& marks, const Knowledge& known,
                    const Criteria& criteria) {
    return Accounting(history, origin, marks, known, criteria).run();
}

std::optional<std::pair<double, double>> rise_of(const History& history, const RepMarks& marks,
                                                 const Knowledge& known) {
    return Accounting(history, 0.0, marks, known, Criteria{}).run_rise();
}

}  // namespace heeldrop::motion
