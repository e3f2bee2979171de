// SPDX-License-Identifier: Apache-2.0
#include "cli/launched_guest.hpp"

#include "async/blocking.hpp"
#include "async/child_process.hpp"
#include "protocol/domain.hpp"

#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <system_error>
#include <unistd.h>

namespace vireo::cli {

namespace {
constexpr std::int32_t element_metadata = 2; // VIR_DOMAIN_METADATA_ELEMENT
constexpr std::uint32_t inactive_xml = 2;    // VIR_DOMAIN_XML_INACTIVE

Error invalid_operation(const std::string& message) {
    return {ErrorCode::OperationInvalid, ErrorDomain::None, message};
}
} // namespace

awaitable<std::optional<launch::LaunchMetadata>> find_launch_metadata(client::Domain domain) {
    try {
        auto uri = std::optional{std::string{launch::metadata_uri}};
        auto answer =
            co_await domain.call(protocol::domain_get_metadata, element_metadata, std::move(uri), 0U);
        co_return launch::parse_metadata(answer.metadata);
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoDomainMetadata) throw;
    }
    co_return std::nullopt;
}

awaitable<LaunchedGuest> launched_guest_of(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto metadata = co_await find_launch_metadata(domain);
    if (!metadata)
        throw invalid_operation(fmt::format(
            "domain '{}' was not made by vireo launch: nothing is known of a way into it", domain.name()));
    co_return LaunchedGuest{std::move(domain), std::move(*metadata)};
}

awaitable<std::vector<launch::Forward>> forwards_of(client::Domain domain) {
    auto answer = co_await domain.xml(domain.id() ? 0 : inactive_xml);
    co_return launch::forwards_of(answer.xml);
}

awaitable<launch::Login> login_of(LaunchedGuest guest) {
    if (!guest.domain.id())
        throw invalid_operation(
            fmt::format("guest '{0}' is not running: vireo start {0} starts it", guest.domain.name()));
    auto forwards = co_await forwards_of(guest.domain);
    auto ssh = std::ranges::find(forwards, launch::ssh_port, &launch::Forward::guest);
    if (ssh == forwards.end())
        throw invalid_operation(fmt::format(
            "no port of this host is forwarded to port {} of guest '{}' any more: its <portForward> is gone",
            launch::ssh_port, guest.domain.name()));
    const auto& folder = guest.metadata.folder;
    co_return launch::Login{guest.metadata.user, ssh->host, folder / "id_ed25519", folder / "known_hosts"};
}

awaitable<void> end_guest(client::Domain domain) {
    try {
        co_await domain.destroy(0); // its state is not asked for: a start that goes on would not be seen
    } catch (const Error& error) {
        if (error.code != ErrorCode::OperationInvalid) throw;
    }
}

awaitable<void> run_on_terminal(Shell& shell, std::vector<std::string> words, std::string_view package) {
    shell.flush();
    auto executor = co_await asio::this_coro::executor;
    asio::signal_set keys{executor, SIGINT, SIGQUIT}; // they are the program's
    std::optional<async::ChildProcess> child;
    try {
        std::vector<int> descriptors{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
        child = async::ChildProcess::spawn(executor, words, descriptors);
    } catch (const std::system_error& failure) {
        throw Error(ErrorCode::SystemError, ErrorDomain::None,
                    fmt::format("cannot run {}: {}; it is in the package {}", words.front(),
                                failure.code().message(), package));
    }
    auto status = co_await child->wait();
    shell.mark_foreign_output();
    if (status.success()) co_return;
    shell.set_exit_code(status.signal != 0 ? 128 + status.signal : status.code);
    shell.mark_failed();
}

awaitable<bool> confirmed(Shell& shell, std::string question) {
    if (!::isatty(STDIN_FILENO)) throw usage_error(question + " There is no terminal to ask at: say --yes");
    shell.print("{} [y/N] ", question);
    shell.flush();
    auto read = [] {
        std::string line;
        std::getline(std::cin, line);
        return line;
    };
    auto answer = co_await async::blocking(std::move(read));
    co_return answer == "y" || answer == "Y" || answer == "yes";
}

std::string own_command(const Shell& shell, std::string_view words) {
    const auto& uri = shell.options().uri;
    return uri.empty() ? fmt::format("vireo {}", words) : fmt::format("vireo -c '{}' {}", uri, words);
}

} // namespace vireo::cli
