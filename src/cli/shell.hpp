// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"
#include "cli/output.hpp"
#include "client/connection.hpp"
#include "client/domain.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vireo::cli {

/// The options before the command.
struct GlobalOptions {
    std::string uri; ///< empty: what the client library takes for itself
    bool read_only = false, quiet = false, timing = false;
    Format format = Format::Text;
    client::KeepaliveOptions keepalive{};
    std::string escape = "^]"; ///< the key that leaves a console
};

/// How a command lets a domain be named: some of virsh's take only a part of the ways.
struct DomainKeys {
    bool id = true, uuid = true, name = true;
};

/// What commands work with: the connection, made when first needed, and the way to talk to the user.
class Shell {
public:
    explicit Shell(GlobalOptions options) : options_{std::move(options)}, format_{options_.format} {}

    /// Throws Error when the daemon cannot be reached.
    awaitable<std::shared_ptr<client::Connection>> connection();
    /// The domain that `text` names by id, UUID or name, tried in this order as virsh does.
    awaitable<client::Domain> find_domain(std::string text, DomainKeys keys = {});
    awaitable<client::Domain> domain_of(const Arguments& arguments, DomainKeys keys = {});
    /// The same for a domain that must run. Throws Error when it does not.
    awaitable<client::Domain> running_domain_of(const Arguments& arguments);
    awaitable<void> disconnect();
    /// Uses another daemon from now on (`connect`).
    awaitable<void> reconnect(std::string uri, bool read_only);

    /// Other options from now on; a connection that is open stays.
    void use(GlobalOptions options) { options_ = std::move(options); }

    /// What the user asked for, in the format that he asked for.
    void show(const Table& table);
    void show(const Record& record);
    /// For people, a line is left free behind each.
    void show(std::span<const Record> records);
    /// One value: for people `text` as it is.
    void show(std::string_view key, Value value, std::string_view text);
    /// A document that is a value as it is: XML, the content of a file.
    void show_text(std::string_view key, std::string_view text) { show(key, text, text); }
    /// JSON that came so.
    void show_json(const std::string& text, std::string_view for_people);
    bool as_json() const { return format_ == Format::Json; }
    /// The format of the command that begins now.
    void use_format(std::optional<Format> wanted) { format_ = wanted.value_or(options_.format); }

    /// Text for people and scripts, whatever the format.
    void print(std::string_view text);
    template <class... Args> void print(fmt::format_string<Args...> text, Args&&... args) {
        print(std::string_view{fmt::format(text, std::forward<Args>(args)...)});
    }
    /// What --quiet leaves out, and what is no part of an answer to a program.
    template <class... Args> void print_extra(fmt::format_string<Args...> text, Args&&... args) {
        if (!options_.quiet && !as_json())
            print(std::string_view{fmt::format(text, std::forward<Args>(args)...)});
    }
    void flush();

    /// The command did not reach its aim, although there is nothing to say about it.
    void mark_failed() { failed_ = true; }
    /// What the program exits with when the last command failed.
    int exit_code() const { return exit_code_; }
    void set_exit_code(int code) { exit_code_ = code; }
    /// The output of this command is another program's: nothing is added to it.
    void mark_foreign_output() { foreign_output_ = true; }
    bool take_foreign_output() { return std::exchange(foreign_output_, false); }
    /// Whether it was marked since the last time.
    bool take_failed() { return std::exchange(failed_, false); }
    /// `problem` on standard error, as "error: …".
    void show_error(std::string_view problem);
    bool interactive() const { return interactive_; }
    void set_interactive() { interactive_ = true; }
    void request_quit() { quit_ = true; }
    bool quit_requested() const { return quit_; }
    const GlobalOptions& options() const { return options_; }

private:
    GlobalOptions options_;
    std::shared_ptr<client::Connection> connection_;
    Format format_ = Format::Text;
    bool failed_ = false, quit_ = false, interactive_ = false, foreign_output_ = false;
    int exit_code_ = 1;
};

/// `cause` below a line that says what was tried. Both are shown as "error: …".
Error explained(const std::string& headline, const Error& cause);

/// A call whose answer "there is no such thing here" is one.
template <class Result> awaitable<std::optional<Result>> if_supported(awaitable<Result> work) {
    try {
        co_return co_await std::move(work);
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoSupport) throw;
    }
    co_return std::nullopt;
}

/// What a file holds. Throws Error when it cannot be read.
std::string content_of(const std::string& path);

/// Awaits `work`; when it fails, says what was tried.
template <class Result> awaitable<Result> explain(std::string headline, awaitable<Result> work) {
    try {
        co_return co_await std::move(work);
    } catch (const Error& cause) { throw explained(headline, cause); }
}

} // namespace vireo::cli
