#include "calibration/cli/run.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "calibration/cli/exit_codes.hpp"
#include "calibration/cli/guide.hpp"
#include "calibration/cli/operator_input.hpp"
#include "calibration/lib/certificate.hpp"
#include "calibration/lib/plan_file.hpp"
#include "daemon/client/connection.hpp"

namespace heeldrop::calibrate {
namespace {

using nlohmann::json;

volatile std::sig_atomic_t interrupted = 0;

/// What is wrong with the plan and the options beside it.
struct WrongPlan : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where a plan's marks would be on the reference plate: for finding what is wrong in a plan before it is sent.
std::vector<calibration::Cell> reference_cells() {
    std::vector<calibration::Cell> cells;
    for (const auto pad : {calibration::Pad::left, calibration::Pad::right})
        for (int k = 0; k < 4; ++k)
            cells.push_back({pad, static_cast<calibration::Corner>(k), Millimetres{k % 2 == 0 ? -90.0 : 90.0},
                             Millimetres{k < 2 ? 130.0 : -130.0}, Newtons{}, CountsPerNewton{1.0}});
    return cells;
}

json plan_of(const RunOptions& options) {
    json plan = json::object();
    if (options.plan) {
        plan = calibration::read_plan(*options.plan, reference_cells());
    } else {
        plan["standard"] = {{"masses_kg", options.masses_kg}};
    }
    const auto given = [&](const char* key, const char* option, const std::optional<double>& value) {
        if (!value)
            return;
        if (!plan.contains("standard"))
            throw WrongPlan(
                fmt::format("{} lists its steps itself: {} has no place beside it.", options.plan->native(), option));
        plan["standard"][key] = *value;
    };
    given("corner_kg", "--corner", options.corner_kg);
    given("person_kg", "--person", options.person_kg);
    given("warm_up_min", "--warm-up", options.warm_up_min);
    given("hold_min", "--hold", options.hold_min);
    return plan;
}

/// An hour of lifting weights for nothing is refused before it begins. Limits that are wider than the rule's are said.
void look_at_plan(const json& plan, bool rehearse) {
    std::vector<std::string> missing;
    try {
        const calibration::Plan read = calibration::plan_from_json(plan, reference_cells());
        missing = calibration::why_it_cannot_pass(read);
        if (const auto wider = calibration::wider_limits(read.limits); !wider.empty())
            fmt::print("This plan's limits are wider than the rule's, which the certificate will say: {}.\n",
                       fmt::join(wider, ", "));
    } catch (const calibration::PlanError& error) {
        throw WrongPlan(
            fmt::format("The plan{}{}: {}.", error.where().empty() ? "" : " ", error.where(), error.what()));
    }
    if (missing.empty() || rehearse)
        return;
    std::string text = "With this plan no calibration can be accepted:\n";
    for (const std::string& line : missing)
        text += fmt::format("  {}\n", line);
    throw WrongPlan(text + "Add what is missing, or carry it out all the same with --rehearse.");
}

bool is_over(const json& run) {
    const std::string state = run.value("state", "");
    return state == "accepted" || state == "refused" || state == "cancelled" || state == "failed";
}

class Guided {
 public:
    Guided(client::Connection& daemon, const json& run, bool terminal)
        : daemon_(daemon), id_(run.at("id").get<std::string>()), terminal_(terminal), input_(terminal) {
        cells_ = daemon_.request({{"class", "calibration_plan"}}).at("cells");
        unattended_ = run.value("unattended", false);
        take(run);
    }

