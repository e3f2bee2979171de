// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>

namespace vireo::daemon {

/// Tells when nothing was to do for a while. Main thread only.
class IdleAlarm {
public:
    using Patience = std::optional<std::chrono::milliseconds>; // nothing: it never tells

    IdleAlarm(asio::any_io_executor executor, Patience patience);

    /// From now on.
    void set_patience(Patience patience);
    Patience patience() const { return patience_; }

    /// Whether there is something to do now; the time counts from the last change to "no".
    void set_busy(bool busy);
    /// Ends when nothing was to do for as long as the patience lasts.
    awaitable<void> wait();

private:
    void arm();

    Patience patience_;
    bool busy_ = false;
    asio::steady_timer timer_;
};

} // namespace vireo::daemon
