#include "tests/bench/pictures.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/motion/names.hpp"
#include "tests/bench/running.hpp"

namespace heeldrop::bench {
namespace {

using nlohmann::json;
namespace vp = virtual_plate;

constexpr double margin_s = 1.5;           ///< drawn before and after a rep
constexpr double points_per_second = 200;  ///< more than a picture shows

json value(const std::optional<Estimate>& e) {
    if (!e)
        return nullptr;
    return {{"truth", e->truth}, {"error", e->error}, {"u", e->u}};
}

template <class Q>
json value(const std::optional<Q>& q) {
    return q ? json(q->value) : json(nullptr);
}

template <class Rep>
json times_of(const Rep& r) {
    return {{"rise_start", value(r.rise_start)},         {"rise_end", value(r.rise_end)},
            {"transfer_start", value(r.transfer_start)}, {"transfer_end", value(r.transfer_end)},
            {"drop_start", value(r.drop_start)},         {"drop_end", value(r.drop_end)},
            {"return_end", value(r.return_end)}};
}

json estimate_of(const RepOutcome& o) {
    return {{"kind", o.kind},
            {"element", o.element},
            {"profile", o.profile},
            {"rate", o.rate},
            {"seed", o.seed},
            {"drop_duration", value(o.drop_duration)},
            {"drop_depth", value(o.drop_depth)},
            {"transfer_start", value(o.transfer_start)}};
}

/// One rep with all that happened around it.
json whole_rep(const RepOutcome& o, const char* why) {
    const Session session = draw_session(o.kind, o.seed, Hertz{o.rate});
    const auto simulation = perform(session, true);
    const auto received = receive(simulation.samples, session.damage, session.seed);
    const auto played = play(received.samples, criteria_of(session));
    const auto& reps = simulation.truth.reps;
    const auto truth = std::find_if(reps.begin(), reps.end(), [&](const auto& t) { return t.drop_start == o.at; });
    const auto found = std::find_if(played.reps.begin(), played.reps.end(), [&](const auto& r) {
        return o.drop_duration && r.drop_duration &&
               std::abs(r.drop_duration->value - o.drop_duration->truth - o.drop_duration->error) < 1e-12;
    });
    if (truth == reps.end() || found == played.reps.end())
        return nullptr;
    const double from = truth->rise_start.value_or(*truth->drop_start).value - margin_s;
    const double to = truth->return_end.value_or(*truth->drop_end).value + margin_s;
    json samples = json::array(), body = json::array(), phases = json::array();
    double next = from;
    for (const auto& s : received.samples)
        if (s.t.value >= next && s.t.value <= to) {
            samples.push_back({s.t.value, s.left.value, s.right.value});
            next = s.t.value + 0.9 / points_per_second;
        }
    next = from;
    for (const auto& p : simulation.trace)
        if (p.t.value >= next && p.t.value <= to) {
            body.push_back({p.t.value, p.height.value, p.speed.value, p.left_share.value});
            next = p.t.value + 0.9 / points_per_second;
        }
    for (const auto& p : played.phases)
        if (p.what.t.value <= to)
            phases.push_back({p.what.t.value, motion::name_of(p.what.phase)});
    return {{"why", why},
            {"kind", o.kind},
            {"element", o.element},
            {"profile", o.profile},
            {"seed", o.seed},
            {"rate", o.rate},
            {"mass_kg", session.mass.value},
            {"side", truth->side ? json(vp::name_of(*truth->side)) : json(nullptr)},
            {"samples", samples},
            {"body", body},
            {"live_phases", phases},
            {"truth",
             {{"times", times_of(*truth)}, {"depth", value(truth->drop_depth)}, {"faults", words_of(o.true_faults)}}},
            {"found",
             {{"times", times_of(*found)},
              {"verdict", motion::name_of(found->verdict)},
              {"faults", words_of(o.found_faults)},
              {"duration", value(found->drop_duration)},
              {"duration_u", value(found->drop_duration_uncertainty)},
              {"depth", value(found->drop_depth)},
              {"depth_u", value(found->drop_depth_uncertainty)}}}};
}

}  // namespace

std::string picture_data(std::span<const Outcome> outcomes) {
    json estimates = json::array(), reps = json::array();
    std::set<std::string> shown;
    const RepOutcome* worst = nullptr;
    bool worst_is_shown = false;
    for (const auto& outcome : outcomes)
        for (const auto& o : outcome.reps) {
            if (!o.found || !o.counted || o.damaged || o.element == "calf_raise")
                continue;
            estimates.push_back(estimate_of(o));
            if (!o.drop_duration)
                continue;
            const bool first = shown.insert(o.element).second;
            if (first)
                if (auto rep = whole_rep(o, "first"); !rep.is_null())
                    reps.push_back(std::move(rep));
            if (worst == nullptr || std::abs(o.drop_duration->error) > std::abs(worst->drop_duration->error)) {
                worst = &o;
                worst_is_shown = first;
            }
        }
    if (worst != nullptr && !worst_is_shown)
        if (auto rep = whole_rep(*worst, "worst"); !rep.is_null())
            reps.push_back(std::move(rep));
    return json{{"schema", "heeldrop.accuracy/1"}, {"estimates", estimates}, {"reps", reps}}.dump();
}

}  // namespace heeldrop::bench
