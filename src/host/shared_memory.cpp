// SPDX-License-Identifier: Apache-2.0
#include "host/shared_memory.hpp"

#include "host/files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

namespace vireo::host {

namespace {
constexpr const char* folder = "sys/kernel/mm/ksm";
}

std::vector<SharingFigure> read_sharing(const std::filesystem::path& root) {
    std::vector<SharingFigure> figures;
    for (std::string_view name : {"pages_to_scan", "sleep_millisecs", "pages_shared", "pages_sharing",
                                  "pages_unshared", "pages_volatile", "full_scans", "merge_across_nodes"})
        if (auto value = to_number(read_line(root / folder / name))) figures.push_back({name, *value});
    return figures;
}

void set_sharing(std::string_view name, std::uint64_t value, const std::filesystem::path& root) {
    auto path = root / folder / name;
    std::ofstream file{path};
    file << value << std::flush;
    if (!file)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot write {}", path.native()));
}

} // namespace vireo::host
