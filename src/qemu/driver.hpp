// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/task_group.hpp"
#include "hypervisor/directories.hpp"
#include "hypervisor/driver.hpp"
#include "model/domain/xml.hpp"
#include "qemu/capabilities/capabilities_cache.hpp"
#include "qemu/console.hpp"
#include "qemu/devices/pieces.hpp"
#include "qemu/display_ports.hpp"
#include "qemu/log_keeper.hpp"
#include "qemu/managed_domain.hpp"
#include "qemu/saving/state_files.hpp"
#include "store/store.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace vireo::qemu {

struct Subject;    // statistics/sources.hpp
struct Attachment; // devices/attachment.hpp

/// What may be set, and what tests set.
struct DriverOptions {
    std::string uri = "qemu:///system";
    Uuid host_uuid;                       ///< for the capabilities; nil: what firmware or system say
    std::string emulator;                 ///< whose version is told; empty: QEMU's for the host's processor
    std::string vnc_listen = "127.0.0.1"; ///< of displays that do not say it themselves
    std::string spice_listen = "127.0.0.1";
    PortRange display_ports;                ///< from which displays get theirs
    PortRange websocket_ports{5700, 65535}; ///< the same for websockets of VNC
    std::uint64_t largest_core = 0; ///< bytes of a core file of QEMU; the most that there is: no limit
    bool bounds_logs = true;        ///< what QEMU says of guests, else as much as it likes
    Packing save_packing = Packing::Raw, dump_packing = Packing::Raw; ///< of states that are put away
    std::string launcher; ///< path of vireo-launch; empty: beside the running program
    /// How long a guest has to end after SIGTERM before SIGKILL; and in all, when it is asked gracefully.
    std::chrono::milliseconds termination{1'500}, graceful_termination{15'000};
    /// For one answer of QEMU.
    std::chrono::milliseconds monitor_deadline{30'000};
};

/// As uname(2) says, which for x86 and ARM is libvirt's name too.
std::string host_architecture();

/// Runs guests under QEMU. Main thread only. `recover` is called once, before any other method, and `stop` at
/// the end. Guests run on without it.
class QemuDriver : public hypervisor::Driver {
public:
    using Directories = hypervisor::Directories;
    using DomainSnapshotPtr = hypervisor::DomainSnapshotPtr;
    using StartOptions = hypervisor::StartOptions;

    QemuDriver(asio::any_io_executor executor, Directories directories, store::Store& store,
               CapabilitiesCache& capabilities, DriverOptions options);
    ~QemuDriver() override;

    /// Loads the domains, adopts the guests that live, finishes or undoes what was under way, and starts
    /// those marked for autostart once per boot of the host. Blocks while it reads the store.
    awaitable<void> recover();
    /// Gives up what waits for guests' agents, which may take for ever: before sessions are awaited.
    void release_callers();
    /// Closes the monitors and awaits all tasks; guests are left alone.
    awaitable<void> stop();

    std::string type() const override { return "QEMU"; }
    std::string uri() const override { return options_.uri; }
    /// "session" is a user's own: only a daemon without root's rights can be one.
    bool serves(std::string_view path) const override;
    awaitable<std::uint64_t> version() override;
    awaitable<std::string> capabilities() override;
    awaitable<std::int32_t> max_vcpus(std::string type) override;
    awaitable<std::string> domain_capabilities(hypervisor::CapabilitiesQuery query) override;
    std::vector<std::string> cpu_models(std::string arch) override;
    awaitable<hypervisor::CpuMatch> compare_cpu(std::optional<hypervisor::CapabilitiesQuery> query,
                                                std::string xml, bool must_fit) override;
    awaitable<std::string> baseline_cpu(std::optional<hypervisor::CapabilitiesQuery> query,
                                        std::vector<std::string> cpus,
                                        hypervisor::BaselineOptions options) override;
    awaitable<std::string> native_from_xml(std::string format, std::string xml) override;

