// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/byte_channel.hpp"
#include "base/fd.hpp"
#include "hypervisor/domain_registry.hpp"
#include "hypervisor/events.hpp"
#include "hypervisor/guest_requests.hpp"
#include "hypervisor/save_requests.hpp"
#include "protocol/procedure.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vireo::hypervisor {

/// How a domain is started (virDomainCreateFlags).
struct StartOptions {
    bool paused = false;
    bool autodestroy = false; // ends with the caller's connection, or with the daemon that knows of it
    bool validate = false; // of a description that comes with the call: refuse what the schema does not know
    bool reset_nvram = false;  // with the variables of the firmware's template
    bool force_boot = false;   // even where a state was put away for it, which is lost
    bool bypass_cache = false; // of what was put away
};

/// What every driver of guests does; one object for each kind of connection ("qemu:///system"). Reading goes
/// to the registry, which never waits. A domain is named by its uuid; `name` is for messages only. Every
/// method throws Error; the ones that a driver does not override throw NoSupport.
class Driver {
public:
    virtual ~Driver() = default;

    const DomainRegistry& domains() const { return registry_; }
    EventHub& events() { return events_; }
    /// What the monitors of its guests tell, for a driver that has such.
    MonitorEventHub& monitor_events() { return monitor_events_; }

    /// The hypervisor's name (virConnectGetType).
    virtual std::string type() const = 0;
    /// Of the connection, as clients are told (virConnectGetURI).
    virtual std::string uri() const = 0;
    /// Whether it answers connections with this path in their URI ("/system"); by itself, those with its own.
    virtual bool serves(std::string_view path) const;
    /// The hypervisor's version: major * 1,000,000 + minor * 1,000 + release.
    virtual awaitable<std::uint64_t> version() = 0;
    virtual awaitable<std::string> capabilities() = 0;
    /// Most vcpus of one domain of this type ("kvm", "qemu"; empty: the default).
    virtual awaitable<std::int32_t> max_vcpus(std::string type) = 0;

    virtual awaitable<std::string> domain_capabilities(CapabilitiesQuery query);
    /// The CPU models that may be named for guests of an architecture.
    virtual std::vector<std::string> cpu_models(std::string arch);
    /// Whether the host's processor, or what the emulator of a query can show, does what a <cpu> asks for.
    /// `must_fit`: throws CpuIncompatible with the reason instead of answering Incompatible.
    virtual awaitable<CpuMatch> compare_cpu(std::optional<CapabilitiesQuery> query, std::string xml,
                                            bool must_fit);
    /// A CPU that all of these can run; with a query: as a guest of its emulator has it.
    virtual awaitable<std::string> baseline_cpu(std::optional<CapabilitiesQuery> query,
                                                std::vector<std::string> cpus, BaselineOptions options);
    /// The command line that this definition means (virConnectDomainXMLToNative).
    virtual awaitable<std::string> native_from_xml(std::string format, std::string xml);

    virtual awaitable<DomainSnapshotPtr> define(std::string xml, DefineOptions options) = 0;
    virtual awaitable<void> undefine(Uuid domain, std::string name, UndefineOptions options) = 0;
    virtual awaitable<DomainSnapshotPtr> create(std::string xml, StartOptions options) = 0;
    virtual awaitable<DomainSnapshotPtr> start(Uuid domain, std::string name, StartOptions options) = 0;
    virtual awaitable<void> shut_down(Uuid domain, std::string name, PowerWays ways) = 0;
    virtual awaitable<void> reboot(Uuid domain, std::string name, PowerWays ways) = 0;
    virtual awaitable<void> reset(Uuid domain, std::string name) = 0;
    /// Ends the guest at once. `graceful`: only if it ends by itself when asked to by a signal.
    virtual awaitable<void> destroy(Uuid domain, std::string name, bool graceful) = 0;
    /// What was logged of the domain of this name, which does not run.
    virtual awaitable<void> remove_logs(std::string name);
    virtual awaitable<void> suspend(Uuid domain, std::string name) = 0;
    virtual awaitable<void> resume(Uuid domain, std::string name) = 0;
    virtual awaitable<void> set_autostart(Uuid domain, std::string name, bool autostart) = 0;
    virtual awaitable<void> rename(Uuid domain, std::string name, std::string new_name) = 0;

