#include "daemon/motion/analysis.hpp"

#include <algorithm>

#include "daemon/motion/final_phases.hpp"

namespace heeldrop::motion {

Analysis analyze(std::span<const ForceSample> samples, const Criteria& criteria) {
    Analysis result;
    if (samples.size() > 1) {
        std::vector<double> intervals(samples.size() - 1);
        for (std::size_t i = 1; i < samples.size(); ++i)
            intervals[i - 1] = (samples[i].t - samples[i - 1].t).value;
        auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
        std::nth_element(intervals.begin(), middle, intervals.end());
        result.sample_rate = Hertz{1.0 / *middle};
        result.duration = samples.back().t - samples.front().t;
    }
    Tracker tracker(criteria, Watched::afterwards);
    std::vector<PhaseChange> seen;
    const auto take = [&](std::vector<Output>&& outputs) {
        for (Output& o : outputs) {
            if (auto* rep = std::get_if<Rep>(&o)) {
                const auto same = std::find_if(result.reps.begin(), result.reps.end(),
                                               [&](const Rep& r) { return r.index == rep->index; });
                if (same == result.reps.end())
                    result.reps.push_back(std::move(*rep));
                else
                    *same = std::move(*rep);
            } else if (auto* phase = std::get_if<PhaseChange>(&o)) {
                seen.push_back(*phase);
            } else if (auto* event = std::get_if<Event>(&o)) {
                result.events.push_back(*event);
            } else if (auto* weighed = std::get_if<WeighedIn>(&o)) {
                result.system_weight = weighed->system_weight;
            }
        }
    };
    take(tracker.push(samples));
    take(tracker.finish());
    result.phases = final_phases(result.reps, seen);
    result.session_faults = tracker.session_faults();
    return result;
}

}  // namespace heeldrop::motion