    awaitable<DomainSnapshotPtr> define(std::string xml, hypervisor::DefineOptions options) override;
    awaitable<void> undefine(Uuid domain, std::string name, hypervisor::UndefineOptions options) override;
    awaitable<DomainSnapshotPtr> create(std::string xml, StartOptions options) override;
    awaitable<DomainSnapshotPtr> start(Uuid domain, std::string name, StartOptions options) override;
    awaitable<void> shut_down(Uuid domain, std::string name, hypervisor::PowerWays ways) override;
    awaitable<void> reboot(Uuid domain, std::string name, hypervisor::PowerWays ways) override;
    awaitable<void> reset(Uuid domain, std::string name) override;
    awaitable<void> destroy(Uuid domain, std::string name, bool graceful) override;
    awaitable<void> remove_logs(std::string name) override;
    awaitable<void> suspend(Uuid domain, std::string name) override;
    awaitable<void> resume(Uuid domain, std::string name) override;
    awaitable<void> set_autostart(Uuid domain, std::string name, bool autostart) override;
    awaitable<void> rename(Uuid domain, std::string name, std::string new_name) override;

    awaitable<void> save_guest(Uuid domain, std::string name, hypervisor::SaveOptions options) override;
    awaitable<void> restore_guest(hypervisor::RestoreOptions options) override;
    awaitable<std::string> saved_xml(std::string file, bool secrets) override;
    awaitable<void> change_saved(std::string file, hypervisor::SavedChange change) override;
    awaitable<std::string> managed_save_xml(Uuid domain, std::string name, bool secrets) override;
    awaitable<void> change_managed_save(Uuid domain, std::string name,
                                        hypervisor::SavedChange change) override;
    awaitable<void> remove_managed_save(Uuid domain, std::string name) override;
    awaitable<void> dump_core(Uuid domain, std::string name, hypervisor::DumpOptions options) override;
    hypervisor::JobStatistics job(const Uuid& domain, std::string_view name, bool completed,
                                  bool keep) override;
    awaitable<void> abort_job(Uuid domain, std::string name) override;
    std::vector<hypervisor::QueuedJob> queue(const Uuid& domain, std::string_view name) override;

    awaitable<void> resize_disk(Uuid domain, std::string name, std::string disk, MemorySize size) override;
    awaitable<void> set_disk_threshold(Uuid domain, std::string name, std::string disk,
                                       std::uint64_t bytes) override;
    awaitable<void> pull_disk(Uuid domain, std::string name, std::string disk,
                              hypervisor::BlockPull pull) override;
    awaitable<std::optional<hypervisor::BlockJobStatus>> block_job(Uuid domain, std::string name,
                                                                   std::string disk) override;
    awaitable<void> set_block_job_bandwidth(Uuid domain, std::string name, std::string disk,
                                            std::uint64_t bandwidth) override;
    awaitable<void> end_block_job(Uuid domain, std::string name, std::string disk,
                                  hypervisor::BlockJobEnd how) override;

