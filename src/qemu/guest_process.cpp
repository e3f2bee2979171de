// SPDX-License-Identifier: Apache-2.0
#include "qemu/guest_process.hpp"

#include "base/pidfd.hpp"

#include <sys/wait.h>

#include <csignal>

namespace vireo::qemu {

bool GuestProcess::take(const async::ProcessIdentity& identity) {
    auto found = async::find_process(identity);
    if (!found) return false;
    identity_ = identity;
    pidfd_.assign(found.release());
    return true;
}

void GuestProcess::kill(int signal) { ::pidfd_send_signal(pidfd_.native_handle(), signal, nullptr, 0); }

awaitable<std::optional<async::ExitStatus>> GuestProcess::wait() {
    co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    siginfo_t info{};
    bool reaped =
        ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.native_handle()), &info, WEXITED | WNOHANG) == 0 &&
        info.si_pid != 0;
    if (!reaped) co_return std::nullopt;
    if (info.si_code == CLD_EXITED) co_return async::ExitStatus{info.si_status, 0};
    co_return async::ExitStatus{0, info.si_status};
}

} // namespace vireo::qemu
