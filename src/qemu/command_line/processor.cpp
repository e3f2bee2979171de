// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::string_view on_off(bool on) { return on ? "on" : "off"; }

/// QEMU's name of a processor feature that libvirt calls `name`: hyphens, and a few of its own.
std::string qemu_feature(std::string name) {
    constexpr auto renamed =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"pclmuldq", "pclmulqdq"},
                                                                      {"ffxsr", "fxsr-opt"},
                                                                      {"fxsr_opt", "fxsr-opt"},
                                                                      {"cmp_legacy", "cmp-legacy"},
                                                                      {"tsc_adjust", "tsc-adjust"}});
    for (auto [ours, theirs] : renamed)
        if (name == ours) return std::string{theirs};
    std::ranges::replace(name, '_', '-');
    return name;
}

/// Names go into a list with commas: one that could add to that list is no name of QEMU's.
void require_plain(std::string_view name, std::string_view what) {
    auto plain = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') ||
               std::string_view{"._-+"}.find(letter) != std::string_view::npos;
    };
    if (name.empty() || !std::ranges::all_of(name, plain))
        throw error(ErrorCode::ConfigUnsupported, fmt::format("there is no {} '{}'", what, name));
}

std::string cpu_model(const Cpu& cpu) {
    auto migratable = [&](std::string name) {
        if (cpu.migratable) name += fmt::format(",migratable={}", name_of(*cpu.migratable));
        return name;
    };
    switch (cpu.mode.value_or(CpuMode::Custom)) {
    case CpuMode::Custom: require_plain(cpu.model, "CPU model"); return cpu.model;
    case CpuMode::HostPassthrough: return migratable("host");
    case CpuMode::Maximum: return migratable("max");
    case CpuMode::HostModel: break;
    }
    throw error(ErrorCode::ConfigUnsupported, "CPU mode 'host-model' cannot be started by this version; take "
                                              "'maximum', 'host-passthrough' (kvm) or a "
                                              "model of `vireo cpu-models`");
}

/// QEMU's name of an enlightenment of Hyper-V.
std::string hyperv_name(std::string_view name) {
    if (name == "vendor_id") return "hv-vendor-id";
    return fmt::format("hv-{}", name);
}

std::string hyperv_options(const Hyperv& hyperv) {
    if (hyperv.mode == HypervMode::Passthrough) return ",hv-passthrough=on";
    std::string options;
    for (const auto& feature : hyperv.features) {
        if (feature.state != Switch::On) continue;
        auto name = hyperv_name(feature.name);
        if (feature.name == "spinlocks")
            options += fmt::format(",{}={:#x}", name, feature.retries.value_or(0));
        else if (feature.name == "vendor_id")
            options += fmt::format(",{}={}", name, escape(feature.vendor));
        else
            options += fmt::format(",{}=on", name);
        if (feature.direct == Switch::On) options += ",hv-stimer-direct=on";
    }
    return options;
}

std::string kvm_options(const KvmFeatures& kvm) {
    std::string options;
    if (kvm.hidden == Switch::On) options += ",kvm=off";
    if (kvm.hint_dedicated == Switch::On) options += ",kvm-hint-dedicated=on";
    if (kvm.poll_control == Switch::On) options += ",kvm-poll-control=on";
    if (kvm.pv_ipi == Switch::On) options += ",kvm-pv-ipi=on";
    return options;
}

std::string cache_options(const Cpu::Cache& cache) {
    if (cache.mode == "emulate") return ",l3-cache=on";
    if (cache.mode == "passthrough") return ",host-cache-info=on";
    return ",host-cache-info=off,l3-cache=off";
}
} // namespace

void CommandLineBuilder::add_cpu() {
    if (!domain_.cpu) return;
    const auto& cpu = *domain_.cpu;
    if (cpu.mode == CpuMode::HostPassthrough && domain_.type != VirtType::Kvm)
        throw error(ErrorCode::ConfigUnsupported, "CPU mode 'host-passthrough' needs a domain of type 'kvm'");
    auto value = cpu_model(cpu);
    if (!cpu.vendor_id.empty()) value += ",vendor=" + escape(cpu.vendor_id);
    auto set = [&](std::string_view feature, bool on) {
        value += fmt::format(",{}={}", feature, on_off(on));
    };
    for (const auto& timer : domain_.clock.timers) {
        if (timer.name == TimerName::Kvmclock && timer.present)
            set("kvmclock", *timer.present == Answer::Yes);
        if (timer.name == TimerName::Hypervclock && timer.present == Answer::Yes) set("hv-time", true);
        if (timer.name == TimerName::Tsc && timer.frequency)
            value += fmt::format(",tsc-frequency={}", *timer.frequency);
    }
    for (const auto& feature : cpu.features) {
        auto policy = feature.policy.value_or(FeaturePolicy::Require);
        if (policy == FeaturePolicy::Optional) continue;
        require_plain(feature.name, "CPU feature");
        set(qemu_feature(feature.name), policy == FeaturePolicy::Require || policy == FeaturePolicy::Force);
    }
    if (domain_.features) {
        const auto& features = *domain_.features;
        if (features.apic && features.apic->eoi) set("kvm-pv-eoi", *features.apic->eoi == Switch::On);
        if (features.pvspinlock) set("kvm-pv-unhalt", *features.pvspinlock == Switch::On);
        if (features.hyperv) value += hyperv_options(*features.hyperv);
        if (features.kvm) value += kvm_options(*features.kvm);
        if (features.pmu) set("pmu", *features.pmu == Switch::On);
    }
    if (std::ranges::find(devices_.panics, PanicModel::Hyperv, &Panic::model) != devices_.panics.end())
        value += ",hv-crash";
    if (cpu.cache) value += cache_options(*cpu.cache);
    if (cpu.physical_bits) {
        if (cpu.physical_bits->mode == "passthrough") value += ",host-phys-bits=on";
        if (cpu.physical_bits->bits) value += fmt::format(",phys-bits={}", *cpu.physical_bits->bits);
    }
    option("-cpu", value);
}

} // namespace vireo::qemu
