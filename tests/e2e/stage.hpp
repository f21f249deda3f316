// What an end-to-end test plays on: a display in memory, the kiosk's own account of what it showed, and heeldropctl.
// It must not know what anybody should say.
#pragma once

#include <cstdlib>

#include "tests/daemon/server/rig.hpp"

namespace heeldrop::test {

/// An X server in memory, for as long as this lives; the environment tells every program started meanwhile.
class Display {
 public:
    Display() : server_({XVFB, "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"}) {
        const std::string number = server_.read_line();
        if (number.empty())
            throw std::runtime_error("Xvfb does not come up");
        setenv("DISPLAY", (":" + number).c_str(), 1);
        setenv("QT_QPA_PLATFORM", "xcb", 1);
        setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
    }
    ~Display() {
        unsetenv("DISPLAY");
        server_.signal(SIGTERM);  // so that it removes its lock
        server_.wait();
    }

 private:
    Process server_;
};

/// The real kiosk, which takes pictures and leaves after the results.
class Kiosk {
 public:
    Kiosk(const std::filesystem::path& socket, const std::filesystem::path& pictures)
        : pictures_(pictures),
          // Mesa and fontconfig keep what they allocate; tests/ui/CMakeLists.txt says more.
          process_({"/usr/bin/env", "ASAN_OPTIONS=detect_leaks=0", HEELDROP_KIOSK, "--socket", socket.native(),
                    "--pictures", pictures.native(), "--exit-after-results", "--timeout", "240"},
                   (pictures.parent_path() / "kiosk.log").native()) {}

    /// Its account, null before the first picture.
    json account() const {
        std::ifstream file(pictures_ / "texts.json");
        return file ? json::parse(file) : json();
    }
    void wait_for_picture(const std::string& name) {
        wait_until([&] {
            if (!process_.running())
                throw std::runtime_error("the kiosk ended before its picture " + name);
            const json now = account();
            return now.is_object() && now["pictures"].contains(name);
        });
    }
    int wait() { return process_.wait(); }

 private:
    std::filesystem::path pictures_;
    Process process_;
};

/// What `heeldropctl ARGUMENTS --json` prints; throws when it fails.
inline json ctl_json(const std::filesystem::path& socket, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {HEELDROPCTL, "--socket", socket.native(), "--json"});
    Process program(arguments);
    const std::string printed = program.read_all();
    if (program.wait() != 0)
        throw std::runtime_error("heeldropctl fails");
    return json::parse(printed);
}

inline bool session_ended(const json& line) {
    if (line["class"] != "session")
        return false;
    const auto state = line["session"]["state"];
    return state == "finished" || state == "stopped";
}

/// The session's watcher: the last account of every rep, as they come over the socket.
struct Watched {
    std::map<int, json> reps;
    json session;  ///< as it ended

    void take(const json& line) {
        if (line["class"] == "rep")
            reps[line["rep"]["index"].get<int>()] = line["rep"];
        if (session_ended(line))
            session = line["session"];
    }
    json list() const {
        json all = json::array();
        for (const auto& [index, rep] : reps)
            all.push_back(rep);
        return all;
    }
};

/// Watches until the session is over. Where it does not end by itself it is stopped once `over`, asked with the
/// session's time at every batch of samples, says so.
inline Watched watch_to_the_end(client::Connection& watcher, client::Connection& c,
                                const std::function<bool(double)>& over) {
    Watched watched;
    bool stopped = false;
    const auto deadline = Clock::now() + std::chrono::minutes(2);
    while (watched.session.is_null()) {
        const auto line = watcher.next_line(std::chrono::seconds(30));
        if (!line || Clock::now() > deadline)
            throw std::runtime_error("the session does not end");
        const json value = json::parse(*line);
        watched.take(value);
        if (stopped || value["class"] != "samples" || !over(value["t_s"].back()))
            continue;
        stopped = true;
        try {
            c.request({{"class", "session_stop"}});
        } catch (const client::RequestError& error) {
            if (error.code() != "no_session")  // it ended in the same moment
                throw;
        }
    }
    return watched;
}

/// The same: over is the session a while after the plate has written its truth, as what was on the line by then is to
/// be taken in too. The script must end with some seconds that do not matter.
inline Watched watch_to_the_end(client::Connection& watcher, client::Connection& c,
                                const std::filesystem::path& truth) {
    std::optional<double> written_s;
    return watch_to_the_end(watcher, c, [&](double now_s) {
        if (!written_s && std::filesystem::exists(truth))
            written_s = now_s;
        return written_s && now_s > *written_s + 3;
    });
}

}  // namespace heeldrop::test
