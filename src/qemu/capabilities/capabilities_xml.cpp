// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/capabilities_xml.hpp"

#include "host/pages.hpp"
#include "qemu/capabilities/cpu.hpp"
#include "qemu/capabilities/lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace vireo::qemu {

namespace {
/// The model nearest to the host's processor, and what it has beyond that.
void write_model(Lines& out, const HostDescription& host, const Capabilities* emulator) {
    auto actual = actual_cpu(host.cpu, host.topology.arch);
    CpuChoice choice;
    if (emulator != nullptr) choice = closest_model(*emulator, actual.features, actual.vendor, true);
    if (choice.model != nullptr) out.line("<model>{}</model>", escaped(choice.model->name));
    if (!actual.vendor.empty()) out.line("<vendor>{}</vendor>", actual.vendor);
    if (host.cpu.microcode) out.line("<microcode version='{}'/>", *host.cpu.microcode);
    if (host.cpu.family && host.cpu.model && host.cpu.stepping)
        out.line("<signature family='{}' model='{}' stepping='{}'/>", *host.cpu.family, *host.cpu.model,
                 *host.cpu.stepping);
    auto info = host::node_info(host.topology);
    out.line("<topology sockets='{}' dies='1' cores='{}' threads='{}'/>", info.sockets, info.cores,
             info.threads);
    if (choice.model == nullptr) return;
    for (const auto& name : choice.require) out.line("<feature name='{}'/>", name);
}

void write_cpu(Lines& out, const HostDescription& host, const Capabilities* emulator) {
    out.open("cpu");
    out.line("<arch>{}</arch>", escaped(host.topology.arch));
    write_model(out, host, emulator);
    for (auto size : host.page_sizes) out.line("<pages unit='KiB' size='{}'/>", size.in_kib());
    out.close("cpu");
}

void write_pages(Lines& out, const HostDescription& host, std::size_t cell) {
    if (cell >= host.pages_of_cells.size()) return;
    const auto& counts = host.pages_of_cells[cell];
    for (std::size_t index = 0; index < std::min(counts.size(), host.page_sizes.size()); ++index)
        out.line("<pages unit='KiB' size='{}'>{}</pages>", host.page_sizes[index].in_kib(), counts[index]);
}

void write_cell(Lines& out, const HostDescription& host, std::size_t index) {
    const auto& cells = host.topology.cells;
    const auto& cell = cells[index];
    out.open(fmt::format("cell id='{}'", cell.id));
    out.line("<memory unit='KiB'>{}</memory>", cell.memory.in_kib());
    write_pages(out, host, index);
    if (cell.distances.size() == cells.size()) {
        out.open("distances");
        for (std::size_t other = 0; other < cells.size(); ++other)
            out.line("<sibling id='{}' value='{}'/>", cells[other].id, cell.distances[other]);
        out.close("distances");
    }
    out.open(fmt::format("cpus num='{}'", cell.processors.size()));
    for (const auto& cpu : cell.processors)
        out.line("<cpu id='{}' socket_id='{}' die_id='{}' core_id='{}' siblings='{}'/>", cpu.id, cpu.socket,
                 cpu.die, cpu.core, fmt::join(cpu.siblings, ","));
    out.close("cpus");
    out.close("cell");
}

void write_topology(Lines& out, const HostDescription& host) {
    const auto& cells = host.topology.cells;
    out.open("topology");
    out.open(fmt::format("cells num='{}'", cells.size()));
    for (std::size_t index = 0; index < cells.size(); ++index) write_cell(out, host, index);
    out.close("cells");
    out.close("topology");
}

void write_caches(Lines& out, const std::vector<host::CacheBank>& banks) {
    if (banks.empty()) return;
    out.open("cache");
    for (const auto& bank : banks) {
        bool whole = bank.size.in_kib() % 1024 == 0;
        out.line("<bank id='{}' level='{}' type='{}' size='{}' unit='{}' cpus='{}'/>", bank.id, bank.level,
                 bank.type, whole ? bank.size.in_kib() / 1024 : bank.size.in_kib(), whole ? "MiB" : "KiB",
                 escaped(bank.processors));
    }
    out.close("cache");
}

void write_security_model(Lines& out, const SecurityModel& model) {
    out.open("secmodel");
    out.line("<model>{}</model>", escaped(model.name));
    out.line("<doi>{}</doi>", escaped(model.doi));
    for (const auto& [type, label] : model.base_labels)
        out.line("<baselabel type='{}'>{}</baselabel>", escaped(type), escaped(label));
    out.close("secmodel");
}

void write_host(Lines& out, const HostDescription& host, const Capabilities* emulator) {
    out.open("host");
    out.line("<uuid>{}</uuid>", host.uuid.text());
    write_cpu(out, host, emulator);
    out.line("<power_management/>");
    out.line("<iommu support='{}'/>", host.has_iommu ? "yes" : "no");
    out.open("migration_features");
    out.line("<live/>");
    out.open("uri_transports");
    out.line("<uri_transport>tcp</uri_transport>");
    out.close("uri_transports");
    out.close("migration_features");
    write_topology(out, host);
    write_caches(out, host.cache_banks);
    for (const auto& model : host.security_models) write_security_model(out, model);
    out.close("host");
}

void write_machine(Lines& out, const MachineType& machine) {
    auto deprecated = machine.deprecated ? " deprecated='yes'" : "";
    out.line("<machine maxCpus='{}'{}>{}</machine>", machine.max_cpus, deprecated, escaped(machine.name));
    if (!machine.alias.empty())
        out.line("<machine canonical='{}' maxCpus='{}'{}>{}</machine>", escaped(machine.name),
                 machine.max_cpus, deprecated, escaped(machine.alias));
}

/// The default machine first; the one without a machine is only for questions.
std::vector<MachineType> listed_machines(const Capabilities& emulator) {
    auto machines = emulator.machines;
    std::erase_if(machines, [](const MachineType& machine) { return machine.name == "none"; });
    std::ranges::stable_partition(machines, &MachineType::is_default);
    return machines;
}

void write_features(Lines& out, std::string_view arch) {
    bool x86 = arch == "x86_64" || arch == "i686";
    out.open("features");
    if (x86 || arch == "aarch64") out.line("<acpi default='on' toggle='yes'/>");
    if (x86) out.line("<apic default='on' toggle='no'/>");
    out.line("<cpuselection/>");
    out.line("<deviceboot/>");
    out.line("<disksnapshot default='on' toggle='no'/>");
    if (arch == "i686") {
        out.line("<pae/>");
        out.line("<nonpae/>");
    }
    out.close("features");
}

void write_guest(Lines& out, const Capabilities& emulator, const std::string& arch, bool kvm_usable) {
    out.open("guest");
    out.line("<os_type>hvm</os_type>");
    out.open(fmt::format("arch name='{}'", escaped(arch)));
    out.line("<wordsize>{}</wordsize>", word_size_of(arch));
    out.line("<emulator>{}</emulator>", escaped(emulator.emulator));
    for (const auto& machine : listed_machines(emulator)) write_machine(out, machine);
    if (emulator.has_tcg) out.line("<domain type='qemu'/>");
    if (emulator.has_kvm && kvm_usable) out.line("<domain type='kvm'/>");
    out.close("arch");
    write_features(out, arch);
    out.close("guest");
}
} // namespace

