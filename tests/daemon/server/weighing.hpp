// What a daemon weighs, what it exports, and a disk that takes as long as it is told.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "daemon/exchange/force_csv.hpp"
#include "tests/daemon/server/rig.hpp"

namespace heeldrop::test {

/// Of a process' memory what is really there, in MiB.
inline double resident_mib(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:"))
            return std::stod(line.substr(6)) / 1024.0;
    throw std::runtime_error("no such process");
}

inline exchange::ForceFile exported(Rig& rig, client::Connection& c) {
    const auto path = rig.folder.path / "export.csv";
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    c.request_with_descriptor({{"class", "export"}, {"session", "last"}, {"format", "csv"}}, fd);
    close(fd);
    return exchange::read_force_csv(path);
}

/// A session of two reps has ended as it should: the watcher heard of no error until then, what is stored is what it
/// was told, and the samples, which are returned, go up to the end.
inline exchange::ForceFile stored_as_told(Rig& rig, client::Connection& c, client::Connection& watcher) {
    const json ended = next_of(watcher, [](const json& line) {
        CHECK(line["class"] != "error");
        return line["class"] == "session" && line["session"]["state"] == "finished";
    });
    const json stored = c.request({{"class", "session"}, {"session", "last"}});
    CHECK(stored["session"] == ended["session"]);
    CHECK(stored["reps"].size() == 2);
    exchange::ForceFile file = exported(rig, c);
    CHECK(file.samples.back().t.value == Approx(ended["session"]["duration_s"].get<double>()).margin(1e-4));
    return file;
}

/// A daemon whose disk takes as long as it is told.
struct SlowDisk {
    explicit SlowDisk(Rig& rig) : ms_(rig.folder.path / "disk-ms"), log_(rig.folder.path / "disk-log") {
        setenv("LD_PRELOAD", SLOW_DISK, 1);
        setenv("HEELDROP_DISK_MS", ms_.c_str(), 1);
        setenv("HEELDROP_DISK_LOG", log_.c_str(), 1);
        setenv("ASAN_OPTIONS", "verify_asan_link_order=0:quarantine_size_mb=1", 1);
        rig.start_daemon();
        for (const char* name : {"LD_PRELOAD", "HEELDROP_DISK_MS", "HEELDROP_DISK_LOG", "ASAN_OPTIONS"})
            unsetenv(name);
    }
    void takes_ms(int ms) {
        const auto fresh = ms_.native() + ".part";
        std::ofstream(fresh) << ms << std::endl;
        std::filesystem::rename(fresh, ms_);
    }
    /// Waits that began and that ended so far.
    std::pair<long, long> waits() const {
        std::stringstream text;
        text << std::ifstream(log_).rdbuf();
        const std::string log = text.str();
        return {std::count(log.begin(), log.end(), '+'), std::count(log.begin(), log.end(), '-')};
    }

 private:
    std::filesystem::path ms_, log_;
};

}  // namespace heeldrop::test
