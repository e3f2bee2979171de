// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/elements.hpp"

#include <algorithm>

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<PowerManagement> auto& pm) {
    node.child("suspend-to-mem").attribute("enabled", pm.suspend_to_mem);
    node.child("suspend-to-disk").attribute("enabled", pm.suspend_to_disk);
}

template <class Node> void describe(Node& node, Of<Vcpus> auto& vcpus) {
    node.attribute("placement", vcpus.placement, {ErrorCode::XmlError})
        .attribute("cpuset", vcpus.cpus)
        .attribute("current", vcpus.current)
        .text(vcpus.maximum, xml::required);
    if constexpr (is_reader<Node>) {
        if (!vcpus.cpus.empty()) read_cpu_set(node, "cpuset", vcpus.cpus);
    }
}

template <class Node> void describe(Node& node, Of<Devices> auto& devices) {
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
        .child("redirfilter", devices.redirect_filter)
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

/// <genid>; an empty one asks for a number to be generated.
template <class Node> void describe_generation_id(Node& node, auto& id) {
    if constexpr (is_reader<Node>) {
        node.single("genid");
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
    if constexpr (is_reader<Node>) {
        node.for_each_child("iothreadids", [&](auto list) { list.children("iothread", domain.iothreads); });
    } else {
        auto list = node.child("iothreadids");
        list.children("iothread", domain.iothreads);
    }
    node.child("defaultiothread", domain.default_iothread);
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
    return !domain.extra_arguments.empty() || !domain.capability_changes.empty() ||
           !domain.overrides.empty() || domain.deprecation;
}

/// What may be there without anything in it goes unsaid.
template <class Node, class T> void describe_unless_empty(Node& node, const char* name, T& value) {
    if (is_reader<Node> || !value.is_empty()) node.child(name, value);
}

template <class Node> void describe_performance(Node& node, auto& domain) {
    auto events = node.child("perf");
    events.children("event", domain.performance_events);
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
        .memory("currentMemory", domain.current_memory);
    describe_unless_empty(node, "blkiotune", domain.block_tuning);
    describe_memory_tuning(node.child("memtune"), domain.memory_tuning);
    node.child("memoryBacking", domain.memory_backing).child("vcpu", domain.vcpus).kept("vcpus", kept);
    describe_iothreads(node, domain);
    describe_unless_empty(node, "cputune", domain.cpu_tuning);
    node.single("numatune")
        .child("numatune", domain.numa_tuning)
        .single("resource")
        .child("resource", domain.resource)
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
        .child("pm", domain.power_management);
    describe_performance(node, domain);
    node.child("devices", domain.devices).children("seclabel", domain.security_labels);
    node.child("keywrap").children("cipher", domain.key_wrapping);
    node.child("launchSecurity", domain.launch_security);
    describe_qemu_extras(node, domain);
}

} // namespace vireo::model::domain
