#include "daemon/motion/final_phases.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "daemon/motion/decision.hpp"

namespace heeldrop::motion {
namespace {

/// What a movement that became a rep may be seen live before its account has it begin.
constexpr Seconds seen_early{0.1};

struct Mark {
    std::optional<Seconds> t;
    Phase begins;
};

/// A rep's times in their order; after the last one it is over.
std::array<Mark, 7> marks_of(const Rep& rep) {
    const Phase after_rise = rep.transfer_start || rep.drop_start ? Phase::top : Phase::unknown;
    const Phase after_transfer = rep.drop_start ? Phase::top : Phase::unknown;
    const bool on_two_feet = rep.working_share_drop && rep.working_share_drop->value < wholly_on_one;
    const Phase after_drop = on_two_feet && !rep.return_end ? Phase::two_feet : Phase::bottom;
    return {Mark{rep.rise_start, Phase::rise},  {rep.rise_end, after_rise},    {rep.transfer_start, Phase::transfer},
            {rep.transfer_end, after_transfer}, {rep.drop_start, Phase::drop}, {rep.drop_end, after_drop},
            {rep.return_end, Phase::homing}};
}

struct RepPhases {
    Seconds from, to;
    Phase followed_by;
    std::vector<PhaseChange> phases;
};

/// Where two parts overlap, as when somebody lowers while still shifting, the later one has it; and so has a next rep
/// that begins, at `next`, before this one's return is over.
std::optional<RepPhases> phases_of(const Rep& rep, Seconds next) {
    const auto marks = marks_of(rep);
    std::optional<RepPhases> account;
    Seconds limit = next;
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
        if (!mark->t)
            continue;
        if (!account)
            account = RepPhases{*mark->t, limit = std::min(*mark->t, next), mark->begins, {}};
        if (*mark->t >= limit)
            continue;
        account->from = limit = *mark->t;
        account->phases.push_back({*mark->t, mark->begins, has_side(mark->begins) ? rep.side : std::nullopt});
    }
    if (!account || account->phases.empty())
        return std::nullopt;
    std::reverse(account->phases.begin(), account->phases.end());
    return account;
}

bool at_rest(Phase phase) {
    return phase == Phase::empty || phase == Phase::two_feet;
}

PhaseChange outside_reps(const PhaseChange& seen, Seconds t) {
    return {t, at_rest(seen.phase) ? seen.phase : Phase::unknown, std::nullopt};
}

}  // namespace

std::vector<PhaseChange> final_phases(std::span<const Rep> reps, std::span<const PhaseChange> seen_live) {
    std::vector<RepPhases> accounts;
    Seconds next{std::numeric_limits<double>::infinity()};
    for (auto rep = reps.rbegin(); rep != reps.rend(); ++rep)
        if (auto account = phases_of(*rep, next)) {
            next = account->from;
            accounts.push_back(std::move(*account));
        }
    std::reverse(accounts.begin(), accounts.end());

    std::vector<PhaseChange> told;
    const auto tell = [&told](const PhaseChange& change) {
        if (told.empty() || told.back().phase != change.phase || told.back().side != change.side)
            told.push_back(change);
    };
    auto seen = seen_live.begin();
    const auto tell_live_until = [&](Seconds end) {
        for (; seen != seen_live.end() && seen->t < end; ++seen)
            if (seen->phase != Phase::homing || told.empty() || told.back().phase != Phase::homing)
                if (const auto change = outside_reps(*seen, seen->t);
                    change.phase != Phase::unknown || end - change.t > seen_early)
                    tell(change);
    };
    for (auto account = accounts.begin(); account != accounts.end(); ++account) {
        tell_live_until(account->from);
        for (const PhaseChange& change : account->phases)
            tell(change);
        PhaseChange last{account->to, Phase::unknown, std::nullopt};
        for (; seen != seen_live.end() && seen->t <= account->to; ++seen)
            last = *seen;
        if (std::next(account) == accounts.end() || account->to < std::next(account)->from)
            tell((account->followed_by == Phase::homing || account->followed_by == Phase::two_feet) &&
                         !at_rest(last.phase)
                     ? PhaseChange{account->to, account->followed_by, std::nullopt}
                     : outside_reps(last, account->to));
    }
    tell_live_until(Seconds{std::numeric_limits<double>::infinity()});
    return told;
}

}  // namespace heeldrop::motion
