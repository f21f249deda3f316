// SIGTERM and SIGINT as a descriptor to poll, so that they end a run between two steps and never inside one.
#pragma once

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace heeldrop::virtual_plate {

/// Blocks both from its construction to the end of the process: a second one changes nothing.
class StopSignals {
 public:
    StopSignals() {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigprocmask(SIG_BLOCK, &set, nullptr);
        fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (fd_ < 0)
            throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
    }
    ~StopSignals() { close(fd_); }
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    int descriptor() const { return fd_; }

 private:
    int fd_ = -1;
};

}  // namespace heeldrop::virtual_plate
