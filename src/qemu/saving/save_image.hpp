// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace vireo::qemu {

/// How the state in a file is packed, by libvirt's numbers. Each but Raw is a program of its name, whose
/// option
/// `-dc` unpacks.
enum class Packing : std::uint32_t { Raw = 0, Gzip = 1, Bzip2 = 2, Xz = 3, Lzop = 4, Zstd = 5 };
constexpr auto names_of(Packing) {
    using enum Packing;
    return std::to_array<std::pair<Packing, std::string_view>>(
        {{Raw, "raw"}, {Gzip, "gzip"}, {Bzip2, "bzip2"}, {Xz, "xz"}, {Lzop, "lzop"}, {Zstd, "zstd"}});
}

/// What stands in a file of libvirt's before the guest's state (magic "LibvirtQemudSave", version 2; integers
/// in the host's order): how to go on, the domain's XML, and a cookie that only libvirt reads.
struct SaveHeader {
    bool running = true; ///< when it goes on
    Packing packing = Packing::Raw;
    std::string xml;    ///< with passwords
    std::string cookie; ///< may be empty
};

/// Where the state begins in files that we write: a block that every disk can write without its cache. The
/// XML may grow into what is left of it; one that is longer takes another.
inline constexpr std::size_t header_block = 64U << 10;

/// The header of a new file, padded to whole blocks. Until `finished` its magic says that the file is not
/// whole.
std::string encode(const SaveHeader& header, bool finished);
/// Marks a file as whole. Throws system_error.
void mark_finished(int file);

struct SavedFile {
    SaveHeader header;
    std::uint64_t state = 0;       ///< where the state begins, bytes
    bool other_byte_order = false; ///< written by a host of the other
};
/// Reads the header at the file's beginning and leaves its position at the state. `path` is for messages.
/// Throws OperationFailed for what is no saved state or not whole, system_error.
SavedFile read_header(int file, const std::filesystem::path& path);
/// The same of a path, opened for this.
SavedFile read_header(const std::filesystem::path& path);

/// Replaces XML and wish of a file that is there, in place; it is on disk when this returns. Throws
/// OperationFailed when the new header is longer than the place that the file has for it, system_error.
void replace_header(const std::filesystem::path& path, const SavedFile& known, const SaveHeader& header);

} // namespace vireo::qemu
