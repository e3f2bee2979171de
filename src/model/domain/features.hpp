// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"
#include "xml/kept.hpp"

#include <optional>

namespace vireo::model::domain {

struct Apic {
    std::optional<Switch> eoi;
    friend bool operator==(const Apic&, const Apic&) = default;
};

/// <features> of the machine; those of the processor are in `Cpu`.
struct Features {
    bool acpi = false, pae = false;
    std::optional<Apic> apic;
    std::optional<Switch> hap, pmu, vmport, pvspinlock;
    xml::Kept kept;
    friend bool operator==(const Features&, const Features&) = default;
};

} // namespace vireo::model::domain
