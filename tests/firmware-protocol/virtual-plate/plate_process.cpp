// See plate_process.hpp.
#include "tests/firmware-protocol/virtual-plate/plate_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace {

constexpr int deadline_ms = 60000;

bool readable(int fd) {
    pollfd p{fd, POLLIN, 0};
    return poll(&p, 1, deadline_ms) == 1;
}

}  // namespace

PlateProcess::PlateProcess(const std::vector<std::string>& arguments) {
    int out[2], err[2], in[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 || pipe2(in, O_CLOEXEC) != 0)
        throw std::runtime_error("no pipes");
    pid_ = fork();
    if (pid_ == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        std::vector<char*> argv{const_cast<char*>(HEELDROP_PLATE)};
        for (const auto& a : arguments)
            argv.push_back(const_cast<char*>(a.c_str()));
        argv.push_back(nullptr);
        execv(HEELDROP_PLATE, argv.data());
        _exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    ::close(in[0]);
    out_ = out[0];
    err_ = err[0];
    in_ = in[1];
    heeldrop_deframer_init(&deframer_);
}

PlateProcess::~PlateProcess() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    for (const int fd : {out_, err_, in_, line_})
        if (fd >= 0)
            ::close(fd);
}

std::string PlateProcess::terminal() {
    std::string line;
    char c = 0;
    while (readable(out_) && ::read(out_, &c, 1) == 1 && c != '\n')
        line += c;
    return line;
}

void PlateProcess::open(const std::string& path) {
    line_ = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (line_ < 0)
        throw std::runtime_error("cannot open " + path);
    termios mode{};
    tcgetattr(line_, &mode);
    cfmakeraw(&mode);
    tcsetattr(line_, TCSANOW, &mode);
}

void PlateProcess::close_line() {
    ::close(line_);
    line_ = -1;
}

void PlateProcess::command(std::uint8_t type, std::uint16_t id) {
    std::array<std::uint8_t, 8> message{};
    std::array<std::uint8_t, 32> wire{};
    const heeldrop_command command{type, id};
    const auto size = heeldrop_command_encode(&command, message.data(), message.size());
    const auto n = heeldrop_frame_encode(message.data(), size, wire.data() + 1, wire.size() - 1);
    if (::write(line_, wire.data(), n + 1) != static_cast<ssize_t>(n + 1))
        throw std::runtime_error("the line took no command");
}

void PlateProcess::start() {
    open(terminal());
    command(HEELDROP_GET_HELLO, 1);
    command(HEELDROP_START, 2);
}

bool PlateProcess::read(std::size_t how_many) {
    std::array<std::uint8_t, 8192> bytes{};
    while (how_many == 0 || samples.size() < how_many) {
        if (!readable(line_))
            return false;
        const auto n = ::read(line_, bytes.data(), bytes.size());
        if (n <= 0)
            return how_many == 0;
        take(bytes.data(), static_cast<std::size_t>(n));
    }
    return true;
}

void PlateProcess::take(const std::uint8_t* bytes, std::size_t size) {
    for (std::size_t k = 0; k < size; ++k) {
        const auto result = heeldrop_deframer_push(&deframer_, bytes[k]);
        if (result != HEELDROP_DEFRAME_MORE && result != HEELDROP_DEFRAME_FRAME)
            ++damaged;
        if (result != HEELDROP_DEFRAME_FRAME)
            continue;
        const auto* m = deframer_.message;
        ++types[m[0]];
        if (m[0] == HEELDROP_HELLO && heeldrop_hello_decode(m, deframer_.message_size, &hello) != HEELDROP_DECODE_OK)
            ++damaged;
        heeldrop_samples_view view{};
        if (m[0] != HEELDROP_SAMPLES)
            continue;
        if (heeldrop_samples_decode(m, deframer_.message_size, &view) != HEELDROP_DECODE_OK) {
            ++damaged;
            continue;
        }
        std::uint32_t tick = view.header.tick;
        for (std::uint8_t i = 0; i < view.count; ++i) {
            Sample s{view.header.index + i, 0, {}};
            heeldrop_samples_get(&view, i, &s.values);
            tick += view.header.has_deltas ? s.values.delta : i > 0 ? hello.sample_period_ticks : 0;
            s.tick = tick;
            samples.push_back(s);
        }
    }
}

void PlateProcess::press_enter(const std::string& typed_before) {
    const std::string line = typed_before + '\n';
    if (::write(in_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("standard input is closed");
}

void PlateProcess::signal(int number) {
    kill(pid_, number);
}

int PlateProcess::wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

std::string PlateProcess::complaints() {
    std::string text;
    std::array<char, 1024> bytes{};
    ssize_t n = 0;
    while ((n = ::read(err_, bytes.data(), bytes.size())) > 0)
        text.append(bytes.data(), static_cast<std::size_t>(n));
    return text;
}
