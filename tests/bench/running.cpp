#include "tests/bench/running.hpp"

#include <atomic>
#include <exception>
#include <thread>

namespace heeldrop::bench {
namespace {

Outcome run(const Session& s) {
    const auto simulation = perform(s);
    const auto received = receive(simulation.samples, s.damage, s.seed);
    return score(s, simulation.truth, play(received.samples, criteria_of(s)), received.unusable);
}

}  // namespace

motion::Criteria criteria_of(const Session& s) {
    motion::Criteria criteria;
    criteria.side = s.side == virtual_plate::Side::left ? motion::PrescribedSide::left : motion::PrescribedSide::right;
    return criteria;
}

std::vector<Outcome> run_all(std::span<const Session> sessions, int threads) {
    std::vector<Outcome> outcomes(sessions.size());
    std::vector<std::exception_ptr> failed(sessions.size());
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i)
        workers.emplace_back([&] {
            for (std::size_t k = next++; k < sessions.size(); k = next++)
                try {
                    outcomes[k] = run(sessions[k]);
                } catch (...) {
                    failed[k] = std::current_exception();
                }
        });
    workers.clear();
    for (const auto& e : failed)
        if (e)
            std::rethrow_exception(e);
    return outcomes;
}

SecondsAnHour seconds_an_hour(std::uint64_t seed) {
    const Session s = draw_session("ordinary", seed, Hertz{1000.0});
    const auto samples = receive(perform(s).samples, s.damage, s.seed).samples;
    return {seconds_of_work(samples, criteria_of(s), 1.0, motion::Watched::afterwards),
            seconds_of_work(samples, criteria_of(s), 1.0, motion::Watched::live)};
}

}  // namespace heeldrop::bench