    awaitable<void> set_metadata(Uuid domain, std::string name, hypervisor::MetadataChange change,
                                 hypervisor::Impact impact) override;
    awaitable<void> change_device(Uuid domain, std::string name, hypervisor::DeviceChange change,
                                  hypervisor::Impact impact) override;
    awaitable<void> set_memory(Uuid domain, std::string name, MemorySize size,
                               hypervisor::MemoryTarget target, hypervisor::Impact impact) override;
    awaitable<void> set_vcpus(Uuid domain, std::string name, std::uint32_t count,
                              hypervisor::VcpuTarget target, hypervisor::Impact impact) override;
    awaitable<void> set_pin(Uuid domain, std::string name, hypervisor::PinChange change,
                            hypervisor::Impact impact) override;
    awaitable<hypervisor::GuestVcpus> guest_vcpus(Uuid domain, std::string name) override;
    awaitable<void> set_guest_vcpus(Uuid domain, std::string name, std::vector<std::uint32_t> vcpus,
                                    bool online) override;
    awaitable<void> set_memory_statistics_period(Uuid domain, std::string name, std::chrono::seconds period,
                                                 hypervisor::Impact impact) override;
    awaitable<std::vector<protocol::TypedParameter>> statistics(Uuid domain, std::string name,
                                                                std::uint32_t groups) override;
    std::uint32_t statistics_groups() const override;
    awaitable<hypervisor::BlockSizes> block_sizes(Uuid domain, std::string name, std::string disk) override;
    awaitable<std::vector<hypervisor::VcpuStatus>> vcpus(Uuid domain, std::string name) override;
    awaitable<std::vector<hypervisor::IoThreadStatus>> iothreads(Uuid domain, std::string name) override;
    awaitable<void> change_iothread(Uuid domain, std::string name, hypervisor::IoThreadChange change,
                                    hypervisor::Impact impact) override;
    awaitable<std::string> read_memory(Uuid domain, std::string name, hypervisor::MemoryRange range) override;
    awaitable<std::string> read_disk(Uuid domain, std::string name, std::string disk, std::uint64_t offset,
                                     std::uint32_t size) override;
    awaitable<std::vector<hypervisor::DiskFault>> disk_faults(Uuid domain, std::string name) override;
    hypervisor::ControlStatus control(const Uuid& domain, std::string_view name) override;

    awaitable<std::unique_ptr<async::ByteChannel>> open_console(Uuid domain, std::string name,
                                                                hypervisor::ConsoleOptions options) override;
    awaitable<std::unique_ptr<async::ByteChannel>> open_channel(Uuid domain, std::string name,
                                                                hypervisor::ConsoleOptions options) override;
    awaitable<Fd> open_graphics(Uuid domain, std::string name, std::uint32_t index,
                                bool skip_authentication) override;
    awaitable<void> attach_graphics(Uuid domain, std::string name, std::uint32_t index, Fd socket,
                                    bool skip_authentication) override;
    awaitable<hypervisor::Screenshot> screenshot(Uuid domain, std::string name,
                                                 std::uint32_t screen) override;
    awaitable<void> send_key(Uuid domain, std::string name, hypervisor::KeyPress keys) override;
    awaitable<void> inject_nmi(Uuid domain, std::string name) override;
    awaitable<void> pm_suspend(Uuid domain, std::string name, hypervisor::SuspendTarget target) override;
    awaitable<void> pm_wakeup(Uuid domain, std::string name) override;

    awaitable<std::string> monitor_command(Uuid domain, std::string name, std::string command, bool human,
                                           std::vector<Fd> files) override;
    awaitable<std::string> agent_command(Uuid domain, std::string name, std::string command,
                                         hypervisor::AgentPatience patience) override;
    awaitable<void> set_agent_patience(Uuid domain, std::string name,
                                       std::optional<hypervisor::AgentPatience> patience) override;
    awaitable<std::string> hostname(Uuid domain, std::string name,
                                    hypervisor::HostnameSource source) override;
    awaitable<std::vector<hypervisor::GuestInterface>>
    interface_addresses(Uuid domain, std::string name, hypervisor::AddressSource source) override;
    awaitable<hypervisor::GuestTime> time(Uuid domain, std::string name) override;
    awaitable<void> set_time(Uuid domain, std::string name,
                             std::optional<hypervisor::GuestTime> time) override;
    awaitable<std::vector<protocol::TypedParameter>> guest_facts(Uuid domain, std::string name,
                                                                 std::uint32_t kinds) override;
    awaitable<std::vector<hypervisor::GuestFileSystem>> file_systems(Uuid domain, std::string name) override;
    awaitable<std::uint32_t> freeze(Uuid domain, std::string name,
                                    std::vector<std::string> mountpoints) override;
    awaitable<std::uint32_t> thaw(Uuid domain, std::string name) override;
    awaitable<void> trim(Uuid domain, std::string name, MemorySize minimum) override;
    awaitable<void> set_user_password(Uuid domain, std::string name,
                                      hypervisor::UserPassword password) override;
    awaitable<std::vector<std::string>> user_keys(Uuid domain, std::string name, std::string user) override;
    awaitable<void> change_user_keys(Uuid domain, std::string name, std::string user,
                                     std::vector<std::string> keys, hypervisor::KeyChange change) override;

private:
    using Model = model::domain::Domain;
    using DurableChange = std::move_only_function<void(Durable&)>;
    struct Launch; // start.cpp: what a start has made so far

