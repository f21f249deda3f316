#include "tests/bench/sessions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "firmware-protocol/virtual-plate/random.hpp"

namespace heeldrop::bench {
namespace {

namespace vp = virtual_plate;

std::string in_a_session(const std::vector<std::string>& parts) {
    return fmt::format("empty:3,step_on,quiet:5,{},quiet:2,step_off,empty:2", fmt::join(parts, ","));
}

/// Twelve reps and two other movements of every everyday kind, in an order of their own. The bench's first form drew
/// these, and figures are compared with its: what is drawn must not change.
void ordinary(Session& s) {
    std::mt19937_64 random(s.seed * 7919 + 17);
    const auto pick = [&](double from, double to) { return std::uniform_real_distribution<>(from, to)(random); };
    const auto tempo = [&](double from, double to) { return fmt::format("{:.2f}", pick(from, to)); };
    std::vector<std::string> parts;
    for (int i = 0; i < 5; ++i)
        parts.push_back(fmt::format("good(drop={})", tempo(2.3, 5.0)));
    // The compiler of the first form evaluated the second of these arguments first.
    const auto toe_drop = [&] {
        const double toe = pick(0.03, 0.07);
        return fmt::format("good(drop={},toe={:.2f})", tempo(2.5, 4.0), toe);
    };
    parts.push_back(toe_drop());
    parts.push_back(fmt::format("fast_drop(drop={})", tempo(0.25, 0.9)));
    parts.push_back(fmt::format("fast_drop(drop={})", tempo(0.9, 1.5)));
    for (const char* word : {"hold_then_fall", "two_leg_drop", "wrong_leg", "one_leg_rise"})
        parts.emplace_back(word);
    constexpr const char* others[] = {"sway", "shift", "squat", "one_leg"};
    parts.emplace_back(others[random() % 4]);
    parts.emplace_back(others[random() % 4]);
    std::shuffle(parts.begin(), parts.end(), random);
    s.script = in_a_session(parts);
    s.mass = Kilograms{pick(45, 120)};
}

/// Draws for the special sessions, and the pieces that many of them share.
class Draw {
 public:
    explicit Draw(std::uint64_t seed) : random_(seed, 99) {}

    double between(double low, double high) { return random_.uniform(low, high); }
    bool chance(double p) { return random_.chance(p); }
    /// "WORD(KEY=X,...)" with X between two numbers.
    struct Value {
        const char* key;
        double low, high;
    };
    std::string rep(const char* word, std::initializer_list<Value> values, const char* more = "") {
        std::vector<std::string> items;
        for (const auto& v : values)
            items.push_back(fmt::format("{}={:.3f}", v.key, between(v.low, v.high)));
        if (*more != '\0')
            items.emplace_back(more);
        return items.empty() ? word : fmt::format("{}({})", word, fmt::join(items, ","));
    }
    std::string good() { return rep("good", {{"drop", 2.3, 5.0}}); }
    /// What a set is made of: mostly good reps, and some of the common faults.
    std::vector<std::string> set() {
        std::vector<std::string> parts{good(), good(), good(), rep("fast_drop", {{"drop", 0.3, 1.5}}),
                                       chance(0.5) ? "two_leg_drop" : "one_leg_rise"};
        shuffle(parts);
        return parts;
    }
    void shuffle(std::vector<std::string>& parts) {
        for (std::size_t i = parts.size(); i > 1; --i)
            std::swap(parts[i - 1], parts[static_cast<std::size_t>(random_.uniform(0.0, static_cast<double>(i)))]);
    }
    /// A good rep at either end shows that reps are still found beside what is none; the last one at once or after a
    /// moment's rest.
    std::string around(std::vector<std::string> others) {
        shuffle(others);
        others.insert(others.begin(), good());
        if (chance(0.5))
            others.emplace_back("quiet:3");
        others.push_back(good());
        return in_a_session(others);
    }

