// The socket without a plate: greeting, refusals, bad lines, one daemon a place, and a clean end.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "daemon/session/prescription.hpp"
#include "tests/daemon/server/rig.hpp"

using namespace heeldrop;
using namespace heeldrop::test;
using namespace std::chrono_literals;

namespace {

/// A client that writes what it likes.
class RawClient {
 public:
    explicit RawClient(const std::filesystem::path& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    ~RawClient() { close(fd_); }
    /// False once the daemon has closed the connection.
    bool write_all(std::string_view text) {
        while (!text.empty()) {
            const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (n <= 0)
                return false;
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }
    json read_line() {
        std::string line;
        for (char c; recv(fd_, &c, 1, 0) == 1 && c != '\n';)
            line += c;
        return line.empty() ? json() : json::parse(line);
    }

 private:
    int fd_;
};

}  // namespace

TEST_CASE("without a plate the daemon says so, and what cannot be done is refused with its code") {
    Rig rig;
    rig.start_daemon();
    auto c = rig.connect();
    CHECK(c.greeting()["daemon"] == "heeldropd");
    CHECK(c.greeting()["algorithm"].is_string());
    const json status = c.request({{"class", "status"}});
    CHECK(status["plate"]["state"] == "missing");
    CHECK_THAT(status["plate"]["message"].get<std::string>(), Catch::Contains(rig.link().native()));
    CHECK(status["session"].is_null());
    CHECK(code_of(c, {{"class", "session_start"}}) == "no_plate");
    CHECK(code_of(c, {{"class", "session_stop"}}) == "no_session");
    CHECK(c.request({{"class", "sessions"}})["sessions"].empty());
    for (const char* kind : {"session", "curve"})
        CHECK(code_of(c, {{"class", kind}, {"session", "last"}}) == "not_found");
    CHECK(code_of(c, {{"class", "export"}, {"session", "last"}}) == "no_descriptor");
    const json snapshot = c.request({{"class", "watch"}});
    CHECK(snapshot["live"].is_null());
    CHECK(snapshot["reps"].empty());
}

TEST_CASE("a port that is a file is named as such at once, in the log and in the status") {
    Rig rig;
    std::ofstream(rig.link()) << "no port";
    rig.start_daemon();
    auto c = rig.connect();
    const std::string message = c.request({{"class", "status"}})["plate"]["message"];
    CHECK_THAT(message, Catch::Contains(rig.link().native() + " is a file"));
    CHECK_THAT(rig.log_text(), Catch::Contains(message));
}

TEST_CASE("a line that is no proper request is answered with what is wrong, and the next one is served") {
    Rig rig;
    rig.start_daemon();
    RawClient raw(rig.socket());
    CHECK(raw.read_line()["class"] == "hello");
    const auto check = [&](const std::string& line, const std::string& code, const std::string& part,
                           const json& id = nullptr) {
        CAPTURE(line.substr(0, 100));
        REQUIRE(raw.write_all(line + "\n"));
        const json answer = raw.read_line();
        CHECK(answer["class"] == "error");
        CHECK(answer["code"] == code);
        CHECK(answer["id"] == id);
        CHECK_THAT(answer["message"].get<std::string>(), Catch::Contains(part));
    };
    check("hello?", "bad_request", "not JSON");
    check("[1,2]", "bad_request", "not an object");
    check("{}", "bad_request", "class");
    check(R"({"class":7})", "bad_request", "class");
    check(R"({"class":"dance","id":"x"})", "bad_request", "dance", "x");
    check(R"({"class":"status","id":{}})", "bad_request", "id");
    check(R"({"class":"watch","id":1,"samples":"yes"})", "bad_request", "samples", 1);
    check(R"({"class":"sessions","id":2,"limit":0})", "bad_request", "limit", 2);
    check(R"({"class":"session","id":3})", "bad_request", "session", 3);
    check(R"({"class":"curve","id":4,"session":"last","points":1e9})", "bad_request", "points", 4);
    check(R"({"class":"export","id":5,"session":"last","format":"pdf"})", "bad_request", "format", 5);
    check(R"({"class":"session_start","id":6,"reps":"many"})", "bad_request", "reps", 6);
    for (const auto& threshold : heeldrop::session::thresholds)
        check(json{{"class", "session_start"}, {"id", 7}, {threshold.key, 7}}.dump(), "bad_request", threshold.key, 7);
    check(R"({"class":"session_start","body_weight_kg":NaN})", "bad_request", "\"body_weight_kg\":N");
    check("{\"class\":\"status\",\"id\":\"\xff\xfe\"}", "bad_request", "not JSON");
    check("{\"class\":\"status\",\"pad\":\"" + std::string(70000, 'x') + "\"}", "too_long", "64 KiB");
    check(std::string(200000, '['), "too_long", "64 KiB");
    REQUIRE(raw.write_all("\n{\"class\":\"status\",\"id\":\"still here\"}\r\n"));
    const json answer = raw.read_line();
    CHECK(answer["class"] == "result");
    CHECK(answer["id"] == "still here");
}

TEST_CASE("the page's example requests are requests: each is answered under its own name") {
    Rig rig;
    rig.start_daemon();
    RawClient raw(rig.socket());
    CHECK(raw.read_line()["class"] == "hello");
    std::ifstream page(PROTOCOL_PAGE);
    int examples = 0;
    bool in_examples = false;
    for (std::string line; std::getline(page, line);) {
        in_examples = in_examples || line == "## Examples";
        if (!in_examples || !line.starts_with("    {"))
            continue;
        ++examples;
        const json request = json::parse(line);
        REQUIRE(raw.write_all(line + "\n"));
        const json answer = raw.read_line();
        CAPTURE(line, answer.dump());
        CHECK(answer["id"] == request["id"]);
        CHECK(answer["request"] == request["class"]);
        CHECK((answer["class"] == "result" || answer["code"] != "bad_request"));
    }
    CHECK(examples == 20);
}

TEST_CASE("many requests in one write are each answered, in order") {
    Rig rig;
    rig.start_daemon();
    RawClient raw(rig.socket());
    std::string lines;
    for (int i = 0; i < 100; ++i)
        lines += json{{"class", "status"}, {"id", i}}.dump() + "\n";
    REQUIRE(raw.write_all(lines));
    CHECK(raw.read_line()["class"] == "hello");
    for (int i = 0; i < 100; ++i)
        CHECK(raw.read_line()["id"] == i);
}

TEST_CASE("a client that asks and never reads is disconnected, the others are served on") {
    Rig rig;
    rig.start_daemon();
    RawClient deaf(rig.socket());
    const std::string line = "{\"class\":\"status\",\"id\":1}\n";
    bool open = true;
    for (int i = 0; i < 200000 && open; ++i)
        open = deaf.write_all(line);
    CHECK_FALSE(open);
    CHECK_THAT(rig.log_text(), Catch::Contains("slow_client"));
    auto c = rig.connect();
    CHECK(c.request({{"class", "status"}})["class"] == "result");
}

TEST_CASE("the socket is for its user and group, a stale one is replaced, one in use is not") {
    Rig rig;
    rig.start_daemon();
    struct stat status {};
    REQUIRE(stat(rig.socket().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0660);

    const auto second = [&](const std::string& data) {
        const auto errors = (rig.folder.path / ("errors-" + data)).native();
        Process other({HEELDROPD, "--socket", rig.socket().native(), "--data-dir", (rig.folder.path / data).native()},
                      errors);
        CHECK(other.wait() == 1);
        std::stringstream text;
        text << std::ifstream(errors).rdbuf();
        return text.str();
    };
    CHECK_THAT(second("data"), Catch::Contains("Another heeldropd uses the data folder"));
    CHECK_THAT(second("other"), Catch::Contains("another daemon listens there"));

    CHECK(rig.end_daemon(SIGKILL) == 128 + SIGKILL);
    CHECK(std::filesystem::exists(rig.socket()));
    rig.start_daemon();
    CHECK(rig.end_daemon(SIGTERM) == 0);
    CHECK_FALSE(std::filesystem::exists(rig.socket()));
}

TEST_CASE("wrong usage of the daemon is exit code 2, its version and help 0") {
    CHECK(Process({HEELDROPD, "--no-such-flag"}).wait() == 2);
    CHECK(Process({HEELDROPD, "--log-level", "loud"}).wait() == 2);
    CHECK(Process({HEELDROPD, "--help"}).wait() == 0);
    Process version({HEELDROPD, "--version"});
    CHECK_THAT(version.read_all(), Catch::StartsWith("heeldropd "));
}