    /// The state that a start goes on from.
    struct Incoming {
        Fd file; ///< at its beginning
        StateFileOptions how;
        bool running = true; ///< afterwards
        hypervisor::SuspendedDetail why_paused = hypervisor::SuspendedDetail::Restored;
        std::filesystem::path used_up; ///< the file that goes before the guest runs; empty: none does
    };
    using IncomingPtr = std::shared_ptr<Incoming>;

    // driver.cpp: finding, saving, publishing
    DomainPtr require(const Uuid& uuid, std::string_view name) const;
    DomainPtr find(const Uuid& uuid) const;
    /// Waits for the turn, and finds that the domain still exists then.
    awaitable<async::Job> begin(DomainPtr domain, async::JobKind kind, std::string what);
    /// Changes what survives of the domain: on disk first, then in memory. False: the domain is gone.
    awaitable<bool> try_save(DomainPtr domain, DurableChange change, bool with_driver = false);
    /// The same; throws NoDomain when it is gone. `with_driver`: the driver's own record in the same go.
    awaitable<void> save(DomainPtr domain, DurableChange change, bool with_driver = false);
    /// Changes the record of what runs.
    awaitable<void> save_run(DomainPtr domain, RunPtr run, std::function<void(RunRecord&)> change);
    /// Shows the domain's present state; one that is neither defined nor runs is forgotten.
    void publish(DomainPtr domain);
    void set_state(const DomainPtr& domain, hypervisor::StateAndReason state);
    void tell(const DomainPtr& domain, hypervisor::DomainEvent::What what);
    void spawn(awaitable<void> task) { tasks_.spawn(std::move(task)); }

    // host_facts.cpp
    awaitable<CapabilitiesCache::Shared> default_emulator();

    // cpu_calls.cpp
    awaitable<CapabilitiesCache::Shared> queried_emulator(hypervisor::CapabilitiesQuery query);
    awaitable<CapabilitiesCache::Shared> cpus_emulator(hypervisor::CapabilitiesQuery query);

    // definitions.cpp
    awaitable<Model> read_definition(std::string xml, bool strict);
    Uuid owner_of(std::string_view name) const; // nil: nobody
    void require_free(const Model& model) const;
    /// False: the domain was taken away meanwhile.
    awaitable<bool> set_definition(DomainPtr domain, std::string name, Text text);
    awaitable<void> remove_definition(DomainPtr domain, hypervisor::UndefineOptions options);
    /// Removes the variables of its UEFI if that is asked for. Throws OperationInvalid where there are some
    /// and nothing was said of them.
    awaitable<void> settle_nvram(DomainPtr domain, hypervisor::UndefineOptions options);
    awaitable<void> change_name(DomainPtr domain, std::string new_name);
    awaitable<void> change_autostart(DomainPtr domain, bool autostart);
    /// Starts a guest of this description, which need not be defined.
    awaitable<DomainSnapshotPtr> launch_described(std::shared_ptr<const Model> model, StartOptions options,
                                                  IncomingPtr incoming);

