// SPDX-License-Identifier: Apache-2.0
#include "qemu/display_ports.hpp"

#include "base/fd.hpp"
#include "qemu/error.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace vireo::qemu {

namespace {
bool can_bind(int family, const sockaddr* address, socklen_t size) {
    Fd socket{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) return errno == EAFNOSUPPORT; // nobody listens in a family that the host lacks
    int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    return ::bind(socket.get(), address, size) == 0 || errno != EADDRINUSE;
}

bool is_free(std::int32_t port) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = v4.sin_port;
    return can_bind(AF_INET, reinterpret_cast<sockaddr*>(&v4), sizeof v4) &&
           can_bind(AF_INET6, reinterpret_cast<sockaddr*>(&v6), sizeof v6);
}
} // namespace

std::int32_t find_display_port(PortRange range, const std::set<std::int32_t>& taken) {
    for (auto port = range.first; port <= range.last; ++port)
        if (!taken.contains(port) && is_free(port)) return port;
    throw error(ErrorCode::OperationFailed,
                fmt::format("no port from {} to {} is free for a display", range.first, range.last));
}

} // namespace vireo::qemu
