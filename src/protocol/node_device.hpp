// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: node devices.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct NodeNumOfDevicesArgs {
    std::optional<std::string> cap;
    std::uint32_t flags{};
};
struct NodeNumOfDevicesRet {
    std::int32_t num{};
};
inline constexpr Procedure<NodeNumOfDevicesArgs, NodeNumOfDevicesRet> node_num_of_devices{
    Program::Remote, 111, "NODE_NUM_OF_DEVICES", "connect:search_node_devices"};

struct NodeListDevicesArgs {
    std::optional<std::string> cap;
    std::int32_t maxnames{};
    std::uint32_t flags{};
};
struct NodeListDevicesRet {
    List<std::string, 65536> names;
};
inline constexpr Procedure<NodeListDevicesArgs, NodeListDevicesRet> node_list_devices{
    Program::Remote, 112, "NODE_LIST_DEVICES", "connect:search_node_devices"};

struct NodeDeviceLookupByNameArgs {
    std::string name;
};
struct NodeDeviceLookupByNameRet {
    NodeDeviceHandle dev;
};
inline constexpr Procedure<NodeDeviceLookupByNameArgs, NodeDeviceLookupByNameRet> node_device_lookup_by_name{
    Program::Remote, 113, "NODE_DEVICE_LOOKUP_BY_NAME", "node_device:getattr"};

struct NodeDeviceGetXmlDescArgs {
    std::string name;
    std::uint32_t flags{};
};
struct NodeDeviceGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<NodeDeviceGetXmlDescArgs, NodeDeviceGetXmlDescRet> node_device_get_xml_desc{
    Program::Remote, 114, "NODE_DEVICE_GET_XML_DESC", "node_device:read"};

struct NodeDeviceGetParentArgs {
    std::string name;
};
struct NodeDeviceGetParentRet {
    std::optional<std::string> parent_name;
};
inline constexpr Procedure<NodeDeviceGetParentArgs, NodeDeviceGetParentRet> node_device_get_parent{
    Program::Remote, 115, "NODE_DEVICE_GET_PARENT", "node_device:read"};

struct NodeDeviceNumOfCapsArgs {
    std::string name;
};
struct NodeDeviceNumOfCapsRet {
    std::int32_t num{};
};
inline constexpr Procedure<NodeDeviceNumOfCapsArgs, NodeDeviceNumOfCapsRet> node_device_num_of_caps{
    Program::Remote, 116, "NODE_DEVICE_NUM_OF_CAPS", "node_device:read"};

struct NodeDeviceListCapsArgs {
    std::string name;
    std::int32_t maxnames{};
};
struct NodeDeviceListCapsRet {
    List<std::string, 65536> names;
};
inline constexpr Procedure<NodeDeviceListCapsArgs, NodeDeviceListCapsRet> node_device_list_caps{
    Program::Remote, 117, "NODE_DEVICE_LIST_CAPS", "node_device:read"};

struct NodeDeviceDettachArgs {
    std::string name;
};
inline constexpr Procedure<NodeDeviceDettachArgs, Nothing> node_device_dettach{
    Program::Remote, 118, "NODE_DEVICE_DETTACH", "node_device:detach"};

struct NodeDeviceReAttachArgs {
    std::string name;
};
inline constexpr Procedure<NodeDeviceReAttachArgs, Nothing> node_device_re_attach{
    Program::Remote, 119, "NODE_DEVICE_RE_ATTACH", "node_device:detach"};

struct NodeDeviceResetArgs {
    std::string name;
};
inline constexpr Procedure<NodeDeviceResetArgs, Nothing> node_device_reset{
    Program::Remote, 120, "NODE_DEVICE_RESET", "node_device:detach"};

struct NodeDeviceCreateXmlArgs {
    std::string xml_desc;
    std::uint32_t flags{};
};
struct NodeDeviceCreateXmlRet {
    NodeDeviceHandle dev;
};
inline constexpr Procedure<NodeDeviceCreateXmlArgs, NodeDeviceCreateXmlRet> node_device_create_xml{
    Program::Remote, 123, "NODE_DEVICE_CREATE_XML", "node_device:write node_device:start"};

struct NodeDeviceDestroyArgs {
    std::string name;
};
inline constexpr Procedure<NodeDeviceDestroyArgs, Nothing> node_device_destroy{
    Program::Remote, 124, "NODE_DEVICE_DESTROY", "node_device:stop"};

struct ConnectListAllNodeDevicesArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllNodeDevicesRet {
    List<NodeDeviceHandle, 65536> devices;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllNodeDevicesArgs, ConnectListAllNodeDevicesRet>
    connect_list_all_node_devices{Program::Remote, 285, "CONNECT_LIST_ALL_NODE_DEVICES",
                                  "connect:search_node_devices"};

struct NodeDeviceLookupScsiHostByWwnArgs {
    std::string wwnn;
    std::string wwpn;
    std::uint32_t flags{};
};
struct NodeDeviceLookupScsiHostByWwnRet {
    NodeDeviceHandle dev;
};
inline constexpr Procedure<NodeDeviceLookupScsiHostByWwnArgs, NodeDeviceLookupScsiHostByWwnRet>
    node_device_lookup_scsi_host_by_wwn{Program::Remote, 297, "NODE_DEVICE_LOOKUP_SCSI_HOST_BY_WWN",
                                        "node_device:getattr"};

struct NodeDeviceDetachFlagsArgs {
    std::string name;
    std::optional<std::string> driver_name;
    std::uint32_t flags{};
};
inline constexpr Procedure<NodeDeviceDetachFlagsArgs, Nothing> node_device_detach_flags{
    Program::Remote, 301, "NODE_DEVICE_DETACH_FLAGS", "node_device:detach"};

struct ConnectNodeDeviceEventRegisterAnyArgs {
    std::int32_t event_id{};
    std::optional<NodeDeviceHandle> dev;
};
struct ConnectNodeDeviceEventRegisterAnyRet {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectNodeDeviceEventRegisterAnyArgs, ConnectNodeDeviceEventRegisterAnyRet>
    connect_node_device_event_register_any{Program::Remote, 374, "CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY",
                                           "connect:search_node_devices"};

struct ConnectNodeDeviceEventDeregisterAnyArgs {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectNodeDeviceEventDeregisterAnyArgs, Nothing>
    connect_node_device_event_deregister_any{Program::Remote, 375, "CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY",
                                             "connect:read"};

struct NodeDeviceEventLifecycleMsg {
    std::int32_t callback_id{};
    NodeDeviceHandle dev;
    std::int32_t event{}, detail{};
};
inline constexpr Event<NodeDeviceEventLifecycleMsg> node_device_event_lifecycle{
    Program::Remote, 376, "NODE_DEVICE_EVENT_LIFECYCLE"};

struct NodeDeviceEventUpdateMsg {
    std::int32_t callback_id{};
    NodeDeviceHandle dev;
};
inline constexpr Event<NodeDeviceEventUpdateMsg> node_device_event_update{Program::Remote, 377,
                                                                          "NODE_DEVICE_EVENT_UPDATE"};

struct NodeDeviceDefineXmlArgs {
    std::string xml_desc;
    std::uint32_t flags{};
};
struct NodeDeviceDefineXmlRet {
    NodeDeviceHandle dev;
};
inline constexpr Procedure<NodeDeviceDefineXmlArgs, NodeDeviceDefineXmlRet> node_device_define_xml{
    Program::Remote, 428, "NODE_DEVICE_DEFINE_XML", "node_device:write"};

struct NodeDeviceUndefineArgs {
    std::string name;
    std::uint32_t flags{};
};
inline constexpr Procedure<NodeDeviceUndefineArgs, Nothing> node_device_undefine{
    Program::Remote, 429, "NODE_DEVICE_UNDEFINE", "node_device:delete"};

struct NodeDeviceCreateArgs {
    std::string name;
    std::uint32_t flags{};
};
inline constexpr Procedure<NodeDeviceCreateArgs, Nothing> node_device_create{
    Program::Remote, 430, "NODE_DEVICE_CREATE", "node_device:start"};

struct NodeDeviceGetAutostartArgs {
    std::string name;
};
struct NodeDeviceGetAutostartRet {
    std::int32_t autostart{};
};
inline constexpr Procedure<NodeDeviceGetAutostartArgs, NodeDeviceGetAutostartRet> node_device_get_autostart{
    Program::Remote, 433, "NODE_DEVICE_GET_AUTOSTART", "node_device:read"};

struct NodeDeviceSetAutostartArgs {
    std::string name;
    std::int32_t autostart{};
};
inline constexpr Procedure<NodeDeviceSetAutostartArgs, Nothing> node_device_set_autostart{
    Program::Remote, 434, "NODE_DEVICE_SET_AUTOSTART", "node_device:write"};

struct NodeDeviceIsPersistentArgs {
    std::string name;
};
struct NodeDeviceIsPersistentRet {
    std::int32_t persistent{};
};
inline constexpr Procedure<NodeDeviceIsPersistentArgs, NodeDeviceIsPersistentRet> node_device_is_persistent{
    Program::Remote, 435, "NODE_DEVICE_IS_PERSISTENT", "node_device:read"};

struct NodeDeviceIsActiveArgs {
    std::string name;
};
struct NodeDeviceIsActiveRet {
    std::int32_t active{};
};
inline constexpr Procedure<NodeDeviceIsActiveArgs, NodeDeviceIsActiveRet> node_device_is_active{
    Program::Remote, 436, "NODE_DEVICE_IS_ACTIVE", "node_device:read"};

} // namespace vireo::protocol
