// SPDX-License-Identifier: Apache-2.0
#include "rpc/disconnection_log.hpp"

#include "base/log.hpp"
#include "rpc/rate_limit.hpp"

namespace vireo::rpc {

namespace {
constexpr log::Source log{"rpc"};
} // namespace

void log_disconnection(const Identity& client, std::string_view why) {
    static RateLimit limit{10, std::chrono::seconds{10}};
    auto refused = limit.admit(std::chrono::steady_clock::now());
    if (!refused) return;
    if (*refused > 0) log.warning("{} more clients were disconnected lately", *refused);
    log.warning("a client (process {}) is disconnected: {}", client.process, why);
}

} // namespace vireo::rpc
