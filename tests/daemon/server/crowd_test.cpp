// Clients that ask faster than the disk answers: they wait at their own sockets or are told so, and nobody else pays
// for it.
#include <sys/socket.h>

#include <map>

#include "daemon/server/peer.hpp"
#include "daemon/server/station.hpp"
#include "tests/daemon/server/weighing.hpp"

using namespace heeldrop;
using namespace heeldrop::test;

namespace {

/// A client that writes one request many times over, as far as its socket takes it, and counts the answers. Never
/// waits.
class Asker {
 public:
    Asker(const Rig& rig, const json& request, int times) : connection_(rig.connect()) {
        for (int i = 0; i < times; ++i)
            text_ += request.dump() + '\n';
    }
    /// False where the socket took and gave nothing.
    bool go_on() {
        const bool wrote = write_some(), read = read_some();
        return wrote || read;
    }
    bool all_sent() const { return sent_ == text_.size(); }
    int answered() const { return results_ + refused("busy"); }
    int results() const { return results_; }
    int refused(const std::string& code) const {
        const auto found = refused_.find(code);
        return found == refused_.end() ? 0 : found->second;
    }

 private:
    bool write_some() {
        const ssize_t n =
            send(connection_.fd(), text_.data() + sent_, text_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            sent_ += static_cast<std::size_t>(n);
        return n > 0;
    }
    bool read_some() {
        char bytes[65536];
        const ssize_t n = recv(connection_.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
        if (n == 0)
            throw std::runtime_error("the daemon has closed the connection");
        if (n < 0)
            return false;
        unread_.append(bytes, static_cast<std::size_t>(n));
        std::size_t at = 0;
        for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n', at)) {
            const json line = json::parse(unread_.substr(at, end - at));
            if (line["class"] == "result")
                ++results_;
            else
                ++refused_[line["code"].get<std::string>()];
            at = end + 1;
        }
        unread_.erase(0, at);
        return true;
    }

    client::Connection connection_;
    std::string text_, unread_;
    std::size_t sent_ = 0;
    int results_ = 0;
    std::map<std::string, int> refused_;
};

const json two_reps{{"class", "session_start"}, {"side", "right"}, {"sets", 1}, {"reps", 2}};

}  // namespace

TEST_CASE(
    "clients that ask without end wait at their sockets while the disk hangs: memory stays flat, all is answered") {
    constexpr int times = 1500;
    Rig rig;
    SlowDisk disk(rig);
    rig.start_plate("step_on,quiet:5,good*2,quiet:4", {"--pace", "flat-out", "--seed", "5"});
    auto c = rig.connect();
    rig.wait_for_plate(c);
    c.request(two_reps);
    disk.takes_ms(600'000);
    rig.begin_script();
    wait_until([&] { return disk.waits().first == 1; });
    // Together more than a socket holds.
    const json long_request{{"class", "sessions"}, {"id", 1}, {"limit", 1}, {"ignored", std::string(500, '.')}};
    std::vector<std::unique_ptr<Asker>> askers;
    for (int i = 0; i < 2; ++i)
        askers.push_back(std::make_unique<Asker>(rig, long_request, times));
    const double before = resident_mib(rig.daemon->pid());
    // Others are answered all the while; each of their answers is a turn of the daemon's loop.
    for (int turn = 0; turn < 300; ++turn) {
        for (auto& asker : askers)
            asker->go_on();
        c.request({{"class", "status"}});
    }
    for (auto& asker : askers) {
        CHECK_FALSE(asker->all_sent());
        CHECK(asker->answered() == 0);
    }
    CHECK(resident_mib(rig.daemon->pid()) - before < 10);
    disk.takes_ms(0);
    for (auto& asker : askers)
        wait_until([&] {
            while (asker->go_on())
                ;
            return asker->answered() == times;
        });
    for (auto& asker : askers)
        CHECK(asker->results() == times);
}

TEST_CASE("however many ask, the session goes on and all of it is stored, and who asks too much is told so") {
    constexpr int clients = 12, times = 400;
    static_assert(std::size_t{clients} * server::Peer::max_unanswered > server::Station::most_questions);
    Rig rig;
    SlowDisk disk(rig);
    rig.start_plate("step_on,quiet:5,good*2,quiet:4", {"--pace", "flat-out", "--rate", "1000", "--seed", "5"});
    auto c = rig.connect();
    rig.wait_for_plate(c);
    auto watcher = rig.connect();
    watcher.request({{"class", "watch"}, {"samples", false}});
    c.request(two_reps);
    disk.takes_ms(600'000);
    rig.begin_script();
    wait_until([&] { return disk.waits().first == 1; });
    std::vector<std::unique_ptr<Asker>> askers;
    for (int i = 0; i < clients; ++i)
        askers.push_back(
            std::make_unique<Asker>(rig, json{{"class", "session"}, {"id", 1}, {"session", "last"}}, times));
    const auto go_on = [&] {
        for (auto& asker : askers)
            while (asker->go_on())
                ;
    };
    wait_until([&] {
        go_on();
        return c.request({{"class", "status"}})["session"]["state"] == "finished";
    });
    for (int turn = 0; turn < 100; ++turn) {
        go_on();
        c.request({{"class", "status"}});
    }
    disk.takes_ms(0);
    int results = 0, busy = 0;
    for (auto& asker : askers) {
        wait_until([&] {
            go_on();
            return asker->answered() == times;
        });
        results += asker->results();
        busy += asker->refused("busy");
    }
    CHECK(results + busy == clients * times);
    CHECK(results >= static_cast<int>(server::Station::most_questions));
    CHECK(busy > 0);
    stored_as_told(rig, c, watcher);
}