HostDescription read_host() {
    HostDescription host;
    host.topology = host::read_topology();
    host.cpu = host::read_cpu();
    host.page_sizes = host::huge_page_sizes();
    host.page_sizes.insert(host.page_sizes.begin(), host::system_page_size());
    for (const auto& cell : host.topology.cells) {
        auto& counts = host.pages_of_cells.emplace_back();
        for (auto size : host.page_sizes)
            counts.push_back(host::read_page_pool(cell.id, size).value_or(host::PagePool{}).total);
    }
    host.cache_banks = host::read_cache_banks();
    std::error_code unreadable;
    std::filesystem::path groups{"/sys/kernel/iommu_groups"};
    host.has_iommu = std::filesystem::exists(groups, unreadable) &&
                     !std::filesystem::is_empty(groups, unreadable) && !unreadable;
    return host;
}

std::string format_capabilities(const HostDescription& host,
                                const std::vector<std::shared_ptr<const Capabilities>>& emulators) {
    auto own = std::ranges::find(emulators, host.topology.arch, [](const auto& each) { return each->arch; });
    Lines out;
    out.open("capabilities");
    write_host(out, host, own == emulators.end() ? nullptr : own->get());
    for (const auto& emulator : emulators) {
        if (!is_architecture(emulator->arch)) continue; // libvirt has no name for guests of it
        if (emulator->arch == "armv7l") write_guest(out, *emulator, "armv6l", host.kvm_usable);
        write_guest(out, *emulator, emulator->arch, host.kvm_usable);
    }
    out.close("capabilities");
    return out.take();
}

} // namespace vireo::qemu
