// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/capabilities_xml.hpp"

#include "xml/value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vireo::qemu {

namespace {
/// Writes lines of a document; `open` and `close` keep the indentation.
class Lines {
public:
    template <class... Args> void line(fmt::format_string<Args...> text, Args&&... args) {
        document_.append(depth_ * 2, ' ');
        fmt::format_to(std::back_inserter(document_), text, std::forward<Args>(args)...);
        document_ += '\n';
    }
    /// With its attributes: "cell id='0'".
    void open(std::string_view element) {
        line("<{}>", element);
        ++depth_;
    }
    void close(std::string_view element) {
        --depth_;
        line("</{}>", element);
    }
    std::string take() { return std::move(document_); }

private:
    std::string document_;
    std::size_t depth_ = 0;
};

std::string escaped(std::string_view text) {
    std::string result;
    xml::append_escaped(result, text, true);
    return result;
}

/// libvirt's name of the maker of a processor.
std::string_view vendor_name(std::string_view vendor_id) {
    if (vendor_id == "GenuineIntel") return "Intel";
    if (vendor_id == "AuthenticAMD") return "AMD";
    if (vendor_id == "HygonGenuine") return "Hygon";
    return {};
}

void write_cpu(Lines& out, const host::Topology& topology) {
    auto info = host::node_info(topology);
    out.open("cpu");
    out.line("<arch>{}</arch>", escaped(topology.arch));
    if (!vendor_name(topology.vendor).empty()) out.line("<vendor>{}</vendor>", vendor_name(topology.vendor));
    out.line("<topology sockets='{}' dies='1' cores='{}' threads='{}'/>", info.sockets, info.cores,
             info.threads);
    out.line("<pages unit='KiB' size='4'/>");
    out.close("cpu");
}

void write_cell(Lines& out, const host::Cell& cell, const std::vector<host::Cell>& cells) {
    constexpr std::uint64_t page_kib = 4;
    out.open(fmt::format("cell id='{}'", cell.id));
    out.line("<memory unit='KiB'>{}</memory>", cell.memory.in_kib());
    out.line("<pages unit='KiB' size='{}'>{}</pages>", page_kib, cell.memory.in_kib() / page_kib);
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

void write_topology(Lines& out, const std::vector<host::Cell>& cells) {
    out.open("topology");
    out.open(fmt::format("cells num='{}'", cells.size()));
    for (const auto& cell : cells) write_cell(out, cell, cells);
    out.close("cells");
    out.close("topology");
}

void write_security_model(Lines& out, const SecurityModel& model) {
    out.open("secmodel");
    out.line("<model>{}</model>", escaped(model.name));
    out.line("<doi>{}</doi>", escaped(model.doi));
    for (const auto& [type, label] : model.base_labels)
        out.line("<baselabel type='{}'>{}</baselabel>", escaped(type), escaped(label));
    out.close("secmodel");
}

void write_host(Lines& out, const HostDescription& host) {
    out.open("host");
    out.line("<uuid>{}</uuid>", host.uuid.text());
    write_cpu(out, host.topology);
    out.line("<power_management/>");
    out.line("<iommu support='no'/>");
    out.open("migration_features");
    out.line("<live/>");
    out.open("uri_transports");
    out.line("<uri_transport>tcp</uri_transport>");
    out.close("uri_transports");
    out.close("migration_features");
    write_topology(out, host.topology.cells);
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

void write_guest(Lines& out, const Capabilities& emulator, bool kvm_usable) {
    out.open("guest");
    out.line("<os_type>hvm</os_type>");
    out.open(fmt::format("arch name='{}'", escaped(emulator.arch)));
    out.line("<wordsize>{}</wordsize>", word_size_of(emulator.arch));
    out.line("<emulator>{}</emulator>", escaped(emulator.emulator));
    for (const auto& machine : listed_machines(emulator)) write_machine(out, machine);
    if (emulator.has_tcg) out.line("<domain type='qemu'/>");
    if (emulator.has_kvm && kvm_usable) out.line("<domain type='kvm'/>");
    out.close("arch");
    write_features(out, emulator.arch);
    out.close("guest");
}
} // namespace

std::string format_capabilities(const HostDescription& host,
                                const std::vector<std::shared_ptr<const Capabilities>>& emulators) {
    Lines out;
    out.open("capabilities");
    write_host(out, host);
    for (const auto& emulator : emulators) write_guest(out, *emulator, host.kvm_usable);
    out.close("capabilities");
    return out.take();
}

} // namespace vireo::qemu
