// SPDX-License-Identifier: Apache-2.0
#include "host/pages.hpp"

#include "host/files.hpp"
#include "host/usage.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <system_error>

namespace vireo::host {

namespace {
namespace fs = std::filesystem;

constexpr std::string_view prefix = "hugepages-";

/// The kernel's folder of a pool; a kernel without NUMA has only that of the host.
std::optional<fs::path> folder_of(std::optional<std::uint32_t> cell, MemorySize size, const fs::path& root) {
    auto name = fmt::format("{}{}kB", prefix, size.in_kib());
    std::error_code failure;
    bool numa = fs::exists(root / "sys/devices/system/node", failure);
    if (cell && *cell != 0 && !numa) return std::nullopt;
    auto folder = cell && numa ? root / fmt::format("sys/devices/system/node/node{}/hugepages", *cell) / name
                               : root / "sys/kernel/mm/hugepages" / name;
    if (!fs::exists(folder, failure)) return std::nullopt;
    return folder;
}

std::uint64_t count_in(const fs::path& file) { return to_number(read_line(file)).value_or(0); }
} // namespace

MemorySize system_page_size() {
    return MemorySize::bytes(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

std::vector<MemorySize> huge_page_sizes(const fs::path& root) {
    std::vector<MemorySize> sizes;
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator{root / "sys/kernel/mm/hugepages", unreadable}) {
        auto name = entry.path().filename().native();
        if (!name.starts_with(prefix)) continue;
        if (auto kib = to_number(std::string_view{name}.substr(prefix.size())))
            sizes.push_back(MemorySize::kib(*kib));
    }
    std::ranges::sort(sizes);
    return sizes;
}

std::optional<PagePool> read_page_pool(std::optional<std::uint32_t> cell, MemorySize size,
                                       const fs::path& root) {
    if (size == system_page_size()) {
        auto use = cell ? read_cell_memory_use(*cell, root) : read_memory_use(root);
        if (!use) return std::nullopt;
        return PagePool{use->total.in_bytes() / size.in_bytes(), use->free.in_bytes() / size.in_bytes()};
    }
    auto folder = folder_of(cell, size, root);
    if (!folder) return std::nullopt;
    return PagePool{count_in(*folder / "nr_hugepages"), count_in(*folder / "free_hugepages")};
}

std::optional<std::uint64_t> resize_page_pool(std::optional<std::uint32_t> cell, MemorySize size,
                                              std::uint64_t count, const fs::path& root) {
    auto folder = folder_of(cell, size, root);
    if (!folder) return std::nullopt;
    auto path = *folder / "nr_hugepages";
    std::ofstream file{path};
    file << count << std::flush;
    if (!file)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot write {}", path.native()));
    return count_in(path);
}

} // namespace vireo::host