    // start.cpp
    awaitable<void> start_guest(DomainPtr domain, std::shared_ptr<const Model> definition,
                                StartOptions options, IncomingPtr incoming = nullptr);
    awaitable<void> boot(DomainPtr domain, std::shared_ptr<Launch> launch);
    /// Throws ConfigUnsupported with what the definition asks for and this version cannot run.
    static void require_supported(const Model& model, model::domain::Concern concern);
    awaitable<void> plan(DomainPtr domain, std::shared_ptr<Launch> launch);
    awaitable<void> prepare_host(std::shared_ptr<Launch> launch);
    awaitable<void> spawn_guest(std::shared_ptr<Launch> launch);
    awaitable<void> configure(DomainPtr domain, std::shared_ptr<Launch> launch);
    awaitable<void> announce(DomainPtr domain, std::shared_ptr<Launch> launch);
    awaitable<void> abandon(DomainPtr domain, RunPtr run);
    awaitable<void> require_kvm(const Model& model);
    void choose_ports(Model& model, RunRecord& run);

    // saving/save.cpp
    awaitable<void> put_away(DomainPtr domain, hypervisor::SaveOptions options);
    awaitable<SaveHeader> header_for(DomainPtr domain, hypervisor::SaveOptions options);
    awaitable<void> hold_still(DomainPtr domain, RunPtr run, hypervisor::PausedReason reason);
    awaitable<void> write_whole_state(DomainPtr domain, RunPtr run, std::shared_ptr<StateOutput> output);
    /// Undoes a save or a dump that failed, and throws why it did.
    awaitable<void> take_back(DomainPtr domain, RunPtr run, std::shared_ptr<StateOutput> output,
                              std::string what, std::exception_ptr failure);

    // saving/transfer.cpp: a guest's state on its way
    awaitable<void> send_state(DomainPtr domain, RunPtr run, Fd file);
    awaitable<void> receive_state(RunPtr run, IncomingPtr incoming);
    awaitable<void> await_transfer(DomainPtr domain, RunPtr run);
    awaitable<void> stop_transfer(std::shared_ptr<Monitor> monitor);

    // saving/settle.cpp: what a long job leaves to be done or undone
    awaitable<void> begin_pending(DomainPtr domain, RunPtr run, PendingJob job);
    awaitable<void> settle_soon(DomainPtr domain, RunPtr run);
    awaitable<void> settle(DomainPtr domain, RunPtr run);
    awaitable<void> settle_once(DomainPtr domain, RunPtr run);
    awaitable<void> finish_save(DomainPtr domain, RunPtr run, PendingJob job);
    awaitable<void> go_on(DomainPtr domain, RunPtr run, hypervisor::RunningReason reason);
    awaitable<void> settle_files(std::vector<PendingJob> jobs);
    awaitable<void> find_managed_saves();

    // saving/restore.cpp
    struct Saved;
    awaitable<std::shared_ptr<Saved>> open_saved(std::filesystem::path file);
    awaitable<std::shared_ptr<const Model>> description_of(const SaveHeader& header,
                                                           std::optional<std::string> changed);
    awaitable<void> start_saved(DomainPtr domain, StartOptions options);
    awaitable<void> drop_managed_save(DomainPtr domain);
    void require_managed_save(const ManagedDomain& domain) const;
    std::filesystem::path managed_save_file(const ManagedDomain& domain) const {
        return managed_save_directory() / (domain.durable.name + ".save");
    }
    std::filesystem::path managed_save_directory() const { return directories_.state / "qemu" / "save"; }

    // saving/dump.cpp
    awaitable<void> dump(DomainPtr domain, hypervisor::DumpOptions options);
    awaitable<void> write_core(DomainPtr domain, RunPtr run, std::shared_ptr<StateOutput> output,
                               hypervisor::DumpOptions options);
    awaitable<void> send_memory(DomainPtr domain, RunPtr run, Fd file, hypervisor::DumpFormat format);

