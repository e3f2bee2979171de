// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/driver.hpp"

#include "base/error.hpp"

namespace vireo::hypervisor {

namespace {
/// Thrown for what a driver does not do; `call` is the public function's name.
Error unsupported(std::string_view call) {
    return {ErrorCode::NoSupport, ErrorDomain::None,
            fmt::format("this function is not supported by the connection driver: {}", call)};
}
} // namespace

bool Driver::serves(std::string_view path) const {
    auto own = uri();
    return own.substr(own.find("://") + 3) == path;
}

awaitable<std::string> Driver::domain_capabilities(CapabilitiesQuery) {
    throw unsupported("virConnectGetDomainCapabilities");
}
std::vector<std::string> Driver::cpu_models(std::string) { throw unsupported("virConnectGetCPUModelNames"); }
awaitable<CpuMatch> Driver::compare_cpu(std::optional<CapabilitiesQuery> query, std::string, bool) {
    throw unsupported(query ? "virConnectCompareHypervisorCPU" : "virConnectCompareCPU");
}
awaitable<std::string> Driver::baseline_cpu(std::optional<CapabilitiesQuery> query, std::vector<std::string>,
                                            BaselineOptions) {
    throw unsupported(query ? "virConnectBaselineHypervisorCPU" : "virConnectBaselineCPU");
}
awaitable<std::string> Driver::native_from_xml(std::string, std::string) {
    throw unsupported("virConnectDomainXMLToNative");
}
awaitable<void> Driver::remove_logs(std::string) { throw unsupported("virDomainDestroyFlags"); }
awaitable<void> Driver::save_guest(Uuid, std::string, SaveOptions options) {
    throw unsupported(options.file.empty() ? "virDomainManagedSave" : "virDomainSave");
}
awaitable<void> Driver::restore_guest(RestoreOptions) { throw unsupported("virDomainRestore"); }
awaitable<std::string> Driver::saved_xml(std::string, bool) {
    throw unsupported("virDomainSaveImageGetXMLDesc");
}
awaitable<void> Driver::change_saved(std::string, SavedChange) {
    throw unsupported("virDomainSaveImageDefineXML");
}
awaitable<std::string> Driver::managed_save_xml(Uuid, std::string, bool) {
    throw unsupported("virDomainManagedSaveGetXMLDesc");
}
awaitable<void> Driver::change_managed_save(Uuid, std::string, SavedChange) {
    throw unsupported("virDomainManagedSaveDefineXML");
}
awaitable<void> Driver::remove_managed_save(Uuid, std::string) {
    throw unsupported("virDomainManagedSaveRemove");
}
awaitable<void> Driver::dump_core(Uuid, std::string, DumpOptions) { throw unsupported("virDomainCoreDump"); }
JobStatistics Driver::job(const Uuid&, std::string_view, bool, bool) {
    throw unsupported("virDomainGetJobInfo");
}
awaitable<void> Driver::abort_job(Uuid, std::string) { throw unsupported("virDomainAbortJob"); }
std::vector<QueuedJob> Driver::queue(const Uuid&, std::string_view) {
    throw unsupported("virDomainGetJobStats");
}
awaitable<void> Driver::resize_disk(Uuid, std::string, std::string, MemorySize) {
    throw unsupported("virDomainBlockResize");
}
awaitable<void> Driver::set_disk_threshold(Uuid, std::string, std::string, std::uint64_t) {
    throw unsupported("virDomainSetBlockThreshold");
}
awaitable<void> Driver::pull_disk(Uuid, std::string, std::string, BlockPull pull) {
    throw unsupported(pull.base ? "virDomainBlockRebase" : "virDomainBlockPull");
}
awaitable<std::optional<BlockJobStatus>> Driver::block_job(Uuid, std::string, std::string) {
    throw unsupported("virDomainGetBlockJobInfo");
}
awaitable<void> Driver::set_block_job_bandwidth(Uuid, std::string, std::string, std::uint64_t) {
    throw unsupported("virDomainBlockJobSetSpeed");
}
awaitable<void> Driver::end_block_job(Uuid, std::string, std::string, BlockJobEnd) {
    throw unsupported("virDomainBlockJobAbort");
}
awaitable<void> Driver::set_metadata(Uuid, std::string, MetadataChange, Impact) {
    throw unsupported("virDomainSetMetadata");
}
awaitable<void> Driver::change_device(Uuid, std::string, DeviceChange change, Impact) {
    switch (change.action) {
    case DeviceAction::Attach: throw unsupported("virDomainAttachDeviceFlags");
    case DeviceAction::Detach: throw unsupported("virDomainDetachDeviceFlags");
    case DeviceAction::DetachAlias: throw unsupported("virDomainDetachDeviceAlias");
    case DeviceAction::Update: break;
    }
    throw unsupported("virDomainUpdateDeviceFlags");
}
awaitable<void> Driver::set_memory(Uuid, std::string, MemorySize, MemoryTarget, Impact) {
    throw unsupported("virDomainSetMemoryFlags");
}
awaitable<void> Driver::set_vcpus(Uuid, std::string, std::uint32_t, VcpuTarget, Impact) {
    throw unsupported("virDomainSetVcpusFlags");
}
awaitable<void> Driver::set_pin(Uuid, std::string, PinChange, Impact) {
    throw unsupported("virDomainPinVcpuFlags");
}
awaitable<GuestVcpus> Driver::guest_vcpus(Uuid, std::string) { throw unsupported("virDomainGetGuestVcpus"); }
awaitable<void> Driver::set_guest_vcpus(Uuid, std::string, std::vector<std::uint32_t>, bool) {
    throw unsupported("virDomainSetGuestVcpus");
}
awaitable<void> Driver::set_memory_statistics_period(Uuid, std::string, std::chrono::seconds, Impact) {
    throw unsupported("virDomainSetMemoryStatsPeriod");
}
awaitable<std::vector<protocol::TypedParameter>> Driver::statistics(Uuid, std::string, std::uint32_t) {
    throw unsupported("virConnectGetAllDomainStats");
}
awaitable<BlockSizes> Driver::block_sizes(Uuid, std::string, std::string) {
    throw unsupported("virDomainGetBlockInfo");
}
awaitable<std::vector<VcpuStatus>> Driver::vcpus(Uuid, std::string) {
    throw unsupported("virDomainGetVcpus");
}
awaitable<std::vector<IoThreadStatus>> Driver::iothreads(Uuid, std::string) {
    throw unsupported("virDomainGetIOThreadInfo");
}
awaitable<void> Driver::change_iothread(Uuid, std::string, IoThreadChange, Impact) {
    throw unsupported("virDomainAddIOThread");
}
awaitable<std::string> Driver::read_memory(Uuid, std::string, MemoryRange) {
    throw unsupported("virDomainMemoryPeek");
}
awaitable<std::string> Driver::read_disk(Uuid, std::string, std::string, std::uint64_t, std::uint32_t) {
    throw unsupported("virDomainBlockPeek");
}
awaitable<std::vector<DiskFault>> Driver::disk_faults(Uuid, std::string) {
    throw unsupported("virDomainGetDiskErrors");
}
ControlStatus Driver::control(const Uuid&, std::string_view) { throw unsupported("virDomainGetControlInfo"); }
awaitable<std::unique_ptr<async::ByteChannel>> Driver::open_console(Uuid, std::string, ConsoleOptions) {
    throw unsupported("virDomainOpenConsole");
}
awaitable<std::unique_ptr<async::ByteChannel>> Driver::open_channel(Uuid, std::string, ConsoleOptions) {
    throw unsupported("virDomainOpenChannel");
}
awaitable<Fd> Driver::open_graphics(Uuid, std::string, std::uint32_t, bool) {
    throw unsupported("virDomainOpenGraphicsFD");
}
awaitable<void> Driver::attach_graphics(Uuid, std::string, std::uint32_t, Fd, bool) {
    throw unsupported("virDomainOpenGraphics");
}
awaitable<Screenshot> Driver::screenshot(Uuid, std::string, std::uint32_t) {
    throw unsupported("virDomainScreenshot");
}
awaitable<void> Driver::send_key(Uuid, std::string, KeyPress) { throw unsupported("virDomainSendKey"); }
awaitable<void> Driver::inject_nmi(Uuid, std::string) { throw unsupported("virDomainInjectNMI"); }
awaitable<void> Driver::pm_suspend(Uuid, std::string, SuspendTarget) {
    throw unsupported("virDomainPMSuspendForDuration");
}
awaitable<void> Driver::pm_wakeup(Uuid, std::string) { throw unsupported("virDomainPMWakeup"); }
awaitable<std::string> Driver::monitor_command(Uuid, std::string, std::string, bool, std::vector<Fd>) {
    throw unsupported("virDomainQemuMonitorCommand");
}
awaitable<std::string> Driver::agent_command(Uuid, std::string, std::string, AgentPatience) {
    throw unsupported("virDomainQemuAgentCommand");
}
awaitable<void> Driver::set_agent_patience(Uuid, std::string, std::optional<AgentPatience>) {
    throw unsupported("virDomainAgentSetResponseTimeout");
}
awaitable<std::string> Driver::hostname(Uuid, std::string, HostnameSource) {
    throw unsupported("virDomainGetHostname");
}
awaitable<std::vector<GuestInterface>> Driver::interface_addresses(Uuid, std::string, AddressSource) {
    throw unsupported("virDomainInterfaceAddresses");
}
awaitable<GuestTime> Driver::time(Uuid, std::string) { throw unsupported("virDomainGetTime"); }
awaitable<void> Driver::set_time(Uuid, std::string, std::optional<GuestTime>) {
    throw unsupported("virDomainSetTime");
}
awaitable<std::vector<protocol::TypedParameter>> Driver::guest_facts(Uuid, std::string, std::uint32_t) {
    throw unsupported("virDomainGetGuestInfo");
}
awaitable<std::vector<GuestFileSystem>> Driver::file_systems(Uuid, std::string) {
    throw unsupported("virDomainGetFSInfo");
}
awaitable<std::uint32_t> Driver::freeze(Uuid, std::string, std::vector<std::string>) {
    throw unsupported("virDomainFSFreeze");
}
awaitable<std::uint32_t> Driver::thaw(Uuid, std::string) { throw unsupported("virDomainFSThaw"); }
awaitable<void> Driver::trim(Uuid, std::string, MemorySize) { throw unsupported("virDomainFSTrim"); }
awaitable<void> Driver::set_user_password(Uuid, std::string, UserPassword) {
    throw unsupported("virDomainSetUserPassword");
}
awaitable<std::vector<std::string>> Driver::user_keys(Uuid, std::string, std::string) {
    throw unsupported("virDomainAuthorizedSSHKeysGet");
}
awaitable<void> Driver::change_user_keys(Uuid, std::string, std::string, std::vector<std::string>,
                                         KeyChange) {
    throw unsupported("virDomainAuthorizedSSHKeysSet");
}

} // namespace vireo::hypervisor
