// SPDX-License-Identifier: Apache-2.0
// A device that comes to a running guest is described by the same steps as at a start.
#include "qemu/command_line/block_nodes.hpp"
#include "qemu/command_line/builder.hpp"

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

CommandLine CommandLineBuilder::build_one(std::string_view alias, std::size_t node) {
    auto with = [&](const auto& devices, auto add) {
        auto found =
            std::ranges::find_if(devices, [&](const auto& each) { return each.info.alias == alias; });
        if (found == devices.end()) return;
        if (found->info.boot_order) boot_indexes_[&found->info] = *found->info.boot_order;
        add(*found);
    };
    with(devices_.controllers, [&](const Controller& controller) { add_controller(controller); });
    with(devices_.memories, [&](const Memory& memory) { add_memory_device(memory); });
    with(devices_.disks, [&](const Disk& disk) {
        next_node_ = node + count_disk_nodes(disk) - 1;
        add_disk(disk);
    });
    with(devices_.filesystems, [&](const Filesystem& filesystem) { add_filesystem(filesystem); });
    with(devices_.interfaces, [&](const Interface& interface) {
        add_interface(interface, static_cast<std::size_t>(&interface - devices_.interfaces.data()));
    });
    with(devices_.serials, [&](const Serial& serial) { add_serial(serial); });
    with(devices_.channels, [&](const Channel& channel) { add_channel(channel); });
    with(devices_.consoles, [&](const Console& console) { add_console(console); });
    with(devices_.inputs, [&](const Input& input) { add_input(input); });
    with(devices_.watchdogs, [&](const Watchdog&) { add_watchdogs(); });
    with(devices_.redirected_devices, [&](const RedirectedDevice& device) { add_redirected(device); });
    with(devices_.hostdevs, [&](const Hostdev& hostdev) {
        hostdev_nodes_ = node - 1;
        add_hostdev(hostdev);
    });
    with(devices_.rngs, [&](const Rng& rng) { add_rng(rng); });
    with(devices_.shared_memories, [&](const Shmem& shmem) { add_shared_memory(shmem); });
    if (devices_.vsock && devices_.vsock->info.alias == alias) add_vsock();
    return std::move(line_);
}

CommandLine build_device(const Domain& domain, const Capabilities& capabilities, const LaunchContext& context,
                         std::string_view alias, std::size_t node) {
    return CommandLineBuilder{domain, capabilities, context}.build_one(alias, node);
}

} // namespace vireo::qemu