    // block_jobs/
    struct LiveDisk;
    awaitable<LiveDisk> live_disk(DomainPtr domain, std::string wanted);
    awaitable<void> start_pull(DomainPtr domain, std::string disk, hypervisor::BlockPull pull);
    awaitable<void> command_disk(DomainPtr domain, std::string disk, std::string command,
                                 json::object arguments);
    awaitable<void> stop_block_job(DomainPtr domain, std::string disk, hypervisor::BlockJobEnd how);
    void take_job_status(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event);
    void take_threshold(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event);
    awaitable<void> look_at_block_jobs(DomainPtr domain, RunPtr run);
    awaitable<void> conclude_block_jobs(DomainPtr domain, RunPtr run);
    awaitable<void> conclude_block_job(DomainPtr domain, RunPtr run, json::object job);

    // saving/jobs.cpp
    void begin_long_job(const DomainPtr& domain, hypervisor::JobOperation operation);
    void end_long_job(const DomainPtr& domain, bool completed);
    /// Throws OperationInvalid unless the guest runs or is paused, with nothing of an earlier job to be
    /// settled.
    static void require_steady(const ManagedDomain& domain);

    // stop.cpp
    awaitable<void> watch(DomainPtr domain, RunPtr run);
    awaitable<void> conclude(DomainPtr domain, RunPtr run, std::optional<async::ExitStatus> status);
    awaitable<void> terminate(DomainPtr domain, RunPtr run, Ending ending, bool graceful);
    awaitable<void> destroy_guest(DomainPtr domain, async::Job& job, bool graceful);
    awaitable<void> forget_run(DomainPtr domain, RunPtr run);

    // lifecycle.cpp
    static void require_known(hypervisor::PowerWays ways);
    awaitable<void> ask_to_leave(DomainPtr domain, bool reboot, hypervisor::PowerWays ways);
    static void require_active(const ManagedDomain& domain);
    awaitable<std::shared_ptr<Monitor>> require_monitor(DomainPtr domain);
    awaitable<void> command(DomainPtr domain, std::string name);
    /// What QEMU does at a reset: "reset", or "shutdown" where the definition has other plans for it.
    awaitable<void> set_reboot_action(DomainPtr domain, std::string action);
    awaitable<void> power_down(DomainPtr domain, bool reboot);
    awaitable<void> pause_guest(DomainPtr domain);
    awaitable<void> resume_guest(DomainPtr domain);

    // guest/control.cpp, guest/screenshot.cpp, guest/graphics.cpp
    awaitable<std::string> run_by_hand(DomainPtr domain, std::string command, bool human,
                                       std::vector<Fd> files);
    awaitable<void> press(DomainPtr domain, json::object arguments);
    awaitable<std::string> save_memory(DomainPtr domain, hypervisor::MemoryRange range);
    awaitable<hypervisor::Screenshot> take_screenshot(DomainPtr domain, std::uint32_t screen);
    awaitable<std::string> dump_screen(DomainPtr domain, const Model& live, std::uint32_t screen,
                                       std::filesystem::path file);
    awaitable<void> connect_graphics(DomainPtr domain, std::uint32_t index, Fd socket,
                                     bool skip_authentication);
    /// What runs, as a model: a long text is parsed in the pool.
    awaitable<Model> read_live(DomainPtr domain);
    std::unique_ptr<async::ByteChannel> open_device(const ManagedDomain& domain, const ConsoleSource& source,
                                                    bool force);

    // guest/agent_calls.cpp
    void prepare_agent(const RunPtr& run, const Model& live);
    std::shared_ptr<Agent> require_agent(const ManagedDomain& domain) const;
    /// As it was set for the domain, or what is usual.
    static Agent::Patience agent_patience(const ManagedDomain& domain,
                                          Agent::Patience usual = Agent::default_patience);
    awaitable<json::value> ask_agent(DomainPtr domain, std::string command, json::object arguments);
    awaitable<json::value> ask_slow_agent(DomainPtr domain, std::string command, json::object arguments,
                                          std::chrono::seconds usual);
    awaitable<void> leave_by_agent(DomainPtr domain, bool reboot);
    awaitable<void> keep_reboot_wish(DomainPtr domain, bool reboot);
    awaitable<std::vector<hypervisor::GuestInterface>> addresses_by_agent(DomainPtr domain);
    awaitable<std::vector<hypervisor::GuestInterface>> addresses_by_arp(DomainPtr domain);
    awaitable<void> switch_guest_vcpus(DomainPtr domain, std::uint32_t count);
    awaitable<void> switch_vcpus(DomainPtr domain, std::vector<std::uint32_t> vcpus, bool online);