    /// Puts a running guest's state away and ends it.
    virtual awaitable<void> save_guest(Uuid domain, std::string name, SaveOptions options);
    virtual awaitable<void> restore_guest(RestoreOptions options);
    /// The description in a file that a guest was saved to.
    virtual awaitable<std::string> saved_xml(std::string file, bool secrets);
    virtual awaitable<void> change_saved(std::string file, SavedChange change);
    /// The same of what waits for the domain's next start.
    virtual awaitable<std::string> managed_save_xml(Uuid domain, std::string name, bool secrets);
    virtual awaitable<void> change_managed_save(Uuid domain, std::string name, SavedChange change);
    virtual awaitable<void> remove_managed_save(Uuid domain, std::string name);
    virtual awaitable<void> dump_core(Uuid domain, std::string name, DumpOptions options);
    /// The long job of a domain; `completed`: the last one that came to its end, which is forgotten with this
    /// answer unless `keep`. Never waits.
    virtual JobStatistics job(const Uuid& domain, std::string_view name, bool completed, bool keep);
    /// Returns when the job was told; it ends soon.
    virtual awaitable<void> abort_job(Uuid domain, std::string name);
    /// Who has the domain, and who waits for it. Never waits.
    virtual std::vector<QueuedJob> queue(const Uuid& domain, std::string_view name);

    /// Of a running guest's disk, given by its name or its source, as the methods below.
    virtual awaitable<void> resize_disk(Uuid domain, std::string name, std::string disk, MemorySize size);
    /// Tells an event once when the disk's image is written beyond this many bytes; 0: never.
    virtual awaitable<void> set_disk_threshold(Uuid domain, std::string name, std::string disk,
                                               std::uint64_t bytes);
    virtual awaitable<void> pull_disk(Uuid domain, std::string name, std::string disk, BlockPull pull);
    virtual awaitable<std::optional<BlockJobStatus>> block_job(Uuid domain, std::string name,
                                                               std::string disk);
    virtual awaitable<void> set_block_job_bandwidth(Uuid domain, std::string name, std::string disk,
                                                    std::uint64_t bandwidth);
    virtual awaitable<void> end_block_job(Uuid domain, std::string name, std::string disk, BlockJobEnd how);

    virtual awaitable<void> set_metadata(Uuid domain, std::string name, MetadataChange change, Impact impact);
    virtual awaitable<void> change_device(Uuid domain, std::string name, DeviceChange change, Impact impact);
    virtual awaitable<void> set_memory(Uuid domain, std::string name, MemorySize size, MemoryTarget target,
                                       Impact impact);
    virtual awaitable<void> set_vcpus(Uuid domain, std::string name, std::uint32_t count, VcpuTarget target,
                                      Impact impact);
    virtual awaitable<void> set_pin(Uuid domain, std::string name, PinChange change, Impact impact);
    /// The vcpus that the guest itself says it uses (its agent), and switching some of them.
    virtual awaitable<GuestVcpus> guest_vcpus(Uuid domain, std::string name);
    virtual awaitable<void> set_guest_vcpus(Uuid domain, std::string name, std::vector<std::uint32_t> vcpus,
                                            bool online);
    /// Of how often the balloon tells what the guest does with its memory; zero: never.
    virtual awaitable<void> set_memory_statistics_period(Uuid domain, std::string name,
                                                         std::chrono::seconds period, Impact impact);
    /// Statistics of a running guest beyond what its snapshot says, for these groups (virDomainStatsTypes),
    /// under libvirt's names.
    virtual awaitable<std::vector<protocol::TypedParameter>> statistics(Uuid domain, std::string name,
                                                                        std::uint32_t groups);
    /// The groups that `statistics` knows more of than a snapshot does.
    virtual std::uint32_t statistics_groups() const { return 0; }
    /// Of a running guest's disk, given by its name or its source.
    virtual awaitable<BlockSizes> block_sizes(Uuid domain, std::string name, std::string disk);
    /// The vcpus of a running guest and where they run.
    virtual awaitable<std::vector<VcpuStatus>> vcpus(Uuid domain, std::string name);
    /// The threads that a running guest's disks have for themselves.
    virtual awaitable<std::vector<IoThreadStatus>> iothreads(Uuid domain, std::string name);
    virtual awaitable<void> change_iothread(Uuid domain, std::string name, IoThreadChange change,
                                            Impact impact);
    virtual awaitable<std::string> read_memory(Uuid domain, std::string name, MemoryRange range);
    /// Bytes of the image of a disk, given by its name or its source.
    virtual awaitable<std::string> read_disk(Uuid domain, std::string name, std::string disk,
                                             std::uint64_t offset, std::uint32_t size);
    /// The disks of a running guest that have failed.
    virtual awaitable<std::vector<DiskFault>> disk_faults(Uuid domain, std::string name);
    /// Whether the hypervisor of a running guest can be told something now. Never waits.
    virtual ControlStatus control(const Uuid& domain, std::string_view name);

