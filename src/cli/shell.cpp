// SPDX-License-Identifier: Apache-2.0
#include "cli/shell.hpp"

#include "base/nearest.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

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
/// " (did you mean 'web'?)", when there is a domain with a name like that.
awaitable<std::string> domain_hint(std::shared_ptr<client::Connection> daemon, std::string_view name) {
    auto domains = co_await client::Domain::list(std::move(daemon), 0);
    std::vector<std::string_view> names;
    for (const auto& domain : domains) names.push_back(domain.name());
    co_return hint(nearest(name, names));
}
} // namespace

std::string content_of(const std::string& path) {
    std::ifstream file{path};
    std::string content{std::istreambuf_iterator<char>{file}, {}};
    if (!file) // reading stopped elsewhere than at the end, or never began
        throw Error(ErrorCode::SystemError, ErrorDomain::None,
                    fmt::format("cannot read file '{}': {}", path, std::strerror(errno)));
    return content;
}

Error explained(const std::string& headline, const Error& cause) {
    return {cause.code, cause.domain, headline + "\nerror: " + cause.what()};
}

awaitable<std::shared_ptr<client::Connection>> Shell::connection() {
    if (connection_ && !connection_->alive()) co_await disconnect();
    if (!connection_) {
        client::OpenOptions options;
        options.uri = options_.uri;
        options.read_only = options_.read_only;
        options.keepalive = options_.keepalive;
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
    if (!domain) {
        std::string meant;
        if (keys.name) meant = co_await domain_hint(daemon, text);
        throw Error(ErrorCode::NoDomain, ErrorDomain::None,
                    fmt::format("failed to find domain '{}'{}", text, meant));
    }
    co_return std::move(*domain);
}

awaitable<client::Domain> Shell::domain_of(const Arguments& arguments, DomainKeys keys) {
    return find_domain(arguments.text("domain"), keys);
}

awaitable<client::Domain> Shell::running_domain_of(const Arguments& arguments) {
    auto domain = co_await domain_of(arguments);
    if (!domain.id())
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::None,
                    fmt::format("domain '{}' is not running", domain.name()));
    co_return domain;
}

void Shell::show(const Table& table) {
    print(as_json() ? json_of(table) : table.text(!options_.quiet, wants_colour(STDOUT_FILENO)));
}

void Shell::show(const Record& record) { print(as_json() ? json_of(record) : text_of(record)); }

void Shell::show(std::span<const Record> records) {
    if (as_json()) return print(json_of(records));
    for (const auto& record : records) print("{}{}", text_of(record), &record == &records.back() ? "" : "\n");
}

void Shell::show(std::string_view key, Value value, std::string_view text) {
    print(as_json() ? json_of(Record{}.add(key, std::move(value), "")) : std::string{text});
}

void Shell::show_json(const std::string& text, std::string_view for_people) {
    print(as_json() ? text + '\n' : std::string{for_people});
}

void Shell::show_error(std::string_view problem) {
    flush();
    auto head = wants_colour(STDERR_FILENO) ? in_colour("error:", Style::Bad) : std::string{"error:"};
    fmt::print(stderr, "{} {}\n", head, problem);
}

void Shell::print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
        throw Error(ErrorCode::WriteFailed, ErrorDomain::None, "the output cannot be written");
}

void Shell::flush() { std::fflush(stdout); }

} // namespace vireo::cli
