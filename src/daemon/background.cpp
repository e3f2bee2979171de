// SPDX-License-Identifier: Apache-2.0
#include "daemon/background.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace vireo::daemon {

Background::Background() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    Fd read_end{ends[0]}, write_end{ends[1]};
    auto child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    parent_ = child > 0;
    pipe_ = parent_ ? std::move(read_end) : std::move(write_end);
    if (!parent_) ::setsid();
}

int Background::wait_until_ready() const {
    char byte = 0;
    ssize_t got = 0;
    do got = ::read(pipe_.get(), &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? 0 : 1;
}

void Background::tell_ready() {
    // Standard error stays: it is where the log goes.
    Fd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    ::dup2(nothing.get(), STDIN_FILENO);
    ::dup2(nothing.get(), STDOUT_FILENO);
    char byte = 1;
    if (::write(pipe_.get(), &byte, 1) != 1) return; // the parent was killed: nobody waits
    pipe_.reset();
}

} // namespace vireo::daemon
