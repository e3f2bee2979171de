// SPDX-License-Identifier: Apache-2.0
#include "cli/shell.hpp"

#include <charconv>
#include <cstdio>

namespace vireo::cli {

namespace {
std::optional<std::int32_t> as_id(std::string_view text) {
    std::int32_t id = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
    bool whole = failure == std::errc{} && end == text.data() + text.size();
    return whole && id >= 0 ? std::optional{id} : std::nullopt;
}

/// A lookup whose "there is none" is an answer.
awaitable<std::optional<client::Domain>> found(awaitable<client::Domain> lookup) {
    try {
        co_return co_await std::move(lookup);
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoDomain) throw;
    }
    co_return std::nullopt;
}
} // namespace

Error explained(const std::string& headline, const Error& cause) {
    return {cause.code, cause.domain, headline + "\nerror: " + cause.what()};
}

awaitable<std::shared_ptr<client::Connection>> Shell::connection() {
    if (connection_ && !connection_->alive()) co_await disconnect();
    if (!connection_) {
        client::OpenOptions options;
        options.uri = options_.uri;
        options.read_only = options_.read_only;
        connection_ = co_await explain("failed to connect to the hypervisor",
                                       client::Connection::open(std::move(options)));
    }
    co_return connection_;
}

awaitable<void> Shell::disconnect() {
    if (auto connection = std::exchange(connection_, nullptr)) co_await connection->close();
}

awaitable<void> Shell::reconnect(std::string uri, bool read_only) {
    co_await disconnect();
    options_.uri = std::move(uri);
    options_.read_only = read_only;
    co_await connection();
}

awaitable<client::Domain> Shell::find_domain(std::string text, DomainKeys keys) {
    auto daemon = co_await connection();
    std::optional<client::Domain> domain;
    if (auto id = keys.id ? as_id(text) : std::nullopt)
        domain = co_await found(client::Domain::lookup_by_id(daemon, *id));
    auto uuid = keys.uuid && text.size() == 36 ? Uuid::parse(text) : std::nullopt;
    if (!domain && uuid) domain = co_await found(client::Domain::lookup_by_uuid(daemon, *uuid));
    if (!domain && keys.name) domain = co_await found(client::Domain::lookup_by_name(daemon, text));
    if (!domain)
        throw Error(ErrorCode::NoDomain, ErrorDomain::None, fmt::format("failed to find domain '{}'", text));
    co_return std::move(*domain);
}

awaitable<client::Domain> Shell::domain_of(const Arguments& arguments, DomainKeys keys) {
    return find_domain(arguments.text("domain"), keys);
}

void Shell::print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
        throw Error(ErrorCode::WriteFailed, ErrorDomain::None, "the output cannot be written");
}

void Shell::flush() { std::fflush(stdout); }

} // namespace vireo::cli
