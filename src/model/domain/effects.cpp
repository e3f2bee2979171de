// SPDX-License-Identifier: Apache-2.0
// Whom a change of a definition concerns. A line counts for its part and all below; of several lines that
// name a part, the last one counts. A '*' stands for any one name.
#include "model/domain/comparison.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace vireo::model::domain {

namespace {
struct Line {
    std::string_view pattern;
    Effect effect;
};
constexpr Effect guest{true, false}, guest_live{true, true}, host{false, false}, host_live{false, true};

constexpr auto lines = std::to_array<Line>({
    {"domain", guest}, // what is not named below: better too strict than a guest that breaks
    {"domain.title", host_live},
    {"domain.description", host_live},
    {"domain.metadata", host_live},
    {"domain.currentMemory", host_live}, // the balloon goes on from where it was
    {"domain.memory.dumpCore", host},
    {"domain.blkiotune", host_live},
    {"domain.memtune", host_live},
    {"domain.memoryBacking", host},
    {"domain.vcpu", guest_live},
    {"domain.vcpu.placement", host},
    {"domain.vcpu.cpuset", host_live},
    {"domain.vcpus", guest_live},
    {"domain.iothreads", host_live},
    {"domain.iothreadids", host_live},
    {"domain.defaultiothread", host},
    {"domain.cputune", host_live},
    {"domain.numatune", host_live},
    {"domain.resource", host},
    {"domain.perf", host_live},
    {"domain.seclabel", host},
    {"domain.on_poweroff", host_live},
    {"domain.on_reboot", host_live},
    {"domain.on_crash", host_live},
    {"domain.on_lockfailure", host},
    {"domain.idmap", host},
    // The firmware's own choice is in the loader; its code and what it starts were read when the guest began.
    {"domain.os.firmware", host},
    {"domain.os.loader", host},
    {"domain.os.loader.readonly", guest},
    {"domain.os.loader.secure", guest},
    {"domain.os.loader.type", guest},
    {"domain.os.nvram", host},
    {"domain.os.kernel", host},
    {"domain.os.initrd", host},
    {"domain.os.cmdline", host},
    {"domain.os.dtb", host},
    {"domain.os.boot", host},
    {"domain.os.bootmenu", host},
    {"domain.features.tcg", host},
    {"domain.features.async-teardown", host},
    {"domain.cpu.match", host},
    {"domain.cpu.check", host},
    {"domain.cpu.model.fallback", host},
    {"domain.cpu.numa.cell.memAccess", host},
    {"domain.cpu.numa.cell.discard", host},
    {"domain.clock", host}, // the time itself goes with the guest
    {"domain.clock.timer", guest},
    {"domain.qemu:commandline", host}, // nobody can tell: it is its author's affair
    {"domain.qemu:override", host},
    {"domain.qemu:capabilities", host},
    {"domain.qemu:deprecation", host},

    {"domain.devices.emulator", host},
    {"domain.devices.*.alias", host},
    {"domain.devices.*.boot", host},
    {"domain.devices.*.source", host},
    {"domain.devices.*.log", host_live},
    {"domain.devices.*.protocol", host},
    // How the host serves a device; what a driver offers to the guest is below it.
    {"domain.devices.*.driver", host},
    {"domain.devices.*.driver.iommu", guest},
    {"domain.devices.*.driver.ats", guest},
    {"domain.devices.*.driver.packed", guest},
    {"domain.devices.*.driver.page_per_vq", guest},
    {"domain.devices.*.driver.queues", guest},
    {"domain.devices.*.driver.event_idx", guest},

    {"domain.devices.disk.type", host},
    {"domain.devices.disk.rawio", host},
    {"domain.devices.disk.sgio", host},
    {"domain.devices.disk.snapshot", host},
    {"domain.devices.disk.driver.queue_size", guest},
    {"domain.devices.disk.source", host_live},
    {"domain.devices.disk.auth", host},
    {"domain.devices.disk.encryption", host},
    {"domain.devices.disk.backenddomain", host},
    {"domain.devices.disk.backingStore", host_live},
    {"domain.devices.disk.mirror", host_live},
    {"domain.devices.disk.iotune", host_live},
    {"domain.devices.disk.target.tray", host_live},
    {"domain.devices.disk.shareable", host},
    {"domain.devices.disk.transient", host},
    {"domain.devices.controller.driver.cmd_per_lun", guest},
    {"domain.devices.controller.driver.max_sectors", guest},
    {"domain.devices.lease", host_live},
    {"domain.devices.filesystem.driver.type", guest},
    {"domain.devices.filesystem.driver.queue", guest},
    {"domain.devices.filesystem.type", host},
    {"domain.devices.filesystem.accessmode", host},
    {"domain.devices.filesystem.multidevs", host},
    {"domain.devices.filesystem.fmode", host},
    {"domain.devices.filesystem.dmode", host},
    {"domain.devices.filesystem.binary", host},
    {"domain.devices.filesystem.space_hard_limit", host},
    {"domain.devices.filesystem.space_soft_limit", host},
    {"domain.devices.interface.type", host},
    {"domain.devices.interface.trustGuestRxFilters", host_live},
    {"domain.devices.interface.managed", host},
    {"domain.devices.interface.mac.type", host},
    {"domain.devices.interface.mac.check", host},
    {"domain.devices.interface.driver.rx_queue_size", guest},
    {"domain.devices.interface.driver.tx_queue_size", guest},
    {"domain.devices.interface.driver.rss", guest},
    {"domain.devices.interface.driver.rss_hash_report", guest},
    {"domain.devices.interface.driver.host", guest},
    {"domain.devices.interface.driver.guest", guest},
    {"domain.devices.interface.source", host_live},
    {"domain.devices.interface.target", host},
    {"domain.devices.interface.guest", host},
    {"domain.devices.interface.script", host},
    {"domain.devices.interface.downscript", host},
    {"domain.devices.interface.backenddomain", host},
    {"domain.devices.interface.backend", host},
    {"domain.devices.interface.ip", host},
    {"domain.devices.interface.route", host},
    {"domain.devices.interface.portForward", host},
    {"domain.devices.interface.port", host},
    {"domain.devices.interface.tune", host},
    {"domain.devices.interface.vlan", host_live},
    {"domain.devices.interface.virtualport", host_live},
    {"domain.devices.interface.bandwidth", host_live},
    {"domain.devices.interface.filterref", host_live},
    {"domain.devices.interface.link", host_live},
    {"domain.devices.interface.coalesce", host_live},
    {"domain.devices.serial.type", host},
    {"domain.devices.parallel.type", host},
    {"domain.devices.console.type", host},
    {"domain.devices.console.tty", host},
    {"domain.devices.channel.type", host},
    {"domain.devices.redirdev.type", host},
    {"domain.devices.smartcard.type", host},
    {"domain.devices.smartcard.certificate", host},
    {"domain.devices.smartcard.database", host},
    {"domain.devices.redirfilter", host},
    {"domain.devices.tpm.backend", host},
    {"domain.devices.tpm.backend.type", guest},
    {"domain.devices.tpm.backend.version", guest},
    {"domain.devices.graphics", host_live},
    {"domain.devices.audio", host},
    {"domain.devices.sound.audio", host},
    {"domain.devices.video.driver.name", guest},
    {"domain.devices.video.model.acceleration.rendernode", host},
    {"domain.devices.hostdev.managed", host},
    {"domain.devices.hostdev.sgio", host},
    {"domain.devices.hostdev.rawio", host},
    {"domain.devices.hostdev.shareable", host},
    {"domain.devices.watchdog.action", host_live},
    {"domain.devices.memballoon.stats", host_live},
    {"domain.devices.rng.backend", host},
    {"domain.devices.rng.rate", host},
    {"domain.devices.shmem.server", host},
    {"domain.devices.memory.access", host},
    {"domain.devices.memory.discard", host},
    {"domain.devices.memory.source.alignsize", guest},
    {"domain.devices.memory.source.pmem", guest},
    {"domain.devices.memory.target.requested", host_live},
    {"domain.devices.iommu.driver", guest},
    {"domain.devices.crypto.backend.model", host},
});

/// The name before the first dot, which goes from the path.
std::string_view take_name(std::string_view& path) {
    auto name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    return name;
}

bool covers(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
        auto wanted = take_name(pattern);
        if (path.empty() || (take_name(path) != wanted && wanted != "*")) return false;
    }
    return true;
}
} // namespace

Effect effect_of(std::string_view path) {
    for (const auto& [pattern, effect] : lines | std::views::reverse)
        if (covers(pattern, path)) return effect;
    return {};
}

} // namespace vireo::model::domain
