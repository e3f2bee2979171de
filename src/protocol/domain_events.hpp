// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: events of domains.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct ConnectDomainEventRegisterRet {
    std::int32_t cb_registered{};
};
inline constexpr Procedure<Nothing, ConnectDomainEventRegisterRet> connect_domain_event_register{
    Program::Remote, 105, "CONNECT_DOMAIN_EVENT_REGISTER", "connect:search_domains"};

struct ConnectDomainEventDeregisterRet {
    std::int32_t cb_registered{};
};
inline constexpr Procedure<Nothing, ConnectDomainEventDeregisterRet> connect_domain_event_deregister{
    Program::Remote, 106, "CONNECT_DOMAIN_EVENT_DEREGISTER", "connect:read"};

struct DomainEventLifecycleMsg {
    DomainHandle dom;
    std::int32_t event{};
    std::int32_t detail{};
};
inline constexpr Event<DomainEventLifecycleMsg> domain_event_lifecycle{Program::Remote, 107,
                                                                       "DOMAIN_EVENT_LIFECYCLE"};

struct ConnectDomainEventRegisterAnyArgs {
    std::int32_t event_id{};
};
inline constexpr Procedure<ConnectDomainEventRegisterAnyArgs, Nothing> connect_domain_event_register_any{
    Program::Remote, 167, "CONNECT_DOMAIN_EVENT_REGISTER_ANY", "connect:search_domains"};

struct ConnectDomainEventDeregisterAnyArgs {
    std::int32_t event_id{};
};
inline constexpr Procedure<ConnectDomainEventDeregisterAnyArgs, Nothing> connect_domain_event_deregister_any{
    Program::Remote, 168, "CONNECT_DOMAIN_EVENT_DEREGISTER_ANY", "connect:read"};

struct DomainEventRebootMsg {
    DomainHandle dom;
};
inline constexpr Event<DomainEventRebootMsg> domain_event_reboot{Program::Remote, 169, "DOMAIN_EVENT_REBOOT"};

struct DomainEventRtcChangeMsg {
    DomainHandle dom;
    std::int64_t offset{};
};
inline constexpr Event<DomainEventRtcChangeMsg> domain_event_rtc_change{Program::Remote, 170,
                                                                        "DOMAIN_EVENT_RTC_CHANGE"};

struct DomainEventWatchdogMsg {
    DomainHandle dom;
    std::int32_t action{};
};
inline constexpr Event<DomainEventWatchdogMsg> domain_event_watchdog{Program::Remote, 171,
                                                                     "DOMAIN_EVENT_WATCHDOG"};

struct DomainEventIoErrorMsg {
    DomainHandle dom;
    std::string src_path, dev_alias;
    std::int32_t action{};
};
inline constexpr Event<DomainEventIoErrorMsg> domain_event_io_error{Program::Remote, 172,
                                                                    "DOMAIN_EVENT_IO_ERROR"};

struct DomainEventGraphicsAddress {
    std::int32_t family{};
    std::string node;
    std::string service;
};
struct DomainEventGraphicsIdentity {
    std::string type;
    std::string name;
};
struct DomainEventGraphicsMsg {
    DomainHandle dom;
    std::int32_t phase{};
    DomainEventGraphicsAddress local, remote;
    std::string auth_scheme;
    List<DomainEventGraphicsIdentity, 20> subject;
};
inline constexpr Event<DomainEventGraphicsMsg> domain_event_graphics{Program::Remote, 173,
                                                                     "DOMAIN_EVENT_GRAPHICS"};

struct DomainEventIoErrorReasonMsg {
    DomainHandle dom;
    std::string src_path, dev_alias;
    std::int32_t action{};
    std::string reason;
};
inline constexpr Event<DomainEventIoErrorReasonMsg> domain_event_io_error_reason{
    Program::Remote, 195, "DOMAIN_EVENT_IO_ERROR_REASON"};

