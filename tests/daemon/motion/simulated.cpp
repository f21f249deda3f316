#include "tests/daemon/motion/simulated.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/motion/names.hpp"

namespace heeldrop::simulated {
namespace {

template <class Faults>
std::string joined(const Faults& faults) {
    std::string text;
    for (const auto f : faults) {
        if (!text.empty())
            text += '+';
        text += name_of(f);
    }
    return text.empty() ? "good" : text;
}

}  // namespace

std::string description(const Person& person, std::string_view script) {
    return fmt::format("seed {} at {}/s, {} leg, {}: {}", person.seed, person.rate, motion::name_of(person.works),
                       person.mass ? fmt::format("{} kg", person.mass->value) : "any mass", script);
}

Record record(std::string_view script, const Person& person) {
    const bool left = person.works == motion::Side::left;
    virtual_plate::Setup setup;
    setup.seed = person.seed;
    setup.mass = person.mass;
    setup.limits.side = left ? virtual_plate::Prescribed::left : virtual_plate::Prescribed::right;
    setup.converter = person.rate > 500.0 ? virtual_plate::Converter::ads131m08 : virtual_plate::Converter::hx711;
    setup.rate = Hertz{person.rate};
    virtual_plate::Simulation simulation = simulate(virtual_plate::parse_script(script), setup);

    Record made;
    made.samples.reserve(simulation.samples.size());
    for (const auto& p : simulation.samples)
        made.samples.push_back({p.t, p.left, p.right, p.left_cop_y, p.right_cop_y, false, false});
    made.criteria.side = left ? motion::PrescribedSide::left : motion::PrescribedSide::right;
    made.truth = std::move(simulation.truth);
    return made;
}

std::string session_of(std::string_view elements) {
    return fmt::format("empty:3,step_on,quiet:5,{},quiet:3,step_off,empty:2", elements);
}

std::vector<motion::PhaseChange> shown_live(const Record& record) {
    std::vector<motion::PhaseChange> shown;
    for (const motion::Output& told : motion::Tracker(record.criteria, motion::Watched::live).push(record.samples))
        if (const auto* phase = std::get_if<motion::PhaseChange>(&told))
            shown.push_back(*phase);
    return shown;
}

std::vector<motion::Rep> counted(std::span<const motion::Rep> reps) {
    std::vector<motion::Rep> only;
    for (const auto& r : reps)
        if (r.counted)
            only.push_back(r);
    return only;
}

std::vector<std::string> verdicts(std::span<const motion::Rep> reps) {
    std::vector<std::string> words;
    for (const auto& r : counted(reps))
        words.push_back(r.verdict == motion::Verdict::unjudged ? "unjudged" : joined(r.faults));
    return words;
}

std::vector<std::string> verdicts(const virtual_plate::Truth& truth) {
    std::vector<std::string> words;
    for (const auto& r : truth.reps)
        if (r.counted)
            words.push_back(joined(r.faults));
    return words;
}

bool has(const motion::Rep& rep, motion::Fault fault) {
    return std::count(rep.faults.begin(), rep.faults.end(), fault) > 0;
}

bool has(const motion::Rep& rep, motion::Reason reason) {
    return std::count(rep.reasons.begin(), rep.reasons.end(), reason) > 0;
}

}  // namespace heeldrop::simulated
