// SPDX-License-Identifier: Apache-2.0
// A CPU is a set of features. A named model is such a set too; a CPU is told as the model nearest to it and
// the differences.
#include "qemu/capabilities/cpu.hpp"

#include "base/error.hpp"
#include "qemu/capabilities/cpu_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <iterator>
#include <ranges>

namespace vireo::qemu {

namespace {
/// A feature, and shell patterns of the models that it is counted to, or not counted to, differently from
/// what QEMU 7.2 says under TCG. Found by comparing QEMU's answers with those of `virsh cpu-baseline
/// --features` of libvirt 9.0.
struct Correction {
    std::string_view feature;
    std::vector<const char*> models;
};

const std::vector<Correction>& counted_too() {
    static const std::vector<Correction> table{
        {"vme",
         {"486", "pentium", "pentium2", "pentium3", "coreduo", "n270", "core2duo", "IvyBridge*", "Skylake-*",
          "Cascadelake-*", "Icelake-*", "Cooperlake", "Snowridge", "athlon", "EPYC*", "Dhyana"}},
        {"mpx", {"Skylake-*", "Cascadelake-*", "Icelake-*"}},
        {"rdtscp", {"Opteron_G2"}},
    };
    return table;
}

const std::vector<Correction>& not_counted() {
    static const std::vector<Correction> table{
        {"abm", {"Haswell*", "Broadwell*", "phenom"}},
        {"acpi", {"coreduo", "n270", "core2duo"}},
        {"apic", {"pentium", "pentium2", "pentium3"}},
        {"arat", {"Westmere*", "SandyBridge*", "IvyBridge*", "Haswell*", "Broadwell*"}},
        {"arch-capabilities", {"Cascadelake-Server-noTSX"}},
        {"clflushopt", {"Skylake-Server"}},
        {"cx16", {"core2duo", "phenom"}},
        {"f16c", {"Haswell*", "Broadwell*"}},
        {"hypervisor", {"*"}},
        {"ibrs-all", {"Cascadelake-Server-noTSX"}},
        {"lahf_lm", {"n270", "core2duo", "qemu64", "phenom"}},
        {"mca", {"athlon"}},
        {"mds-no", {"Cascadelake-Server-noTSX"}},
        {"monitor", {"Snowridge", "Opteron_G3", "EPYC*", "Dhyana"}},
        {"movbe", {"n270"}},
        {"mpx", {"Snowridge"}},
        {"npt", {"phenom", "Opteron_G4", "Opteron_G5", "EPYC", "EPYC-IBPB", "Dhyana"}},
        {"nrip-save", {"Opteron_G4", "Opteron_G5", "EPYC", "EPYC-IBPB", "Dhyana"}},
        {"pclmuldq", {"Westmere*"}},
        {"pdpe1gb", {"phenom"}},
        {"pku", {"Skylake-Server*", "Cascadelake-*"}},
        {"popcnt", {"phenom"}},
        {"rdctl-no", {"Cascadelake-Server-noTSX"}},
        {"rdrand", {"Haswell*", "Broadwell*"}},
        {"rdtscp", {"phenom"}},
        {"skip-l1dfl-vmentry", {"Cascadelake-Server-noTSX"}},
        {"ss", {"coreduo", "n270", "core2duo"}},
        {"sse4a", {"phenom"}},
        {"topoext", {"EPYC*", "Dhyana"}},
        {"xsaveopt", {"SandyBridge*", "IvyBridge*", "Haswell*", "Broadwell*"}},
        {"xsaves", {"EPYC-Rome"}},
    };
    return table;
}

/// Features that models had once. Found by the same comparison, with `virsh hypervisor-cpu-baseline`.
const std::vector<Correction>& taken_out() {
    static const std::vector<Correction> table{
        {"intel-pt", {"Icelake-Server"}},
        {"monitor", {"Opteron_G3", "EPYC", "EPYC-IBPB", "Dhyana"}},
    };
    return table;
}

/// Models that libvirt knows and QEMU 7.2 does not, with the features that `virsh cpu-baseline --features`
/// tells of them.
const std::vector<CpuModel>& models_of_libvirt() {
    auto model = [](std::string name, std::string vendor, std::string_view features) {
        CpuModel made{.name = std::move(name), .blockers = {}, .vendor = std::move(vendor), .features = {}};
        for (auto word : features | std::views::split(' '))
            made.features.emplace_back(word.begin(), word.end());
        return made;
    };
    static const std::string rhel5 =
        "apic clflush cmov cx8 de fpu fxsr lm mca mce mmx msr mtrr nx pae pat pge pni "
        "pse pse36 sep sse sse2 syscall tsc";
    static const std::string icelake_client =
        "3dnowprefetch abm adx aes apic arat avx avx2 avx512-vpopcntdq avx512bitalg avx512vbmi avx512vbmi2 "
        "avx512vnni bmi1 bmi2 clflush cmov cx16 cx8 de erms f16c fma fpu fsgsbase fxsr gfni invpcid lahf_lm "
        "lm "
        "mca mce mmx movbe mpx msr mtrr nx pae pat pcid pclmuldq pge pku pni popcnt pse pse36 rdrand rdseed "
        "rdtscp sep smap smep spec-ctrl ssbd sse sse2 sse4.1 sse4.2 ssse3 syscall tsc tsc-deadline umip vaes "
        "vme vpclmulqdq wbnoinvd x2apic xgetbv1 xsave xsavec xsaveopt";
    static const std::vector<CpuModel> models{
        model("pentiumpro", "", "apic cmov cx8 de fpu fxsr mce mmx msr pae pat pge pse sep sse sse2 tsc"),
        model("cpu64-rhel5", "", rhel5),
        model("cpu64-rhel6", "", rhel5 + " cx16 lahf_lm"),
        model("Icelake-Client", "GenuineIntel", icelake_client + " hle rtm"),
        model("Icelake-Client-noTSX", "GenuineIntel", icelake_client),
    };
    return models;
}

bool concerns(const Correction& correction, const std::string& model) {
    return std::ranges::any_of(
        correction.models, [&](const char* pattern) { return ::fnmatch(pattern, model.c_str(), 0) == 0; });
}

FeatureSet without(const FeatureSet& from, const FeatureSet& what) {
    FeatureSet rest;
    std::ranges::set_difference(from, what, std::inserter(rest, rest.end()));
    return rest;
}

/// QEMU's own name of a feature is one of several that it takes; libvirt's is another of these.
std::string libvirt_feature_name(const std::string& name) {
    if (is_cpu_feature(name)) return name;
    if (name == "pclmulqdq") return "pclmuldq";
    auto other = name;
    std::ranges::replace(other, '-', '_');
    return is_cpu_feature(other) ? other : name;
}

CpuComparison incompatible(std::string reason) {
    return {hypervisor::CpuMatch::Incompatible, std::move(reason)};
}

/// What the actual CPU must have. "force": the guest sees it in any case; "optional": only where it is.
FeatureSet demands_of(const Capabilities& emulator, const DescribedCpu& wanted) {
    FeatureSet demands;
    if (!wanted.model.empty()) {
        const auto* model = find_known_model(emulator, wanted.model);
        if (model == nullptr)
            throw Error(ErrorCode::InternalError, ErrorDomain::Cpu,
                        fmt::format("{} knows no CPU model '{}'", emulator.emulator, wanted.model));
        demands = features_of(*model);
    }
    for (const auto& [name, policy] : wanted.features) {
        if (!is_cpu_feature(name))
            throw Error(ErrorCode::InternalError, ErrorDomain::Cpu,
                        fmt::format("'{}' is no feature of a CPU", name));
        if (policy == FeaturePolicy::Require)
            demands.insert(name);
        else
            demands.erase(name);
    }
    return demands;
}
} // namespace

FeatureSet features_of(const CpuModel& model) {
    FeatureSet features(model.features.begin(), model.features.end());
    for (const auto& correction : not_counted())
        if (concerns(correction, model.name)) features.erase(std::string{correction.feature});
    for (const auto& correction : counted_too())
        if (concerns(correction, model.name)) features.emplace(correction.feature);
    return features;
}

std::string_view vendor_of(const CpuModel& model) {
    return is_generic_model(model.name) ? std::string_view{} : vendor_name(model.vendor);
}

ActualCpu actual_cpu(const host::Cpu& cpu, std::string arch) {
    ActualCpu actual{std::move(arch), std::string{vendor_name(cpu.vendor)}, {}};
    for (auto name : cpu_feature_names())
        if (host::has_feature(cpu, name)) actual.features.emplace(name);
    return actual;
}

ActualCpu most_of(const Capabilities& emulator) {
    const auto* most = emulator.find_cpu_model("max");
    if (most == nullptr) return {emulator.arch, {}, {}};
    return {emulator.arch,
            std::string{vendor_name(most->vendor)},
            {most->features.begin(), most->features.end()}};
}

const CpuModel* find_known_model(const Capabilities& emulator, std::string_view name) {
    if (const auto* model = emulator.find_cpu_model(name)) return model;
    auto found = std::ranges::find(models_of_libvirt(), name, &CpuModel::name);
    return found == models_of_libvirt().end() ? nullptr : &*found;
}

CpuChoice differences(const CpuModel& model, const FeatureSet& wanted) {
    auto own = features_of(model);
    return {&model, without(wanted, own), without(own, wanted)};
}

void disable_blocked(CpuChoice& choice) {
    for (const auto& blocker : choice.model->blockers) {
        auto name = libvirt_feature_name(blocker);
        if (!choice.require.contains(name)) choice.disable.insert(name);
    }
}

void disable_taken_out(CpuChoice& choice) {
    for (const auto& correction : taken_out())
        if (concerns(correction, choice.model->name) && !choice.require.contains(correction.feature))
            choice.disable.emplace(correction.feature);
}

CpuChoice closest_model(const Capabilities& emulator, const FeatureSet& wanted, std::string_view vendor,
                        bool with_all) {
    CpuChoice best;
    auto rank = [](const CpuChoice& choice) {
        return std::pair{choice.require.size() + choice.disable.size(), choice.disable.size()};
    };
    for (const auto& model : emulator.cpu_models) {
        if (listed_cpu_model(emulator.arch, model.name).empty() || is_never_chosen(model.name)) continue;
        auto maker = vendor_of(model);
        if (!maker.empty() && maker != vendor) continue;
        auto choice = differences(model, wanted);
        if (with_all && !choice.disable.empty()) continue;
        if (best.model == nullptr || rank(choice) < rank(best)) best = std::move(choice);
    }
    return best;
}

CpuChoice host_model_of(const Capabilities& emulator) {
    auto most = most_of(emulator);
    if (most.features.empty()) return {};
    auto choice = closest_model(emulator, most.features, most.vendor, false);
    if (choice.model != nullptr) disable_blocked(choice);
    return choice;
}

void expand_host_model(model::domain::Cpu& cpu, const Capabilities& emulator) {
    using namespace model::domain;
    if (cpu.mode != CpuMode::HostModel) return;
    auto choice = host_model_of(emulator);
    if (choice.model == nullptr)
        throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Qemu,
                    fmt::format("{} does not tell what CPU mode 'host-model' means: take 'maximum'",
                                emulator.emulator));
    cpu.mode = CpuMode::Custom;
    cpu.match = CpuMatch::Exact;
    cpu.fallback = CpuFallback::Forbid;
    cpu.model = choice.model->name;
    cpu.vendor = most_of(emulator).vendor;
    auto add = [&](const FeatureSet& names, FeaturePolicy policy) {
        for (const auto& name : names)
            if (std::ranges::find(cpu.features, name, &CpuFeature::name) == cpu.features.end())
                cpu.features.push_back({policy, name});
    };
    add(choice.require, FeaturePolicy::Require);
    add(choice.disable, FeaturePolicy::Disable);
}