struct DomainEventControlErrorMsg {
    DomainHandle dom;
};
inline constexpr Event<DomainEventControlErrorMsg> domain_event_control_error{Program::Remote, 224,
                                                                              "DOMAIN_EVENT_CONTROL_ERROR"};

struct DomainEventBlockJobMsg {
    DomainHandle dom;
    std::string path;
    std::int32_t type{}, status{};
};
inline constexpr Event<DomainEventBlockJobMsg> domain_event_block_job{Program::Remote, 241,
                                                                      "DOMAIN_EVENT_BLOCK_JOB"};

struct DomainEventDiskChangeMsg {
    DomainHandle dom;
    std::optional<std::string> old_src_path, new_src_path;
    std::string dev_alias;
    std::int32_t reason{};
};
inline constexpr Event<DomainEventDiskChangeMsg> domain_event_disk_change{Program::Remote, 248,
                                                                          "DOMAIN_EVENT_DISK_CHANGE"};

struct DomainEventTrayChangeMsg {
    DomainHandle dom;
    std::string dev_alias;
    std::int32_t reason{};
};
inline constexpr Event<DomainEventTrayChangeMsg> domain_event_tray_change{Program::Remote, 268,
                                                                          "DOMAIN_EVENT_TRAY_CHANGE"};

struct DomainEventPmwakeupMsg {
    DomainHandle dom;
};
inline constexpr Event<DomainEventPmwakeupMsg> domain_event_pmwakeup{Program::Remote, 269,
                                                                     "DOMAIN_EVENT_PMWAKEUP"};

struct DomainEventPmsuspendMsg {
    DomainHandle dom;
};
inline constexpr Event<DomainEventPmsuspendMsg> domain_event_pmsuspend{Program::Remote, 270,
                                                                       "DOMAIN_EVENT_PMSUSPEND"};

struct DomainEventBalloonChangeMsg {
    DomainHandle dom;
    std::uint64_t actual{};
};
inline constexpr Event<DomainEventBalloonChangeMsg> domain_event_balloon_change{
    Program::Remote, 276, "DOMAIN_EVENT_BALLOON_CHANGE"};

struct DomainEventPmsuspendDiskMsg {
    DomainHandle dom;
};
inline constexpr Event<DomainEventPmsuspendDiskMsg> domain_event_pmsuspend_disk{
    Program::Remote, 292, "DOMAIN_EVENT_PMSUSPEND_DISK"};

struct DomainEventDeviceRemovedMsg {
    DomainHandle dom;
    std::string dev_alias;
};
inline constexpr Event<DomainEventDeviceRemovedMsg> domain_event_device_removed{
    Program::Remote, 311, "DOMAIN_EVENT_DEVICE_REMOVED"};

