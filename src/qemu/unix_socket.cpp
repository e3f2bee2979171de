// SPDX-License-Identifier: Apache-2.0
#include "qemu/unix_socket.hpp"

#include "qemu/error.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <system_error>

namespace vireo::qemu {

Fd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("the path '{}' is too long for a socket", path));
    path.copy(address.sun_path, path.size());
    Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket || ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), fmt::format("cannot connect to '{}'", path));
    return socket;
}

} // namespace vireo::qemu
