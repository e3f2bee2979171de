// SPDX-License-Identifier: Apache-2.0
#include "qemu/disk_nodes.hpp"

#include <charconv>

namespace vireo::qemu {

std::uint32_t node_number(const std::vector<model::domain::Disk>& disks, std::size_t index) {
    return disks[index].source_index.value_or(static_cast<std::uint32_t>(disks.size() - index));
}

DiskNodes::DiskNodes(const model::domain::Domain& live) {
    const auto& disks = live.devices.disks;
    for (std::size_t i = 0; i < disks.size(); ++i)
        by_number_[node_number(disks, i)] = {disks[i].info.alias, disks[i].source, disks[i].target};
}

const DiskNodes::Disk* DiskNodes::find(std::string_view node) const {
    constexpr std::string_view prefix = "libvirt-";
    if (!node.starts_with(prefix)) return nullptr;
    std::uint32_t number = 0;
    std::from_chars(node.data() + prefix.size(), node.data() + node.size(), number);
    auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : &found->second;
}

bool FaultGate::passes(std::string_view alias, std::int32_t action, Clock::time_point now) {
    auto [known, is_first] = last_.try_emplace({std::string{alias}, action}, now);
    if (!is_first && now - known->second < interval) return false;
    known->second = now;
    return true;
}

} // namespace vireo::qemu