    virtual awaitable<std::unique_ptr<async::ByteChannel>> open_console(Uuid domain, std::string name,
                                                                        ConsoleOptions options);
    /// A channel's device: its alias or the name that the guest knows it by.
    virtual awaitable<std::unique_ptr<async::ByteChannel>> open_channel(Uuid domain, std::string name,
                                                                        ConsoleOptions options);
    /// A connection to the display of number `index`, as if made over the network.
    virtual awaitable<Fd> open_graphics(Uuid domain, std::string name, std::uint32_t index,
                                        bool skip_authentication);
    /// The same with a socket that the client brings.
    virtual awaitable<void> attach_graphics(Uuid domain, std::string name, std::uint32_t index, Fd socket,
                                            bool skip_authentication);
    virtual awaitable<Screenshot> screenshot(Uuid domain, std::string name, std::uint32_t screen);
    virtual awaitable<void> send_key(Uuid domain, std::string name, KeyPress keys);
    virtual awaitable<void> inject_nmi(Uuid domain, std::string name);
    virtual awaitable<void> pm_suspend(Uuid domain, std::string name, SuspendTarget target);
    virtual awaitable<void> pm_wakeup(Uuid domain, std::string name);

    /// QEMU's answer to a command of its monitor, as JSON, or to one of the human monitor, as text.
    virtual awaitable<std::string> monitor_command(Uuid domain, std::string name, std::string command,
                                                   bool human, std::vector<Fd> files);
    virtual awaitable<std::string> agent_command(Uuid domain, std::string name, std::string command,
                                                 AgentPatience patience);
    /// For every later call that needs the agent; none: what is usual (virDomainAgentSetResponseTimeout).
    virtual awaitable<void> set_agent_patience(Uuid domain, std::string name,
                                               std::optional<AgentPatience> patience);
    virtual awaitable<std::string> hostname(Uuid domain, std::string name, HostnameSource source);
    virtual awaitable<std::vector<GuestInterface>> interface_addresses(Uuid domain, std::string name,
                                                                       AddressSource source);
    virtual awaitable<GuestTime> time(Uuid domain, std::string name);
    /// No time: what the host's clock says now, for a guest that was asleep.
    virtual awaitable<void> set_time(Uuid domain, std::string name, std::optional<GuestTime> time);
    /// What the guest tells of itself, of these kinds (virDomainGuestInfoTypes; none: all that it knows),
    /// under libvirt's names.
    virtual awaitable<std::vector<protocol::TypedParameter>> guest_facts(Uuid domain, std::string name,
                                                                         std::uint32_t kinds);
    /// The file systems that are mounted in the guest, in order of mounting.
    virtual awaitable<std::vector<GuestFileSystem>> file_systems(Uuid domain, std::string name);
    /// Holds file systems still, all when none is named, and lets all go on. Return how many.
    virtual awaitable<std::uint32_t> freeze(Uuid domain, std::string name,
                                            std::vector<std::string> mountpoints);
    virtual awaitable<std::uint32_t> thaw(Uuid domain, std::string name);
    /// Gives back the free space of file systems in pieces of at least this size.
    virtual awaitable<void> trim(Uuid domain, std::string name, MemorySize minimum);
    virtual awaitable<void> set_user_password(Uuid domain, std::string name, UserPassword password);
    /// The keys that may log in as this user of the guest (OpenSSH's authorized_keys).
    virtual awaitable<std::vector<std::string>> user_keys(Uuid domain, std::string name, std::string user);
    virtual awaitable<void> change_user_keys(Uuid domain, std::string name, std::string user,
                                             std::vector<std::string> keys, KeyChange change);

protected:
    DomainRegistry registry_;
    EventHub events_;
    MonitorEventHub monitor_events_;
};

} // namespace vireo::hypervisor
