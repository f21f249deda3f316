#include "tests/bench/playing.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace heeldrop::bench {
namespace {

template <class List, class IndexOf>
void keep_last(List& list, typename List::value_type item, const IndexOf& index_of) {
    const auto same =
        std::find_if(list.begin(), list.end(), [&](const auto& known) { return index_of(known) == index_of(item); });
    if (same == list.end())
        list.push_back(std::move(item));
    else
        *same = std::move(item);
}

}  // namespace

Played play(std::span<const motion::ForceSample> samples, const motion::Criteria& criteria) {
    Played played;
    motion::Tracker tracker(criteria);
    const auto hear = [&](const std::vector<motion::Output>& outputs, Seconds at) {
        for (const auto& o : outputs)
            if (const auto* phase = std::get_if<motion::PhaseChange>(&o)) {
                played.phases.push_back({*phase, at});
            } else if (const auto* rep = std::get_if<motion::Rep>(&o)) {
                if (std::none_of(played.reps.begin(), played.reps.end(),
                                 [&](const auto& known) { return known.index == rep->index; }))
                    played.first_said.push_back({*rep, at});
                keep_last(played.reps, *rep, [](const auto& r) { return r.index; });
            }
    };
    for (std::size_t i = 0; i < samples.size(); ++i)
        hear(tracker.push(samples.subspan(i, 1)), samples[i].t);
    hear(tracker.finish(), samples.empty() ? Seconds{} : samples.back().t);
    return played;
}

double seconds_of_work(std::span<const motion::ForceSample> samples, const motion::Criteria& criteria, double hours,
                       motion::Watched watched) {
    if (samples.size() < 2)
        return 0.0;
    const double round = (samples.back().t - samples.front().t).value + 0.001;
    motion::Tracker tracker(criteria, watched);
    std::vector<motion::ForceSample> now(samples.begin(), samples.end());
    std::clock_t worked = 0;
    double done = 0.0;
    for (const double all = 3600.0 * hours; done < all; done += round) {
        const auto most =
            static_cast<std::size_t>(std::min(1.0, (all - done) / round) * static_cast<double>(now.size()));
        const auto begun = std::clock();
        tracker.push(std::span(now).first(most));
        worked += std::clock() - begun;
        for (auto& s : now)
            s.t += Seconds{round};
    }
    return static_cast<double>(worked) / CLOCKS_PER_SEC;
}

}  // namespace heeldrop::bench
