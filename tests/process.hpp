// A program that a test starts, and that is gone when the test is over.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace heeldrop::test {

/// Its standard input is a pipe from the test, its standard output one to it; standard error goes to a file, if named.
class Process {
 public:
    explicit Process(std::vector<std::string> arguments, const std::string& errors = "/dev/null") {
        int in[2], out[2];
        if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
            throw std::runtime_error("no pipe");
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        std::vector<char*> argv;
        for (auto& argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(in[0]);
        close(out[1]);
        input_ = in[1];
        output_ = out[0];
        if (error != 0)
            throw std::runtime_error("cannot start " + arguments[0]);
    }
    ~Process() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
        }
        close(input_);
        close(output_);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void write_line(const std::string& text) { (void)!write(input_, (text + "\n").c_str(), text.size() + 1); }
    int pid() const { return pid_; }
    void signal(int number) { kill(pid_, number); }
    bool running() {
        siginfo_t ended{};
        return waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
    }

    /// Its whole standard output, to its end.
    std::string read_all() {
        std::string all;
        char bytes[4096];
        for (ssize_t n; (n = read(output_, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR);)
            if (n > 0)
                all.append(bytes, static_cast<std::size_t>(n));
        return all;
    }
    std::string read_line() {
        std::string line;
        for (char c; read(output_, &c, 1) == 1 && c != '\n';)
            line += c;
        return line;
    }

    /// Its exit code, or 128 + the signal that ended it. Throws when it goes on for longer than a minute.
    int wait() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        int status = 0;
        while (waitpid(pid_, &status, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() > end)
                throw std::runtime_error("the program does not end");
            poll(nullptr, 0, 5);
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

 private:
    pid_t pid_ = -1;
    int input_ = -1, output_ = -1;
};

}  // namespace heeldrop::test
