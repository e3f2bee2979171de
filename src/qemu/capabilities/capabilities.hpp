// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/fwd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// One machine type of an emulator ("pc-q35-7.2"); its alias ("q35") follows the newest version.
struct MachineType {
    std::string name, alias;
    std::uint32_t max_cpus = 1;
    bool is_default = false, deprecated = false;
    std::string
        default_cpu;    ///< model of the CPU that it has unless told otherwise; empty: it has none of its own
    std::string ram_id; ///< name of the backend of its main memory
    friend bool operator==(const MachineType&, const MachineType&) = default;
};

/// A CPU that the emulator can show to a guest. Blocked: features that it needs are missing (under TCG).
struct CpuModel {
    std::string name;
    bool deprecated = false;
    std::vector<std::string> blockers;
    friend bool operator==(const CpuModel&, const CpuModel&) = default;
};

/// What one QEMU binary can do, as it said itself.
struct Capabilities {
    std::string emulator;      ///< path
    std::uint32_t version = 0; ///< 7.2.22 is 7002022
    std::string package;       ///< the distributor's name of it
    std::string arch;          ///< libvirt's name of the guest's processor: "x86_64", "i686", "aarch64", …
    bool has_tcg = false, has_kvm = false; ///< compiled in; whether this host can is another question
    std::vector<MachineType> machines;
    std::vector<CpuModel> cpu_models;
    std::vector<std::string> devices; ///< what `-device` takes, sorted

    /// By name or alias.
    const MachineType* find_machine(std::string_view name) const;
    /// Throws ConfigUnsupported with the choices when there is no such machine. Empty: the default one.
    const MachineType& require_machine(std::string_view name) const;
    bool has_device(std::string_view name) const;
    bool has_cpu_model(std::string_view name) const;
    friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// libvirt's name of the architecture that QEMU calls `target`.
std::string architecture_of(std::string_view target);
/// QEMU's name of the architecture that libvirt calls `architecture`: that of its binary, qemu-system-….
std::string target_of(std::string_view architecture);
/// 64 or 32.
int word_size_of(std::string_view architecture);

/// The form of the cache on disk.
json::object to_json(const Capabilities& capabilities);
/// Nothing when a member is missing or of another type.
std::optional<Capabilities> capabilities_from_json(const json::object& from);

} // namespace vireo::qemu
