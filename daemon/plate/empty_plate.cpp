#include "daemon/plate/empty_plate.hpp"

#include <utility>

namespace heeldrop::plate {

using calibration::ZeroAttempt;

bool EmptyPlate::take(Seconds t, ZeroAttempt attempt, const calibration::Zero& zero) {
    if (std::exchange(clock_is_new_, false) && judged_)
        loaded_at_ = t;
    // Somebody who sways is unsteady before he is loaded; a second in which a cell was invalid says nothing.
    if (attempt == ZeroAttempt::loaded || attempt == ZeroAttempt::unsteady) {
        loaded_at_ = t;
        loaded_since_judged_ = true;
    }
    if (attempt != ZeroAttempt::found || (loaded_at_ && t - *loaded_at_ < settled))
        return false;
    if (std::exchange(loaded_since_judged_, false))
        before_load_ = judged_;
    judged_ = zero;
    ++revision_;
    return true;
}

void EmptyPlate::new_clock() {
    loaded_at_.reset();
    clock_is_new_ = true;
}

}  // namespace heeldrop::plate
