// SPDX-License-Identifier: Apache-2.0
#include "host/cpu.hpp"

#include "host/files.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace vireo::host {

namespace {
/// libvirt's and Linux's names, where they differ by more than '-' for '_' (kernel, cpufeatures.h).
constexpr auto renamed = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"avx512bitalg", "avx512_bitalg"},
    {"avx512vbmi2", "avx512_vbmi2"},
    {"avx512vnni", "avx512_vnni"},
    {"cmt", "cqm"},
    {"cr8legacy", "cr8_legacy"},
    {"ds", "dts"},
    {"invtsc", "nonstop_tsc"},
    {"mbm_local", "cqm_mbm_local"},
    {"mbm_total", "cqm_mbm_total"},
    {"pause-filter", "pausefilter"},
    {"pclmuldq", "pclmulqdq"},
    {"sse4.1", "sse4_1"},
    {"sse4.2", "sse4_2"},
    {"tsc-deadline", "tsc_deadline_timer"},
});

std::string linux_name(std::string_view name) {
    auto found = std::ranges::find(renamed, name, [](const auto& pair) { return pair.first; });
    if (found != renamed.end()) return std::string{found->second};
    std::string other{name};
    std::ranges::replace(other, '-', '_');
    return other;
}

std::optional<std::uint32_t> small_number(const std::filesystem::path& file, std::string_view key) {
    auto number = to_number(find_value(file, key));
    if (!number || *number > UINT32_MAX) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

/// "0x1000101".
std::optional<std::uint64_t> hex_number(const std::string& text) {
    if (!text.starts_with("0x")) return std::nullopt;
    std::uint64_t number = 0;
    std::istringstream digits{text.substr(2)};
    if (!(digits >> std::hex >> number)) return std::nullopt;
    return number;
}
} // namespace

Cpu read_cpu(const std::filesystem::path& root) {
    auto file = root / "proc/cpuinfo";
    Cpu cpu;
    cpu.vendor = find_value(file, "vendor_id");
    cpu.family = small_number(file, "cpu family");
    cpu.model = small_number(file, "model\t");
    cpu.stepping = small_number(file, "stepping");
    cpu.microcode = hex_number(find_value(file, "microcode"));
    cpu.physical_address_bits = small_number(file, "address sizes").value_or(0);
    std::istringstream words{find_value(file, "flags")};
    for (std::string word; words >> word;) cpu.flags.insert(word);
    return cpu;
}

bool has_feature(const Cpu& cpu, std::string_view name) {
    return cpu.flags.contains(name) || cpu.flags.contains(linux_name(name));
}

} // namespace vireo::host
