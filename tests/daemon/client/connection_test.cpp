// The client library against a scripted daemon: a listening socket whose lines the test writes itself.
#include "daemon/client/connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "daemon/client/socket_path.hpp"
#include "tests/temporary_folder.hpp"

using heeldrop::client::Connection;
using heeldrop::client::ConnectionError;
using heeldrop::client::RequestError;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string hello =
    R"({"class":"hello","daemon":"heeldropd","version":"0.1.0","protocol":{"major":1,"minor":0}})";

/// Listens, takes one client, and runs the script with it on a thread of its own.
class ScriptedDaemon {
 public:
    template <class Script>
    explicit ScriptedDaemon(Script script) {
        listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(listen(listener_, 1) == 0);
        thread_ = std::thread([this, script] {
            client_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            script(*this);
            close(client_);
        });
    }
    ~ScriptedDaemon() {
        thread_.join();
        close(listener_);
    }
    void say(const std::string& text) { (void)!::send(client_, text.data(), text.size(), MSG_NOSIGNAL); }
    /// Reads one line and the descriptor that came with it, if any.
    json hear(int* descriptor = nullptr) {
        std::string line;
        char c = 0;
        for (;;) {
            iovec part{&c, 1};
            alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
            msghdr header{};
            header.msg_iov = &part;
            header.msg_iovlen = 1;
            header.msg_control = control;
            header.msg_controllen = sizeof control;
            if (recvmsg(client_, &header, MSG_CMSG_CLOEXEC) <= 0)
                return nullptr;
            if (const cmsghdr* rights = CMSG_FIRSTHDR(&header); rights != nullptr && descriptor != nullptr)
                std::memcpy(descriptor, CMSG_DATA(rights), sizeof(int));
            if (c == '\n')
                return json::parse(line);
            line += c;
        }
    }
    void wait_for_hangup() {
        char c;
        while (recv(client_, &c, 1, 0) > 0) {
        }
    }

 private:
    heeldrop::test::TemporaryFolder folder_;

 public:
    const std::filesystem::path path = folder_.path / "d.sock";

 private:
    int listener_ = -1, client_ = -1;
    std::thread thread_;
};

}  // namespace

TEST_CASE("a request is answered by the line with its id, lines in between are kept in order") {
    ScriptedDaemon daemon([](ScriptedDaemon& d) {
        d.say(hello + "\n");
        const json request = d.hear();
        d.say("{\"class\":\"phase\",\"phase\":\"rise\"}\n{\"class\":\"result\",\"id\":999}\n{\"class\":\"res");
        d.say("ult\",\"id\":" + request["id"].dump() +
              ",\"request\":\"status\",\"answer\":42}\n{\"class\":\"phase\",\"phase\":\"top\"}\n");
        d.wait_for_hangup();
    });
    auto connection = Connection::open(daemon.path);
    CHECK(connection.greeting()["version"] == "0.1.0");
    const json answer = connection.request({{"class", "status"}});
    CHECK(answer["answer"] == 42);
    CHECK(json::parse(connection.next_line(5s).value())["phase"] == "rise");
    CHECK(json::parse(connection.next_line(5s).value())["id"] == 999);
    CHECK(json::parse(connection.next_line(5s).value())["phase"] == "top");
    CHECK_FALSE(connection.next_line(0ms).has_value());
    CHECK(connection.read_available().empty());
}

TEST_CASE("an error answer is thrown with its code and message") {
    ScriptedDaemon daemon([](ScriptedDaemon& d) {
        d.say(hello + "\n");
        const json request = d.hear();
        d.say("{\"class\":\"error\",\"id\":" + request["id"].dump() +
              ",\"code\":\"busy\",\"message\":\"A session is already running.\"}\n");
        d.wait_for_hangup();
    });
    auto connection = Connection::open(daemon.path);
    try {
        connection.request({{"class", "session_start"}});
        FAIL("no error was thrown");
    } catch (const RequestError& error) {
        CHECK(error.code() == "busy");
        CHECK(std::string(error.what()) == "A session is already running.");
    }
}

