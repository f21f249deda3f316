// The disk thread: order, bound, failure, and nothing left behind at its end.
#include "daemon/store/disk_thread.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

using heeldrop::store::DiskThread;
using heeldrop::store::Lane;

TEST_CASE("jobs run in order, and all of them before the thread ends") {
    std::vector<int> ran;
    {
        DiskThread disk({1000, 1000}, [](const std::string&) {});
        for (int i = 0; i < 500; ++i)
            REQUIRE(disk.post(Lane::own, [&ran, i] { ran.push_back(i); }));
    }
    REQUIRE(ran.size() == 500);
    CHECK(std::is_sorted(ran.begin(), ran.end()));
}

TEST_CASE("a full lane takes no more, and says so") {
    std::promise<void> go, going;
    int ran = 0;
    {
        DiskThread disk({2, 1}, [](const std::string&) {});
        REQUIRE(disk.post(Lane::own, [&] {
            going.set_value();
            go.get_future().wait();
        }));
        going.get_future().wait();
        CHECK(disk.post(Lane::own, [&] { ++ran; }));
        CHECK(disk.post(Lane::own, [&] { ++ran; }));
        CHECK_FALSE(disk.post(Lane::own, [&] { ++ran; }));
        go.set_value();
    }
    CHECK(ran == 2);
}

TEST_CASE("a job that fails is reported, and the next one runs") {
    std::vector<std::string> failures;
    int ran = 0;
    {
        DiskThread disk({10, 10}, [&](const std::string& why) { failures.push_back(why); });
        CHECK(disk.post(Lane::own, [] { throw std::runtime_error("disk full"); }));
        CHECK(disk.post(Lane::own, [&] { ++ran; }));
    }
    CHECK(failures == std::vector<std::string>{"disk full"});
    CHECK(ran == 1);
}

namespace {

/// Posted first, it keeps the thread until it is let go.
struct Gate {
    std::promise<void> reached, go;
    explicit Gate(DiskThread& disk) {
        // Its own hold on the future: the gate may be gone before the thread has come to wait.
        REQUIRE(disk.post(Lane::own, [this, open = go.get_future().share()] {
            reached.set_value();
            open.wait();
        }));
        reached.get_future().wait();
    }
};

}  // namespace

TEST_CASE("questions have a small room of their own: however many come, what is written is taken") {
    int ran = 0;
    {
        DiskThread disk({2, 3}, [](const std::string&) {});
        Gate gate(disk);
        const auto count = [&] { ++ran; };
        for (int i = 0; i < 3; ++i)
            CHECK(disk.post(Lane::asked, count));
        CHECK(disk.full(Lane::asked));
        for (int i = 0; i < 5000; ++i)
            CHECK_FALSE(disk.post(Lane::asked, count));
        CHECK(disk.post(Lane::own, count));
        CHECK(disk.post(Lane::own, count));
        CHECK_FALSE(disk.post(Lane::own, count));
        CHECK(disk.post(Lane::assured, count));  // the end of what was begun
        gate.go.set_value();
    }
    CHECK(ran == 6);
}

TEST_CASE("what is written goes before questions, which still come to their turn and find all that came before them") {
    std::vector<std::string> ran;
    {
        DiskThread disk({1000, 10}, [](const std::string&) {});
        Gate gate(disk);
        const auto post = [&](Lane lane, const std::string& name) {
            CHECK(disk.post(lane, [&ran, name] { ran.push_back(name); }));
        };
        constexpr int before = DiskThread::most_overtaking + 5;
        for (int i = 0; i < before; ++i)
            post(Lane::own, "before");
        post(Lane::asked, "first");
        post(Lane::asked, "second");
        for (int i = 0; i < 100; ++i)
            post(i % 2 == 0 ? Lane::own : Lane::assured, "later");
        gate.go.set_value();
    }
    const auto first = std::find(ran.begin(), ran.end(), "first") - ran.begin();
    const auto second = std::find(ran.begin(), ran.end(), "second") - ran.begin();
    CHECK(std::count(ran.begin(), ran.begin() + first, "before") == DiskThread::most_overtaking + 5);
    CHECK(second > first);
    CHECK(second - first <= DiskThread::most_overtaking + 1);
}
