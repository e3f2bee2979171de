// SPDX-License-Identifier: Apache-2.0
#include "host/caches.hpp"

#include "host/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::host {

namespace {
namespace fs = std::filesystem;
constexpr std::uint32_t lowest_level = 3;

std::string libvirt_type(const std::string& type) {
    if (type == "Instruction") return "code";
    return type == "Data" ? "data" : "both";
}

CacheBank bank_of(const fs::path& folder) {
    return {read_number(folder / "id", 0), read_number(folder / "level", 0),
            libvirt_type(read_line(folder / "type")),
            MemorySize::kib(to_number(read_line(folder / "size")).value_or(0)), // "32768K"
            read_line(folder / "shared_cpu_list")};
}

bool same(const CacheBank& one, const CacheBank& other) {
    return one.id == other.id && one.level == other.level && one.type == other.type;
}
} // namespace

std::vector<CacheBank> read_cache_banks(const fs::path& root) {
    std::vector<CacheBank> banks;
    auto cpus = root / "sys/devices/system/cpu";
    for (auto cpu : parse_list(read_line(cpus / "online"))) {
        std::error_code unreadable;
        for (const auto& entry : fs::directory_iterator{cpus / fmt::format("cpu{}/cache", cpu), unreadable}) {
            if (!entry.path().filename().native().starts_with("index")) continue;
            auto bank = bank_of(entry.path());
            bool known = std::ranges::any_of(banks, [&](const auto& other) { return same(bank, other); });
            if (bank.level >= lowest_level && !known) banks.push_back(std::move(bank));
        }
    }
    std::ranges::sort(banks, {}, [](const auto& bank) { return std::pair{bank.level, bank.id}; });
    return banks;
}

} // namespace vireo::host
