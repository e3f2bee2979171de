// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/child_process.hpp"
#include "async/process.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>

namespace vireo::qemu {

/// The QEMU of one run, held by its pidfd: a child of this daemon, or one that an earlier daemon started.
class GuestProcess {
public:
    /// None.
    explicit GuestProcess(const asio::any_io_executor& executor) : pidfd_{executor} {}
    /// Takes exactly this process; false when it no longer lives.
    bool take(const async::ProcessIdentity& identity);

    explicit operator bool() const { return pidfd_.is_open(); }
    pid_t pid() const { return identity_.pid; }
    const async::ProcessIdentity& identity() const { return identity_; }
    void kill(int signal);
    /// Waits for its end. How it ended is known of a child only, which is reaped. A cancelled wait may be
    /// repeated.
    awaitable<std::optional<async::ExitStatus>> wait();

private:
    async::ProcessIdentity identity_;
    asio::posix::stream_descriptor pidfd_;
};

} // namespace vireo::qemu
