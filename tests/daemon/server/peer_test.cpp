// A client's queue: samples give way and are counted, everything else arrives.
#include "daemon/server/peer.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace heeldrop::server;
using nlohmann::json;

TEST_CASE("a client that reads late gets every event, and how many samples it has missed") {
    boost::asio::io_context io;
    Peer::Socket ours(io), theirs(io);
    boost::asio::local::connect_pair(ours, theirs);
    bool closed = false;
    const auto peer = std::make_shared<Peer>(
        std::move(ours), Peer::Handlers{[](Peer&, std::string_view) {}, [](Peer&) {}, [&](Peer&) { closed = true; }});
    peer->start();
    constexpr int batches = 400, events = 50;
    for (int i = 0; i < batches; ++i) {
        auto line = std::make_shared<SamplesLine>();
        line->rest = "\"pad\":\"" + std::string(4000, 'x') + "\",\"n\":" + std::to_string(i) + "}";
        line->samples = 10;
        line->left_out = 1;
        peer->send(line);
        if (i % (batches / events) == 0)
            peer->send(json{{"class", "rep"}, {"n", i}}.dump());
    }
    theirs.non_blocking(true);
    std::string text;
    std::vector<int> reps;
    std::size_t received = 0, dropped = 0;
    int last = -1;
    bool ordered = true;
    while (last < batches - 1) {
        io.restart();
        io.poll();
        char bytes[65536];
        boost::system::error_code error;
        const auto n = theirs.read_some(boost::asio::buffer(bytes), error);
        if (!error)
            text.append(bytes, n);
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            const json line = json::parse(text.substr(0, end));
            text.erase(0, end + 1);
            if (line["class"] == "rep") {
                reps.push_back(line["n"]);
                continue;
            }
            ordered = ordered && line["n"] > last;
            last = line["n"];
            received += 10;
            dropped += line["dropped"].get<std::size_t>();
        }
    }
    CHECK(ordered);
    CHECK(reps.size() == events);
    CHECK(dropped > batches);
    CHECK(received + dropped == batches * 11);
    CHECK_FALSE(closed);
    peer->close();
    io.restart();
    io.poll();
    CHECK(closed);
}

TEST_CASE("a client that leaves a mebibyte unread is disconnected") {
    boost::asio::io_context io;
    Peer::Socket ours(io), theirs(io);
    boost::asio::local::connect_pair(ours, theirs);
    bool closed = false;
    const auto peer = std::make_shared<Peer>(
        std::move(ours), Peer::Handlers{[](Peer&, std::string_view) {}, [](Peer&) {}, [&](Peer&) { closed = true; }});
    peer->start();
    for (int i = 0; i < 20; ++i) {
        peer->send(std::string(50000, 'x'));
        io.restart();
        io.poll();
    }
    CHECK_FALSE(closed);
    for (int i = 0; i < 20; ++i)
        peer->send(std::string(50000, 'x'));
    io.restart();
    io.poll();
    CHECK(closed);
}

TEST_CASE("a client with eight open requests waits at its socket until one is answered, and nothing is lost") {
    boost::asio::io_context io;
    Peer::Socket ours(io), theirs(io);
    boost::asio::local::connect_pair(ours, theirs);
    std::vector<std::string> asked;
    const auto peer = std::make_shared<Peer>(std::move(ours), Peer::Handlers{[&](Peer& from, std::string_view line) {
                                                                                 from.request_begins();
                                                                                 asked.emplace_back(line);
                                                                             },
                                                                             [](Peer&) {}, [](Peer&) {}});
    peer->start();
    const auto run = [&] {
        io.restart();
        while (io.poll() > 0)
            ;
    };
    // More than the socket holds: written as far as it goes.
    constexpr std::size_t lines = 40'000;
    std::string text;
    for (std::size_t i = 0; i < lines; ++i)
        text += std::to_string(i) + std::string(40, '.') + "\n";
    std::size_t sent = 0;
    theirs.non_blocking(true);
    const auto send = [&] {
        boost::system::error_code full;
        while (sent < text.size() && !full)
            sent += theirs.write_some(boost::asio::buffer(text.data() + sent, text.size() - sent), full);
    };
    for (int i = 0; i < 100; ++i) {
        send();
        run();
    }
    CHECK(asked.size() == Peer::max_unanswered);
    CHECK(sent < text.size());
    peer->request_answered();
    run();
    CHECK(asked.size() == Peer::max_unanswered + 1);
    for (std::size_t answered = 1; answered < lines; ++answered) {
        REQUIRE(asked.size() == std::min(answered + Peer::max_unanswered, lines));
        send();
        peer->request_answered();
        run();
    }
    CHECK(sent == text.size());
    for (std::size_t i = 0; i < asked.size(); ++i)
        REQUIRE(asked[i] == std::to_string(i) + std::string(40, '.'));
    peer->close();
    run();
}