TEST_CASE("an event loop gets what came before the end, then the end") {
    ScriptedDaemon daemon([](ScriptedDaemon& d) {
        d.say(hello + "\n");
        // Said back: Catch takes checks from the test's own thread alone.
        d.say("{\"class\":\"plate\",\"heard\":" + d.hear()["class"].dump() + "}\n{\"class\":\"session\"}\n");
    });
    auto connection = Connection::open(daemon.path);
    CHECK(connection.send({{"class", "watch"}}) > 0);
    std::vector<json> got;
    const auto wait = [&] {
        pollfd readable{connection.fd(), POLLIN, 0};
        REQUIRE(poll(&readable, 1, 5000) == 1);
    };
    while (got.size() < 2) {
        wait();
        for (auto& line : connection.read_available())
            got.push_back(line);
    }
    CHECK(got[0]["class"] == "plate");
    CHECK(got[0]["heard"] == "watch");
    CHECK(got[1]["class"] == "session");
    wait();
    CHECK_THROWS_AS(connection.read_available(), ConnectionError);
    CHECK_THROWS_AS(connection.request({{"class", "status"}}), ConnectionError);
}

TEST_CASE("a descriptor goes with its request") {
    heeldrop::test::TemporaryFolder folder;
    const std::string file = folder.path / "out";
    ScriptedDaemon daemon([](ScriptedDaemon& d) {
        d.say(hello + "\n");
        int descriptor = -1;
        const json request = d.hear(&descriptor);
        (void)!write(descriptor, "force", 5);
        close(descriptor);
        d.say("{\"class\":\"result\",\"id\":" + request["id"].dump() + ",\"bytes\":5}\n");
        d.wait_for_hangup();
    });
    std::FILE* out = std::fopen(file.c_str(), "w");
    REQUIRE(out != nullptr);
    auto connection = Connection::open(daemon.path);
    CHECK(connection.request_with_descriptor({{"class", "export"}}, fileno(out))["bytes"] == 5);
    std::fclose(out);
    std::string text;
    std::ifstream(file) >> text;
    CHECK(text == "force");
}

TEST_CASE("a daemon that is not there is said plainly, with what to do") {
    heeldrop::test::TemporaryFolder folder;
    try {
        Connection::open(folder.path / "none.sock");
        FAIL("no error was thrown");
    } catch (const ConnectionError& error) {
        const std::string message = error.what();
        CHECK(message.find("not running") != std::string::npos);
        CHECK(message.find(folder.path.native()) != std::string::npos);
        CHECK(message.find("heeldropd") != std::string::npos);
    }
}

TEST_CASE("something else listening is not taken for the daemon") {
    const auto greeting = GENERATE(as<std::string>{}, "SSH-2.0-OpenSSH\n", "{\"class\":\"status\"}\n", "[]\n",
                                   "{\"class\":\"hello\",\"protocol\":{\"major\":2,\"minor\":0}}\n", "");
    ScriptedDaemon daemon([greeting](ScriptedDaemon& d) { d.say(greeting); });
    CHECK_THROWS_AS(Connection::open(daemon.path), ConnectionError);
}

TEST_CASE("an endless line is given up, not stored") {
    ScriptedDaemon daemon([](ScriptedDaemon& d) {
        d.say(hello + "\n");
        const std::string chunk(1 << 20, 'x');
        for (int i = 0; i < 12; ++i)
            d.say(chunk);
    });
    auto connection = Connection::open(daemon.path);
    CHECK_THROWS_WITH(connection.next_line(30s), Catch::Contains("too long"));
}

TEST_CASE("the search order: the flag alone, then the variable alone, then the user's, then the system's") {
    setenv("XDG_RUNTIME_DIR", "/somewhere/runtime", 1);
    unsetenv("HEELDROP_SOCKET");
    using heeldrop::client::socket_candidates;
    using Paths = std::vector<std::filesystem::path>;
    CHECK(socket_candidates(std::nullopt) ==
          Paths{"/somewhere/runtime/heeldrop/daemon.sock", "/run/heeldrop/daemon.sock"});
    setenv("HEELDROP_SOCKET", "/a.sock", 1);
    CHECK(socket_candidates(std::nullopt) == Paths{"/a.sock"});
    CHECK(socket_candidates("/b.sock") == Paths{"/b.sock"});
}
