// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/server.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vireo::daemon {

/// A server as its administrator sees it: its clients, and how many threads its configuration asks for.
struct AdministeredServer {
    std::string name;
    rpc::Server* server;
    std::size_t most_possible_clients; // of a socket, with the descriptors that we have
    std::uint32_t unauthenticated_clients = 20;
    /// Calls wait without threads of their own; what blocks of them runs in one pool for all servers, which
    /// has as many threads as the server that may have most. What it does ends by itself, so that priority
    /// workers are more of the same kind.
    std::uint32_t least_workers = 0, most_workers = 4, priority_workers = 0;
};

/// Gives the pool the threads that these servers may have.
void size_workers(const std::vector<AdministeredServer>& servers);

/// What the administrator may look at and change. Filled when the daemon has it.
struct Administration {
    std::vector<AdministeredServer> servers;
    /// The daemon ends when it had nothing to do for so long; nothing: never.
    std::function<void(std::optional<std::chrono::seconds>)> set_timeout;
};

} // namespace vireo::daemon
