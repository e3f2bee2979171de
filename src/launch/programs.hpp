// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "launch/image.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// The programs that do a part of launching: qemu-img, ssh-keygen, ssh. Each call throws Error with what the
// program said.

namespace vireo::launch {

/// Makes a qcow2 file over the image, `size` large or as large as the image.
awaitable<void> create_overlay(Image image, std::filesystem::path overlay, std::optional<MemorySize> size);
/// Makes an ed25519 key pair: `file`, and `file`.pub. Returns the public key's line.
awaitable<std::string> create_key(std::filesystem::path file, std::string comment);

/// How one gets into a guest.
struct Login {
    std::string user;
    std::uint16_t port = 0; ///< of 127.0.0.1
    std::filesystem::path key, known_hosts;
};
/// The options of ssh and scp for it, without the port, for which they have different letters.
std::vector<std::string> login_options(const Login& login);
/// The command line of ssh, up to the host, to be read or typed by people.
std::vector<std::string> ssh_words(const Login& login);
/// What a command that is run in the guest prints; nothing when ssh does not let us in or it fails. Throws
/// Error only when there is no ssh here.
awaitable<std::optional<std::string>> run_inside(Login login, std::string command);

/// The public keys that the user's own ssh offers (~/.ssh/id_*.pub), a line each.
std::vector<std::string> own_public_keys(const std::filesystem::path& home);

} // namespace vireo::launch