    // devices/: devices that come to a guest, go, or change
    awaitable<void> edit_devices(DomainPtr domain, hypervisor::DeviceChange change,
                                 hypervisor::Impact impact);
    awaitable<Text> changed_definition(DomainPtr domain, hypervisor::DeviceChange change);
    awaitable<void> attach_live(DomainPtr domain, std::string xml, Text definition);
    awaitable<LentFiles> open_taps(std::shared_ptr<Attachment> plan);
    awaitable<void> finish_attachment(DomainPtr domain, RunPtr run, std::shared_ptr<Attachment> plan,
                                      Text definition);
    awaitable<void> give_up_attachment(DomainPtr domain, RunPtr run, std::shared_ptr<Attachment> plan,
                                       bool is_undone);
    awaitable<void> detach_live(DomainPtr domain, hypervisor::DeviceChange change);
    awaitable<void> finish_removal(DomainPtr domain, RunPtr run, std::string alias);
    /// Takes devices out of the live definition. Returns whether one of them was there.
    awaitable<bool> drop_devices(DomainPtr domain, RunPtr run, std::vector<std::string> aliases);
    awaitable<void> update_live(DomainPtr domain, hypervisor::DeviceChange change, Text definition);
    /// Makes QEMU's device what the live definition says of it; `before`: what it was, where that is known.
    awaitable<void> apply_device(DomainPtr domain, RunPtr run, std::string alias,
                                 std::shared_ptr<const Model> before, bool force);
    awaitable<void> change_medium(RunPtr run, const model::domain::Disk& disk, std::vector<Piece> old_pieces,
                                  std::vector<Piece> new_pieces, bool force);
    /// What a daemon that ended amid a change, or QEMU's silence, has left open.
    awaitable<void> settle_devices(DomainPtr domain, RunPtr run);
    awaitable<void> settle_left_devices(DomainPtr domain, RunPtr run);
    awaitable<std::vector<Piece>> pieces_for(RunPtr run, std::shared_ptr<const Model> live,
                                             std::string alias);
    awaitable<std::size_t> free_node(std::shared_ptr<Monitor> monitor);
    LaunchContext context_of(const Run& run) const;
    awaitable<void> edit_iothread(DomainPtr domain, hypervisor::IoThreadChange change,
                                  hypervisor::Impact impact);

    // guest/settings.cpp: what of a definition is changed by calls of its own
    struct Scopes { ///< which descriptions a change is for
        bool live, persistent;
    };
    static Scopes scopes_of(const ManagedDomain& domain, hypervisor::Impact impact);
    awaitable<void> change_texts(DomainPtr domain, Scopes scopes, std::function<void(Model&)> change);
    awaitable<void> change_memory(DomainPtr domain, MemorySize size, hypervisor::MemoryTarget target,
                                  hypervisor::Impact impact);
    awaitable<void> change_vcpus(DomainPtr domain, std::uint32_t count, hypervisor::VcpuTarget target,
                                 hypervisor::Impact impact);
    awaitable<void> plug_vcpus(DomainPtr domain, std::uint32_t count);
    awaitable<void> unplug_vcpu(DomainPtr domain, std::shared_ptr<Monitor> monitor, std::string alias);
    awaitable<void> recount_vcpus(DomainPtr domain, RunPtr run);
    awaitable<void> change_metadata(DomainPtr domain, hypervisor::MetadataChange change,
                                    hypervisor::Impact impact);
    awaitable<void> set_balloon_period(std::shared_ptr<Monitor> monitor, std::string alias,
                                       std::chrono::seconds period);
    awaitable<void> change_statistics_period(DomainPtr domain, std::chrono::seconds period,
                                             hypervisor::Impact impact);