 private:
    vp::Random random_;
};

void top_start(Session& s, Draw& d) {
    const std::vector<std::string> parts{"good",
                                         d.good(),
                                         d.rep("fast_drop", {{"drop", 0.4, 1.4}}),
                                         "step_off,empty:2,step_on(high),quiet:2",
                                         d.rep("fast_drop", {{"drop", 0.4, 1.4}}),
                                         d.good(),
                                         "step_off,empty:2,step_on(high),quiet:1",
                                         "good"};
    s.script = fmt::format("empty:3,step_on(high),quiet:4,{},quiet:2,step_off,empty:2", fmt::join(parts, ","));
}

void run_on(Session& s, Draw& d) {
    std::vector<std::string> parts;
    for (int i = 0; i < 5; ++i)
        parts.push_back(d.rep("good", {{"drop", 2.3, 4.5}}, "run_on"));
    parts.push_back(d.rep("fast_drop", {{"drop", 0.4, 1.4}}, "run_on"));
    d.shuffle(parts);
    parts.push_back(d.good());
    s.script = in_a_session(parts);
}

void toe_touching(Session& s, Draw& d) {
    std::vector<std::string> parts{d.rep("good", {{"toe", 0.08, 0.12}}), d.rep("good", {{"toe", 0.20, 0.28}})};
    for (int i = 0; i < 4; ++i)
        parts.push_back(d.rep("good", {{"toe", 0.03, 0.07}, {"drop", 2.3, 4.5}}));
    parts.push_back(d.rep("fast_drop", {{"toe", 0.03, 0.07}}));
    d.shuffle(parts);
    s.script = in_a_session(parts);
}

void holds_and_falls(Session& s, Draw& d) {
    std::vector<std::string> parts{d.good(), d.rep("good", {{"hold", 2.0, 4.0}}),
                                   d.rep("fast_drop", {{"bottom", 2.0, 4.0}})};
    for (int i = 0; i < 4; ++i)
        parts.push_back(d.rep("hold_then_fall", {{"hold", 1.5, 6.0}}));
    d.shuffle(parts);
    s.script = in_a_session(parts);
}

void hands(Session& s, Draw& d) {
    std::vector<std::string> parts{d.good(),
                                   d.good(),
                                   d.rep("good", {{"hands", 0.015, 0.03}}),
                                   d.rep("good", {{"hands", 0.09, 0.15}}),
                                   d.rep("good", {{"hands", 0.2, 0.35}}),
                                   d.rep("good", {{"hands", 0.15, 0.35}}, "hands_vary"),
                                   d.rep("good", {{"hands", 0.15, 0.35}}, "hands_vary"),
                                   d.rep("quiet:6", {{"hands", 0.1, 0.2}}),
                                   "quiet:8(hands_vary)"};
    d.shuffle(parts);
    s.script = in_a_session(parts);
}

void shallow(Session& s, Draw& d) {
    std::vector<std::string> parts{d.good(),
                                   d.good(),
                                   "shallow",
                                   "shallow",
                                   d.rep("shallow", {{"depth", 0.02, 0.03}, {"drop", 2.2, 3.5}}),
                                   d.rep("shallow", {{"drop", 0.5, 1.2}})};
    d.shuffle(parts);
    s.script = in_a_session(parts);
}

void bounce(Session& s, Draw& d) {
    std::vector<std::string> parts{d.good(), d.good(), d.rep("fast_drop", {{"drop", 0.4, 1.2}})};
    for (int i = 0; i < 4; ++i)
        parts.push_back(d.rep("bounce", {{"speed", 0.22, 0.4}, {"drop", 2.3, 4.0}}));
    d.shuffle(parts);
    s.script = in_a_session(parts);
}

void incomplete(Session& s, Draw& d) {
    std::vector<std::string> parts{"incomplete(at=top)", "incomplete(at=transfer)", "incomplete(at=transfer,back)",
                                   "incomplete(at=drop)"};
    d.shuffle(parts);
    std::vector<std::string> between;
    for (auto& p : parts) {
        between.push_back(d.good());
        between.push_back(std::move(p));
        between.emplace_back("empty:2,step_on,quiet:3");
    }
    between.push_back(d.good());
    s.script = in_a_session(between);
}

void calf_raises(Session& s, Draw& d) {
    s.script = d.around({"calf_raise*4", "quiet:3", "calf_raise(pause=0.1)*4",
                         d.rep("calf_raise", {{"depth", 0.05, 0.12}, {"drop", 0.3, 0.5}})});
}

void tempos(Session& s, Draw& d) {
    std::vector<std::string> parts;
    for (int i = 0; i < 8; ++i) {
        const double drop = std::exp(d.between(std::log(0.25), std::log(6.0)));
        parts.push_back(fmt::format("good(drop={:.2f})", drop));
    }
    parts.push_back(d.rep("good", {{"drop", 2.1, 6.0}, {"rise", 0.6, 3.0}}));
    s.script = in_a_session(parts);
}

void profile(Session& s, Draw& d, const char* name) {
    const std::string word = fmt::format("profile={}", name);
    std::vector<std::string> parts;
    for (int i = 0; i < 5; ++i)
        parts.push_back(d.rep("good", {{"drop", 2.3, 5.0}}, word.c_str()));
    parts.push_back(d.rep("good", {{"drop", 0.8, 1.6}}, word.c_str()));
    s.script = in_a_session(parts);
}

/// Five good reps and a fast drop, each with a value of its own from that range.
std::string five_and_a_fast(Draw& d, const char* name, double least, double most) {
    std::vector<std::string> parts;
    for (int i = 0; i < 5; ++i)
        parts.push_back(d.rep("good", {{"drop", 2.3, 5.0}, {name, least, most}}));
    parts.push_back(d.rep("fast_drop", {{"drop", 0.4, 1.5}, {name, least, most}}));
    d.shuffle(parts);
    return in_a_session(parts);
}

void heaving(Session& s, Draw& d) {
    s.script = five_and_a_fast(d, "heave", 0.003, 0.012);
}

void below_the_step(Session& s, Draw& d) {
    const double below = d.between(0.01, 0.03);
    s.script = five_and_a_fast(d, "below", below, below + 0.005);
}

void light(Session& s, Draw& d) {
    s.mass = Kilograms{d.between(20.0, 45.0)};
    s.script = in_a_session(d.set());
}

void heavy(Session& s, Draw& d) {
    s.mass = Kilograms{d.between(120.0, 180.0)};
    s.script = in_a_session(d.set());
}

void drifting(Session& s, Draw& d) {
    s.mass = Kilograms{d.between(20.0, 75.0)};
    s.damage.drift_per_minute = Newtons{d.chance(0.7) ? -12.0 : 12.0};
    auto parts = d.set();
    parts.insert(parts.begin() + 2, "quiet:20");
    s.script = in_a_session(parts);
}

void one_sided(Session& s, Draw& d) {
    s.rest_left_share = Fraction{d.chance(0.5) ? d.between(0.27, 0.40) : d.between(0.60, 0.73)};
    auto parts = d.set();
    parts.emplace_back("quiet:5");
    s.script = in_a_session(parts);
}

void second_person(Session& s, Draw& d) {
    s.script = in_a_session({d.good(), d.good(), d.rep("second_person:4", {{"kg", 20.0, 90.0}}), "quiet:3", d.good(),
                             d.rep("fast_drop", {{"drop", 0.5, 1.4}}), "second_person:5(meanwhile)", d.good(),
                             "quiet:4", d.good()});
}

void added_load(Session& s, Draw& d) {
    s.script = in_a_session({d.good(), d.good(), d.rep("load", {{"kg", 5.0, 20.0}}), "quiet:4", d.good(),
                             d.rep("fast_drop", {{"drop", 0.5, 1.4}}), d.good(), "load(kg=0)", "quiet:4", d.good()});
}

void spikes(Session& s, Draw& d) {
    s.damage.spikes = d.between(0.01, 0.02);
    s.script = in_a_session(d.set());
}
void losses(Session& s, Draw& d) {
    s.damage.losses_per_minute = d.between(4.0, 15.0);
    s.script = in_a_session(d.set());
}
void gaps(Session& s, Draw& d) {
    s.damage.gaps_per_minute = d.between(1.0, 3.0);
    s.script = in_a_session(d.set());
}
void faulty(Session& s, Draw& d) {
    s.damage.faulty_per_minute = d.between(2.0, 10.0);
    s.script = in_a_session(d.set());
}
void dead(Session& s, Draw& d) {
    s.damage.dead_from = d.between(0.4, 0.8);
    s.script = in_a_session(d.set());
}
void uneven(Session& s, Draw& d) {
    s.damage.uneven_rate = Hertz{std::exp(d.between(std::log(40.0), std::log(1900.0)))};
    s.rate = Hertz{2000.0};
    s.script = in_a_session(d.set());
}

struct Recipe {
    Kind kind;
    void (*draw)(Session&, Draw&);
};

constexpr Recipe recipes[] = {
    {{"ordinary", "12 reps of every everyday kind, 2 other movements", true}, nullptr},
    {{"top_start", "stepping up high: sets without a rise", true}, top_start},
    {{"run_on", "returns that run into the next rise", true}, run_on},
    {{"toe_touching", "the other toe keeps 3-12 % or too much", true}, toe_touching},
    {{"holds_and_falls", "long holds, then falls", true}, holds_and_falls},
    {{"hands", "fingertips, leaning, hands that come and go", true}, hands},
    {{"shallow", "drops of 2-3 cm", true}, shallow},
    {{"bounce", "rebounds at the bottom", true}, bounce},
    {{"incomplete", "off the plate before the descent is over", true}, incomplete},
    {{"tempos", "0.25 to 6 s", true}, tempos},
    {{"jerky", "descents in hitches", true}, [](Session& s, Draw& d) { profile(s, d, "jerky"); }},
    {{"constant", "descents of near-constant speed", true}, [](Session& s, Draw& d) { profile(s, d, "constant"); }},
    {{"skewed", "descents that start or end slowly", true}, [](Session& s, Draw& d) { profile(s, d, "skewed"); }},
    {{"heaving", "the body rises a little as the other foot lifts", true}, heaving},
    {{"below_the_step", "drops 1-3 cm below where the rise began", true}, below_the_step},
    {{"light", "20-45 kg", true}, light},
    {{"heavy", "120-180 kg", true}, heavy},
    {{"drifting", "12 N/min", true}, drifting},
    {{"one_sided", "27-40 % on one leg at rest", true}, one_sided},
    {{"second_person", "somebody else steps on", true}, second_person},
    {{"added_load", "a backpack taken up and put down", true}, added_load},
    {{"spikes", "bad samples, 1-2 % of the reads", true}, spikes},
    {{"losses", "samples missing for up to 0.3 s", true}, losses},
    {{"gaps", "0.5-3 s missing", true}, gaps},
    {{"faulty", "a pad flagged for up to 0.6 s", true}, faulty},
    {{"dead", "a pad flagged to the end", true}, dead},
    {{"uneven", "40-1900 samples/s at uneven times", true}, uneven},
    {{"calf_raises", "brisk, on two legs: never good", false}, calf_raises},
    {{"stance", "standing, long and with hands", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"quiet:40", "quiet:20(hands_vary)", "quiet:10(hands=0.15)"});
     }},
    {{"swaying", "leaning about", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"sway:20", "sway:20"});
     }},
    {{"leaning", "leaning and holding, with hands too", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"lean:8", "lean:8(side=left)", "lean:8(side=right)", "lean:6(side=left,hands=0.15)",
                              "lean:6(hands_vary)", "lean:4(side=right,hands_vary)"});
     }},
    {{"shifts_quick", "weight from foot to foot in a hurry", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"shift:15(quick)", "shift:15(quick)"});
     }},
    {{"shifts_slow", "weight from foot to foot without haste", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"shift:25(slow)", "shift:25(slow)"});
     }},
    {{"shifts", "weight from foot to foot", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"shift:20", "shift:20"});
     }},
    {{"squats", "on both legs", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"squat*5", "squat(depth=0.15)*2"});
     }},
    {{"squats_one_sided", "57-79 % on one leg", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"squat(side=left)*3", "squat(side=right)*3"});
     }},
    {{"chairs", "sit-to-stand on both legs", false},
     [](Session& s, Draw& d) { s.script = d.around({"sit_to_stand*5"}); }},
    {{"chairs_weak_leg", "sit-to-stand, 62-89 % on one leg", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"sit_to_stand(side=left)*3", "sit_to_stand(side=right)*3"});
     }},
    {{"jumps", "on the spot", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"jump*3", "quiet:2", "jump*2"});
     }},
    {{"marching", "feet lifted in turn", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"march:12", "march:8"});
     }},
    {{"stepping", "on and off", false},
     [](Session& s, Draw& d) {
         s.script =
             d.around({"step_off,empty:1,step_on,quiet:2", "step_off,empty:2,step_on", "step_off,empty:1,step_on"});
     }},
    {{"one_leg", "standing on one leg", false},
     [](Session& s, Draw& d) {
         s.script = d.around({"one_leg:12", "one_leg:8(toe=0.05)", "one_leg:6(hands_vary)", "one_leg:3"});
     }},
};

}  // namespace