CpuComparison compare(const Capabilities& emulator, const ActualCpu& actual, const DescribedCpu& wanted) {
    using enum hypervisor::CpuMatch;
    if (wanted.mode == "host-passthrough" || wanted.mode == "host-model" || wanted.mode == "maximum")
        return {Superset, {}};
    if (!wanted.arch.empty() && wanted.arch != actual.arch && !(is_x86(wanted.arch) && is_x86(actual.arch)))
        return incompatible(fmt::format("it is of {}, not of {}", actual.arch, wanted.arch));
    if (!wanted.vendor.empty() && wanted.vendor != actual.vendor)
        return incompatible(fmt::format("its maker is {}, not {}",
                                        actual.vendor.empty() ? "none" : actual.vendor, wanted.vendor));
    auto demands = demands_of(emulator, wanted);
    if (auto missing = without(demands, actual.features); !missing.empty())
        return incompatible(fmt::format("it lacks {}", fmt::join(missing, ", ")));
    FeatureSet forbidden;
    std::ranges::set_intersection(wanted.with_policy(FeaturePolicy::Forbid), actual.features,
                                  std::inserter(forbidden, forbidden.end()));
    if (!forbidden.empty())
        return incompatible(fmt::format("it has {}, which may not be", fmt::join(forbidden, ", ")));
    auto extra = without(actual.features, demands);
    if (!extra.empty() && wanted.match == "strict")
        return incompatible(fmt::format("it has more than asked for: {}", fmt::join(extra, ", ")));
    return {extra.empty() ? Identical : Superset, {}};
}

} // namespace vireo::qemu
