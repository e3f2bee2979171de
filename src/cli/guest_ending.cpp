// SPDX-License-Identifier: Apache-2.0
// The commands that end launched guests.
#include "async/blocking.hpp"
#include "cli/launched_guest.hpp"
#include "launch/guest_folder.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

namespace vireo::cli {

namespace {
using enum OptionKind;
using namespace std::chrono_literals;

/// Whether it is off before the time is over.
awaitable<bool> goes_off(client::Domain domain, std::chrono::seconds patience) {
    asio::steady_timer pause{co_await asio::this_coro::executor};
    auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        auto answer = co_await domain.state();
        if (answer.state == shut_off_state || answer.state == crashed_state) co_return true;
        pause.expires_after(100ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    co_return false;
}

awaitable<void> stop(Shell& shell, const Arguments& arguments) {
    auto patience = std::chrono::seconds{arguments.number("timeout", 1).value_or(60)};
    auto domain = co_await shell.running_domain_of(arguments);
    if (arguments.has("force")) {
        co_await domain.destroy(0);
    } else {
        co_await domain.shutdown(0);
        bool off = co_await goes_off(domain, patience);
        if (!off)
            throw Error(
                ErrorCode::OperationTimeout, ErrorDomain::None,
                fmt::format(
                    "guest '{0}' did not shut down within {1} s; vireo stop {0} --force ends it as it is",
                    domain.name(), patience.count()));
    }
    shell.print_extra("Guest '{}' is stopped\n", domain.name());
}

awaitable<void> remove_guest_folder(Shell& shell, std::filesystem::path folder) {
    auto remove = [folder] { return launch::remove_folder(folder); };
    auto stayed = co_await async::blocking(std::move(remove));
    for (const auto& path : stayed)
        shell.print_extra("'{}' stays: launching did not make it\n", path.string());
}

/// The domain, if the daemon still has it.
awaitable<std::optional<client::Domain>> find_by_name(Shell& shell, std::string name) {
    auto daemon = co_await shell.connection();
    try {
        co_return co_await client::Domain::lookup_by_name(std::move(daemon), std::move(name));
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoDomain) throw;
    }
    co_return std::nullopt;
}

/// What a launch left that was killed, or whose domain somebody undefined.
awaitable<void> remove_leftover(Shell& shell, const Arguments& arguments) {
    const auto& name = arguments.text("domain");
    auto facts = launch::read_folder(launch::launch_directory() / name);
    if (!facts || facts->name != name)
        throw Error(ErrorCode::NoDomain, ErrorDomain::None, fmt::format("there is no guest '{}'", name));
    auto daemon = co_await shell.connection();
    if (facts->uri != daemon->uri())
        throw Error(
            ErrorCode::OperationInvalid, ErrorDomain::None,
            fmt::format("guest '{0}' belongs to another daemon: vireo -c '{1}' rm {0}", name, facts->uri));
    if (facts->being_made)
        throw Error(ErrorCode::ResourceBusy, ErrorDomain::None,
                    fmt::format("guest '{}' is being launched at this moment", name));
    if (!arguments.has("yes")) {
        bool agreed = co_await confirmed(
            shell, fmt::format("The disk of '{}' in '{}' has no domain any more. Remove it?", name,
                               facts->path.string()));
        if (!agreed) co_return;
    }
    co_await remove_guest_folder(shell, facts->path);
    shell.print_extra("What was left of '{}' is removed\n", name);
}

awaitable<void> rm(Shell& shell, const Arguments& arguments) {
    auto found = co_await find_by_name(shell, arguments.text("domain"));
    if (!found) co_return co_await remove_leftover(shell, arguments);
    auto guest = co_await launched_guest_of(shell, arguments);
    const auto& name = guest.domain.name();
    if (!arguments.has("yes")) {
        bool agreed = co_await confirmed(shell, fmt::format("Remove guest '{}' and its disk?", name));
        if (!agreed) co_return;
    }
    co_await end_guest(guest.domain);
    auto facts = launch::read_folder(guest.metadata.folder);
    bool is_ours = facts && facts->domain == guest.domain.uuid();
    co_await guest.domain.undefine(0);
    if (is_ours)
        co_await remove_guest_folder(shell, guest.metadata.folder);
    else
        shell.print_extra("'{}' is not this guest's folder: it stays\n", guest.metadata.folder.string());
    shell.print_extra("Guest '{}' is removed\n", name);
}
} // namespace

std::vector<Command> ending_commands() {
    return {
        {"rm",
         "remove a launched guest with what launching made",
         "Ends it, forgets its domain, and removes its disk, seed and key. Also removes what is left of a "
         "launch that was "
         "killed.",
         {domain_option, {"yes", Flag, "do not ask"}},
         rm},
        {"stop",
         "shut a guest down and wait until it is off",
         "",
         {running_domain_option,
          {"timeout", NamedNumber, "seconds to wait (60)"},
          {"force", Flag, "end it as it is, as if its power went"}},
         stop},
    };
}

} // namespace vireo::cli
