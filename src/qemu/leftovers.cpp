// SPDX-License-Identifier: Apache-2.0
#include "qemu/leftovers.hpp"

#include "base/log.hpp"

namespace vireo::qemu {

namespace {
namespace fs = std::filesystem;
constexpr log::Source log{"qemu"};

template <class Test> void remove_files(const fs::path& directory, Test is_leftover) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator{directory, missing}) {
        if (!entry.is_regular_file() || !is_leftover(entry.path().filename().native())) continue;
        std::error_code failure;
        fs::remove(entry.path(), failure);
        if (failure) log.warning("cannot remove '{}': {}", entry.path().native(), failure.message());
    }
}
} // namespace

void remove_leftovers(const fs::path& runs, const fs::path& nvram) {
    auto is_unfetched = [](std::string_view name) {
        return name.starts_with("screen-") || name.starts_with("memory-");
    };
    std::error_code missing;
    for (const auto& run : fs::directory_iterator{runs, missing})
        if (run.is_directory()) remove_files(run.path(), is_unfetched);
    remove_files(nvram, [](std::string_view name) { return name.ends_with("_VARS.fd.new"); });
}

} // namespace vireo::qemu
