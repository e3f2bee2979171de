// SPDX-License-Identifier: Apache-2.0
#include "launch/host_network.hpp"

#include "base/fd.hpp"
#include "launch/error.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace vireo::launch {

namespace {
bool is_in_path(std::string_view program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders{path ? path : ""};
    for (std::string folder; std::getline(folders, folder, ':');)
        if (!folder.empty() && ::access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0)
            return true;
    return false;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool is_loopback(std::string_view device) { return device == "lo"; }
} // namespace

bool has_default_route(const std::filesystem::path& proc_net) {
    std::ifstream v4{proc_net / "route"}; // device, destination, …
    for (std::string line; std::getline(v4, line);) {
        std::istringstream words{line};
        std::string device, destination;
        if (words >> device >> destination && destination == "00000000" && !is_loopback(device)) return true;
    }
    std::ifstream v6{proc_net / "ipv6_route"}; // destination, its prefix, …, device
    for (std::string line; std::getline(v6, line);) {
        bool is_default = line.starts_with(std::string(32, '0') + " 00 ");
        if (is_default && !is_loopback(std::string_view{line}.substr(line.find_last_of(' ') + 1)))
            return true;
    }
    return false;
}

bool may_use_passt() { return is_in_path("passt") && has_default_route("/proc/self/net"); }

std::uint16_t find_free_port() {
    Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    auto address = loopback(0);
    socklen_t length = sizeof address;
    auto* place = reinterpret_cast<sockaddr*>(&address);
    if (!socket || ::bind(socket.get(), place, length) != 0 ||
        ::getsockname(socket.get(), place, &length) != 0)
        throw error(ErrorCode::SystemError,
                    fmt::format("no port of this host is free: {}", std::strerror(errno)));
    return ntohs(address.sin_port);
}

void require_usable_port(std::uint16_t port, bool with_our_rights) {
    Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) throw error(ErrorCode::SystemError, fmt::format("no socket: {}", std::strerror(errno)));
    const int reuse = 1; // as who listens there will: connections that are over do not count
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    auto address = loopback(port);
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
    if (errno == EACCES && with_our_rights)
        throw error(
            ErrorCode::AccessDenied,
            fmt::format("port {} of this host cannot be forwarded without root's rights: choose one from "
                        "1024 on",
                        port));
    if (errno == EADDRINUSE)
        throw error(ErrorCode::OperationFailed,
                    fmt::format("port {} of this host is another program's: choose one that is free", port));
}

} // namespace vireo::launch
