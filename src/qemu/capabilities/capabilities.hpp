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
    bool tells_blockers = false;         ///< false: whether it can be used is not known
    std::string vendor{};                ///< as CPUID tells it: "GenuineIntel"; x86 only
    std::vector<std::string> features{}; ///< what it has, in libvirt's names, sorted; x86 only
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
    std::vector<std::string> devices;      ///< what `-device` takes, sorted
    std::vector<std::string> objects;      ///< what `-object` takes, sorted
    std::vector<std::string> displays;     ///< ways to show a screen: "sdl", "vnc", "spice", …
    std::vector<std::string> tpm_backends; ///< what `-tpmdev` takes

    /// By name or alias.
    const MachineType* find_machine(std::string_view name) const;
    /// Throws ConfigUnsupported with the choices when there is no such machine. Empty: the default one.
    const MachineType& require_machine(std::string_view name) const;
    bool has_device(std::string_view name) const;
    bool has_object(std::string_view name) const;
    bool has_display(std::string_view name) const;
    bool has_cpu_model(std::string_view name) const { return find_cpu_model(name) != nullptr; }
    const CpuModel* find_cpu_model(std::string_view name) const;
    friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// Whether there are such guests, for some emulator: the names that libvirt gives them.
bool is_architecture(std::string_view name);
bool is_x86(std::string_view architecture);
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
