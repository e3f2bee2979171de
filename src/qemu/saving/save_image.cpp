// SPDX-License-Identifier: Apache-2.0
#include "qemu/saving/save_image.hpp"

#include "base/fd.hpp"
#include "qemu/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstring>
#include <system_error>

namespace vireo::qemu {

namespace {
constexpr std::string_view whole_magic = "LibvirtQemudSave", part_magic = "LibvirtQemudPart";
constexpr std::uint32_t version = 2;
/// Of the XML and the cookie in a file that we did not write.
constexpr std::uint32_t most_data = 64U << 20;

/// As it lies in the file.
struct Layout {
    std::array<char, 16> magic{};
    std::uint32_t version = 0;
    std::uint32_t data_size = 0; // XML, cookie, each ended by a NUL, and padding
    std::uint32_t running = 0;
    std::uint32_t packing = 0;
    std::uint32_t cookie_place = 0; // in the data; 0: there is none
    std::array<std::uint32_t, 14> unused{};
};
static_assert(sizeof(Layout) == 92);

std::system_error failed(std::string_view what, const std::filesystem::path& path) {
    return {errno, std::generic_category(), fmt::format("cannot {} '{}'", what, path.native())};
}

/// False at the file's end.
bool read_all(int file, char* to, std::size_t size, const std::filesystem::path& path) {
    while (size > 0) {
        auto got = ::read(file, to, size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw failed("read", path);
        if (got == 0) return false;
        to += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

void write_all(int file, std::string_view bytes, const std::filesystem::path& path) {
    for (off_t at = 0; !bytes.empty();) {
        auto count = ::pwrite(file, bytes.data(), bytes.size(), at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw failed("write", path);
        at += count;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string data_of(const SaveHeader& header, Layout& layout) {
    std::string data = header.xml + '\0';
    layout.cookie_place = header.cookie.empty() ? 0 : static_cast<std::uint32_t>(data.size());
    if (!header.cookie.empty()) data += header.cookie + '\0';
    return data;
}

std::string bytes_of(Layout layout, std::string_view magic, std::string data, std::size_t data_size) {
    magic.copy(layout.magic.data(), layout.magic.size());
    data.resize(data_size);
    layout.data_size = static_cast<std::uint32_t>(data_size);
    return std::string{reinterpret_cast<const char*>(&layout), sizeof layout} + data;
}

Layout layout_of(const SaveHeader& header) {
    Layout layout;
    layout.version = version;
    layout.running = header.running ? 1 : 0;
    layout.packing = static_cast<std::uint32_t>(header.packing);
    return layout;
}

void swap_bytes(Layout& layout) {
    for (auto* number :
         {&layout.version, &layout.data_size, &layout.running, &layout.packing, &layout.cookie_place})
        *number = __builtin_bswap32(*number);
}

Error refused(const std::filesystem::path& path, std::string_view why) {
    return error(ErrorCode::OperationFailed,
                 fmt::format("'{}' holds no saved state of a guest: {}", path.native(), why));
}

void check(const Layout& layout, const std::filesystem::path& path) {
    std::string_view magic{layout.magic.data(), layout.magic.size()};
    if (magic == part_magic) throw refused(path, "the save that wrote it did not come to its end");
    if (magic != whole_magic) throw refused(path, "it does not begin as such a file does");
}
} // namespace

std::string encode(const SaveHeader& header, bool finished) {
    auto layout = layout_of(header);
    auto data = data_of(header, layout);
    auto blocks = (sizeof layout + data.size() + header_block) / header_block; // some of the last is free
    return bytes_of(layout, finished ? whole_magic : part_magic, std::move(data),
                    blocks * header_block - sizeof layout);
}

void mark_finished(int file) { write_all(file, whole_magic, "the saved state"); }

SavedFile read_header(int file, const std::filesystem::path& path) {
    Layout layout;
    if (!read_all(file, reinterpret_cast<char*>(&layout), sizeof layout, path))
        throw refused(path, "it is too short");
    check(layout, path);
    SavedFile saved;
    saved.other_byte_order = layout.version > version && __builtin_bswap32(layout.version) <= version;
    if (saved.other_byte_order) swap_bytes(layout);
    if (layout.version == 0 || layout.version > version)
        throw refused(path,
                      fmt::format("it is of version {}, and this program knows {}", layout.version, version));
    if (layout.data_size == 0 || layout.data_size > most_data || layout.cookie_place >= layout.data_size)
        throw refused(path, "its header is damaged");
    if (layout.packing > static_cast<std::uint32_t>(Packing::Zstd))
        throw refused(path, fmt::format("it is packed in an unknown way (number {})", layout.packing));
    std::string data(layout.data_size, '\0');
    if (!read_all(file, data.data(), data.size(), path)) throw refused(path, "it ends within its header");
    data.push_back('\0');
    saved.header.running = layout.running != 0;
    saved.header.packing = static_cast<Packing>(layout.packing);
    saved.header.xml = data.c_str(); // up to its NUL
    if (layout.cookie_place != 0) saved.header.cookie = data.c_str() + layout.cookie_place;
    saved.state = sizeof layout + layout.data_size;
    return saved;
}

SavedFile read_header(const std::filesystem::path& path) {
    Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file) throw failed("open", path);
    return read_header(file.get(), path);
}

void replace_header(const std::filesystem::path& path, const SavedFile& known, const SaveHeader& header) {
    auto layout = layout_of(header);
    auto data = data_of(header, layout);
    auto room = known.state - sizeof layout;
    if (data.size() > room)
        throw error(
            ErrorCode::OperationFailed,
            fmt::format("the new description does not fit into '{}': it takes {} bytes, and the file has "
                        "place for {}",
                        path.native(), data.size(), room));
    if (known.other_byte_order)
        throw error(
            ErrorCode::OperationUnsupported,
            fmt::format("'{}' was written by a host of another byte order: it can be changed there only",
                        path.native()));
    auto bytes = bytes_of(layout, whole_magic, std::move(data), room);
    Fd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file) throw failed("open", path);
    write_all(file.get(), bytes, path);
    if (::fsync(file.get()) != 0) throw failed("sync", path);
}

} // namespace vireo::qemu
