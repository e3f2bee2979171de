// SPDX-License-Identifier: Apache-2.0
// What emulators and CPUs are good for: handed on to the driver.
#include "base/error.hpp"
#include "daemon/node_calls.hpp"

namespace vireo::daemon {

namespace {
enum CompareFlag : std::uint32_t { FailIncompatible = 1, ValidateXml = 2 };
enum BaselineFlag : std::uint32_t { ExpandFeatures = 1, Migratable = 2 };

/// The four texts that every call about an emulator begins with.
hypervisor::CapabilitiesQuery query_of(std::optional<std::string>& emulator, std::optional<std::string>& arch,
                                       std::optional<std::string>& machine,
                                       std::optional<std::string>& type) {
    auto take = [](std::optional<std::string>& text) { return std::move(text).value_or(""); };
    return {take(emulator), take(arch), take(machine), take(type)};
}

bool must_fit(std::uint32_t flags, std::string_view call) {
    check_flags(flags, FailIncompatible | ValidateXml, call);
    if ((flags & ValidateXml) != 0)
        throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::Cpu,
                    "checking a CPU's XML against the schema is not supported: ask without it");
    return (flags & FailIncompatible) != 0;
}

hypervisor::BaselineOptions options_of(std::uint32_t flags, std::string_view call) {
    check_flags(flags, ExpandFeatures | Migratable, call);
    return {(flags & ExpandFeatures) != 0, (flags & Migratable) != 0};
}
} // namespace

awaitable<protocol::ConnectGetDomainCapabilitiesRet>
NodeCalls::domain_capabilities(Session& session, protocol::ConnectGetDomainCapabilitiesArgs args) {
    check_flags(args.flags, 0, "virConnectGetDomainCapabilities");
    auto query = query_of(args.emulatorbin, args.arch, args.machine, args.virttype);
    protocol::ConnectGetDomainCapabilitiesRet answer;
    answer.capabilities = co_await driver_of(session).domain_capabilities(std::move(query));
    co_return answer;
}

protocol::ConnectGetCpuModelNamesRet NodeCalls::cpu_models(Session& session,
                                                           protocol::ConnectGetCpuModelNamesArgs args) {
    check_flags(args.flags, 0, "virConnectGetCPUModelNames");
    auto names = driver_of(session).cpu_models(std::move(args.arch));
    protocol::ConnectGetCpuModelNamesRet answer;
    answer.ret = static_cast<std::int32_t>(names.size());
    if (args.need_results != 0) answer.models.assign(names.begin(), names.end());
    return answer;
}

awaitable<protocol::ConnectCompareCpuRet> NodeCalls::compare_cpu(Session& session,
                                                                 protocol::ConnectCompareCpuArgs args) {
    bool strict = must_fit(args.flags, "virConnectCompareCPU");
    std::optional<hypervisor::CapabilitiesQuery> host;
    auto match = co_await driver_of(session).compare_cpu(std::move(host), std::move(args.xml), strict);
    co_return protocol::ConnectCompareCpuRet{static_cast<std::int32_t>(match)};
}

awaitable<protocol::ConnectCompareHypervisorCpuRet>
NodeCalls::compare_hypervisor_cpu(Session& session, protocol::ConnectCompareHypervisorCpuArgs args) {
    bool strict = must_fit(args.flags, "virConnectCompareHypervisorCPU");
    std::optional query = query_of(args.emulator, args.arch, args.machine, args.virttype);
    auto match = co_await driver_of(session).compare_cpu(std::move(query), std::move(args.xml_cpu), strict);
    co_return protocol::ConnectCompareHypervisorCpuRet{static_cast<std::int32_t>(match)};
}

awaitable<protocol::ConnectBaselineCpuRet> NodeCalls::baseline_cpu(Session& session,
                                                                   protocol::ConnectBaselineCpuArgs args) {
    auto options = options_of(args.flags, "virConnectBaselineCPU");
    std::optional<hypervisor::CapabilitiesQuery> host;
    std::vector<std::string> cpus(args.xml_cp_us.begin(), args.xml_cp_us.end());
    protocol::ConnectBaselineCpuRet answer;
    answer.cpu = co_await driver_of(session).baseline_cpu(std::move(host), std::move(cpus), options);
    co_return answer;
}

awaitable<protocol::ConnectBaselineHypervisorCpuRet>
NodeCalls::baseline_hypervisor_cpu(Session& session, protocol::ConnectBaselineHypervisorCpuArgs args) {
    auto options = options_of(args.flags, "virConnectBaselineHypervisorCPU");
    std::optional query = query_of(args.emulator, args.arch, args.machine, args.virttype);
    std::vector<std::string> cpus(args.xml_cp_us.begin(), args.xml_cp_us.end());
    protocol::ConnectBaselineHypervisorCpuRet answer;
    answer.cpu = co_await driver_of(session).baseline_cpu(std::move(query), std::move(cpus), options);
    co_return answer;
}

} // namespace vireo::daemon
