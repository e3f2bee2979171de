// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "launch/mount.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vireo::launch {

/// What a guest is told at its first boot.
struct Seed {
    std::string instance_id; ///< another one makes the guest configure itself again
    std::string host_name;
    std::string user;                  ///< who may become root without a password
    std::vector<std::string> ssh_keys; ///< lines of authorized_keys
    std::vector<std::string> packages;
    std::vector<Mount> mounts;            ///< the first has mount_tag(0), and so on
    std::optional<std::uint32_t> user_id; ///< the user's number; nothing leaves it to the guest
    std::string more;                     ///< user data of the user's own, merged with ours; may be empty
};

/// The documents of cloud-init's source NoCloud ("NoCloud", "User data formats" in its documentation).
std::string meta_data(const Seed& seed);
/// A cloud-config; with `more` a MIME archive of both, whose lists are joined. Throws Error when `more` is of
/// no kind that cloud-init knows.
std::string user_data(const Seed& seed);
/// Both as the disk that the guest finds by its label "cidata".
std::string seed_image(const Seed& seed);

} // namespace vireo::launch
