// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"
#include "client/connection.hpp"
#include "client/domain.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace vireo::cli {

/// The options before the command.
struct GlobalOptions {
    std::string uri; ///< empty: what the client library takes for itself
    bool read_only = false, quiet = false, timing = false;
};

/// How a command lets a domain be named: some of virsh's take only a part of the ways.
struct DomainKeys {
    bool id = true, uuid = true, name = true;
};

/// What commands work with: the connection, made when first needed, and the way to talk to the user.
class Shell {
public:
    explicit Shell(GlobalOptions options) : options_{std::move(options)} {}

    /// Throws Error when the daemon cannot be reached.
    awaitable<std::shared_ptr<client::Connection>> connection();
    /// The domain that `text` names by id, UUID or name, tried in this order as virsh does.
    awaitable<client::Domain> find_domain(std::string text, DomainKeys keys = {});
    awaitable<client::Domain> domain_of(const Arguments& arguments, DomainKeys keys = {});
    awaitable<void> disconnect();
    /// Uses another daemon from now on (`connect`).
    awaitable<void> reconnect(std::string uri, bool read_only);

    /// What the user asked for.
    void print(std::string_view text);
    template <class... Args> void print(fmt::format_string<Args...> text, Args&&... args) {
        print(std::string_view{fmt::format(text, std::forward<Args>(args)...)});
    }
    /// What --quiet leaves out.
    template <class... Args> void print_extra(fmt::format_string<Args...> text, Args&&... args) {
        if (!options_.quiet) print(std::string_view{fmt::format(text, std::forward<Args>(args)...)});
    }
    void flush();

    /// The command did not reach its aim, although there is nothing to say about it.
    void mark_failed() { failed_ = true; }
    /// Whether it was marked since the last time.
    bool take_failed() { return std::exchange(failed_, false); }
    void request_quit() { quit_ = true; }
    bool quit_requested() const { return quit_; }
    const GlobalOptions& options() const { return options_; }

private:
    GlobalOptions options_;
    std::shared_ptr<client::Connection> connection_;
    bool failed_ = false, quit_ = false;
};

/// `cause` below a line that says what was tried. Both are shown as "error: …".
Error explained(const std::string& headline, const Error& cause);

/// Awaits `work`; when it fails, says what was tried.
template <class Result> awaitable<Result> explain(std::string headline, awaitable<Result> work) {
    try {
        co_return co_await std::move(work);
    } catch (const Error& cause) { throw explained(headline, cause); }
}

} // namespace vireo::cli
