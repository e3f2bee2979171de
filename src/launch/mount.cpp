// SPDX-License-Identifier: Apache-2.0
#include "launch/mount.hpp"

#include "launch/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <system_error>

namespace vireo::launch {

namespace {
/// Blanks and what fstab, cloud-init or a terminal take for more than a letter.
bool is_plain(unsigned char letter) {
    return letter > ' ' && letter != 0x7f && letter != '\\' && letter != '"' && letter != ',' &&
           letter != '#';
}

std::string normalized(std::string_view place, std::string_view whole) {
    auto path = std::filesystem::path{place}.lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path == "/" || !std::ranges::all_of(path, is_plain))
        throw error(
            ErrorCode::InvalidArgument,
            fmt::format("--mount {}: the place in the guest is a path below / without blanks, quotes, "
                        "commas, '#' and '\\'",
                        whole));
    return path;
}
} // namespace

Mount parse_mount(std::string_view text) {
    auto colon = text.rfind(":/");
    if (colon == text.npos || colon == 0)
        throw error(
            ErrorCode::InvalidArgument,
            fmt::format("'{}' is no mount: it is DIR:/place, a directory of this host and where the guest "
                        "shall see it",
                        text));
    std::error_code problem;
    auto directory = std::filesystem::canonical(text.substr(0, colon), problem);
    if (!problem && !std::filesystem::is_directory(directory, problem))
        problem = std::make_error_code(std::errc::not_a_directory);
    if (problem)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("--mount {}: '{}': {}", text, text.substr(0, colon), problem.message()));
    return {directory, normalized(text.substr(colon + 1), text)};
}

std::string mount_tag(std::size_t number) { return fmt::format("vireo{}", number); }

bool MountReport::has(const Mount& mount) const {
    return std::ranges::find(mounted, mount.place) != mounted.end();
}

MountReport parse_mount_report(std::string_view output) {
    MountReport report;
    std::istringstream lines{std::string{output}};
    std::getline(lines, report.kernel);
    for (std::string line; std::getline(lines, line);) {
        if (line == "nodev\t9p") report.knows_9p = true;
        std::istringstream words{line}; // of /proc/mounts: what, where, kind, options
        std::string what, place, kind;
        if (words >> what >> place >> kind && kind == "9p") report.mounted.push_back(std::move(place));
    }
    return report;
}

} // namespace vireo::launch
