// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.hpp"

#include "base/fd.hpp"
#include "base/log.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};
}

void notify_service_manager(std::string_view state) {
    const char* name = std::getenv("NOTIFY_SOCKET");
    if (name == nullptr) return;
    std::string_view path{name};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return log.warning("NOTIFY_SOCKET names no socket: {}", path);
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') address.sun_path[0] = '\0'; // an abstract socket
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    Fd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    auto sent = ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                         reinterpret_cast<sockaddr*>(&address), size);
    if (sent < 0) log.warning("cannot tell the service manager {}: {}", state, std::strerror(errno));
}

void notify_reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    constexpr long per_second = 1'000'000, nanoseconds = 1'000;
    notify_service_manager(
        fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * per_second + now.tv_nsec / nanoseconds));
}

} // namespace vireo::daemon
