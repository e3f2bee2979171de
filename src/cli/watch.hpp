// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

#include <boost/asio/steady_timer.hpp>

namespace vireo::cli {

/// One wait for events: what was seen, and why it ended. `--loop`, `--timeout` and `--timestamp` are obeyed.
class Watch : public std::enable_shared_from_this<Watch> {
public:
    Watch(Shell& shell, asio::any_io_executor executor, const Arguments& arguments);

    /// An event came: `line` is for people, `record` for programs.
    void take(const std::string& line, Record record);
    /// Waits until it is over, and says why. Commands that saw nothing have failed.
    awaitable<void> run(std::shared_ptr<client::Connection> daemon);

private:
    awaitable<void> watch_interrupt();
    awaitable<void> watch_connection(std::shared_ptr<client::Connection> daemon);
    void stop();

    Shell& shell_;
    asio::steady_timer ended_;   ///< expires with the timeout; cancelled by what ends it earlier
    std::optional<int> timeout_; ///< seconds
    bool loop_, timestamp_;
    int seen_ = 0;
    bool stopped_ = false, interrupted_ = false;
};

} // namespace vireo::cli
