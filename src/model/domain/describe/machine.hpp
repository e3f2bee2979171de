// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/clock.hpp"
#include "model/domain/cpu.hpp"
#include "model/domain/describe/device_info.hpp"
#include "model/domain/features.hpp"
#include "model/domain/os.hpp"

// The parts of a domain that are no devices: <os>, <features>, <cpu>, <clock>.

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<BootDevice> auto& device) {
    node.attribute("dev", device, xml::required);
}

template <class Node> void describe(Node& node, Of<BootMenu> auto& menu) {
    node.attribute("enable", menu.enable).attribute("timeout", menu.timeout);
    if constexpr (is_reader<Node>) {
        if (menu.timeout > 65535u)
            node.fail("timeout", ErrorCode::ConfigUnsupported, "at most 65535 milliseconds");
    }
}

template <class Node> void describe(Node& node, Of<Bios> auto& bios) {
    node.attribute("useserial", bios.use_serial).attribute("rebootTimeout", bios.reboot_timeout);
    if constexpr (is_reader<Node>) {
        if (bios.reboot_timeout && (*bios.reboot_timeout < -1 || *bios.reboot_timeout > 65535))
            node.fail("rebootTimeout", ErrorCode::XmlError, "from -1 (never) to 65535 milliseconds");
    }
}

/// <os> (libvirt's formatdomain, "Operating system booting").
template <class Node> void describe(Node& node, Of<Os> auto& os) {
    node.kept_attribute("firmware", os.kept);
    if constexpr (is_reader<Node>) {
        if (!node.child("type").exists()) node.fail(nullptr, ErrorCode::XmlError, "the <type> is missing");
    }
    node.child("type")
        .attribute("arch", os.arch)
        .attribute("machine", os.machine)
        .text(os.type, {ErrorCode::ConfigUnsupported, ErrorCode::XmlError});
    node.kept(
            {"firmware", "init", "initarg", "initenv", "initdir", "inituser", "initgroup", "loader", "nvram"},
            os.kept)
        .child("kernel", os.kernel)
        .child("initrd", os.initrd)
        .child("cmdline", os.cmdline)
        .kept({"dtb", "root", "acpi"}, os.kept)
        .children("boot", os.boot)
        .child("bootmenu", os.boot_menu)
        .child("bios", os.bios)
        .kept("smbios", os.kept);
}

template <class Node> void describe(Node& node, Of<Apic> auto& apic) { node.attribute("eoi", apic.eoi); }

/// A feature whose element alone says on.
template <class Node> void describe_state(Node& node, const char* name, auto& state) {
    if constexpr (is_reader<Node>) {
        if (auto feature = node.child(name); feature.exists())
            feature.attribute("state", state.emplace(Switch::On));
    } else if (state) {
        node.child(name).attribute("state", *state);
    }
}

/// <features> (libvirt's formatdomain, "Hypervisor features").
template <class Node> void describe(Node& node, Of<Features> auto& features) {
    auto& kept = features.kept;
    node.flag("acpi", features.acpi).child("apic", features.apic).flag("pae", features.pae);
    describe_state(node, "hap", features.hap);
    node.kept({"viridian", "privnet", "hyperv", "kvm"}, kept);
    describe_state(node, "pvspinlock", features.pvspinlock);
    node.kept("capabilities", kept);
    describe_state(node, "pmu", features.pmu);
    describe_state(node, "vmport", features.vmport);
    node.kept({"gic", "smm", "ioapic", "hpt", "vmcoreinfo", "htm", "nested-hv", "msrs", "ccf-assist", "xen",
               "cfpc", "sbbc", "ibs", "tcg", "async-teardown"},
              kept);
}

template <class Node> void describe(Node& node, Of<CpuTopology> auto& topology) {
    node.attribute("sockets", topology.sockets, xml::required)
        .attribute("dies", topology.dies)
        .attribute("cores", topology.cores, xml::required)
        .attribute("threads", topology.threads, xml::required);
    if constexpr (is_reader<Node>) {
        if (topology.sockets == 0 || topology.dies == 0 || topology.cores == 0 || topology.threads == 0)
            node.fail(nullptr, ErrorCode::XmlError, "sockets, dies, cores and threads start at 1");
    }
}

template <class Node> void describe(Node& node, Of<CpuFeature> auto& feature) {
    node.attribute("policy", feature.policy, xml::wrong_is_unsupported)
        .attribute("name", feature.name, xml::required);
}

/// <cpu> (libvirt's formatdomain, "CPU model and topology").
template <class Node> void describe(Node& node, Of<Cpu> auto& cpu) {
    node.attribute("mode", cpu.mode)
        .attribute("match", cpu.match)
        .attribute("check", cpu.check)
        .attribute("migratable", cpu.migratable);
    node.child("model")
        .attribute("fallback", cpu.fallback)
        .attribute("vendor_id", cpu.vendor_id)
        .text(cpu.model);
    node.child("vendor", cpu.vendor)
        .child("topology", cpu.topology)
        .kept({"cache", "maxphysaddr"}, cpu.kept)
        .children("feature", cpu.features)
        .kept("numa", cpu.kept);
    if constexpr (is_reader<Node>) check(node, cpu);
}

template <class Node> void describe(Node& node, Of<TimerCatchup> auto& catchup) {
    node.attribute("threshold", catchup.threshold)
        .attribute("slew", catchup.slew)
        .attribute("limit", catchup.limit);
}

template <class Node> void describe(Node& node, Of<Timer> auto& timer) {
    node.attribute("name", timer.name, xml::required)
        .attribute("present", timer.present)
        .attribute("tickpolicy", timer.tick_policy)
        .attribute("track", timer.track)
        .attribute("frequency", timer.frequency)
        .attribute("mode", timer.mode)
        .child("catchup", timer.catchup);
}

/// <clock> (libvirt's formatdomain, "Time keeping").
template <class Node> void describe(Node& node, Of<Clock> auto& clock) {
    using enum ClockOffset;
    node.attribute("offset", clock.offset, xml::wrong_is_unsupported);
    if (clock.offset == Utc || clock.offset == Localtime || clock.offset == Variable)
        node.attribute("adjustment", clock.adjustment);
    if (clock.offset == Variable) node.attribute("basis", clock.basis);
    if (clock.offset == Timezone) node.attribute("timezone", clock.timezone, xml::required);
    if (clock.offset == Absolute)
        node.attribute("start", clock.start, {ErrorCode::InternalError, ErrorCode::InternalError});
    node.children("timer", clock.timers);
    if constexpr (is_reader<Node>) check(node, clock);
}

} // namespace vireo::model::domain
