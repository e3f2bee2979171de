// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/character.hpp"
#include "model/domain/describe/controller.hpp"
#include "model/domain/describe/disk.hpp"
#include "model/domain/describe/display.hpp"
#include "model/domain/describe/interface.hpp"
#include "model/domain/describe/machine.hpp"
#include "model/domain/describe/other_devices.hpp"
#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Elements that only QEMU's drivers read: extra arguments and the like.
inline constexpr xml::Namespace qemu_namespace{"http://libvirt.org/schemas/domain/qemu/1.0", "qemu"};

template <class Node> void describe(Node& node, Of<PowerManagement> auto& pm) {
    node.child("suspend-to-mem").attribute("enabled", pm.suspend_to_mem);
    node.child("suspend-to-disk").attribute("enabled", pm.suspend_to_disk);
}

template <class Node> void describe(Node& node, Of<Vcpus> auto& vcpus) {
    node.attribute("placement", vcpus.placement)
        .kept_attribute("cpuset", vcpus.kept)
        .attribute("current", vcpus.current)
        .text(vcpus.maximum, xml::required);
    if constexpr (is_reader<Node>) {
        if (const auto* set = vcpus.kept.attribute("cpuset"); set && !is_cpu_set(*set))
            node.fail("cpuset", ErrorCode::InvalidArgument,
                      "a list of processors such as '0-3,^2' is needed");
    }
}

template <class Node> void describe(Node& node, Of<Devices> auto& devices) {
    auto& kept = devices.kept;
    node.open();
    node.child("emulator", devices.emulator)
        .children("disk", devices.disks)
        .children("controller", devices.controllers)
        .kept({"lease", "filesystem"}, kept)
        .children("interface", devices.interfaces)
        .kept("smartcard", kept)
        .children("serial", devices.serials)
        .kept("parallel", kept)
        .children("console", devices.consoles)
        .children("channel", devices.channels)
        .children("input", devices.inputs)
        .kept("tpm", kept)
        .children("graphics", devices.graphics)
        .kept("sound", kept)
        .children("audio", devices.audios)
        .children("video", devices.videos)
        .kept({"hostdev", "redirdev", "redirfilter", "hub", "watchdog"}, kept)
        .single("memballoon", ErrorCode::InternalError)
        .child("memballoon", devices.memory_balloon)
        .children("rng", devices.rngs)
        .kept({"nvram", "panic", "shmem", "memory", "iommu", "vsock", "crypto"}, kept);
}

/// <domain> (libvirt's formatdomain), in the order in which libvirt writes it.
template <class Node> void describe(Node& node, Of<Domain> auto& domain) {
    auto& kept = domain.kept;
    node.attribute("type", domain.type, {ErrorCode::ConfigUnsupported, ErrorCode::InternalError})
        .supports("type", domain.type, {VirtType::Qemu, VirtType::Kvm});
    if (node.live()) node.attribute("id", domain.id);
    node.declare(qemu_namespace, "xmlns:qemu", kept)
        .child("name", domain.name)
        .child("uuid", domain.uuid, xml::wrong_is_internal)
        .kept("genid", kept)
        .child("title", domain.title)
        .child("description", domain.description)
        .verbatim("metadata", domain.metadata)
        .kept("maxMemory", kept)
        .memory("memory", domain.memory, "dumpCore", kept)
        .memory("currentMemory", domain.current_memory)
        .kept({"blkiotune", "memtune", "memoryBacking"}, kept)
        .child("vcpu", domain.vcpus)
        .kept({"vcpus", "iothreads", "iothreadids", "defaultiothread", "cputune", "numatune", "resource",
               "sysinfo", "bootloader", "bootloader_args"},
              kept)
        .child("os", domain.os, xml::required)
        .kept("idmap", kept)
        .child("features", domain.features)
        .child("cpu", domain.cpu)
        .child("clock", domain.clock)
        .child("on_poweroff", domain.on_poweroff, xml::wrong_is_unsupported)
        .child("on_reboot", domain.on_reboot, xml::wrong_is_unsupported)
        .child("on_crash", domain.on_crash, xml::wrong_is_unsupported)
        .child("on_lockfailure", domain.on_lock_failure, xml::wrong_is_unsupported)
        .child("pm", domain.power_management)
        .kept("perf", kept)
        .child("devices", domain.devices)
        .kept({"seclabel", "keywrap", "launchSecurity"}, kept)
        .kept(qemu_namespace, "qemu:commandline", kept)
        .kept(qemu_namespace, "qemu:capabilities", kept)
        .kept(qemu_namespace, "qemu:override", kept)
        .kept(qemu_namespace, "qemu:deprecation", kept);
}

} // namespace vireo::model::domain
