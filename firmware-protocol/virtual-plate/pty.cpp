// The pair, its modes and its link; see pty.hpp.
#include "firmware-protocol/virtual-plate/pty.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace heeldrop::virtual_plate {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

PseudoTerminal::PseudoTerminal() {
    master_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0)
        fail("cannot make a pseudo-terminal");
    std::array<char, 256> name{};
    if (ptsname_r(master_, name.data(), name.size()) != 0)
        fail("cannot name the pseudo-terminal");
    path_ = name.data();
    slave_ = open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave_ < 0)
        fail("cannot open " + path_);
    termios mode{};
    if (tcgetattr(slave_, &mode) != 0)
        fail("cannot read the mode of " + path_);
    cfmakeraw(&mode);
    if (tcsetattr(slave_, TCSANOW, &mode) != 0)
        fail("cannot set the mode of " + path_);
}

PseudoTerminal::~PseudoTerminal() {
    std::error_code ignored;
    if (!link_.empty() && std::filesystem::read_symlink(link_, ignored) == path_)
        std::filesystem::remove(link_, ignored);
    if (slave_ >= 0)
        close(slave_);
    if (master_ >= 0)
        close(master_);
}

void PseudoTerminal::link(const std::string& name) {
    namespace fs = std::filesystem;
    const auto there = fs::symlink_status(name);
    if (fs::exists(there) && !fs::is_symlink(there))
        throw std::runtime_error(name + " is there and is no symbolic link: it is not replaced");
    const std::string fresh = name + "." + std::to_string(getpid());
    fs::create_symlink(path_, fresh);
    std::error_code error;
    fs::rename(fresh, name, error);
    if (error) {
        std::error_code ignored;
        fs::remove(fresh, ignored);
        throw std::system_error(error, "cannot make the link " + name);
    }
    link_ = name;
}

std::vector<std::uint8_t> PseudoTerminal::read() {
    std::vector<std::uint8_t> bytes(4096);
    const auto n = ::read(master_, bytes.data(), bytes.size());
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
}

std::size_t PseudoTerminal::write(std::span<const std::uint8_t> bytes) {
    const auto n = ::write(master_, bytes.data(), bytes.size());
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        fail("cannot write to " + path_);
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

std::size_t PseudoTerminal::unread() const {
    // The kernel passes bytes on to the lower end in its own time, and until then nobody counts them; polling that end
    // makes it do so at once.
    pollfd lower{slave_, POLLIN, 0};
    poll(&lower, 1, 0);
    int n = 0;
    return ioctl(slave_, FIONREAD, &n) == 0 && n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace heeldrop::virtual_plate
