// SPDX-License-Identifier: Apache-2.0
// What clients ask about emulators, their guests and their CPUs.
#include "async/blocking.hpp"
#include "host/cpu.hpp"
#include "host/kvm_probe.hpp"
#include "model/domain/domain.hpp"
#include "qemu/capabilities/cpu.hpp"
#include "qemu/capabilities/cpu_names.hpp"
#include "qemu/capabilities/domain_capabilities.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vireo::qemu {

namespace {
using hypervisor::BaselineOptions;
using hypervisor::CapabilitiesQuery;
using hypervisor::CpuMatch;
using model::domain::VirtType;

Error invalid(const std::string& message) { return error(ErrorCode::InvalidArgument, message); }

/// Empty means any.
std::optional<VirtType> type_of(const CapabilitiesQuery& query) {
    if (query.type.empty()) return std::nullopt;
    if (auto type = from_name<VirtType>(query.type)) return type;
    throw invalid(fmt::format("unknown virttype: {}", query.type));
}

void require_architecture(const std::string& name) {
    if (!is_architecture(name)) throw invalid(fmt::format("unknown architecture: {}", name));
}

/// QEMU's default; ARM has none, but libvirt has.
const MachineType* default_machine(const Capabilities& emulator) {
    auto found = std::ranges::find_if(emulator.machines, &MachineType::is_default);
    if (found != emulator.machines.end()) return &*found;
    return emulator.find_machine("integratorcp");
}

const MachineType& machine_of(const Capabilities& emulator, const std::string& name) {
    const auto* machine = name.empty() ? default_machine(emulator) : emulator.find_machine(name);
    if (machine == nullptr && name.empty())
        throw invalid(fmt::format("{} has no default machine type: name one", emulator.emulator));
    if (machine == nullptr || machine->name == "none")
        throw invalid(
            fmt::format("the machine '{}' is not supported by emulator '{}'", name, emulator.emulator));
    return *machine;
}

/// Whether guests run under KVM, for a type that the query names or leaves open.
bool choose_kvm(std::optional<VirtType> type, const Capabilities& emulator, const host::KvmVerdict& kvm) {
    bool possible = emulator.has_kvm && kvm.usable && emulator.arch == host_architecture();
    if (!type) return possible;
    if (*type == VirtType::Kvm && !possible)
        throw invalid(fmt::format("{} cannot run guests under KVM on this host{}{}", emulator.emulator,
                                  kvm.usable ? "" : ": ", kvm.usable ? "" : kvm.reason));
    if (*type == VirtType::Qemu && !emulator.has_tcg)
        throw invalid(fmt::format("{} runs guests under KVM only", emulator.emulator));
    if (*type != VirtType::Kvm && *type != VirtType::Qemu)
        throw invalid(fmt::format("the virttype '{}' is not supported by emulator '{}'", name_of(*type),
                                  emulator.emulator));
    return *type == VirtType::Kvm;
}

bool can_pass_devices() {
    std::error_code unreadable;
    return std::filesystem::exists("/dev/vfio/vfio", unreadable) &&
           !std::filesystem::is_empty("/sys/kernel/iommu_groups", unreadable) && !unreadable;
}

bool has_swtpm() {
    std::error_code unreadable;
    return std::filesystem::exists("/usr/bin/swtpm", unreadable) &&
           std::filesystem::exists("/usr/bin/swtpm_setup", unreadable);
}

std::string describe_guests(const CapabilitiesCache::Shared& emulator, const std::string& machine, bool kvm) {
    GuestChoices guest{*emulator,       machine_of(*emulator, machine), kvm, can_pass_devices(), has_swtpm(),
                       read_firmwares()};
    return format_domain_capabilities(guest);
}

std::vector<DescribedCpu> parse_all(const std::vector<std::string>& documents) {
    std::vector<DescribedCpu> cpus;
    cpus.reserve(documents.size());
    for (const auto& document : documents) cpus.push_back(parse_cpu(document));
    if (cpus.empty()) throw Error(ErrorCode::InvalidArgument, ErrorDomain::Cpu, "no CPU is given");
    return cpus;
}

CpuMatch verdict_on(const CpuComparison& comparison, bool must_fit) {
    if (must_fit && comparison.match == CpuMatch::Incompatible)
        throw Error(ErrorCode::CpuIncompatible, ErrorDomain::Cpu,
                    fmt::format("the CPU does not fit: {}", comparison.reason));
    return comparison.match;
}
} // namespace

