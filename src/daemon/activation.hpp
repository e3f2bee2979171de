// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "daemon/places.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vireo::daemon {

/// Which of our sockets one is.
enum class SocketKind { ReadWrite, ReadOnly, Admin };

/// A listening socket that the service manager made for us.
struct ActivatedSocket {
    Fd socket;
    SocketKind kind;
    std::filesystem::path path; // where clients find it; empty when it is bound to no path
};

/// What was passed to this process (sd_listen_fds(3)); nobody that we start gets it. To be called once,
/// before other files are opened. What a socket is, its file's name tells ("libvirt-sock-ro"), or else the
/// name that it came with ("libvirtd-ro.socket"). Throws Error (ConfigUnsupported) for one that is none of
/// ours.
std::vector<ActivatedSocket> take_activated_sockets(const Environment& environment);

/// The kind that a file's name or a unit's name tells.
std::optional<SocketKind> kind_of_socket(std::string_view name);

} // namespace vireo::daemon
