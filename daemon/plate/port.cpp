#include "daemon/plate/port.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <libserialport.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "daemon/plate/port_list.hpp"

namespace heeldrop::plate {
namespace {

class Descriptor {
 public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0)
            close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

 private:
    int fd_;
};

/// Something is there, and it never will be a port: whoever named it must name another.
std::string no_port(const std::string& path, const char* what) {
    return fmt::format("{} is {}: no plate can be there. Name the plate's port with --port.", path, what);
}

/// Whose group it is says which group to join.
std::string not_allowed(const std::string& path) {
    struct stat status {};
    // Nobody is to join root's group.
    const bool joinable = stat(path.c_str(), &status) == 0 && status.st_gid != 0;
    const group* owner = joinable ? getgrgid(status.st_gid) : nullptr;
    return fmt::format(
        "Not allowed to open {}. Add the daemon's user to the {} group and start the daemon again, or install "
        "Heeldrop's "
        "udev rules.",
        path, owner != nullptr ? owner->gr_name : "dialout");
}

std::string in_use(const std::string& path) {
    auto holders = holders_of(path);
    // This program has it open, too, to find out that another one has.
    const std::string own = fmt::format("({})", getpid());
    if (holders.size() > 1)
        std::erase_if(holders, [&](const std::string& holder) { return holder.ends_with(own); });
    return fmt::format("{} is in use by another program{}. Close it: the port is then taken up by itself.", path,
                       holders.empty() ? "" : fmt::format(": {}", fmt::join(holders, ", ")));
}

/// What to do about a port that cannot be opened, by errno.
std::string cannot_open(const std::string& path, int reason) {
    switch (reason) {
        case ENOENT:
        case ENODEV:
        case ENXIO:
            return fmt::format("There is no port {}. Connect the plate, or name its port with --port.", path);
        case EACCES:
        case EPERM:
            return not_allowed(path);
        case EBUSY:
            return in_use(path);
        case ENOTTY:
            return no_port(path, "a device, but no serial port");
        default:
            return fmt::format("Cannot open {}: {}.", path, std::strerror(reason));
    }
}

/// Device numbers 136 to 143 are Unix98 pseudo-terminals' lower ends (Linux, Documentation/admin-guide/devices.txt).
bool is_pseudo_terminal(const struct stat& status) {
    return S_ISCHR(status.st_mode) && major(status.st_rdev) >= 136 && major(status.st_rdev) <= 143;
}

/// No byte is changed, echoed or taken for a signal, and a read waits for one. libserialport leaves VMIN at 0, with
/// which Linux answers a read of nothing with 0 bytes, even from a descriptor that does not block: that is how a port
/// says that it is gone.
void make_raw(int fd, const std::string& path) {
    termios settings{};
    if (tcgetattr(fd, &settings) != 0)
        throw PortError(cannot_open(path, errno));
    cfmakeraw(&settings);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    if (tcsetattr(fd, TCSANOW, &settings) != 0)
        throw PortError(cannot_open(path, errno));
}

/// Through a descriptor of libserialport's own, which is closed again: a terminal keeps its settings as long as anybody
/// has it open, as the caller does.
void set_up_serial_port(const std::string& path, int baud) {
    const auto check = [&](sp_return result) {
        if (result == SP_OK)
            return;
        if (result == SP_ERR_ARG)
            throw PortError(cannot_open(path, ENOTTY));
        if (result == SP_ERR_SUPP)
            throw PortError(fmt::format("{} cannot do {} baud. Name another speed in the settings.", path, baud));
        throw PortError(cannot_open(path, sp_last_error_code() != 0 ? sp_last_error_code() : EIO));
    };
    sp_port* raw = nullptr;
    check(sp_get_port_by_name(path.c_str(), &raw));
    const std::unique_ptr<sp_port, decltype(&sp_free_port)> port(raw, sp_free_port);
    check(sp_open(port.get(), SP_MODE_READ_WRITE));
    const std::unique_ptr<sp_port, decltype(&sp_close)> opened(port.get(), sp_close);
    check(sp_set_baudrate(port.get(), baud));
    check(sp_set_bits(port.get(), 8));
    check(sp_set_parity(port.get(), SP_PARITY_NONE));
    check(sp_set_stopbits(port.get(), 1));
    check(sp_set_flowcontrol(port.get(), SP_FLOWCONTROL_NONE));
}

/// Locked before anything is changed: a port that another daemon works with keeps its settings.
Descriptor opened_and_locked(const std::string& path, const std::string& shown) {
    Descriptor fd(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (fd.get() < 0)
        throw PortError(cannot_open(shown, errno));
    if (!isatty(fd.get()))
        throw PortError(cannot_open(shown, ENOTTY));
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        throw PortError(cannot_open(shown, errno == EWOULDBLOCK ? EBUSY : errno));
    return fd;
}

}  // namespace

Port open_port(const std::filesystem::path& path, int baud) {
    std::error_code error;
    const std::string resolved = std::filesystem::canonical(path, error).native();
    struct stat status {};
    if (error || stat(resolved.c_str(), &status) != 0)
        throw PortError(cannot_open(path.native(), error ? error.value() : errno));
    if (!S_ISCHR(status.st_mode))
        throw PortError(no_port(path.native(), S_ISREG(status.st_mode)   ? "a file"
                                               : S_ISDIR(status.st_mode) ? "a folder"
                                                                         : "no serial port"));
    const bool pseudo = is_pseudo_terminal(status);
    Descriptor fd = opened_and_locked(resolved, path.native());
    if (!pseudo)
        set_up_serial_port(resolved, baud);
    make_raw(fd.get(), path.native());
    if (!pseudo && ioctl(fd.get(), TIOCEXCL) != 0)
        throw PortError(cannot_open(path.native(), errno));
    tcflush(fd.get(), TCIOFLUSH);  // what lies there is of an earlier conversation
    return {fd.release(), !pseudo};
}

}  // namespace heeldrop::plate