awaitable<CapabilitiesCache::Shared> QemuDriver::queried_emulator(CapabilitiesQuery query) {
    if (!query.architecture.empty()) require_architecture(query.architecture);
    auto arch = query.architecture.empty() ? host_architecture() : query.architecture;
    auto path =
        query.emulator.empty() ? fmt::format("/usr/bin/qemu-system-{}", target_of(arch)) : query.emulator;
    std::error_code unreadable;
    if (!std::filesystem::exists(path, unreadable))
        throw invalid(query.emulator.empty() ? fmt::format("no emulator of {} is installed: {}", arch, path)
                                             : fmt::format("there is no emulator '{}'", path));
    auto emulator = co_await capabilities_.get(path);
    if (!query.architecture.empty() && emulator->arch != query.architecture)
        throw invalid(fmt::format("architecture from emulator '{}' doesn't match given architecture '{}'",
                                  emulator->arch, query.architecture));
    co_return emulator;
}

awaitable<std::string> QemuDriver::domain_capabilities(CapabilitiesQuery query) {
    auto type = type_of(query);
    auto emulator = co_await queried_emulator(query);
    auto kvm = co_await host::find_kvm(directories_.cache);
    bool under_kvm = choose_kvm(type, *emulator, kvm);
    auto describe = [emulator, machine = query.machine, under_kvm] {
        return describe_guests(emulator, machine, under_kvm);
    };
    co_return co_await async::blocking(std::move(describe));
}

std::vector<std::string> QemuDriver::cpu_models(std::string arch) {
    if (!is_architecture(arch)) throw invalid(fmt::format("cannot find architecture {}", arch));
    auto names = cpu_model_names(arch);
    return {names.begin(), names.end()};
}

/// The emulator of a query about the CPUs of its guests, which has to know what it can show.
awaitable<CapabilitiesCache::Shared> QemuDriver::cpus_emulator(CapabilitiesQuery query) {
    auto type = type_of(query);
    auto emulator = co_await queried_emulator(query);
    auto kvm = co_await host::find_kvm(directories_.cache);
    machine_of(*emulator, query.machine);
    if (choose_kvm(type, *emulator, kvm) || most_of(*emulator).features.empty())
        throw error(ErrorCode::OperationUnsupported,
                    fmt::format("{} does not tell which CPUs its guests can have under this virttype",
                                emulator->emulator));
    co_return emulator;
}

awaitable<CpuMatch> QemuDriver::compare_cpu(std::optional<CapabilitiesQuery> query, std::string xml,
                                            bool must_fit) {
    auto wanted = parse_cpu(xml);
    if (query) {
        auto emulator = co_await cpus_emulator(std::move(*query));
        co_return verdict_on(compare(*emulator, most_of(*emulator), wanted), must_fit);
    }
    auto emulator = co_await default_emulator();
    auto read = [] { return actual_cpu(host::read_cpu(), host_architecture()); };
    auto actual = co_await async::blocking(std::move(read));
    co_return verdict_on(compare(*emulator, actual, wanted), must_fit);
}

awaitable<std::string> QemuDriver::baseline_cpu(std::optional<CapabilitiesQuery> query,
                                                std::vector<std::string> documents, BaselineOptions options) {
    auto cpus = parse_all(documents);
    if (query) {
        auto emulator = co_await cpus_emulator(std::move(*query));
        co_return baseline(*emulator, cpus, true, options);
    }
    const auto& arch = cpus.front().arch;
    if (!arch.empty() && !is_x86(arch)) co_return baseline_beside_x86(cpus);
    auto emulator = co_await default_emulator();
    co_return baseline(*emulator, cpus, false, options);
}

} // namespace vireo::qemu
