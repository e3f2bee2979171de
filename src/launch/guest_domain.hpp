// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "base/uuid.hpp"
#include "launch/mount.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What launching puts into a domain's XML, and reads from it again.

namespace vireo::launch {

/// A port of 127.0.0.1 that leads to one of the guest's.
struct Forward {
    std::uint16_t host = 0, guest = 0;
    friend bool operator==(const Forward&, const Forward&) = default;
};
/// "8080:80", or "80" for the same number on both sides. Throws Error.
Forward parse_forward(std::string_view text);

/// The guest's port that `vireo ssh` uses.
constexpr std::uint16_t ssh_port = 22;

/// Our namespace in <metadata>; an element <launch> with the attributes folder, user and image.
constexpr std::string_view metadata_uri = "urn:vireo:launch:1";
struct LaunchMetadata {
    std::filesystem::path folder;
    std::string user, image;
};
/// Nothing when the text is no such element.
std::optional<LaunchMetadata> parse_metadata(const std::string& element);

struct GuestPlan {
    std::string name;
    Uuid uuid;
    bool kvm = false;
    std::uint32_t cpus = 1;
    MemorySize memory;
    std::filesystem::path disk, seed, console_log;
    std::vector<Forward> forwards; ///< with that of ssh
    std::vector<Mount> mounts;
    bool passt = false;       ///< serves its network; else QEMU itself
    bool keep_owners = false; ///< of what the guest writes there, beside the files (needs a daemon of root)
    LaunchMetadata metadata;
};
/// The domain, for the daemon to define.
std::string domain_xml(const GuestPlan& plan);

/// The machine that launched guests have.
constexpr std::string_view guest_architecture = "x86_64", guest_machine = "q35";

/// Whether a daemon's domain capabilities are those of KVM. Throws Error for text that is none.
bool offers_kvm(const std::string& domain_capabilities);
/// The ports that a domain's XML forwards to its guest. Throws Error.
std::vector<Forward> forwards_of(const std::string& xml);

} // namespace vireo::launch
