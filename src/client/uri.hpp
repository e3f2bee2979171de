// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace vireo::client {

/// The address of a hypervisor as users write it: driver[+transport]://[server]/path[?key=value&…].
/// (libvirt, "Connection URIs")
struct Uri {
    std::string driver;    ///< "qemu", "test", …
    std::string transport; ///< "unix", "tls", "ssh", …; empty when not said
    std::string server;    ///< user@host:port; empty for this machine
    std::string path;      ///< "/system", "/session", …
    std::map<std::string, std::string> parameters;

    /// Throws Error (InvalidArgument, domain Uri) when `text` has not that form.
    static Uri parse(std::string_view text);
    /// The same without transport, server and what only the transport uses (`socket`, `mode`): what the
    /// daemon is told.
    std::string for_daemon() const;
};

/// The place of the daemon's socket for `uri`: what its parameter `socket` says, or else the usual place of
/// system or session. Throws Error when the transport is not supported yet or no place is known.
std::string socket_path(const Uri& uri, bool read_only);

/// What to open when the user named nothing: the daemon of the system for root, of the session for others.
std::string default_uri();

} // namespace vireo::client