struct ConnectDomainEventCallbackRegisterAnyArgs {
    std::int32_t event_id{};
    std::optional<DomainHandle> dom;
};
struct ConnectDomainEventCallbackRegisterAnyRet {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectDomainEventCallbackRegisterAnyArgs,
                           ConnectDomainEventCallbackRegisterAnyRet>
    connect_domain_event_callback_register_any{
        Program::Remote, 316, "CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", "connect:search_domains"};

struct ConnectDomainEventCallbackDeregisterAnyArgs {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectDomainEventCallbackDeregisterAnyArgs, Nothing>
    connect_domain_event_callback_deregister_any{
        Program::Remote, 317, "CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", "connect:read"};

struct DomainEventCallbackLifecycleMsg {
    std::int32_t callback_id{};
    DomainEventLifecycleMsg msg;
};
inline constexpr Event<DomainEventCallbackLifecycleMsg> domain_event_callback_lifecycle{
    Program::Remote, 318, "DOMAIN_EVENT_CALLBACK_LIFECYCLE"};

struct DomainEventCallbackRebootMsg {
    std::int32_t callback_id{};
    DomainEventRebootMsg msg;
};
inline constexpr Event<DomainEventCallbackRebootMsg> domain_event_callback_reboot{
    Program::Remote, 319, "DOMAIN_EVENT_CALLBACK_REBOOT"};

struct DomainEventCallbackRtcChangeMsg {
    std::int32_t callback_id{};
    DomainEventRtcChangeMsg msg;
};
inline constexpr Event<DomainEventCallbackRtcChangeMsg> domain_event_callback_rtc_change{
    Program::Remote, 320, "DOMAIN_EVENT_CALLBACK_RTC_CHANGE"};

struct DomainEventCallbackWatchdogMsg {
    std::int32_t callback_id{};
    DomainEventWatchdogMsg msg;
};
inline constexpr Event<DomainEventCallbackWatchdogMsg> domain_event_callback_watchdog{
    Program::Remote, 321, "DOMAIN_EVENT_CALLBACK_WATCHDOG"};

struct DomainEventCallbackIoErrorMsg {
    std::int32_t callback_id{};
    DomainEventIoErrorMsg msg;
};
inline constexpr Event<DomainEventCallbackIoErrorMsg> domain_event_callback_io_error{
    Program::Remote, 322, "DOMAIN_EVENT_CALLBACK_IO_ERROR"};

struct DomainEventCallbackGraphicsMsg {
    std::int32_t callback_id{};
    DomainEventGraphicsMsg msg;
};
inline constexpr Event<DomainEventCallbackGraphicsMsg> domain_event_callback_graphics{
    Program::Remote, 323, "DOMAIN_EVENT_CALLBACK_GRAPHICS"};

struct DomainEventCallbackIoErrorReasonMsg {
    std::int32_t callback_id{};
    DomainEventIoErrorReasonMsg msg;
};
inline constexpr Event<DomainEventCallbackIoErrorReasonMsg> domain_event_callback_io_error_reason{
    Program::Remote, 324, "DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON"};

struct DomainEventCallbackControlErrorMsg {
    std::int32_t callback_id{};
    DomainEventControlErrorMsg msg;
};
inline constexpr Event<DomainEventCallbackControlErrorMsg> domain_event_callback_control_error{
    Program::Remote, 325, "DOMAIN_EVENT_CALLBACK_CONTROL_ERROR"};

struct DomainEventCallbackBlockJobMsg {
    std::int32_t callback_id{};
    DomainEventBlockJobMsg msg;
};
inline constexpr Event<DomainEventCallbackBlockJobMsg> domain_event_callback_block_job{
    Program::Remote, 326, "DOMAIN_EVENT_CALLBACK_BLOCK_JOB"};

struct DomainEventCallbackDiskChangeMsg {
    std::int32_t callback_id{};
    DomainEventDiskChangeMsg msg;
};
inline constexpr Event<DomainEventCallbackDiskChangeMsg> domain_event_callback_disk_change{
    Program::Remote, 327, "DOMAIN_EVENT_CALLBACK_DISK_CHANGE"};

struct DomainEventCallbackTrayChangeMsg {
    std::int32_t callback_id{};
    DomainEventTrayChangeMsg msg;
};
inline constexpr Event<DomainEventCallbackTrayChangeMsg> domain_event_callback_tray_change{
    Program::Remote, 328, "DOMAIN_EVENT_CALLBACK_TRAY_CHANGE"};

struct DomainEventCallbackPmwakeupMsg {
    std::int32_t callback_id{}, reason{};
    DomainEventPmwakeupMsg msg;
};
inline constexpr Event<DomainEventCallbackPmwakeupMsg> domain_event_callback_pmwakeup{
    Program::Remote, 329, "DOMAIN_EVENT_CALLBACK_PMWAKEUP"};

struct DomainEventCallbackPmsuspendMsg {
    std::int32_t callback_id{}, reason{};
    DomainEventPmsuspendMsg msg;
};
inline constexpr Event<DomainEventCallbackPmsuspendMsg> domain_event_callback_pmsuspend{
    Program::Remote, 330, "DOMAIN_EVENT_CALLBACK_PMSUSPEND"};

struct DomainEventCallbackBalloonChangeMsg {
    std::int32_t callback_id{};
    DomainEventBalloonChangeMsg msg;
};
inline constexpr Event<DomainEventCallbackBalloonChangeMsg> domain_event_callback_balloon_change{
    Program::Remote, 331, "DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE"};

struct DomainEventCallbackPmsuspendDiskMsg {
    std::int32_t callback_id{}, reason{};
    DomainEventPmsuspendDiskMsg msg;
};
inline constexpr Event<DomainEventCallbackPmsuspendDiskMsg> domain_event_callback_pmsuspend_disk{
    Program::Remote, 332, "DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK"};

struct DomainEventCallbackDeviceRemovedMsg {
    std::int32_t callback_id{};
    DomainEventDeviceRemovedMsg msg;
};
inline constexpr Event<DomainEventCallbackDeviceRemovedMsg> domain_event_callback_device_removed{
    Program::Remote, 333, "DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED"};

struct DomainEventBlockJob2Msg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::string dst;
    std::int32_t type{}, status{};
};
inline constexpr Event<DomainEventBlockJob2Msg> domain_event_block_job_2{Program::Remote, 339,
                                                                         "DOMAIN_EVENT_BLOCK_JOB_2"};

struct DomainEventCallbackTunableMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    List<TypedParameter, 2048> params;
};
inline constexpr Event<DomainEventCallbackTunableMsg> domain_event_callback_tunable{
    Program::Remote, 346, "DOMAIN_EVENT_CALLBACK_TUNABLE"};

struct DomainEventCallbackAgentLifecycleMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::int32_t state{}, reason{};
};
inline constexpr Event<DomainEventCallbackAgentLifecycleMsg> domain_event_callback_agent_lifecycle{
    Program::Remote, 348, "DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE"};

struct DomainEventCallbackDeviceAddedMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::string dev_alias;
};
inline constexpr Event<DomainEventCallbackDeviceAddedMsg> domain_event_callback_device_added{
    Program::Remote, 354, "DOMAIN_EVENT_CALLBACK_DEVICE_ADDED"};

struct DomainEventCallbackMigrationIterationMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::int32_t iteration{};
};
inline constexpr Event<DomainEventCallbackMigrationIterationMsg> domain_event_callback_migration_iteration{
    Program::Remote, 359, "DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION"};

struct DomainEventCallbackJobCompletedMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    List<TypedParameter, 64> params;
};
inline constexpr Event<DomainEventCallbackJobCompletedMsg> domain_event_callback_job_completed{
    Program::Remote, 363, "DOMAIN_EVENT_CALLBACK_JOB_COMPLETED"};

struct DomainEventCallbackDeviceRemovalFailedMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::string dev_alias;
};
inline constexpr Event<DomainEventCallbackDeviceRemovalFailedMsg> domain_event_callback_device_removal_failed{
    Program::Remote, 367, "DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED"};

struct DomainEventCallbackMetadataChangeMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::int32_t type{};
    std::optional<std::string> nsuri;
};
inline constexpr Event<DomainEventCallbackMetadataChangeMsg> domain_event_callback_metadata_change{
    Program::Remote, 379, "DOMAIN_EVENT_CALLBACK_METADATA_CHANGE"};

struct DomainEventBlockThresholdMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::string dev;
    std::optional<std::string> path;
    std::uint64_t threshold{}, excess{};
};
inline constexpr Event<DomainEventBlockThresholdMsg> domain_event_block_threshold{
    Program::Remote, 385, "DOMAIN_EVENT_BLOCK_THRESHOLD"};

struct DomainEventMemoryFailureMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::int32_t recipient{}, action{};
    std::uint32_t flags{};
};
inline constexpr Event<DomainEventMemoryFailureMsg> domain_event_memory_failure{
    Program::Remote, 423, "DOMAIN_EVENT_MEMORY_FAILURE"};

struct DomainEventMemoryDeviceSizeChangeMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::string alias;
    std::uint64_t size{};
};
inline constexpr Event<DomainEventMemoryDeviceSizeChangeMsg> domain_event_memory_device_size_change{
    Program::Remote, 438, "DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE"};

} // namespace vireo::protocol
