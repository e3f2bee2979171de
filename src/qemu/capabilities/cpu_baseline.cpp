// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "qemu/capabilities/cpu.hpp"
#include "qemu/capabilities/cpu_names.hpp"
#include "qemu/capabilities/lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace vireo::qemu {

namespace {
/// What a guest cannot be given: the host's operating system owns it.
constexpr auto host_only =
    std::to_array<std::string_view>({"cmt", "mbm_local", "mbm_total", "osxsave", "ospke"});
/// What ties a guest to its host.
constexpr std::string_view unmigratable = "invtsc";

Error failure(ErrorCode code, const std::string& message) { return {code, ErrorDomain::Cpu, message}; }

/// All that the CPUs have in common.
struct Common {
    FeatureSet features;
    std::string vendor;          ///< empty: they are of several makers
    bool all_name_vendor = true; ///< only then the answer names it
    bool one_model = true;
};

const CpuModel& require_model(const Capabilities& emulator, const DescribedCpu& cpu) {
    const auto* model = find_known_model(emulator, cpu.model);
    if (model == nullptr)
        throw failure(ErrorCode::InternalError,
                      fmt::format("Unknown CPU model {}: {} does not know it", cpu.model, emulator.emulator));
    return *model;
}

void require_known(const DescribedCpu& cpu) {
    if (!cpu.vendor.empty() && !is_vendor(cpu.vendor))
        throw failure(ErrorCode::OperationFailed, fmt::format("Unknown CPU vendor {}", cpu.vendor));
    for (const auto& [name, policy] : cpu.features)
        if (!is_cpu_feature(name))
            throw failure(ErrorCode::InternalError, fmt::format("Unknown CPU feature {}", name));
}

FeatureSet all_features_of(const Capabilities& emulator, const DescribedCpu& cpu) {
    auto features = features_of(require_model(emulator, cpu));
    for (const auto& [name, policy] : cpu.features) {
        if (policy == FeaturePolicy::Require || policy == FeaturePolicy::Force)
            features.insert(name);
        else if (policy != FeaturePolicy::Optional) // which leaves it to the model
            features.erase(name);
    }
    return features;
}

Common common_of(const Capabilities& emulator, const std::vector<DescribedCpu>& cpus) {
    Common common{all_features_of(emulator, cpus.front()), {}};
    std::set<std::string, std::less<>> vendors;
    for (const auto& cpu : cpus) {
        require_known(cpu);
        FeatureSet shared;
        std::ranges::set_intersection(common.features, all_features_of(emulator, cpu),
                                      std::inserter(shared, shared.end()));
        common.features = std::move(shared);
        common.all_name_vendor &= !cpu.vendor.empty();
        common.one_model &= cpu.model == cpus.front().model;
        vendors.emplace(cpu.vendor.empty() ? vendor_of(require_model(emulator, cpu)) : cpu.vendor);
    }
    if (vendors.size() == 1) common.vendor = *vendors.begin();
    return common;
}

/// A single CPU keeps its model, if that is of its maker and can be chosen; of several the answer has all
/// features of its model, where there is one.
CpuChoice choose(const Capabilities& emulator, const std::vector<DescribedCpu>& cpus, const Common& common,
                 bool for_emulator) {
    const auto& first = require_model(emulator, cpus.front());
    auto maker = vendor_of(first);
    bool can_stay = !is_never_chosen(first.name) && (!for_emulator || emulator.has_cpu_model(first.name));
    if (cpus.size() == 1 && can_stay && (maker.empty() || maker == common.vendor))
        return differences(first, common.features);
    bool may_lack = cpus.size() == 1 && !for_emulator;
    auto choice = closest_model(emulator, common.features, common.vendor, !may_lack);
    if (choice.model == nullptr) choice = closest_model(emulator, common.features, common.vendor, false);
    if (choice.model == nullptr)
        throw failure(ErrorCode::OperationFailed,
                      fmt::format("{} has no CPU model that all of these can run", emulator.emulator));
    return choice;
}

void write_features(Lines& out, const FeatureSet& names, std::string_view policy) {
    for (const auto& name : names) out.line("<feature policy='{}' name='{}'/>", policy, name);
}

std::string format_guest_cpu(std::string_view model, bool other_model_allowed, std::string_view vendor,
                             const FeatureSet& require, const FeatureSet& disable) {
    Lines out;
    out.open("cpu mode='custom' match='exact'");
    out.line("<model fallback='{}'>{}</model>", other_model_allowed ? "allow" : "forbid", model);
    if (!vendor.empty()) out.line("<vendor>{}</vendor>", vendor);
    write_features(out, require, "require");
    write_features(out, disable, "disable");
    out.close("cpu");
    return out.take();
}

void require_host_cpu(const DescribedCpu& cpu) {
    if (!cpu.mode.empty())
        throw failure(ErrorCode::ConfigUnsupported,
                      fmt::format("a host's CPU has no mode, this one has '{}'", cpu.mode));
    if (cpu.arch.empty())
        throw failure(ErrorCode::XmlError, "the CPU of a host needs its architecture: <arch>");
}

void require_models(const std::vector<DescribedCpu>& cpus) {
    for (std::size_t index = 0; index < cpus.size(); ++index)
        if (cpus[index].model.empty())
            throw failure(ErrorCode::InvalidArgument, fmt::format("CPU {} names no model", index));
}
} // namespace

std::string baseline(const Capabilities& emulator, const std::vector<DescribedCpu>& cpus, bool for_emulator,
                     hypervisor::BaselineOptions options) {
    if (!for_emulator) std::ranges::for_each(cpus, require_host_cpu);
    require_models(cpus);
    auto common = common_of(emulator, cpus);
    for (auto name : host_only) common.features.erase(std::string{name});
    if (options.migratable && !for_emulator) common.features.erase(std::string{unmigratable});
    if (common.features.empty())
        throw failure(ErrorCode::OperationFailed,
                      "the CPUs are incompatible: no feature is common to all of them");
    auto choice = choose(emulator, cpus, common, for_emulator);
    if (for_emulator) disable_blocked(choice);
    disable_taken_out(choice);
    bool same_model = common.one_model && choice.model->name == cpus.front().model;
    return format_guest_cpu(choice.model->name, !for_emulator && !same_model,
                            common.all_name_vendor ? common.vendor : "",
                            options.expand ? common.features : choice.require, choice.disable);
}

std::string baseline_power(const std::vector<DescribedCpu>& cpus) {
    std::ranges::for_each(cpus, require_host_cpu);
    require_models(cpus);
    for (const auto& cpu : cpus)
        if (cpu.model != cpus.front().model)
            throw failure(ErrorCode::OperationFailed,
                          fmt::format("CPUs are incompatible: {} and {}", cpus.front().model, cpu.model));
    if (listed_cpu_model("ppc64", cpus.front().model) != cpus.front().model)
        throw failure(ErrorCode::InternalError, fmt::format("Unknown CPU model {}", cpus.front().model));
    return format_guest_cpu(cpus.front().model, false, "", {}, {});
}

std::string baseline_beside_x86(const std::vector<DescribedCpu>& cpus) {
    const auto& arch = cpus.front().arch;
    if (arch.starts_with("ppc64")) return baseline_power(cpus);
    if (arch != "aarch64" && !arch.starts_with("arm"))
        throw failure(ErrorCode::NoSupport, fmt::format("no baseline of CPUs of {} can be told", arch));
    std::ranges::for_each(cpus, require_host_cpu);
    require_models(cpus);
    return format_guest_cpu(cpus.front().model, true, "", {}, {}); // libvirt's answer is the first one
}

} // namespace vireo::qemu
