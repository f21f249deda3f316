// The disk thread: order, bound, failure, and nothing left behind at its end.
#include "daemon/store/disk_thread.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>
#include <vector>

using heeldrop::store::DiskThread;

TEST_CASE("jobs run in order, and all of them before the thread ends") {
    std::vector<int> ran;
    {
        DiskThread disk(1000, [](const std::string&) {});
        for (int i = 0; i < 500; ++i)
            REQUIRE(disk.post([&ran, i] { ran.push_back(i); }));
    }
    REQUIRE(ran.size() == 500);
    CHECK(std::is_sorted(ran.begin(), ran.end()));
}

TEST_CASE("a full queue takes no more, and says so") {
    std::promise<void> go, going;
    int ran = 0;
    {
        DiskThread disk(2, [](const std::string&) {});
        REQUIRE(disk.post([&] {
            going.set_value();
            go.get_future().wait();
        }));
        going.get_future().wait();
        CHECK(disk.post([&] { ++ran; }));
        CHECK(disk.post([&] { ++ran; }));
        CHECK_FALSE(disk.post([&] { ++ran; }));
        go.set_value();
    }
    CHECK(ran == 2);
}

TEST_CASE("a job that fails is reported, and the next one runs") {
    std::vector<std::string> failures;
    int ran = 0;
    {
        DiskThread disk(10, [&](const std::string& why) { failures.push_back(why); });
        CHECK(disk.post([] { throw std::runtime_error("disk full"); }));
        CHECK(disk.post([&] { ++ran; }));
    }
    CHECK(failures == std::vector<std::string>{"disk full"});
    CHECK(ran == 1);
}
