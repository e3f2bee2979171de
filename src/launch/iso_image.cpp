// SPDX-License-Identifier: Apache-2.0
// ECMA-119 (ISO 9660) and the Joliet specification, as far as one directory of a few files needs them.
// Sectors: 16 primary and 17 Joliet descriptor, 18 their end, 19 to 22 path tables (both kinds, little and
// big endian), 23 and 24 the root directories, files from 25 on.
#include "launch/iso_image.hpp"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cstdint>
#include <cstring>

namespace vireo::launch {

namespace {
constexpr std::size_t sector = 2048;
constexpr std::uint32_t primary_at = 16, path_tables_at = 19, roots_at = 23, files_at = 25;
constexpr std::uint32_t path_table_size = 10;

std::uint32_t sectors_of(std::size_t bytes) {
    return static_cast<std::uint32_t>((bytes + sector - 1) / sector);
}

/// A part of the image that is written at offsets, as the standard numbers them (from 0 here).
class Block {
public:
    Block(std::string& image, std::uint32_t at) : begin_{image.data() + at * sector} {}
    void text(std::size_t offset, std::string_view bytes) {
        std::memcpy(begin_ + offset, bytes.data(), bytes.size());
    }
    void byte(std::size_t offset, unsigned value) { begin_[offset] = static_cast<char>(value); }
    void fill(std::size_t offset, std::size_t length, char value) {
        std::memset(begin_ + offset, value, length);
    }
    void little(std::size_t offset, std::uint32_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) byte(offset + i, value >> (8 * i) & 0xff);
    }
    void big(std::size_t offset, std::uint32_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) byte(offset + i, value >> (8 * (width - 1 - i)) & 0xff);
    }
    /// In both orders, one behind the other.
    void both(std::size_t offset, std::uint32_t value, std::size_t width) {
        little(offset, value, width);
        big(offset + width, value, width);
    }

private:
    char* begin_;
};

/// UCS-2, big endian.
std::string wide(std::string_view ascii) {
    std::string result;
    for (char letter : ascii) {
        result += '\0';
        result += letter;
    }
    return result;
}

/// "user-data" is "USER-DATA.;1".
std::string short_name(std::string_view name) {
    std::string result;
    for (char letter : name) result += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    if (result.find('.') == result.npos) result += '.';
    return result + ";1";
}

struct Extent {
    std::uint32_t at, bytes;
};

/// Writes a directory record (ECMA-119, 9.1) and returns its length.
std::size_t put_record(Block& block, std::size_t offset, std::string_view name, Extent extent,
                       bool is_directory) {
    auto length = 33 + name.size() + (name.size() % 2 == 0 ? 1 : 0);
    block.byte(offset, static_cast<unsigned>(length));
    block.both(offset + 2, extent.at, 4);
    block.both(offset + 10, extent.bytes, 4);
    block.byte(offset + 25, is_directory ? 2 : 0);
    block.both(offset + 28, 1, 2);
    block.byte(offset + 32, static_cast<unsigned>(name.size()));
    block.text(offset + 33, name);
    return length;
}

constexpr std::string_view itself{"\0", 1}, parent{"\1", 1};

/// A volume descriptor (8.4, 8.5).
void put_descriptor(std::string& image, std::uint32_t at, std::string_view label, bool joliet) {
    Block block{image, at};
    std::uint32_t kind = joliet ? 1 : 0;
    block.byte(0, joliet ? 2 : 1);
    block.text(1, "CD001\1");
    block.fill(8, 64, joliet ? '\0' : ' ');
    block.text(40, joliet ? wide(label) : std::string{label});
    block.both(80, static_cast<std::uint32_t>(image.size() / sector), 4);
    if (joliet) block.text(88, "%/E");
    block.both(120, 1, 2);
    block.both(124, 1, 2);
    block.both(128, sector, 2);
    block.both(132, path_table_size, 4);
    block.little(140, path_tables_at + 2 * kind, 4);
    block.big(148, path_tables_at + 2 * kind + 1, 4);
    put_record(block, 156, itself, {roots_at + kind, sector}, true);
    block.fill(190, 623, joliet ? '\0' : ' ');
    for (std::size_t date : {813, 830, 847, 864}) block.fill(date, 16, '0'); // not said
    block.byte(881, 1);
}

/// The only directory, as each of the two path tables names it (9.4).
void put_path_tables(std::string& image, std::uint32_t kind) {
    for (std::uint32_t order : {0U, 1U}) {
        Block block{image, path_tables_at + 2 * kind + order};
        block.byte(0, 1);
        if (order == 0) {
            block.little(2, roots_at + kind, 4);
            block.little(6, 1, 2);
        } else {
            block.big(2, roots_at + kind, 4);
            block.big(6, 1, 2);
        }
    }
}

void put_root(std::string& image, const std::vector<IsoFile>& files, bool joliet) {
    std::uint32_t root = roots_at + (joliet ? 1 : 0), next = files_at;
    Block block{image, root};
    auto offset = put_record(block, 0, itself, {root, sector}, true);
    offset += put_record(block, offset, parent, {root, sector}, true);
    for (const auto& file : files) {
        Extent extent{next, static_cast<std::uint32_t>(file.content.size())};
        offset += put_record(block, offset, joliet ? wide(file.name) : short_name(file.name), extent, false);
        next += sectors_of(file.content.size());
    }
}
} // namespace

std::string make_iso(std::string_view label, std::vector<IsoFile> files) {
    assert(label.size() <= 16 && files.size() <= 16);
    std::ranges::sort(files, {}, &IsoFile::name);
    auto total = files_at;
    for (const auto& file : files) total += sectors_of(file.content.size());
    std::string image(total * sector, '\0');
    for (bool joliet : {false, true}) {
        put_descriptor(image, primary_at + (joliet ? 1 : 0), label, joliet);
        put_path_tables(image, joliet ? 1 : 0);
        put_root(image, files, joliet);
    }
    Block end{image, primary_at + 2};
    end.byte(0, 255);
    end.text(1, "CD001\1");
    auto next = files_at;
    for (const auto& file : files) {
        if (!file.content.empty()) Block{image, next}.text(0, file.content);
        next += sectors_of(file.content.size());
    }
    return image;
}

} // namespace vireo::launch