std::span<const Kind> kinds() {
    static const auto all = [] {
        std::vector<Kind> list;
        for (const auto& r : recipes)
            list.push_back(r.kind);
        return list;
    }();
    return all;
}

Session draw_session(std::string_view kind, std::uint64_t seed, Hertz rate) {
    const auto* recipe =
        std::find_if(std::begin(recipes), std::end(recipes), [&](const Recipe& r) { return r.kind.name == kind; });
    if (recipe == std::end(recipes))
        throw std::invalid_argument(fmt::format("no kind of session is called '{}'; --help lists them", kind));
    Session s;
    s.kind = kind;
    s.seed = seed;
    s.rate = rate;
    s.side = seed % 2 ? vp::Side::left : vp::Side::right;
    if (recipe->draw == nullptr) {
        ordinary(s);
        return s;
    }
    Draw draw(seed);
    s.mass = Kilograms{draw.between(45.0, 120.0)};
    recipe->draw(s, draw);
    return s;
}

std::vector<Session> draw_sessions(Mix mix, std::optional<std::string_view> only, int count, std::uint64_t first_seed,
                                   std::span<const double> rates) {
    const auto specials = kinds().subspan(1);
    std::vector<Session> sessions;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const auto seed = first_seed + i;
        const std::size_t half = i / 2;
        if (only)
            sessions.push_back(draw_session(*only, seed, Hertz{rates[i % rates.size()]}));
        else if (mix == Mix::ordinary)
            sessions.push_back(draw_session("ordinary", seed, Hertz{rates[i % rates.size()]}));
        else if (i % 2 == 0)
            sessions.push_back(draw_session("ordinary", seed, Hertz{rates[half % rates.size()]}));
        else
            // Another first seed begins with another rate, so that a kind is not tied to one.
            sessions.push_back(draw_session(specials[half % specials.size()].name, seed,
                                            Hertz{rates[(half + half / specials.size() + first_seed) % rates.size()]}));
    }
    return sessions;
}

vp::Simulation perform(const Session& s, bool keep_trace) {
    vp::Setup setup;
    setup.seed = s.seed;
    setup.mass = s.mass;
    setup.limits.side = s.side == vp::Side::left ? vp::Prescribed::left : vp::Prescribed::right;
    setup.converter = s.rate.value > 500.0 ? vp::Converter::ads131m08 : vp::Converter::hx711;
    setup.rate = s.rate;
    setup.keep_trace = keep_trace;
    if (s.rest_left_share) {
        setup.person = vp::draw_person(s.seed, s.mass);
        setup.person->rest_left_share = *s.rest_left_share;
        const double working = s.side == vp::Side::left ? s.rest_left_share->value : 1.0 - s.rest_left_share->value;
        setup.person->usual_rise_share = std::clamp(working, 0.35, 0.6);
    }
    return vp::simulate(vp::parse_script(s.script), setup);
}

}  // namespace heeldrop::bench
