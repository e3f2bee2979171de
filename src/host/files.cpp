// SPDX-License-Identifier: Apache-2.0
#include "host/files.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

namespace vireo::host {

namespace fs = std::filesystem;

std::string read_line(const fs::path& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

std::optional<std::uint64_t> to_number(std::string_view text) {
    auto start = text.find_first_not_of(" \t");
    if (start == text.npos) return std::nullopt;
    std::uint64_t number = 0;
    auto [rest, failure] = std::from_chars(text.data() + start, text.data() + text.size(), number);
    if (failure != std::errc{}) return std::nullopt;
    return number;
}

std::uint32_t read_number(const fs::path& path, std::uint32_t otherwise) {
    auto number = to_number(read_line(path));
    return number && *number <= UINT32_MAX ? static_cast<std::uint32_t>(*number) : otherwise;
}

std::vector<std::uint32_t> parse_list(const std::string& text) {
    constexpr std::uint64_t most = 1U << 16;
    std::vector<std::uint32_t> numbers;
    std::istringstream ranges{text};
    for (std::string range; std::getline(ranges, range, ',');) {
        auto first = to_number(range);
        auto hyphen = range.find('-');
        auto last = hyphen == range.npos ? first : to_number(std::string_view{range}.substr(hyphen + 1));
        if (!first || !last || *last >= most) continue;
        for (auto number = *first; number <= *last; ++number)
            numbers.push_back(static_cast<std::uint32_t>(number));
    }
    return numbers;
}

std::string find_value(const fs::path& path, std::string_view key) {
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        auto at = line.find(key);
        auto colon = line.find(':');
        if (at == line.npos || colon == line.npos || at > colon) continue;
        auto start = line.find_first_not_of(" \t", colon + 1);
        return start == line.npos ? std::string{} : line.substr(start);
    }
    return {};
}

} // namespace vireo::host
