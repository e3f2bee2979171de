// SPDX-License-Identifier: Apache-2.0
#include "daemon/activation.hpp"

#include "base/error.hpp"
#include "daemon/socket_names.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <charconv>

namespace vireo::daemon {

namespace {
constexpr int first_passed = 3; // SD_LISTEN_FDS_START

Error refuse(const std::string& why) { return {ErrorCode::ConfigUnsupported, ErrorDomain::Conf, why}; }

int number_in(const Environment& environment, const char* name) {
    auto text = environment(name);
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        auto end = std::min(text.find(':'), text.size());
        names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names;
}

bool listens(int socket) {
    int listening = 0, type = 0;
    socklen_t size = sizeof listening;
    return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0 &&
           ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

std::filesystem::path path_of(int socket) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        address.sun_family != AF_UNIX)
        throw refuse(
            fmt::format("descriptor {} that was passed at start is no unix socket: TCP and TLS are not "
                        "available in this version",
                        socket));
    if (size <= offsetof(sockaddr_un, sun_path) || address.sun_path[0] == '\0') return {}; // abstract
    return std::string{address.sun_path, ::strnlen(address.sun_path, size - offsetof(sockaddr_un, sun_path))};
}

ActivatedSocket take(int number, const std::string& name) {
    Fd socket{number};
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    auto path = path_of(number);
    if (!listens(number))
        throw refuse(fmt::format("the socket '{}' that was passed at start does not listen", path.native()));
    auto kind = kind_of_socket(path.filename().native());
    if (!kind) kind = kind_of_socket(name);
    if (!kind)
        throw refuse(
            fmt::format("the socket '{}' ({}) that was passed at start is none that clients look for",
                        path.native(), name));
    return {std::move(socket), *kind, std::move(path)};
}
} // namespace

std::optional<SocketKind> kind_of_socket(std::string_view name) {
    for (const auto& known : socket_names())
        if (known.name == name) return known.kind;
    constexpr std::string_view unit = ".socket";
    if (!name.ends_with(unit)) return {};
    name.remove_suffix(unit.size());
    auto kind = SocketKind::ReadWrite;
    if (name.ends_with("-ro"))
        kind = SocketKind::ReadOnly;
    else if (name.ends_with("-admin"))
        kind = SocketKind::Admin;
    constexpr std::array endings{std::string_view{""}, std::string_view{"-ro"}, std::string_view{"-admin"}};
    name.remove_suffix(endings.at(static_cast<std::size_t>(kind)).size());
    if (name == "vireod" || name == "libvirtd" || is_modular_daemon(name)) return kind;
    return {};
}

std::vector<ActivatedSocket> take_activated_sockets(const Environment& environment) {
    std::vector<ActivatedSocket> sockets;
    if (number_in(environment, "LISTEN_PID") != ::getpid()) return sockets; // meant for another process
    auto names = names_in(environment("LISTEN_FDNAMES"));
    auto count = static_cast<std::size_t>(std::max(number_in(environment, "LISTEN_FDS"), 0));
    names.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        sockets.push_back(take(first_passed + static_cast<int>(i), names[i]));
    return sockets;
}

} // namespace vireo::daemon
