// The real daemon and the real virtual plate playing sittings flat out, undisturbed and disturbed, so that both can be
// compared to the last digit. It must not know what is compared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/client/connection.hpp"
#include "tests/process.hpp"
#include "tests/temporary_folder.hpp"

namespace heeldrop::bench {

using nlohmann::json;

/// One visit to the plate: who comes, what they do, at which rate.
struct Sitting {
    std::uint64_t seed = 1;
    std::string rate = "80";  ///< as heeldrop-plate has it
    std::string script;       ///< without the empty plate before and the standing still at the end
};

struct Played {
    json account;  ///< the plate's, of a disturbed sitting
    json plate;    ///< the daemon's, at the same moment
    json session;  ///< as stored: session, reps, events, gaps
    /// Where the session's clock is 0, on the account's.
    double session_from_s = 0.0;
    /// The last rep's return, on the session's clock.
    double last_return_s = 0.0;
    std::filesystem::path csv;  ///< the export, until the next sitting
    json truth;                 ///< the plate's, whose times are those of its account
};

class SoakStation {
 public:
    /// `daemon` and `plate`: the programs. Throws std::runtime_error, here and below, where they do not what they
    /// should.
    SoakStation(std::string daemon, std::string plate);

    Played undisturbed(const Sitting& sitting);
    /// `mishaps`: lines for --do. They end, with everything else, 5 s after `last_return_s`.
    Played disturbed(const Sitting& sitting, const std::vector<std::string>& mishaps, double last_return_s);

    /// An empty plate in true time, somebody who stands on it, and a session; until end_true_time().
    void begin_in_true_time(const std::string& rate);
    void end_true_time();
    std::filesystem::path control() const { return folder_.path / "control"; }
    json status() { return connection_->request({{"class", "status"}}); }
    /// At most three minutes. Throws std::runtime_error with `what` in it.
    static void wait(const std::string& what, const std::function<bool()>& condition);

    /// Of the daemon's memory what is really there, in MiB.
    double resident_mib() const;
    const test::TemporaryFolder& folder() const { return folder_; }
    client::Connection connect() const { return client::Connection::open(socket()); }
    std::filesystem::path link() const { return folder_.path / "plate"; }

 private:
    std::filesystem::path socket() const { return folder_.path / "run" / "daemon.sock"; }
    std::filesystem::path truth() const;
    void begin(const Sitting& sitting, const std::vector<std::string>& mishaps);
    Played end();

    std::string plate_program_;
    test::TemporaryFolder folder_;
    std::unique_ptr<test::Process> daemon_, plate_;
    std::optional<client::Connection> connection_;
    int played_ = 0;
};

/// What both accounts say of the line and of the cells, in the same words: equal if and only if they agree.
json line_of(const json& account);
json cells_of(const json& account);

}  // namespace heeldrop::bench