    // guest/placement.cpp
    awaitable<void> change_pin(DomainPtr domain, hypervisor::PinChange change, hypervisor::Impact impact);
    /// Lets QEMU's threads run where and how the live definition says.
    awaitable<void> place_threads(Subject subject);

    // statistics/statistics.cpp
    awaitable<Subject> subject_of(DomainPtr domain);

    // guest_events.cpp: what QEMU tells
    MonitorListener listener_of(const DomainPtr& domain, const RunPtr& run);
    void take_event(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event);
    void take_early_events(const DomainPtr& domain, const RunPtr& run);
    void take_stop(const DomainPtr& domain, const RunPtr& run);
    void take_resume(const DomainPtr& domain, const RunPtr& run);
    void take_shutdown(const DomainPtr& domain, const RunPtr& run, std::string_view reason);
    void take_sleep(const DomainPtr& domain, const RunPtr& run, bool on_disk);
    void take_panic(const DomainPtr& domain, const RunPtr& run);
    void take_monitor_end(const DomainPtr& domain, const RunPtr& run, const std::string& reason);
    void follow(const DomainPtr& domain, const RunPtr& run, model::domain::LifecycleAction action,
                Ending ending);
    void remember_state(const DomainPtr& domain, const RunPtr& run);
    awaitable<void> write_state(DomainPtr domain, RunPtr run);

    // device_events.cpp
    void take_device_event(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event);
    void relay(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event);
    void take_io_error(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event);
    void take_port_change(const DomainPtr& domain, const RunPtr& run, std::string_view alias, bool open,
                          std::int32_t reason);
    awaitable<void> look_at_ports(DomainPtr domain, RunPtr run);
    void take_clock(const DomainPtr& domain, const RunPtr& run, std::int64_t offset);
    /// Changes the live definition soon; what comes together is written together.
    void note(const DomainPtr& domain, const RunPtr& run, std::string about,
              std::function<void(Model&)> news);
    awaitable<void> write_news(DomainPtr domain, RunPtr run);
    awaitable<void> restart(DomainPtr domain, RunPtr run);
    awaitable<void> restart_guest(DomainPtr domain, RunPtr run);

    // reconcile.cpp
    DomainPtr load(store::Record record);
    bool adopt(const DomainPtr& domain);
    void attend(const DomainPtr& domain);
    awaitable<void> forget_runs(std::vector<DomainPtr> domains);
    awaitable<void> reconnect(DomainPtr domain, RunPtr run, std::chrono::milliseconds delay);
    void take_status(const DomainPtr& domain, const RunPtr& run, std::string_view status);
    awaitable<void> remove_orphans(bool complete);
    awaitable<void> remove_orphan(std::filesystem::path directory, bool complete);
    void leave_alone(const std::filesystem::path& directory, pid_t pid);
    awaitable<void> start_marked();

    std::filesystem::path nvram_directory() const { return directories_.state / "qemu" / "nvram"; }
    std::filesystem::path run_directory(std::int32_t id) const;
    std::filesystem::path log_file(std::string_view name) const;

    asio::any_io_executor executor_;
    Directories directories_;
    store::Store& store_;
    CapabilitiesCache& capabilities_;
    DriverOptions options_;
    DriverRecord record_;
    bool guests_left_alone_ = false; ///< whose domain is not known
    std::unordered_map<Uuid, DomainPtr> domains_;
    std::multimap<std::string, Uuid, std::less<>> reserved_names_; // of domains that are not published yet
    std::set<std::int32_t> ports_;                                 // of displays of guests that run or start
    std::map<std::string, std::weak_ptr<async::ByteChannel>> consoles_; // by the host's path
    std::optional<LogKeeper> log_keeper_;
    async::TaskGroup tasks_;
};

} // namespace vireo::qemu
