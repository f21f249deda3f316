#include "daemon/server/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace heeldrop::server {
namespace {

/// A regular file that is not open in the other direction alone.
bool is_file(const OwnedDescriptor& descriptor, int wrong_mode) {
    struct stat status {};
    const int mode = fcntl(descriptor.get(), F_GETFL);
    return fstat(descriptor.get(), &status) == 0 && S_ISREG(status.st_mode) && mode >= 0 &&
           (mode & O_ACCMODE) != wrong_mode;
}

}  // namespace

std::optional<Refusal> why_not_writable(const OwnedDescriptor& descriptor) {
    if (!descriptor)
        return Refusal{"no_descriptor", "This needs an open file: send its descriptor with the request (SCM_RIGHTS)."};
    if (!is_file(descriptor, O_RDONLY))
        return Refusal{"no_descriptor", "The descriptor must be of a regular file, open for writing."};
    return std::nullopt;
}

std::optional<Refusal> why_not_readable(const OwnedDescriptor& descriptor) {
    if (!descriptor)
        return Refusal{"no_descriptor", "This needs an open file: send its descriptor with the request (SCM_RIGHTS)."};
    if (!is_file(descriptor, O_WRONLY))
        return Refusal{"no_descriptor", "The descriptor must be of a regular file, open for reading."};
    return std::nullopt;
}

void write_all(int descriptor, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = write(descriptor, text.data() + done, text.size() - done);
        if (n < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "cannot write the export");
        if (n > 0)
            done += static_cast<std::size_t>(n);
    }
}

std::string read_all(int descriptor, std::size_t longest) {
    std::string text(longest + 1, '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = pread(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw std::system_error(errno, std::generic_category(), "cannot read the file");
        if (n == 0)
            break;
        done += static_cast<std::size_t>(n);
    }
    text.resize(done);
    return text;
}

}  // namespace heeldrop::server
