// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/image_source.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<BootDevice> auto& device) {
    node.attribute("dev", device, xml::required);
}

template <class Node> void describe(Node& node, Of<BootMenu> auto& menu) {
    node.attribute("enable", menu.enable);
    if constexpr (is_reader<Node>) {
        if (menu.enable == Answer::No) { // a timeout of nothing may be anything
            std::string ignored;
            node.attribute("timeout", ignored);
            return;
        }
    }
    node.attribute("timeout", menu.timeout);
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

template <class Node> void describe(Node& node, Of<FirmwareFeature> auto& feature) {
    node.attribute("enabled", feature.enabled, xml::required).attribute("name", feature.name, xml::required);
}

template <class Node> void describe(Node& node, Of<Loader> auto& loader) {
    node.attribute("readonly", loader.readonly)
        .attribute("secure", loader.secure)
        .attribute("type", loader.type)
        .attribute("stateless", loader.stateless)
        .text(loader.path);
}

template <class Node> void describe(Node& node, Of<Nvram> auto& nvram) {
    node.attribute("type", nvram.type).attribute("template", nvram.template_path);
    if (!nvram.type) {
        node.text(nvram.path);
        return;
    }
    auto source = node.child("source");
    if constexpr (is_reader<Node>) {
        if (!source.exists()) node.fail(nullptr, ErrorCode::InternalError, "a <source> is missing");
    }
    ImageParts image{nvram.path, nvram.network, nvram.details};
    describe_place(source, disk_type(*nvram.type), image);
    describe_parts(source, disk_type(*nvram.type), image);
    describe_secrets(source, nvram.details, true, true);
}

/// <table> of <acpi>; there is one type of them.
template <class Node> void describe_acpi_table(Node node, auto& path) {
    if constexpr (is_reader<Node>) {
        if (!node.exists()) return;
        std::string type;
        node.attribute("type", type, xml::required).text(path, xml::required);
        if (type != "slic") node.fail("type", ErrorCode::XmlError, "the known type is 'slic'");
    } else if (!path.empty()) {
        node.attribute("type", std::string{"slic"}).text(path);
    }
}

/// <os> (libvirt's formatdomain, "Operating system booting").
template <class Node> void describe(Node& node, Of<Os> auto& os) {
    node.attribute("firmware", os.firmware);
    if constexpr (is_reader<Node>) node.require("type");
    node.child("type")
        .attribute("arch", os.arch)
        .attribute("machine", os.machine)
        .text(os.type, {ErrorCode::ConfigUnsupported, ErrorCode::XmlError});
    node.child("firmware").children("feature", os.firmware_features);
    node.kept({"init", "initarg", "initenv", "initdir", "inituser", "initgroup"}, os.kept)
        .child("loader", os.loader)
        .child("nvram", os.nvram)
        .child("kernel", os.kernel)
        .child("initrd", os.initrd)
        .child("cmdline", os.cmdline)
        .child("dtb", os.device_tree)
        .kept("root", os.kept);
    describe_acpi_table(node.child("acpi").child("table"), os.acpi_table);
    node.children("boot", os.boot).child("bootmenu", os.boot_menu).child("bios", os.bios);
    node.child("smbios").attribute("mode", os.smbios, xml::wrong_is_unsupported);
    if constexpr (is_reader<Node>) {
        if (node.child("bootmenu").exists() && !has_attribute(node.child("bootmenu"), "enable"))
            os.boot_menu.reset();
    }
}

template <class Node> void describe(Node& node, Of<Apic> auto& apic) { node.attribute("eoi", apic.eoi); }

/// One that has to say so.
template <class Node> void describe_switch(Node& node, const char* name, auto& state) {
    auto feature = node.child(name);
    if (!is_reader<Node> || feature.exists()) feature.attribute("state", state, xml::required);
}

/// A feature whose element alone says on.
template <class Node> void describe_state(Node& node, const char* name, auto& state) {
    if constexpr (is_reader<Node>) {
        if (auto feature = node.child(name); feature.exists())
            feature.attribute("state", state.emplace(Switch::On));
    } else if (state) {
        node.child(name).attribute("state", *state);
    }
}

constexpr auto hyperv_features = std::to_array<const char*>(
    {"relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id",
     "frequencies", "reenlightenment", "tlbflush", "ipi", "evmcs", "avic"});

template <class Node> void describe(Node& node, Of<HypervFeature> auto& feature) {
    node.attribute("state", feature.state, xml::required);
    if (feature.name == "spinlocks") node.attribute("retries", feature.retries);
    if (feature.name == "vendor_id") node.attribute("value", feature.vendor);
    if (feature.name == "stimer") {
        auto direct = node.child("direct");
        if (direct.exists()) direct.attribute("state", feature.direct, xml::required);
    }
    if constexpr (is_reader<Node>) check(node, feature);
}

template <class Node> void describe(Node& node, Of<Hyperv> auto& hyperv) {
    node.attribute("mode", hyperv.mode);
    if constexpr (is_reader<Node>) {
        for (const char* name : hyperv_features) {
            auto element = node.child(name);
            if (!element.exists()) continue;
            auto& feature = hyperv.features.emplace_back();
            feature.name = name;
            describe(element, feature);
        }
    } else {
        for (const auto& feature : hyperv.features) {
            auto element = node.child(feature.name.data());
            describe(element, feature);
        }
    }
}

template <class Node> void describe(Node& node, Of<KvmFeatures> auto& kvm) {
    node.child("hidden").attribute("state", kvm.hidden);
    node.child("hint-dedicated").attribute("state", kvm.hint_dedicated);
    node.child("poll-control").attribute("state", kvm.poll_control);
    node.child("pv-ipi").attribute("state", kvm.pv_ipi);
    node.child("dirty-ring").attribute("state", kvm.dirty_ring).attribute("size", kvm.dirty_ring_size);
    if constexpr (is_reader<Node>) {
        bool is_size = kvm.dirty_ring_size && *kvm.dirty_ring_size >= 1024 && *kvm.dirty_ring_size <= 65536 &&
                       (*kvm.dirty_ring_size & (*kvm.dirty_ring_size - 1)) == 0;
        if (kvm.dirty_ring == Switch::On && !is_size)
            node.child("dirty-ring")
                .fail("size", ErrorCode::XmlError, "a power of two from 1024 to 65536 is needed");
    }
}

template <class Node> void describe(Node& node, Of<Smm> auto& smm) {
    if constexpr (is_reader<Node>) smm.state = Switch::On;
    node.attribute("state", smm.state).memory("tseg", smm.tseg, "MiB");
}

template <class Node> void describe_gic(Node& node, auto& features) {
    if constexpr (is_reader<Node>) {
        auto gic = node.child("gic");
        features.has_gic = gic.exists();
        gic.attribute("version", features.gic_version);
        if (!features.gic_version.empty() && features.gic_version != "2" && features.gic_version != "3" &&
            features.gic_version != "host")
            gic.fail("version", ErrorCode::XmlError, "known versions are '2', '3' and 'host'");
    } else if (features.has_gic) {
        auto gic = node.child("gic");
        gic.open();
        gic.attribute("version", features.gic_version);
    }
}

/// <features> (libvirt's formatdomain, "Hypervisor features").
template <class Node> void describe(Node& node, Of<Features> auto& features) {
    auto& kept = features.kept;
    node.flag("acpi", features.acpi).child("apic", features.apic).flag("pae", features.pae);
    describe_state(node, "hap", features.hap);
    node.kept({"viridian", "privnet"}, kept).child("hyperv", features.hyperv).child("kvm", features.kvm);
    describe_state(node, "pvspinlock", features.pvspinlock);
    node.kept("capabilities", kept);
    describe_state(node, "pmu", features.pmu);
    describe_state(node, "vmport", features.vmport);
    describe_gic(node, features);
    node.child("smm", features.smm);
    node.child("ioapic").attribute("driver", features.ioapic);
    {
        auto hpt = node.child("hpt");
        hpt.attribute("resizing", features.hpt_resizing);
        if constexpr (is_reader<Node>)
            read_page_size(hpt, features.hpt_max_page);
        else
            hpt.memory("maxpagesize", features.hpt_max_page);
    }
    describe_state(node, "vmcoreinfo", features.vmcoreinfo);
    describe_switch(node, "htm", features.htm);
    describe_switch(node, "nested-hv", features.nested_hv);
    node.child("msrs").attribute("unknown", features.msrs_unknown);
    describe_switch(node, "ccf-assist", features.ccf_assist);
    node.kept("xen", kept);
    node.child("cfpc").attribute("value", features.cfpc);
    node.child("sbbc").attribute("value", features.sbbc);
    node.child("ibs").attribute("value", features.ibs);
    {
        auto tcg = node.child("tcg");
        tcg.memory("tb-cache", features.tcg_cache);
    }
    node.kept("async-teardown", kept);
    if constexpr (is_reader<Node>) check(node, features);
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

template <class Node> void describe(Node& node, Of<Cpu::Cache> auto& cache) {
    node.attribute("level", cache.level).attribute("mode", cache.mode, xml::required);
}

template <class Node> void describe(Node& node, Of<Cpu::PhysicalBits> auto& bits) {
    node.attribute("mode", bits.mode, xml::required).attribute("bits", bits.bits);
}

/// <cpu> (libvirt's formatdomain, "CPU model and topology").
template <class Node> void describe(Node& node, Of<Cpu> auto& cpu) {
    node.attribute("mode", cpu.mode, xml::wrong_is_unsupported)
        .attribute("match", cpu.match)
        .attribute("check", cpu.check)
        .attribute("migratable", cpu.migratable);
    node.child("model")
        .attribute("fallback", cpu.fallback, xml::wrong_is_unsupported)
        .attribute("vendor_id", cpu.vendor_id)
        .text(cpu.model);
    node.child("vendor", cpu.vendor)
        .child("topology", cpu.topology)
        .child("cache", cpu.cache)
        .child("maxphysaddr", cpu.physical_bits)
        .children("feature", cpu.features);
    describe_guest_numa(node.child("numa"), cpu);
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
    if (clock.offset == Variable) node.attribute("basis", clock.basis, xml::wrong_is_unsupported);
    if (clock.offset == Timezone) node.attribute("timezone", clock.timezone, xml::required);
    if (clock.offset == Absolute)
        node.attribute("start", clock.start, {ErrorCode::InternalError, ErrorCode::InternalError});
    node.children("timer", clock.timers);
    if constexpr (is_reader<Node>) check(node, clock);
}

template void describe(xml::Reader&, Os&);
template void describe(xml::Writer&, const Os&);
template void describe(xml::Survey&, const Os&);
template void describe(xml::Reader&, Features&);
template void describe(xml::Writer&, const Features&);
template void describe(xml::Survey&, const Features&);
template void describe(xml::Reader&, Cpu&);
template void describe(xml::Writer&, const Cpu&);
template void describe(xml::Survey&, const Cpu&);
template void describe(xml::Reader&, Clock&);
template void describe(xml::Writer&, const Clock&);
template void describe(xml::Survey&, const Clock&);

} // namespace vireo::model::domain
