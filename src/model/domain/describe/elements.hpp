// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/device_info.hpp"
#include "model/domain/domain.hpp"

// The elements of a <domain>, each described in the file of its subject, for the three visitors. They are
// compiled apart from one another: together they would take a compiler half a minute.

namespace vireo::model::domain {

/// Elements that only QEMU's drivers read: extra arguments and the like.
inline constexpr xml::Namespace qemu_namespace{"http://libvirt.org/schemas/domain/qemu/1.0", "qemu"};

// machine.cpp
template <class Node> void describe(Node& node, Of<Os> auto& os);
template <class Node> void describe(Node& node, Of<Features> auto& features);
template <class Node> void describe(Node& node, Of<Cpu> auto& cpu);
template <class Node> void describe(Node& node, Of<Clock> auto& clock);
// tuning.cpp
template <class Node> void describe(Node& node, Of<MemoryBacking> auto& backing);
template <class Node> void describe(Node& node, Of<IoThread> auto& thread);
template <class Node> void describe(Node& node, Of<DefaultIoThread> auto& thread);
template <class Node> void describe(Node& node, Of<SystemInfo> auto& info);
// numa.cpp
template <class Node> void describe_guest_numa(Node node, auto& cpu);
template <class Node> void describe(Node& node, Of<NumaTuning> auto& tuning);
// host_tuning.cpp
template <class Node> void describe(Node& node, Of<CpuTuning> auto& tuning);
template <class Node> void describe(Node& node, Of<BlockTuning> auto& tuning);
template <class Node> void describe(Node& node, Of<ResourceGroup> auto& resource);
template <class Node> void describe(Node& node, Of<PerformanceEvent> auto& event);
// security.cpp
template <class Node> void describe(Node& node, Of<SecurityLabel> auto& label);
template <class Node> void describe(Node& node, Of<DeviceLabel> auto& label);
template <class Node> void describe(Node& node, Of<WrappingCipher> auto& cipher);
template <class Node> void describe(Node& node, Of<LaunchSecurity> auto& security);
// qemu_extras.cpp: all of QEMU's namespace
template <class Node> void describe_qemu_extras(Node& node, auto& domain);
// disk.cpp, controller.cpp, interface.cpp
template <class Node> void describe(Node& node, Of<Disk> auto& disk);
template <class Node> void describe(Node& node, Of<Controller> auto& controller);
template <class Node> void describe(Node& node, Of<Interface> auto& interface);
// character.cpp
template <class Node> void describe_source(Node& node, Of<CharacterSource> auto& source);
template <class Node> void describe(Node& node, Of<Serial> auto& serial);
template <class Node> void describe(Node& node, Of<Parallel> auto& parallel);
template <class Node> void describe(Node& node, Of<Console> auto& console);
template <class Node> void describe(Node& node, Of<Channel> auto& channel);
template <class Node> void describe(Node& node, Of<Smartcard> auto& card);
template <class Node> void describe(Node& node, Of<RedirectedDevice> auto& device);
template <class Node> void describe(Node& node, Of<RedirectFilter> auto& filter);
template <class Node> void describe(Node& node, Of<Rng> auto& rng);
// display.cpp
template <class Node> void describe(Node& node, Of<Graphics> auto& graphics);
template <class Node> void describe(Node& node, Of<Video> auto& video);
template <class Node> void describe(Node& node, Of<Audio> auto& audio);
template <class Node> void describe(Node& node, Of<Sound> auto& sound);
// other_devices.cpp
template <class Node> void describe(Node& node, Of<Input> auto& input);
template <class Node> void describe(Node& node, Of<MemoryBalloon> auto& balloon);
template <class Node> void describe(Node& node, Of<Hub> auto& hub);
template <class Node> void describe(Node& node, Of<Watchdog> auto& watchdog);
template <class Node> void describe(Node& node, Of<Panic> auto& panic);
template <class Node> void describe(Node& node, Of<Vsock> auto& vsock);
// filesystem.cpp, memory_device.cpp
template <class Node> void describe(Node& node, Of<Filesystem> auto& filesystem);
template <class Node> void describe(Node& node, Of<Memory> auto& memory);
// platform_devices.cpp
template <class Node> void describe(Node& node, Of<Tpm> auto& tpm);
template <class Node> void describe(Node& node, Of<Iommu> auto& iommu);
template <class Node> void describe(Node& node, Of<Crypto> auto& crypto);
template <class Node> void describe(Node& node, Of<NvramDevice> auto& nvram);
template <class Node> void describe(Node& node, Of<Shmem> auto& shmem);
template <class Node> void describe(Node& node, Of<Lease> auto& lease);
// hostdev.cpp
template <class Node> void describe(Node& node, Of<Teaming> auto& teaming);
template <class Node> void describe(Node& node, Of<Hostdev> auto& hostdev);

} // namespace vireo::model::domain
