#include "daemon/motion/final_phases.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

namespace heeldrop::motion {
namespace {

struct Mark {
    std::optional<Seconds> t;
    Phase begins;
};

/// A rep's times in their order; after the last one it is over.
std::array<Mark, 7> marks_of(const Rep& rep) {
    const Phase after_rise = rep.transfer_start || rep.drop_start ? Phase::top : Phase::unknown;
    const Phase after_transfer = rep.drop_start ? Phase::top : Phase::unknown;
    return {Mark{rep.rise_start, Phase::rise},  {rep.rise_end, after_rise},    {rep.transfer_start, Phase::transfer},
            {rep.transfer_end, after_transfer}, {rep.drop_start, Phase::drop}, {rep.drop_end, Phase::bottom},
            {rep.return_end, Phase::homing}};
}

bool has_side(Phase phase) {
    return phase == Phase::transfer || phase == Phase::drop || phase == Phase::bottom;
}

struct RepPhases {
    Seconds from, to;
    bool returned;  ///< it ends with the foot's return
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
            account = RepPhases{*mark->t, limit = std::min(*mark->t, next), mark->begins == Phase::homing, {}};
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

PhaseChange outside_reps(const PhaseChange& seen, Seconds t) {
    const bool rest = seen.phase == Phase::empty || seen.phase == Phase::two_feet;
    return {t, rest ? seen.phase : Phase::unknown, std::nullopt};
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
                tell(outside_reps(*seen, seen->t));
    };
    for (auto account = accounts.begin(); account != accounts.end(); ++account) {
        tell_live_until(account->from);
        for (const PhaseChange& change : account->phases)
            tell(change);
        PhaseChange last{account->to, Phase::unknown, std::nullopt};
        for (; seen != seen_live.end() && seen->t <= account->to; ++seen)
            last = *seen;
        if (std::next(account) == accounts.end() || account->to < std::next(account)->from)
            tell(account->returned && last.phase != Phase::two_feet && last.phase != Phase::empty
                     ? PhaseChange{account->to, Phase::homing, std::nullopt}
                     : outside_reps(last, account->to));
    }
    tell_live_until(Seconds{std::numeric_limits<double>::infinity()});
    return told;
}

}  // namespace heeldrop::motion
