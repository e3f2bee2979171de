// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/elements.hpp"

#include <algorithm>

namespace vireo::model::domain {

/// Elements that only QEMU's drivers read: extra arguments and the like.
inline constexpr xml::Namespace qemu_namespace{"http://libvirt.org/schemas/domain/qemu/1.0", "qemu"};

template <class Node> void describe(Node& node, Of<PowerManagement> auto& pm) {
    node.child("suspend-to-mem").attribute("enabled", pm.suspend_to_mem);
    node.child("suspend-to-disk").attribute("enabled", pm.suspend_to_disk);
}

template <class Node> void describe(Node& node, Of<Vcpus> auto& vcpus) {
    node.attribute("placement", vcpus.placement, {ErrorCode::XmlError})
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
        .children("lease", devices.leases)
        .children("filesystem", devices.filesystems)
        .children("interface", devices.interfaces)
        .children("smartcard", devices.smartcards)
        .children("serial", devices.serials)
        .children("parallel", devices.parallels)
        .children("console", devices.consoles)
        .children("channel", devices.channels)
        .children("input", devices.inputs)
        .children("tpm", devices.tpms)
        .children("graphics", devices.graphics)
        .children("sound", devices.sounds)
        .children("audio", devices.audios)
        .children("video", devices.videos)
        .children("hostdev", devices.hostdevs)
        .children("redirdev", devices.redirected_devices)
        .kept("redirfilter", kept)
        .children("hub", devices.hubs)
        .children("watchdog", devices.watchdogs)
        .single("memballoon", ErrorCode::InternalError)
        .child("memballoon", devices.memory_balloon)
        .children("rng", devices.rngs)
        .children("nvram", devices.nvrams)
        .children("panic", devices.panics)
        .children("shmem", devices.shared_memories)
        .children("memory", devices.memories)
        .single("iommu")
        .children("iommu", devices.iommus)
        .single("vsock")
        .child("vsock", devices.vsock)
        .children("crypto", devices.cryptos);
}

template <class Node> void describe(Node& node, Of<ExtraArguments::Variable> auto& variable) {
    node.attribute("name", variable.name, xml::required).attribute("value", variable.value);
}

/// A <qemu:arg>.
template <class Node> void describe(Node& node, Of<ExtraArguments::Argument> auto& argument) {
    node.attribute("value", argument.value, xml::required);
}

template <class Node> void describe_extra_arguments(Node node, auto& extra) {
    node.children(qemu_namespace, "qemu:arg", extra.arguments)
        .children(qemu_namespace, "qemu:env", extra.environment);
}

/// <genid>; an empty one asks for a number to be generated.
template <class Node> void describe_generation_id(Node& node, auto& id) {
    if constexpr (is_reader<Node>) {
        auto element = node.child("genid");
        std::string text;
        element.text(text);
        if (!element.exists()) return;
        id.emplace();
        if (!text.empty()) element.text(*id, xml::wrong_is_internal);
    } else if (id) {
        auto element = node.child("genid");
        element.open();
        if (!id->is_nil()) element.text(*id);
    }
}

template <class Node> void describe_max_memory(Node& node, auto& memory) {
    if constexpr (is_reader<Node>) {
        if (node.child("maxMemory").exists()) memory.emplace();
    }
    if (memory) node.memory("maxMemory", memory->size, "slots", memory->slots);
}

template <class Node> void describe_iothreads(Node& node, auto& domain) {
    if (is_reader<Node> || domain.iothread_count != 0) node.child("iothreads", domain.iothread_count);
    auto list = node.child("iothreadids");
    list.children("iothread", domain.iothreads);
}

template <class Node> void describe_memory_tuning(Node node, auto& tuning) {
    if constexpr (requires { node.unsupported(); }) {
        if (!tuning.is_empty()) node.unsupported();
    }
    node.memory("hard_limit", tuning.hard_limit)
        .memory("soft_limit", tuning.soft_limit)
        .memory("min_guarantee", tuning.min_guarantee)
        .memory("swap_hard_limit", tuning.swap_hard_limit);
}

inline bool uses_qemu_namespace(const Domain& domain) {
    if (!domain.extra_arguments.empty()) return true;
    return std::ranges::any_of(domain.kept.parts(),
                               [](const auto& part) { return part.name.starts_with("qemu:"); });
}

/// <domain> (libvirt's formatdomain), in the order in which libvirt writes it.
template <class Node> void describe(Node& node, Of<Domain> auto& domain) {
    auto& kept = domain.kept;
    node.attribute("type", domain.type, {ErrorCode::ConfigUnsupported, ErrorCode::InternalError})
        .supports("type", domain.type, {VirtType::Qemu, VirtType::Kvm});
    if (node.live()) node.attribute("id", domain.id);
    node.declare(qemu_namespace, "xmlns:qemu", uses_qemu_namespace(domain))
        .child("name", domain.name)
        .child("uuid", domain.uuid, xml::wrong_is_internal)
        .child("title", domain.title)
        .child("description", domain.description)
        .verbatim("metadata", domain.metadata);
    describe_generation_id(node, domain.generation_id);
    describe_max_memory(node, domain.max_memory);
    node.memory("memory", domain.memory, "dumpCore", domain.dump_core)
        .memory("currentMemory", domain.current_memory)
        .kept("blkiotune", kept);
    describe_memory_tuning(node.child("memtune"), domain.memory_tuning);
    node.child("memoryBacking", domain.memory_backing).child("vcpu", domain.vcpus).kept("vcpus", kept);
    describe_iothreads(node, domain);
    node.kept({"defaultiothread", "cputune", "numatune", "resource"}, kept)
        .children("sysinfo", domain.system_infos)
        .kept({"bootloader", "bootloader_args"}, kept)
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
        .kept({"seclabel", "keywrap", "launchSecurity"}, kept);
    describe_extra_arguments(node.child(qemu_namespace, "qemu:commandline"), domain.extra_arguments);
    node.kept(qemu_namespace, "qemu:capabilities", kept)
        .kept(qemu_namespace, "qemu:override", kept)
        .kept(qemu_namespace, "qemu:deprecation", kept);
}

} // namespace vireo::model::domain
