// The soak: an hour's worth of sets flat out, each once undisturbed and once with a line that breaks at random; then
// every disturbance by itself, in true time. Prints both accounts and the daemon's memory. The composition root.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <vector>

#include "tests/bench/soak_compare.hpp"
#include "tests/bench/soak_each.hpp"

namespace {

using namespace heeldrop::bench;

const std::string set = "good*4,fast_drop,good*3,shift:4,good*3,hold_then_fall,good*3,two_leg_drop,quiet:20";

std::string counts(const json& line) {
    return fmt::format("{} samples, {} damaged, {} frames and {} samples lost, {} came again, {} gaps",
                       line["samples"].dump(), line["bad_frames"].dump(), line["lost_frames"].dump(),
                       line["lost_samples"].dump(), line["unordered_samples"].dump(), line["gaps"].dump());
}

std::string cell_counts(const json& cells) {
    int saturated = 0, invalid = 0, stuck = 0, spikes = 0;
    for (const json& cell : cells) {
        saturated += cell["saturated"].get<int>();
        invalid += cell["invalid"].get<int>();
        stuck += cell["stuck"].get<int>();
        spikes += cell["spikes"].get<int>();
    }
    return fmt::format("{} saturated, {} invalid, {} stuck, {} spikes", saturated, invalid, stuck, spikes);
}

std::string text_of(const Added& a) {
    return fmt::format("{:>4} {:>5} {:>7} {:>5} {:>4} {:>8.4f} {:>5} {:>5} {:>5} {:>4}", a.bad_frames, a.lost_frames,
                       a.lost_samples, a.unordered, a.gaps, a.gap_s, a.saturated, a.invalid, a.stuck, a.spikes);
}

/// Whether all accounts were equal.
bool print_each(SoakStation& station, const std::string& rate) {
    constexpr const char* header = " bad  lost    lost again gaps    gap s satur inval stuck spik";
    bool equal = true;
    fmt::print(
        "\nEach by itself at {}/s, plate and daemon: bad frames, frames and samples lost, samples again, gaps, cells\n"
        "{:<38}plate{}\n{:<38}dmn  {}\n",
        rate, "", header, "", header);
    for (const EachRow& row : each_disturbance(station, rate)) {
        if (row.remark.empty())
            fmt::print("{:<38}plate{}\n{:<38}dmn  {}\n", row.what, text_of(row.plate), row.equal ? "" : "  DIFFER",
                       text_of(row.daemon));
        else
            fmt::print("{:<38}{}{}\n", row.what, row.remark, row.equal ? "" : "  DIFFERS");
        std::fflush(stdout);
        equal = equal && row.equal;
    }
    return equal;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"An hour's worth of sets with a line that breaks at random, against the same sets undisturbed."};
    int sittings = 8, sets = 6;
    std::uint64_t seed = 1;
    double mean_s = 20.0, margin_s = 3.0;
    app.add_option("--sittings", sittings, "Visits to the plate, every second one at 1000 samples a second")
        ->check(CLI::Range(2, 1000))
        ->capture_default_str();
    app.add_option("--sets", sets, "Sets of 16 reps in each")->check(CLI::Range(1, 50))->capture_default_str();
    app.add_option("--seed", seed, "First sitting's seed; the others' follow")->capture_default_str();
    app.add_option("--mean", mean_s, "Seconds between disturbances")
        ->check(CLI::Range(1.0, 3600.0))
        ->capture_default_str();
    app.add_option("--margin", margin_s, "A disturbance this near to a rep, in seconds, touches it")
        ->capture_default_str();
    bool no_each = false;
    app.add_flag("--no-each", no_each, "Leave out every disturbance by itself, which takes four minutes of true time");
    CLI11_PARSE(app, argc, argv);
    try {
        SoakStation station(HEELDROPD, HEELDROP_PLATE);
        std::string script = set;
        for (int i = 1; i < sets; ++i)
            script += "," + set;
        const auto begun = std::chrono::steady_clock::now();
        const auto passed = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        };
        double played_s = 0.0, first_mib = 0.0;
        bool all_equal = true;
        std::vector<Sitting> all;
        for (int i = 0; i < sittings; ++i)
            all.push_back({seed + static_cast<std::uint64_t>(i), i % 2 == 0 ? "80" : "1000", script});
        std::vector<Played> undisturbed;
        for (const Sitting& sitting : all) {
            undisturbed.push_back(station.undisturbed(sitting));
            played_s += undisturbed.back().session["session"]["duration_s"].get<double>();
            fmt::print(
                "undisturbed {:>2}  {:>4}/s  {:>3} reps in {:.0f} s of the session; daemon {:.1f} MiB, {:.0f} s "
                "passed\n",
                undisturbed.size(), sitting.rate, undisturbed.back().session["reps"].size(),
                undisturbed.back().session["session"]["duration_s"].get<double>(), station.resident_mib(), passed());
            std::fflush(stdout);
            if (first_mib == 0.0)
                first_mib = station.resident_mib();
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Played played = station.disturbed(all[i], {fmt::format("at 12 random {} {}", all[i].seed, mean_s)},
                                                    undisturbed[i].last_return_s);
            played_s += played.session["session"]["duration_s"].get<double>();
            const Comparison found = compare(undisturbed[i], played, all[i].rate, margin_s);
            const auto accounts = account_differences(played);
            fmt::print(
                "disturbed {:>4}  {:>4}/s  {} disturbances; {} reps outside ({} the same to the last digit, none moved "
                "by "
                "more than {:.2f} u), {} near one; {} unjudged for it\n"
                "  plate   {}; {}\n  daemon  {}; {}\n  accounts {}, reps outside {}; daemon {:.1f} MiB, {:.0f} s "
                "passed\n",
                i + 1, all[i].rate, disturbances(played, all[i].rate).size(), found.outside, found.same_to_the_digit,
                found.most_moved, found.inside, found.unjudged, counts(played.account["line"]),
                cell_counts(cells_of(played.account)), counts(played.plate["line"]),
                cell_counts(cells_of(played.plate)), accounts.empty() ? "equal" : "DIFFER",
                found.differences.empty() ? "equal" : "DIFFER", station.resident_mib(), passed());
            for (const auto& lines : {accounts, found.differences})
                for (const auto& line : lines)
                    fmt::print("    {}\n", line);
            if (!accounts.empty())
                for (const Disturbance& d : disturbances(played, all[i].rate))
                    fmt::print("      {:9.3f} to {:9.3f} s  {}\n", d.from_s, d.to_s, d.what);
            std::fflush(stdout);
            all_equal = all_equal && accounts.empty() && found.differences.empty();
        }
        fmt::print(
            "\n{:.0f} minutes of sessions in {:.0f} s: {:.0f} times real time; memory {:.1f} MiB after the first "
            "sitting, {:.1f} after the last\n",
            played_s / 60, passed(), played_s / passed(), first_mib, station.resident_mib());
        if (!no_each)
            for (const char* rate : {"80", "1000"})
                all_equal = print_each(station, rate) && all_equal;
        fmt::print("\n{}\n", all_equal ? "soak: everything equal" : "soak: something DIFFERS");
        return all_equal ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "soak: {}\n", error.what());
        return 2;
    }
}
