// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"

#include <array>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace vireo::launch {

enum class ImageFormat { Raw, Qcow2, Vmdk, Vdi };
constexpr auto names_of(ImageFormat) {
    using enum ImageFormat;
    return std::to_array<std::pair<ImageFormat, std::string_view>>(
        {{Raw, "raw"}, {Qcow2, "qcow2"}, {Vmdk, "vmdk"}, {Vdi, "vdi"}});
}

/// What an image says of itself.
struct ImageFacts {
    ImageFormat format = ImageFormat::Raw;
    MemorySize virtual_size; ///< of the disk that the guest sees
};

/// What the beginning of an image of `size` bytes tells; the failure says in words why it cannot be launched.
/// An image that refers to other files (a backing file, a data file, extents) is one: who made it must not
/// decide what of this host a guest reads. Raw is what has a boot sector and no other format's mark.
std::expected<ImageFacts, std::string> facts_of(std::string_view head, MemorySize size);

/// How many bytes of an image `facts_of` wants to see.
constexpr std::size_t image_head = std::size_t{1} << 20;

/// A disk image of this host.
struct Image {
    std::filesystem::path path; ///< absolute
    ImageFacts facts;
};
/// Throws Error when the file cannot be read or launched. Blocks.
Image probe_image(const std::filesystem::path& path);

} // namespace vireo::launch
