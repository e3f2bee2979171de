// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/activation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vireo::daemon {

/// A name under which clients look for a socket of ours.
struct SocketName {
    std::string name;
    SocketKind kind;
    bool is_alias; // libvirt's daemons of one kind of object each; all of them are us
};

/// "libvirt-sock" and all its aliases.
const std::vector<SocketName>& socket_names();
/// The name that is not an alias.
std::string_view socket_name(SocketKind kind);
bool is_modular_daemon(std::string_view name);

} // namespace vireo::daemon