    /// The run as it ended; none where this program is left and the calibration goes on.
    std::optional<json> follow() {
        for (;;) {
            for (const json& line : daemon_.read_available()) {
                const std::string kind = line.value("class", "");
                if (kind == "calibration_run" && line.at("calibration_run").at("id") == id_)
                    take(line["calibration_run"]);
                else if (kind == "calibration_reading" && line.value("run", "") == id_)
                    reading_ = line;
            }
            if (over())
                return run_;
            show();
            pollfd waiting[] = {{daemon_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
            const bool listens = terminal_ || !unattended_;
            if (poll(waiting, listens ? 2 : 1, 1000) < 0 && errno != EINTR)
                throw std::runtime_error("Cannot wait for the daemon.");
            if (interrupted != 0)
                return std::nullopt;
            if (listens && waiting[1].revents != 0 && !hear())
                return std::nullopt;
        }
    }

 private:
    bool over() const { return is_over(run_); }

    void take(const json& run) {
        const json before = run_;
        run_ = run;
        if (run_.at("step").is_number() &&
            (before.is_null() || before.at("step") != run_["step"] || before.at("do") != run_["do"])) {
            clear_line();
            fmt::print("\n{}\n", headline(run_));
            if (const std::string picture = drawing(cells_, run_.at("do")); terminal_ && !picture.empty())
                fmt::print("{}", picture);
            if (!unattended_)
                fmt::print("{}", how());
            reading_ = nullptr;
        } else if (!terminal_ && !before.is_null() &&
                   (before.at("state") != run_["state"] || before.at("waiting") != run_["waiting"] ||
                    before.at("trouble") != run_["trouble"])) {
            const auto& trouble = run_["trouble"];
            if (trouble.is_string())
                fmt::print("  {}\n", trouble.get<std::string>());
            else if (run_["state"] != "measuring" && !over())
                fmt::print("  {}\n", status_line(run_, reading_));
            else if (run_["waiting"].is_string())
                fmt::print("  {}\n", run_["waiting"] == "still"  ? "reading: leave the plate alone"
                                     : run_["waiting"] == "time" ? "time passes: leave the plate alone"
                                                                 : "waiting for it");
        }
        std::fflush(stdout);
    }

    /// The keys that do something in this step.
    std::string how() const {
        const std::string waiting = run_.value("waiting", "");
        std::string keys = waiting == "mass"   ? "m the person's mass, "
                           : waiting == "load" ? "Enter when it is so, "
                                               : "";
        if (waiting == "load" && run_.at("do").contains("mass_kg"))
            keys += "m if it is another mass, ";
        if (run_.value("may_skip", false))
            keys += "s skip the rest of it, ";
        return fmt::format("  [{}r do a step again, q cancel]\n", keys);
    }

    void clear_line() const {
        if (terminal_)
            fmt::print("\r\033[K");
    }
    void show() const {
        if (!terminal_)
            return;
        clear_line();
        fmt::print("  {}", status_line(run_, reading_));
        std::fflush(stdout);
    }

    /// False where nobody is there any more to say anything.
    bool hear() {
        const int step = run_.at("step").is_number() ? run_["step"].get<int>() : 1;
        const auto word = input_.read(step);
        if (!word)
            return true;
        json request{{"class", "calibration_do"}, {"run", id_}, {"step", step}};
        switch (word->what) {
            case Word::What::ended:
                return unattended_;
            case Word::What::unknown:
                fmt::print("  Enter, r STEP, s, m KG or q.\n");
                std::fflush(stdout);
                return true;
            case Word::What::next:
                request["do"] = "next";
                break;
            case Word::What::skip:
                request["do"] = "skip";
                break;
            case Word::What::redo:
                request["do"] = "redo";
                request["step"] = static_cast<int>(word->number.value_or(0));
                break;
            case Word::What::mass:
                request["do"] = "mass";
                request["mass_kg"] = *word->number;
                break;
            case Word::What::cancel:
                request = {{"class", "calibration_cancel"}, {"run", id_}};
                break;
        }
        try {
            daemon_.request(request);
        } catch (const client::RequestError& error) {
            clear_line();
            fmt::print("  {}\n", error.what());
            std::fflush(stdout);
        }
        return true;
    }

    client::Connection& daemon_;
    std::string id_;
    bool terminal_, unattended_ = false;
    OperatorInput input_;
    json cells_, run_, reading_;
};

}  // namespace

int run(const RunOptions& options) {
    json plan;
    const bool begins = !options.attach && !options.redo;
    if (begins) {
        try {
            plan = plan_of(options);
            look_at_plan(plan, options.rehearse);
        } catch (const WrongPlan& error) {
            fmt::print(stderr, "heeldrop-calibrate: {}\n", error.what());
            return wrong_usage;
        }
    }
    auto daemon = client::Connection::open(options.socket);
    json run = daemon.request({{"class", "watch"}}).at("calibration_run");
    if (begins)
        run = daemon
                  .request({{"class", "calibration_start"},
                            {"plan", plan},
                            {"operator", options.operator_name},
                            {"unattended", options.unattended}})
                  .at("calibration_run");
    else if (options.redo && !run.is_null())
        run =
            daemon
                .request({{"class", "calibration_do"}, {"run", run.at("id")}, {"do", "redo"}, {"step", *options.redo}})
                .at("calibration_run");
    else if (run.is_null() || is_over(run))
        throw std::runtime_error("No calibration is under way. Begin one with --operator and --masses or --plan.");
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);

    const bool terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
    fmt::print("Calibration of plate {} by {}, plan \"{}\".\n", run.value("plate_serial", ""),
               run.value("operator", ""), run.value("plan", ""));
    std::optional<json> ended;
    {
        Guided guided(daemon, run, terminal);
        ended = guided.follow();
    }
    if (!ended) {
        fmt::print("\nThe calibration goes on in the daemon. `heeldrop-calibrate run --attach` takes it up again.\n");
        return impossible;
    }
    fmt::print("\n{}", verdict(*ended));
    const std::string state = ended->value("state", "");
    return state == "accepted" ? done : state == "refused" ? bad_result : state == "cancelled" ? cancelled : impossible;
}

}  // namespace heeldrop::calibrate
