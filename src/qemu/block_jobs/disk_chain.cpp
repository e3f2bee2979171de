// SPDX-License-Identifier: Apache-2.0
#include "qemu/block_jobs/disk_chain.hpp"

#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vireo::qemu {

namespace {
/// However QEMU is asked, a chain has an end.
constexpr std::size_t most_images = 200;

/// "virtio-disk0", or "/machine/peripheral/virtio-disk0/virtio-backend".
bool is_of(std::string_view device, std::string_view alias) {
    for (std::size_t begin = 0; begin <= device.size();) {
        auto end = std::min(device.find('/', begin), device.size());
        if (device.substr(begin, end - begin) == alias) return true;
        begin = end + 1;
    }
    return false;
}

std::optional<std::size_t> index_in(std::string_view wanted, std::string_view target) {
    if (!wanted.starts_with(target) || !wanted.ends_with(']')) return std::nullopt;
    auto inside = wanted.substr(target.size());
    if (!inside.starts_with('[')) return std::nullopt;
    inside = inside.substr(1, inside.size() - 2);
    std::size_t index = 0;
    auto [rest, failure] = std::from_chars(inside.begin(), inside.end(), index);
    return failure == std::errc{} && rest == inside.end() ? std::optional{index} : std::nullopt;
}
} // namespace

std::optional<DiskChain> chain_of(const json::value& blocks, std::string_view alias) {
    const auto* devices = blocks.if_array();
    if (devices == nullptr) return std::nullopt;
    for (const auto& each : *devices) {
        const auto* device = each.if_object();
        if (device == nullptr || !is_of(json::find_text(*device, "qdev").value_or(""), alias)) continue;
        const auto* inserted = json::find_object(*device, "inserted");
        auto node = inserted != nullptr ? json::find_text(*inserted, "node-name") : std::nullopt;
        if (!node) return std::nullopt;
        DiskChain chain{std::string{*node}, {}};
        for (const auto* image = json::find_object(*inserted, "image");
             image != nullptr && chain.files.size() < most_images;
             image = json::find_object(*image, "backing-image"))
            chain.files.emplace_back(json::find_text(*image, "filename").value_or(""));
        return chain;
    }
    return std::nullopt;
}

std::optional<std::string> DiskChain::find_below(const std::string& target,
                                                 const std::optional<std::string>& wanted) const {
    if (!wanted) return std::nullopt;
    auto index = index_in(*wanted, target);
    if (!index) {
        auto found = std::ranges::find(files, *wanted);
        if (found != files.end()) index = static_cast<std::size_t>(found - files.begin());
    }
    if (!index || *index == 0 || *index >= files.size())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("disk '{}' has no image '{}' below its topmost one", target, *wanted));
    return files[*index];
}

} // namespace vireo::qemu
