// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/device_info.hpp"

// Folders of the host that a guest mounts.

namespace vireo::model::domain {

enum class FilesystemType { Mount, Block, File, Template, Ram, Bind, Volume };
constexpr auto names_of(FilesystemType) {
    using enum FilesystemType;
    return std::to_array<std::pair<FilesystemType, std::string_view>>({{Mount, "mount"},
                                                                       {Block, "block"},
                                                                       {File, "file"},
                                                                       {Template, "template"},
                                                                       {Ram, "ram"},
                                                                       {Bind, "bind"},
                                                                       {Volume, "volume"}});
}

/// How owners and rights of the guest's files are kept on the host.
enum class FilesystemAccess { Passthrough, Mapped, Squash };
constexpr auto names_of(FilesystemAccess) {
    using enum FilesystemAccess;
    return std::to_array<std::pair<FilesystemAccess, std::string_view>>(
        {{Passthrough, "passthrough"}, {Mapped, "mapped"}, {Squash, "squash"}});
}

/// What 9p does when a folder spans several file systems of the host.
enum class MultipleDevices { Default, Remap, Forbid, Warn };
constexpr auto names_of(MultipleDevices) {
    using enum MultipleDevices;
    return std::to_array<std::pair<MultipleDevices, std::string_view>>(
        {{Default, "default"}, {Remap, "remap"}, {Forbid, "forbid"}, {Warn, "warn"}});
}

enum class FilesystemDriverType { Path, Handle, Loop, Nbd, Ploop, Virtiofs };
constexpr auto names_of(FilesystemDriverType) {
    using enum FilesystemDriverType;
    return std::to_array<std::pair<FilesystemDriverType, std::string_view>>({{Path, "path"},
                                                                             {Handle, "handle"},
                                                                             {Loop, "loop"},
                                                                             {Nbd, "nbd"},
                                                                             {Ploop, "ploop"},
                                                                             {Virtiofs, "virtiofs"}});
}

enum class WritePolicy { Immediate };
constexpr auto names_of(WritePolicy) {
    return std::to_array<std::pair<WritePolicy, std::string_view>>({{WritePolicy::Immediate, "immediate"}});
}

enum class FilesystemCache { None, Always };
constexpr auto names_of(FilesystemCache) {
    using enum FilesystemCache;
    return std::to_array<std::pair<FilesystemCache, std::string_view>>({{None, "none"}, {Always, "always"}});
}

enum class FilesystemSandbox { Namespace, Chroot };
constexpr auto names_of(FilesystemSandbox) {
    using enum FilesystemSandbox;
    return std::to_array<std::pair<FilesystemSandbox, std::string_view>>(
        {{Namespace, "namespace"}, {Chroot, "chroot"}});
}

struct FilesystemDriver {
    std::optional<FilesystemDriverType> type; ///< absent: path
    std::string format;                       ///< of an image that is mounted
    std::optional<WritePolicy> write_policy;
    std::optional<std::uint32_t> queue; ///< size of virtiofs' queue
    VirtioOptions virtio;
    friend bool operator==(const FilesystemDriver&, const FilesystemDriver&) = default;
};

/// <binary>: the program that serves virtiofs.
struct FilesystemBinary {
    std::string path;
    std::optional<Switch> xattr, posix_locks, flocks;
    std::optional<FilesystemCache> cache;
    std::optional<FilesystemSandbox> sandbox;
    std::optional<std::uint32_t> threads;
    friend bool operator==(const FilesystemBinary&, const FilesystemBinary&) = default;
};

/// <filesystem>. QEMU has those of type mount.
struct Filesystem {
    std::optional<FilesystemType> type;
    std::optional<FilesystemAccess> access;
    std::optional<VirtioModel> model;
    std::optional<MultipleDevices> multiple_devices;
    std::optional<std::uint32_t> file_mode, directory_mode; ///< rights of new files, of access mode mapped
    std::optional<FilesystemDriver> driver;
    std::optional<FilesystemBinary> binary;
    std::string source;       ///< folder, file or device of the host
    std::string socket;       ///< of a virtiofs server that somebody else runs
    std::string pool, volume; ///< of type volume
    std::string usage, units; ///< of type ram: its size
    std::string target;       ///< the tag that the guest mounts it by
    bool readonly = false;
    std::optional<MemorySize> hard_limit, soft_limit;
    DeviceInfo info;
    bool is_virtiofs() const { return driver && driver->type == FilesystemDriverType::Virtiofs; }
    friend bool operator==(const Filesystem&, const Filesystem&) = default;
};

} // namespace vireo::model::domain
