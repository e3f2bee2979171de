// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/common.hpp"
#include "xml/kept.hpp"

#include <optional>

namespace vireo::model::domain {

struct Apic {
    std::optional<Switch> eoi;
    friend bool operator==(const Apic&, const Apic&) = default;
};

enum class IoapicDriver { Kvm, Qemu };
constexpr auto names_of(IoapicDriver) {
    using enum IoapicDriver;
    return std::to_array<std::pair<IoapicDriver, std::string_view>>({{Kvm, "kvm"}, {Qemu, "qemu"}});
}

enum class HypervMode { Custom, Passthrough };
constexpr auto names_of(HypervMode) {
    using enum HypervMode;
    return std::to_array<std::pair<HypervMode, std::string_view>>(
        {{Custom, "custom"}, {Passthrough, "passthrough"}});
}

/// <smm>; `tseg` is the size of its memory.
struct Smm {
    std::optional<Switch> state;
    std::optional<MemorySize> tseg;
    friend bool operator==(const Smm&, const Smm&) = default;
};

/// One enlightenment of <hyperv>, by libvirt's name of its element.
struct HypervFeature {
    std::string_view name; ///< one of `hyperv_features`
    Switch state = Switch::Off;
    std::optional<std::uint32_t> retries; ///< of spinlocks
    std::string vendor;                   ///< of vendor_id
    std::optional<Switch> direct;         ///< of stimer
    friend bool operator==(const HypervFeature&, const HypervFeature&) = default;
};

struct Hyperv {
    std::optional<HypervMode> mode;
    std::vector<HypervFeature> features; ///< in the order of `hyperv_features`
    friend bool operator==(const Hyperv&, const Hyperv&) = default;
};

/// <kvm>: what KVM shows to the guest.
struct KvmFeatures {
    std::optional<Switch> hidden, hint_dedicated, poll_control, pv_ipi, dirty_ring;
    std::optional<std::uint32_t> dirty_ring_size;
    friend bool operator==(const KvmFeatures&, const KvmFeatures&) = default;
};

/// <features> of the machine; those of the processor are in `Cpu`.
struct Features {
    bool acpi = false, pae = false;
    std::optional<Apic> apic;
    std::optional<Switch> hap, pmu, vmport, pvspinlock, vmcoreinfo, htm, nested_hv, ccf_assist;
    std::optional<Hyperv> hyperv;
    std::optional<KvmFeatures> kvm;
    std::optional<Smm> smm;
    std::optional<IoapicDriver> ioapic;
    std::string gic_version; ///< "2", "3", "host"
    bool has_gic = false;
    std::string hpt_resizing;
    std::optional<MemorySize> hpt_max_page;
    std::string cfpc, sbbc, ibs; ///< "broken", "workaround", …
    std::string msrs_unknown;    ///< "ignore" or "fault"
    std::optional<MemorySize> tcg_cache;
    xml::Kept kept;
    friend bool operator==(const Features&, const Features&) = default;
};

} // namespace vireo::model::domain
