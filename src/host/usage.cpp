// SPDX-License-Identifier: Apache-2.0
#include "host/usage.hpp"

#include "host/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace vireo::host {

namespace {
namespace fs = std::filesystem;

constexpr const char* nodes = "sys/devices/system/node";

MemorySize read_size(const fs::path& file, std::string_view key) {
    return MemorySize::kib(to_number(find_value(file, key)).value_or(0));
}

/// A line of /proc/stat: user nice system idle iowait irq softirq, in ticks (proc(5)).
CpuTimes times_of(std::istringstream& line) {
    auto tick = std::chrono::nanoseconds{std::chrono::seconds{1}} / ::sysconf(_SC_CLK_TCK);
    auto next = [&] {
        std::int64_t ticks = 0;
        line >> ticks;
        return ticks * tick;
    };
    CpuTimes times;
    times.user = next();
    times.user += next();
    times.kernel = next();
    times.idle = next();
    times.iowait = next();
    times.kernel += next();
    times.kernel += next();
    return times;
}
} // namespace

std::optional<CpuTimes> read_cpu_times(std::optional<std::uint32_t> processor, const fs::path& root) {
    auto wanted = processor ? fmt::format("cpu{}", *processor) : "cpu";
    std::ifstream file{root / "proc/stat"};
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line};
        std::string name;
        if (words >> name && name == wanted) return times_of(words);
    }
    return std::nullopt;
}

MemoryUse read_memory_use(const fs::path& root) {
    auto file = root / "proc/meminfo";
    return {read_size(file, "MemTotal"), read_size(file, "MemFree"), read_size(file, "Buffers"),
            read_size(file, "Cached")};
}

std::optional<MemoryUse> read_cell_memory_use(std::uint32_t cell, const fs::path& root) {
    auto file = root / nodes / fmt::format("node{}", cell) / "meminfo";
    std::error_code failure;
    if (fs::exists(file, failure))
        return MemoryUse{read_size(file, "MemTotal"), read_size(file, "MemFree"), {}, {}};
    if (cell != 0 || fs::exists(root / nodes, failure)) return std::nullopt;
    auto whole = read_memory_use(root);
    return MemoryUse{whole.total, whole.free, {}, {}};
}

std::vector<std::uint32_t> online_cells(const fs::path& root) {
    auto cells = parse_list(read_line(root / nodes / "online"));
    if (cells.empty()) cells.push_back(0);
    return cells;
}

CpuMap read_cpu_map(const fs::path& root) {
    auto folder = root / "sys/devices/system/cpu";
    return {parse_list(read_line(folder / "present")), parse_list(read_line(folder / "online"))};
}

} // namespace vireo::host
