// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/byte_channel.hpp"
#include "base/memory_size.hpp"
#include "model/domain/host_tuning.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vireo::hypervisor {

/// Which description of a domain a change is for (virDomainModificationImpact). Neither: what the domain is
/// now, live while it runs and persistent while it does not.
struct Impact {
    bool live = false;
    bool persistent = false;
};

struct DefineOptions {
    bool validate = false; // refuse what the schema does not know
};

/// What goes with a definition or stays (virDomainUndefineFlagsValues). Where a domain has such a thing and
/// neither is said, undefining is refused.
struct UndefineOptions {
    bool managed_save = false;
    bool snapshots_metadata = false, checkpoints_metadata = false;
    bool remove_nvram = false, keep_nvram = false;
    bool remove_tpm = false, keep_tpm = false;
};

/// How a guest is asked to power down or reboot: those that are set are tried in this order; none means that
/// the driver chooses (virDomainShutdownFlagValues, virDomainRebootFlagValues).
struct PowerWays {
    bool agent = false, acpi = false, initctl = false, signal = false, paravirt = false;
    bool any() const { return agent || acpi || initctl || signal || paravirt; }
};

/// virDomainMetadataType.
enum class MetadataType : std::int32_t { Description = 0, Title = 1, Element = 2 };
/// A new description, title, or element of `<metadata>` under the namespace `uri`; no text removes it.
struct MetadataChange {
    MetadataType type = MetadataType::Description;
    std::optional<std::string> text;
    std::string prefix; // of the element's namespace
    std::string uri;
};

enum class MemoryTarget { Current, Maximum };
enum class DeviceAction { Attach, Detach, DetachAlias, Update };
/// A device of a domain that comes, goes, or is replaced: its element alone, or its alias where that tells
/// it. `force`: even against the guest's will (a locked tray).
struct DeviceChange {
    DeviceAction action = DeviceAction::Attach;
    std::string device;
    bool force = false;
};

/// Which processors of the host a thread of the emulator may run on: "0-3,8".
struct PinChange {
    model::domain::ThreadKind kind = model::domain::ThreadKind::Emulator;
    std::uint32_t number = 0; ///< of the vcpu or iothread
    std::string cpus;
};

/// The vcpus of the definition or the running guest; its limit; or those that the agent switches inside.
enum class VcpuTarget { Current, Maximum, Guest };

/// A vcpu that is there: virVcpuState's number, its processor time, the host's processor that it used last,
/// and those that it may use, by number.
struct VcpuStatus {
    std::uint32_t number = 0;
    std::int32_t state = 1;
    std::chrono::nanoseconds time{0};
    std::int32_t processor = -1;
    std::vector<bool> affinity;
};

/// A disk as its guest sees it, what the host keeps for it, and its file or device.
struct BlockSizes {
    MemorySize capacity, occupied, physical;
};

/// A thread of its own for a running guest's disks, and the host's processors that it may use, by number.
struct IoThreadStatus {
    std::uint32_t id = 0;
    std::vector<bool> affinity;
};

/// A thread for disks that comes, goes or is tuned: settings by libvirt's names (virDomainSetIOThreadParams),
/// none of which is less than zero.
struct IoThreadChange {
    enum class Action { Add, Delete, Set };
    Action action = Action::Add;
    std::uint32_t id = 0; ///< from 1
    std::vector<std::pair<std::string, std::int64_t>> settings;
};

/// Bytes of a guest's memory, as its processor sees them now or as the machine has them.
struct MemoryRange {
    std::uint64_t start = 0;
    std::uint32_t size = 0;
    bool physical = false;
};

/// A disk's name as users know it ("vda"), and whether it only lacks space.
struct DiskFault {
    std::string disk;
    bool no_space = false;
};

/// virDomainControlState's and virDomainControlErrorReason's numbers, and since when, if that is known.
struct ControlStatus {
    std::uint32_t state = 0, details = 0;
    std::chrono::milliseconds age{0};
};

/// virKeycodeSet's number, milliseconds, and the keys that are pressed together.
struct KeyPress {
    std::uint32_t codeset = 0;
    std::chrono::milliseconds hold{0};
    std::vector<std::uint32_t> keys;
};

/// A picture of a guest's screen, as a file of type `mime`.
struct Screenshot {
    std::string mime;
    std::unique_ptr<async::ByteChannel> image;
};

/// How long an agent may take to answer (virDomainQemuAgentCommandTimeoutValues): none: for ever; zero:
/// nobody waits for the answer.
struct AgentPatience {
    std::optional<std::chrono::seconds> limit;
    friend bool operator==(const AgentPatience&, const AgentPatience&) = default;
};

/// Since the epoch, as the guest's clock shows it.
using GuestTime = std::chrono::nanoseconds;

/// Where an answer about a guest comes from (virDomainInterfaceAddressesSource; for the host name
/// virDomainGetHostnameFlags).
enum class AddressSource : std::uint32_t { Lease = 0, Agent = 1, Arp = 2 };
enum class HostnameSource { Any, Lease, Agent };

struct GuestInterface {
    struct Address {
        bool ipv6 = false;
        std::string text;
        std::uint32_t prefix = 0;
    };
    std::string name, mac; // no mac: the guest does not say
    std::vector<Address> addresses;
};

/// Vcpus as the guest numbers them: all, those that it uses, and those that it can stop using.
struct GuestVcpus {
    std::vector<std::uint32_t> all, online, switchable;
};

/// A file system that is mounted in a guest; `disks` by the names that users know them by ("vda").
struct GuestFileSystem {
    std::string mountpoint, name, type;
    std::vector<std::string> disks;
};

/// `encrypted`: as crypt(3) makes it, else as it is typed.
struct UserPassword {
    std::string user, password;
    bool encrypted = false;
};

/// What becomes of the keys that a user of a guest has (virDomainAuthorizedSSHKeysSetFlags).
enum class KeyChange { Replace, Append, Remove };

struct ConsoleOptions {
    std::string device; // alias of the device; empty for the first of its kind
    bool force = false; // takes it from whoever has it
    bool safe = false;  // only where nobody else can have it at the same time
};

/// virNodeSuspendTarget.
enum class SuspendTarget : std::uint32_t { Memory = 0, Disk = 1, Hybrid = 2 };

/// What domain capabilities are asked for; empty: the driver's default.
struct CapabilitiesQuery {
    std::string emulator, architecture, machine, type;
};

/// How a host or an emulator matches a CPU that is asked for (virCPUCompareResult).
enum class CpuMatch : std::int32_t { Incompatible = 0, Identical = 1, Superset = 2 };

/// How a CPU that runs on several is computed (virConnectBaselineCPUFlags).
struct BaselineOptions {
    bool expand = false;     ///< list the model's own features, too
    bool migratable = false; ///< without what keeps a guest on its host
};

} // namespace vireo::hypervisor
