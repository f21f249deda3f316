// Measuring a rep by the definitions in README.md, "The truth".
#include "firmware-protocol/virtual-plate/account.hpp"

#include <algorithm>
#include <cmath>

namespace heeldrop::virtual_plate {
namespace {

class Record {
 public:
    Record(const std::deque<Instant>& trace, Side working) : trace_(trace), working_(working) {}

    std::size_t from(double t) const {
        const auto found =
            std::lower_bound(trace_.begin(), trace_.end(), t, [](const Instant& i, double x) { return i.t < x; });
        return static_cast<std::size_t>(found - trace_.begin());
    }
    std::size_t size() const { return trace_.size(); }
    const Instant& at(std::size_t i) const { return trace_[i]; }
    double working(std::size_t i) const {
        return working_ == Side::left ? trace_[i].left.force_n : trace_[i].right.force_n;
    }
    double total(std::size_t i) const { return trace_[i].left.force_n + trace_[i].right.force_n; }
    double share(std::size_t i) const { return total(i) > 1.0 ? working(i) / total(i) : 0.0; }

    /// The integral of one pad over that of both.
    double mean_share(double start, double end) const {
        double one = 0.0, both = 0.0;
        for (std::size_t i = from(start); i < size() && at(i).t <= end; ++i) {
            one += working(i);
            both += total(i);
        }
        return both > 0.0 ? one / both : 0.0;
    }
    /// When the share, going up, reaches `level` between steps i - 1 and i.
    double crossing(std::size_t i, double level) const {
        const double a = share(i - 1), b = share(i);
        const double f = std::abs(b - a) > 1e-12 ? (level - a) / (b - a) : 1.0;
        return at(i - 1).t + std::clamp(f, 0.0, 1.0) * (at(i).t - at(i - 1).t);
    }

 private:
    const std::deque<Instant>& trace_;
    Side working_;
};

/// 10 and 90 % of the change from `before` to `after`; the last 10 % crossing before the first 90 % one, so that the
/// push the other way is left out.
void find_transfer(TruthRep& rep, const Record& record, const Window& where, double before, double after) {
    const double low = before + 0.1 * (after - before), high = before + 0.9 * (after - before);
    std::size_t i = std::max<std::size_t>(record.from(where.start), 1);
    std::size_t reached = 0;
    for (; i < record.size() && record.at(i).t <= where.end + 1.0; ++i)
        if (record.share(i - 1) < high && record.share(i) >= high) {
            reached = i;
            break;
        }
    if (reached == 0 || after - before < 0.05)
        return;
    for (i = reached; i > 0 && record.at(i).t >= where.start; --i)
        if (record.share(i - 1) < low && record.share(i) >= low) {
            rep.transfer_start = Seconds{record.crossing(i, low)};
            rep.transfer_end = Seconds{record.crossing(reached, high)};
            return;
        }
}

double lowest_half_second(const Record& record, double start, double end) {
    const auto width = static_cast<std::size_t>(0.5 / Performance::step_s);
    double sum = 0.0, lowest = 1.0;
    const std::size_t first = record.from(start);
    for (std::size_t i = first; i < record.size() && record.at(i).t <= end; ++i) {
        sum += record.at(i).hand_free;
        if (i - first >= width)
            sum -= record.at(i - width).hand_free;
        if (i - first + 1 >= width)
            lowest = std::min(lowest, sum / static_cast<double>(width));
    }
    return lowest;
}

bool rebounds(const Record& record, double bottom, const Limits& limits) {
    for (std::size_t i = record.from(bottom);
         i < record.size() && record.at(i).t <= bottom + limits.bounce_window.value; ++i) {
        if (1.0 - record.share(i) >= 0.15)
            return false;
        if (record.at(i).speed_m_s > limits.bounce_speed.value)
            return true;
    }
    return false;
}

}  // namespace

TruthRep account_of(const RepPlan& plan, const std::deque<Instant>& trace, const Limits& limits) {
    TruthRep rep = plan.meant;
    const Record record(trace, plan.working);
    const auto fault = [&](bool is, Fault f) {
        if (is)
            rep.faults.push_back(f);
    };

    if (rep.rise_start)
        rep.working_share_rise = Fraction{record.mean_share(rep.rise_start->value, rep.rise_end->value)};
    const double before = rep.working_share_rise
                              ? rep.working_share_rise->value
                              : record.mean_share(plan.begin, plan.transfer ? plan.transfer->start : plan.begin + 0.3);
    if (plan.incomplete) {
        if (plan.transfer) {
            rep.side = plan.working;
            find_transfer(rep, record, *plan.transfer, before,
                          record.mean_share(plan.transfer->end, plan.transfer->end + 0.1));
        }
        rep.faults = {Fault::incomplete};
        return rep;
    }

    const double start = rep.drop_start->value, end = rep.drop_end->value;
    const double share = record.mean_share(start, end);
    const bool clear = share > 0.55 || share < 0.45;
    if (clear)
        rep.side = share > 0.5 ? plan.working : other(plan.working);
    else if (limits.side != Prescribed::both)
        rep.side = limits.side == Prescribed::left ? Side::left : Side::right;
    const bool as_planned = !rep.side || *rep.side == plan.working;
    if (rep.side) {
        rep.working_share_drop = Fraction{as_planned ? share : 1.0 - share};
        if (rep.working_share_rise && !as_planned)
            rep.working_share_rise = Fraction{1.0 - rep.working_share_rise->value};
        double sum = 0.0, peak = 0.0;
        std::size_t n = 0;
        for (std::size_t i = record.from(start); i < record.size() && record.at(i).t <= end; ++i, ++n) {
            const double f = as_planned ? record.working(i) : record.total(i) - record.working(i);
            sum += f;
            peak = std::max(peak, f);
        }
        rep.peak_force = Newtons{peak};
        rep.mean_force = Newtons{sum / static_cast<double>(std::max<std::size_t>(n, 1))};
        rep.impulse = NewtonSeconds{rep.mean_force->value * (end - start)};
    } else {
        rep.working_share_rise.reset();
    }
    if (plan.transfer)
        find_transfer(rep, record, *plan.transfer, before, share);
    bool lifted = false;
    for (std::size_t i = record.from(start); i < record.size() && !rep.return_end; ++i) {
        const double free = 1.0 - record.share(i);
        lifted = lifted || free < 0.30;
        if (lifted && record.at(i).t > end && free > 0.30)
            rep.return_end = Seconds{record.at(i).t};
    }
    rep.lowest_load = Fraction{lowest_half_second(record, rep.rise_start.value_or(*rep.drop_start).value,
                                                  rep.return_end.value_or(*rep.drop_end).value)};

    fault(end - start < limits.min_drop.value, Fault::fast_drop);
    fault(std::max(share, rep.side ? rep.working_share_drop->value : 1.0 - share) < limits.min_working_share.value,
          Fault::two_leg_drop);
    fault(rep.working_share_rise && rep.working_share_rise->value > limits.max_rise_share.value, Fault::one_leg_rise);
    fault(rep.side && ((limits.side == Prescribed::left && *rep.side == Side::right) ||
                       (limits.side == Prescribed::right && *rep.side == Side::left)),
          Fault::wrong_leg);
    fault(limits.min_depth && rep.drop_depth->value < limits.min_depth->value, Fault::shallow_drop);
    fault(rebounds(record, end, limits), Fault::bounce);
    fault(limits.min_hand_load && rep.lowest_load->value < limits.min_hand_load->value, Fault::hand_support);
    return rep;
}

}  // namespace heeldrop::virtual_plate
