// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_parameters.hpp"

#include "async/blocking.hpp"
#include "async/pool.hpp"
#include "base/error.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>

namespace vireo::daemon {

namespace {
constexpr std::string_view least_workers = "minWorkers", most_workers = "maxWorkers",
                           priority_workers = "prioWorkers", free_workers = "freeWorkers",
                           current_workers = "nWorkers", waiting_jobs = "jobQueueDepth";
constexpr std::string_view most_clients = "nclients_max", clients = "nclients",
                           most_unauthenticated = "nclients_unauth_max", unauthenticated = "nclients_unauth";

/// Nobody needs more, and each has a stack.
constexpr std::uint32_t most_threads = 1000;

Error refuse(const std::string& why) { return {ErrorCode::InvalidArgument, ErrorDomain::Admin, why}; }

void put(TypedParameters& to, std::string_view name, protocol::TypedValue value) {
    to.push_back({std::string{name}, std::move(value)});
}

void put_count(TypedParameters& to, std::string_view name, std::size_t count) {
    put(to, name, static_cast<std::uint32_t>(count));
}

/// A value that can be set, and where it goes.
struct Settable {
    std::string_view name;
    std::uint32_t& value;
};

void take(const TypedParameters& from, std::initializer_list<Settable> settable) {
    for (const auto& parameter : from) {
        auto known = std::ranges::find(settable, parameter.field, &Settable::name);
        if (known == settable.end()) throw refuse(fmt::format("'{}' cannot be set", parameter.field));
        const auto* number = std::get_if<std::uint32_t>(&parameter.value);
        if (number == nullptr) throw refuse(fmt::format("'{}' is an unsigned int", parameter.field));
        known->value = *number;
    }
}

std::size_t waiting_calls(const rpc::Server& server) {
    std::size_t calls = 0;
    for (const auto& [id, session] : server.sessions()) calls += session->waiting_calls();
    return calls;
}

/// The name in the entry that `look_up` finds (getpwuid_r and its like); empty when there is none.
template <class Entry> std::string name_by_number(auto look_up, auto number, char* Entry::* name) {
    std::array<char, 16384> space{};
    Entry entry{};
    Entry* found = nullptr;
    if (look_up(number, &entry, space.data(), space.size(), &found) != 0 || found == nullptr) return {};
    return found->*name;
}
} // namespace

void put_workers(TypedParameters& to, const AdministeredServer& server) {
    auto pool = async::pool_use();
    put_count(to, least_workers, server.least_workers);
    put_count(to, most_workers, server.most_workers);
    put_count(to, current_workers, pool.threads);
    put_count(to, free_workers, pool.threads - pool.busy);
    put_count(to, priority_workers, server.priority_workers);
    put_count(to, waiting_jobs, waiting_calls(*server.server));
}

void take_workers(const TypedParameters& from, AdministeredServer& server) {
    auto next = server;
    take(from, {{least_workers, next.least_workers},
                {most_workers, next.most_workers},
                {priority_workers, next.priority_workers}});
    if (next.least_workers > next.most_workers || next.most_workers == 0)
        throw refuse(fmt::format("{} cannot have at least {} workers and at most {}", server.name,
                                 next.least_workers, next.most_workers));
    if (next.most_workers > most_threads || next.priority_workers > most_threads)
        throw refuse(fmt::format("{} cannot have more than {} workers of a kind", server.name, most_threads));
    server = std::move(next);
}

void size_workers(const std::vector<AdministeredServer>& servers) {
    std::size_t least = 0, most = 1;
    for (const auto& server : servers) {
        least = std::max<std::size_t>(least, server.least_workers);
        most = std::max<std::size_t>(most, server.most_workers + server.priority_workers);
    }
    async::size_pool(least, most);
}

/// Nobody is asked who he is yet: who has reached a socket is known by it.
void put_client_limits(TypedParameters& to, const AdministeredServer& server) {
    put_count(to, most_clients, server.server->most_clients());
    put_count(to, clients, server.server->session_count());
    put_count(to, most_unauthenticated, server.unauthenticated_clients);
    put_count(to, unauthenticated, 0);
}

void take_client_limits(const TypedParameters& from, AdministeredServer& server) {
    auto most = static_cast<std::uint32_t>(server.server->most_clients());
    auto unknown = server.unauthenticated_clients;
    take(from, {{most_clients, most}, {most_unauthenticated, unknown}});
    if (most == 0 || most > server.most_possible_clients)
        throw refuse(
            fmt::format("{} cannot have {} clients: 1 to {} are possible with the descriptors that this "
                        "daemon may open",
                        server.name, most, server.most_possible_clients));
    if (unknown > most)
        throw refuse(fmt::format("of {} clients of {}, {} cannot be waiting to authenticate", most,
                                 server.name, unknown));
    server.unauthenticated_clients = unknown;
    server.server->set_most_clients(most);
}

IdentityNames names_of(const rpc::Identity& identity) {
    return {name_by_number<passwd>(::getpwuid_r, identity.user, &passwd::pw_name),
            name_by_number<group>(::getgrgid_r, identity.group, &group::gr_name)};
}

void put_identity(TypedParameters& to, const rpc::Identity& identity, const IdentityNames& names,
                  bool read_only) {
    put(to, "readonly", protocol::Boolean{read_only ? 1 : 0});
    put(to, "unix_user_id", static_cast<std::int32_t>(identity.user));
    if (!names.user.empty()) put(to, "unix_user_name", names.user);
    put(to, "unix_group_id", static_cast<std::int32_t>(identity.group));
    if (!names.group.empty()) put(to, "unix_group_name", names.group);
    put(to, "unix_process_id", static_cast<std::int32_t>(identity.process));
}

} // namespace vireo::daemon
