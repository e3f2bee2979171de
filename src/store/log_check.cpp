// SPDX-License-Identifier: Apache-2.0
// The format of the log is that of SQLite's "Database File Format", section 4: a header of 32 bytes, then
// frames of 24 bytes and a page. Numbers are big-endian. Two salts in the header and in each frame tell the
// frames of this log from those that are left of the one that it has overwritten. A checksum runs over all
// frames.
#include "store/log_check.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <span>
#include <system_error>
#include <vector>

namespace vireo::store {

namespace {
constexpr std::size_t header_size = 32, frame_header_size = 24;
constexpr std::uint32_t magic = 0x377f0682; // its last bit: the words of checksums are big-endian
constexpr std::uint32_t smallest_page = 512, largest_page = 65536;

using Bytes = std::span<const unsigned char>;

std::uint32_t big_endian(Bytes at) {
    return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}
std::uint32_t little_endian(Bytes at) {
    return std::uint32_t{at[3]} << 24 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 | at[0];
}

struct Checksum {
    bool is_big_endian = false;
    std::uint32_t first = 0, second = 0;

    void add(Bytes bytes) {
        auto word = [&](std::size_t at) {
            auto four = bytes.subspan(at, 4);
            return is_big_endian ? big_endian(four) : little_endian(four);
        };
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            first += word(at) + second;
            second += word(at + 4) + first;
        }
    }
    bool is_at(Bytes place) const {
        return big_endian(place) == first && big_endian(place.subspan(4)) == second;
    }
};

bool read(std::ifstream& file, std::span<unsigned char> space) {
    file.read(reinterpret_cast<char*>(space.data()), static_cast<std::streamsize>(space.size()));
    if (file.bad())
        throw std::system_error(errno, std::generic_category(), "cannot read the log of the state store");
    return static_cast<std::size_t>(file.gcount()) == space.size();
}
} // namespace

bool is_log_damaged(const std::filesystem::path& log) {
    std::ifstream file{log, std::ios::binary};
    std::array<unsigned char, header_size> header{};
    if (!file || !read(file, header)) return false;
    Bytes head{header};
    auto page = big_endian(head.subspan(8));
    bool is_log = (big_endian(head) & ~1U) == magic && page >= smallest_page && page <= largest_page;
    Checksum sum{(big_endian(head) & 1U) != 0};
    sum.add(head.first(24));
    if (!is_log || !sum.is_at(head.subspan(24))) return false;
    std::vector<unsigned char> frame(frame_header_size + page);
    bool wrong = false;
    int ends_behind = 0;
    while (read(file, frame)) {
        Bytes bytes{frame};
        bool of_this_log = std::ranges::equal(bytes.subspan(8, 8), head.subspan(16, 8));
        if (!wrong) {
            sum.add(bytes.first(8));
            sum.add(bytes.subspan(frame_header_size));
            wrong = !of_this_log || !sum.is_at(bytes.subspan(16));
        }
        bool ends_transaction = big_endian(bytes.subspan(4)) != 0; // then it is the database's size
        if (wrong && of_this_log && ends_transaction) ++ends_behind;
    }
    return ends_behind > 1;
}

} // namespace vireo::store
