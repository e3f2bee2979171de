// SPDX-License-Identifier: Apache-2.0
// Headers of disk images: "QCOW2 image format" (QEMU, docs/interop), "Virtual Disk Format 5.0" (VMware),
// VDI's header as the PC BIOS boot record and the file systems tell it. Nothing here follows an offset beyond
// the bytes it was given.
#include "launch/image.hpp"

#include "base/fd.hpp"
#include "launch/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace vireo::launch {

namespace {
using Facts = std::expected<ImageFacts, std::string>;

/// The header's fields; what lies beyond the end is nothing.
class Header {
public:
    explicit Header(std::string_view bytes) : bytes_{bytes} {}
    std::uint64_t big(std::size_t offset, std::size_t width) const { return number(offset, width, true); }
    std::uint64_t little(std::size_t offset, std::size_t width) const { return number(offset, width, false); }
    std::string_view text(std::uint64_t offset, std::uint64_t length) const {
        if (offset >= bytes_.size()) return {};
        return bytes_.substr(offset, length);
    }
    bool has(std::uint64_t offset, std::string_view mark) const { return text(offset, mark.size()) == mark; }
    bool reaches(std::size_t end) const { return bytes_.size() >= end; }

private:
    std::uint64_t number(std::size_t offset, std::size_t width, bool big_endian) const {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            auto at = offset + (big_endian ? i : width - 1 - i);
            value = value << 8 | (at < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) : 0U);
        }
        return value;
    }
    std::string_view bytes_;
};

struct Refused {
    std::string_view mark, what, advice;
};
/// Files that begin so are known, and are none of the formats that can be launched.
constexpr Refused refused[] = {
    {"\x1f\x8b", "compressed with gzip", "uncompress it with gunzip"},
    {std::string_view{"\xfd"
                      "7zXZ\0",
                      6},
     "compressed with xz", "uncompress it with unxz"},
    {"\x28\xb5\x2f\xfd", "compressed with zstd", "uncompress it with unzstd"},
    {"BZh", "compressed with bzip2", "uncompress it with bunzip2"},
    {"PK\x03\x04", "a zip archive", "unpack it"},
    {std::string_view{"QED\0", 4}, "in format QED", "convert it with qemu-img convert"},
    {"vhdxfile", "in format VHDX", "convert it with qemu-img convert"},
    {"conectix", "in format VHD", "convert it with qemu-img convert"},
    {"LUKS\xba\xbe", "encrypted with LUKS", "it cannot be launched"},
    {"# Disk DescriptorFile", "a VMDK descriptor, whose data is in other files",
     "convert it with qemu-img convert"},
};

Facts qcow2_facts(const Header& header) {
    constexpr std::uint64_t external_data = 4;
    auto version = header.big(4, 4);
    if (version != 2 && version != 3)
        return std::unexpected(fmt::format("it is in version {} of qcow2, which is not known", version));
    if (!header.reaches(104)) return std::unexpected("its header is cut off");
    if (header.big(8, 8) != 0)
        return std::unexpected(
            "it lies over another image (a backing file); flatten it with qemu-img convert");
    if (version == 3 && (header.big(72, 8) & external_data) != 0)
        return std::unexpected("its data is in another file; copy it into one with qemu-img convert");
    if (header.big(32, 4) != 0) return std::unexpected("it is encrypted");
    return ImageFacts{ImageFormat::Qcow2, MemorySize::bytes(header.big(24, 8))};
}

Facts vmdk_facts(const Header& header) {
    constexpr std::uint64_t sector = 512, most_sectors = image_head / sector;
    auto offset = header.little(28, 8), length = header.little(36, 8);
    if (offset > most_sectors || length > most_sectors)
        return std::unexpected("its descriptor is at no usual place; convert it with qemu-img convert");
    auto descriptor = header.text(offset * sector, length * sector);
    if (descriptor.empty())
        return std::unexpected("it is one extent of a VMDK; convert the whole with qemu-img convert");
    if (descriptor.find("parentFileNameHint") != descriptor.npos)
        return std::unexpected("it lies over another image (its parent); flatten it with qemu-img convert");
    return ImageFacts{ImageFormat::Vmdk, MemorySize::bytes(header.little(12, 8) * sector)};
}

Facts vdi_facts(const Header& header) {
    constexpr std::uint64_t growing = 1, fixed = 2;
    if (!header.reaches(512)) return std::unexpected("its header is cut off");
    auto kind = header.little(0x4c, 4);
    if (kind != growing && kind != fixed)
        return std::unexpected("it is a VDI that needs another one; flatten it with qemu-img convert");
    return ImageFacts{ImageFormat::Vdi, MemorySize::bytes(header.little(0x170, 8))};
}
} // namespace

std::expected<ImageFacts, std::string> facts_of(std::string_view head, MemorySize size) {
    Header header{head};
    if (header.has(0, "QFI\xfb")) return qcow2_facts(header);
    if (header.has(0, "KDMV")) return vmdk_facts(header);
    if (header.has(0x40, "\x7f\x10\xda\xbe")) return vdi_facts(header);
    for (const auto& known : refused)
        if (header.has(0, known.mark))
            return std::unexpected(fmt::format("it is {}; {}", known.what, known.advice));
    if (!header.has(510, "\x55\xaa"))
        return std::unexpected(
            "it is no disk image: neither qcow2, vmdk nor vdi, and raw without a boot sector");
    return ImageFacts{ImageFormat::Raw, size};
}

namespace {
Error unreadable(const std::filesystem::path& path, const char* why) {
    return error(ErrorCode::OpenFailed, fmt::format("image '{}' cannot be read: {}", path.string(), why));
}

std::string head_of(const Fd& file, const std::filesystem::path& path) {
    std::string head(image_head, '\0');
    std::size_t filled = 0;
    while (filled < head.size()) {
        auto got =
            ::pread(file.get(), head.data() + filled, head.size() - filled, static_cast<off_t>(filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw unreadable(path, std::strerror(errno));
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    head.resize(filled);
    return head;
}
} // namespace

Image probe_image(const std::filesystem::path& path) {
    Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)}; // a fifo must not stop us
    if (!file) throw unreadable(path, std::strerror(errno));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) throw unreadable(path, std::strerror(errno));
    if (!S_ISREG(status.st_mode)) throw unreadable(path, "it is no file");
    auto facts = facts_of(head_of(file, path), MemorySize::bytes(static_cast<std::uint64_t>(status.st_size)));
    if (!facts)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("'{}' cannot be launched: {}", path.string(), facts.error()));
    return {std::filesystem::canonical(path), *facts};
}

} // namespace vireo::launch
