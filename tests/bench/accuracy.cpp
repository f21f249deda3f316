// The accuracy bench: simulated people do scripted sessions, the motion library accounts for them, and both accounts
// are compared. Prints the tables that a release quotes. The composition root: it alone knows all parts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/pictures.hpp"
#include "tests/bench/running.hpp"
#include "tests/bench/sessions.hpp"
#include "tests/bench/table.hpp"

namespace {

using namespace heeldrop;
using namespace heeldrop::bench;

void write_picture_data(const std::filesystem::path& folder, std::span<const Outcome> outcomes) {
    std::filesystem::create_directories(folder);
    const auto path = folder / "accuracy.json";
    std::ofstream file(path);
    file << picture_data(outcomes) << '\n';
    file.close();
    if (!file)
        throw std::runtime_error(fmt::format("{} cannot be written; is the disk full?", path.string()));
}

std::string list_of_kinds() {
    std::string text = "Kinds of session:\n";
    for (const auto& k : kinds())
        text += fmt::format("  {:<18} {}\n", k.name, k.what);
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Scores the motion library against the virtual plate's truth on simulated sessions."};
    app.footer(list_of_kinds());
    int sessions = default_sessions, threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    std::uint64_t seed = 1;
    bool verbose = false, no_speed = false;
    std::vector<double> rates{63, 80, 100, 1000};
    std::string mix = "full", only, pictures;
    std::vector<std::string> by;
    app.add_option("--sessions", sessions, "How many: an ordinary one has 12 reps, a special one 2 to 9")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    app.add_option("--seed", seed, "First session's seed; the others' follow")->capture_default_str();
    app.add_option("--rates", rates, "Samples a second, in turn")
        ->check(CLI::Range(40.0, 2000.0))
        ->capture_default_str();
    app.add_option("--mix", mix,
                   "full: every second session is special; ordinary: none is, as in the bench's first form")
        ->check(CLI::IsMember({"full", "ordinary"}))
        ->capture_default_str();
    app.add_option("--kind", only, "One kind of session alone");
    app.add_option("--by", by, "Break the figures down, too: rate, kind, profile, element, phase; several may be given")
        ->check(CLI::IsMember({"rate", "kind", "profile", "element", "phase"}));
    app.add_option("-j,--threads", threads, "Sessions at once; the output is the same whatever their number")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option("--pictures", pictures, "Leave what pictures are drawn from in this folder; ./station draws them");
    app.add_flag("--no-speed", no_speed, "Leave out the measurement of speed");
    app.add_flag("-v,--verbose", verbose, "List every rep that was missed, invented or judged otherwise");
    CLI11_PARSE(app, argc, argv);

    try {
        const auto all =
            draw_sessions(mix == "full" ? Mix::full : Mix::ordinary,
                          only.empty() ? std::nullopt : std::optional<std::string_view>(only), sessions, seed, rates);
        // First: what the sessions leave behind, memory in pieces and a hot machine, is no part of that work.
        const auto speed = no_speed ? std::nullopt : std::optional(seconds_an_hour(seed));
        const auto outcomes = run_all(all, threads);
        if (verbose)
            for (const auto& o : outcomes)
                for (const auto& line : remarks(o))
                    fmt::print("{}\n", line);
        double seconds = 0.0;
        std::size_t reps = 0;
        for (const auto& o : outcomes) {
            seconds += o.seconds;
            reps += o.reps.size();
        }
        fmt::print("{} sessions ({}), {} reps, {:.0f} minutes of simulated people, seeds from {}\n\n", sessions,
                   only.empty() ? mix : only, reps, seconds / 60, seed);
        fmt::print("{}\n", as_text(accuracy_rows(outcomes, speed)));
        fmt::print("{}", false_rep_table(outcomes));
        for (const auto& b : by)
            fmt::print("\n{}", b == "phase" ? live_phase_table(outcomes) : break_down(outcomes, b));
        if (!pictures.empty())
            write_picture_data(pictures, outcomes);
    } catch (const std::exception& e) {
        fmt::print(stderr, "accuracy: {}\n", e.what());
        return 2;
    }
    return 0;
}
