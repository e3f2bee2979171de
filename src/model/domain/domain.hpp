// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "base/uuid.hpp"
#include "model/domain/character.hpp"
#include "model/domain/clock.hpp"
#include "model/domain/controller.hpp"
#include "model/domain/cpu.hpp"
#include "model/domain/disk.hpp"
#include "model/domain/display.hpp"
#include "model/domain/features.hpp"
#include "model/domain/filesystem.hpp"
#include "model/domain/host_tuning.hpp"
#include "model/domain/hostdev.hpp"
#include "model/domain/interface.hpp"
#include "model/domain/memory_device.hpp"
#include "model/domain/more_devices.hpp"
#include "model/domain/os.hpp"
#include "model/domain/other_devices.hpp"
#include "model/domain/platform_devices.hpp"
#include "model/domain/qemu_extras.hpp"
#include "model/domain/security.hpp"
#include "model/domain/tuning.hpp"

namespace vireo::model::domain {

enum class VirtType {
    Qemu,
    Kvm,
    Hvf,
    Xen,
    Lxc,
    Uml,
    Openvz,
    Test,
    Vmware,
    Hyperv,
    Vbox,
    Phyp,
    Parallels,
    Bhyve,
    Vz
};
constexpr auto names_of(VirtType) {
    using enum VirtType;
    return std::to_array<std::pair<VirtType, std::string_view>>({{Qemu, "qemu"},
                                                                 {Kvm, "kvm"},
                                                                 {Hvf, "hvf"},
                                                                 {Xen, "xen"},
                                                                 {Lxc, "lxc"},
                                                                 {Uml, "uml"},
                                                                 {Openvz, "openvz"},
                                                                 {Test, "test"},
                                                                 {Vmware, "vmware"},
                                                                 {Hyperv, "hyperv"},
                                                                 {Vbox, "vbox"},
                                                                 {Phyp, "phyp"},
                                                                 {Parallels, "parallels"},
                                                                 {Bhyve, "bhyve"},
                                                                 {Vz, "vz"}});
}

/// What happens when the guest powers off or reboots.
enum class LifecycleAction { Destroy, Restart, RenameRestart, Preserve };
constexpr auto names_of(LifecycleAction) {
    using enum LifecycleAction;
    return std::to_array<std::pair<LifecycleAction, std::string_view>>({{Destroy, "destroy"},
                                                                        {Restart, "restart"},
                                                                        {RenameRestart, "rename-restart"},
                                                                        {Preserve, "preserve"}});
}

/// What happens when the guest panics.
enum class CrashAction { Destroy, Restart, RenameRestart, Preserve, CoredumpDestroy, CoredumpRestart };
constexpr auto names_of(CrashAction) {
    using enum CrashAction;
    return std::to_array<std::pair<CrashAction, std::string_view>>({{Destroy, "destroy"},
                                                                    {Restart, "restart"},
                                                                    {RenameRestart, "rename-restart"},
                                                                    {Preserve, "preserve"},
                                                                    {CoredumpDestroy, "coredump-destroy"},
                                                                    {CoredumpRestart, "coredump-restart"}});
}

/// What happens when a lease of a lock manager is lost.
enum class LockFailureAction { Poweroff, Restart, Pause, Ignore };
constexpr auto names_of(LockFailureAction) {
    using enum LockFailureAction;
    return std::to_array<std::pair<LockFailureAction, std::string_view>>(
        {{Poweroff, "poweroff"}, {Restart, "restart"}, {Pause, "pause"}, {Ignore, "ignore"}});
}

/// <vcpu>: `current` of `maximum` processors are there at start.
struct Vcpus {
    std::uint32_t maximum = 1;
    std::optional<std::uint32_t> current; ///< absent: all
    Placement placement = Placement::Static;
    std::string cpus; ///< of the host, that they may run on: "0-3,8"
    friend bool operator==(const Vcpus&, const Vcpus&) = default;
};

/// <pm>: the sleep states that the firmware offers.
struct PowerManagement {
    std::optional<Answer> suspend_to_mem, suspend_to_disk;
    friend bool operator==(const PowerManagement&, const PowerManagement&) = default;
};

/// <devices>; each kind in the order of the document.
struct Devices {
    std::string emulator;
    std::vector<Disk> disks;
    std::vector<Controller> controllers;
    std::vector<Lease> leases;
    std::vector<Interface> interfaces;
    std::vector<Filesystem> filesystems;
    std::vector<Smartcard> smartcards;
    std::vector<Serial> serials;
    std::vector<Parallel> parallels;
    std::vector<Console> consoles;
    std::vector<Channel> channels;
    std::vector<Input> inputs;
    std::vector<Graphics> graphics;
    std::vector<Tpm> tpms;
    std::vector<Sound> sounds;
    std::vector<Audio> audios;
    std::vector<Video> videos;
    std::vector<Hostdev> hostdevs;
    std::vector<RedirectedDevice> redirected_devices;
    std::optional<RedirectFilter> redirect_filter;
    std::vector<Hub> hubs;
    std::vector<Watchdog> watchdogs;
    std::optional<MemoryBalloon> memory_balloon; ///< absent until completed
    std::vector<Rng> rngs;
    std::vector<Panic> panics;
    std::vector<Shmem> shared_memories;
    std::vector<Memory> memories;
    std::vector<Iommu> iommus;
    std::vector<Crypto> cryptos;
    std::vector<NvramDevice> nvrams;
    std::optional<Vsock> vsock;
    friend bool operator==(const Devices&, const Devices&) = default;
};

/// <domain>: what a guest is made of (libvirt's formatdomain). Plain data; copies are independent.
struct Domain {
    VirtType type = VirtType::Qemu;
    std::optional<std::int32_t> id; ///< live only
    std::string name;
    Uuid uuid;
    std::string title, description;
    std::string metadata; ///< the content of <metadata>, as it was written
    MemorySize memory, current_memory;
    std::optional<Switch> dump_core; ///< whether a core of QEMU has the guest's memory
    std::optional<MaxMemory> max_memory;
    BlockTuning block_tuning;
    MemoryTuning memory_tuning;
    std::optional<MemoryBacking> memory_backing;
    Vcpus vcpus;
    std::uint32_t iothread_count = 0;
    std::vector<IoThread> iothreads;
    std::optional<DefaultIoThread> default_iothread;
    CpuTuning cpu_tuning;
    std::optional<NumaTuning> numa_tuning;
    std::optional<ResourceGroup> resource;
    std::vector<SystemInfo> system_infos;
    std::optional<Uuid> generation_id; ///< <genid>; generated when it is empty
    Os os;
    std::optional<Features> features;
    std::optional<Cpu> cpu;
    Clock clock;
    LifecycleAction on_poweroff = LifecycleAction::Destroy;
    LifecycleAction on_reboot = LifecycleAction::Restart;
    CrashAction on_crash = CrashAction::Destroy;
    std::optional<LockFailureAction> on_lock_failure;
    std::optional<PowerManagement> power_management;
    std::vector<PerformanceEvent> performance_events;
    Devices devices;
    std::vector<SecurityLabel> security_labels;
    std::vector<WrappingCipher> key_wrapping;
    std::optional<LaunchSecurity> launch_security;
    ExtraArguments extra_arguments;
    CapabilityChanges capability_changes;
    std::vector<DeviceOverride> overrides;
    std::optional<DeprecationBehavior> deprecation;
    xml::Kept kept;
    friend bool operator==(const Domain&, const Domain&) = default;
};

} // namespace vireo::model::domain
