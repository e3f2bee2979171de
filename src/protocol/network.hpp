// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: networks and their ports.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct ConnectListDefinedNetworksArgs {
    std::int32_t maxnames{};
};
struct ConnectListDefinedNetworksRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListDefinedNetworksArgs, ConnectListDefinedNetworksRet>
    connect_list_defined_networks{Program::Remote, 36, "CONNECT_LIST_DEFINED_NETWORKS",
                                  "connect:search_networks"};

struct ConnectListNetworksArgs {
    std::int32_t maxnames{};
};
struct ConnectListNetworksRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListNetworksArgs, ConnectListNetworksRet> connect_list_networks{
    Program::Remote, 38, "CONNECT_LIST_NETWORKS", "connect:search_networks"};

struct NetworkCreateArgs {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkCreateArgs, Nothing> network_create{Program::Remote, 39, "NETWORK_CREATE",
                                                                      "network:start"};

struct NetworkCreateXmlArgs {
    std::string xml;
};
struct NetworkCreateXmlRet {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkCreateXmlArgs, NetworkCreateXmlRet> network_create_xml{
    Program::Remote, 40, "NETWORK_CREATE_XML", "network:write network:start"};

struct NetworkDefineXmlArgs {
    std::string xml;
};
struct NetworkDefineXmlRet {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkDefineXmlArgs, NetworkDefineXmlRet> network_define_xml{
    Program::Remote, 41, "NETWORK_DEFINE_XML", "network:write network:save"};

struct NetworkDestroyArgs {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkDestroyArgs, Nothing> network_destroy{Program::Remote, 42,
                                                                        "NETWORK_DESTROY", "network:stop"};

struct NetworkGetXmlDescArgs {
    NetworkHandle net;
    std::uint32_t flags{};
};
struct NetworkGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<NetworkGetXmlDescArgs, NetworkGetXmlDescRet> network_get_xml_desc{
    Program::Remote, 43, "NETWORK_GET_XML_DESC", "network:read"};

struct NetworkGetAutostartArgs {
    NetworkHandle net;
};
struct NetworkGetAutostartRet {
    std::int32_t autostart{};
};
inline constexpr Procedure<NetworkGetAutostartArgs, NetworkGetAutostartRet> network_get_autostart{
    Program::Remote, 44, "NETWORK_GET_AUTOSTART", "network:read"};

struct NetworkGetBridgeNameArgs {
    NetworkHandle net;
};
struct NetworkGetBridgeNameRet {
    std::string name;
};
inline constexpr Procedure<NetworkGetBridgeNameArgs, NetworkGetBridgeNameRet> network_get_bridge_name{
    Program::Remote, 45, "NETWORK_GET_BRIDGE_NAME", "network:read"};

struct NetworkLookupByNameArgs {
    std::string name;
};
struct NetworkLookupByNameRet {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkLookupByNameArgs, NetworkLookupByNameRet> network_lookup_by_name{
    Program::Remote, 46, "NETWORK_LOOKUP_BY_NAME", "network:getattr"};

struct NetworkLookupByUuidArgs {
    Uuid uuid;
};
struct NetworkLookupByUuidRet {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkLookupByUuidArgs, NetworkLookupByUuidRet> network_lookup_by_uuid{
    Program::Remote, 47, "NETWORK_LOOKUP_BY_UUID", "network:getattr"};

struct NetworkSetAutostartArgs {
    NetworkHandle net;
    std::int32_t autostart{};
};
inline constexpr Procedure<NetworkSetAutostartArgs, Nothing> network_set_autostart{
    Program::Remote, 48, "NETWORK_SET_AUTOSTART", "network:write"};

struct NetworkUndefineArgs {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkUndefineArgs, Nothing> network_undefine{
    Program::Remote, 49, "NETWORK_UNDEFINE", "network:delete"};

struct ConnectNumOfDefinedNetworksRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfDefinedNetworksRet> connect_num_of_defined_networks{
    Program::Remote, 50, "CONNECT_NUM_OF_DEFINED_NETWORKS", "connect:search_networks"};

struct ConnectNumOfNetworksRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfNetworksRet> connect_num_of_networks{
    Program::Remote, 52, "CONNECT_NUM_OF_NETWORKS", "connect:search_networks"};

struct NetworkIsActiveArgs {
    NetworkHandle net;
};
struct NetworkIsActiveRet {
    std::int32_t active{};
};
inline constexpr Procedure<NetworkIsActiveArgs, NetworkIsActiveRet> network_is_active{
    Program::Remote, 152, "NETWORK_IS_ACTIVE", "network:read"};

struct NetworkIsPersistentArgs {
    NetworkHandle net;
};
struct NetworkIsPersistentRet {
    std::int32_t persistent{};
};
inline constexpr Procedure<NetworkIsPersistentArgs, NetworkIsPersistentRet> network_is_persistent{
    Program::Remote, 153, "NETWORK_IS_PERSISTENT", "network:read"};

struct ConnectListAllNetworksArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllNetworksRet {
    List<NetworkHandle, 16384> nets;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllNetworksArgs, ConnectListAllNetworksRet> connect_list_all_networks{
    Program::Remote, 283, "CONNECT_LIST_ALL_NETWORKS", "connect:search_networks"};

struct NetworkUpdateArgs {
    NetworkHandle net;
    std::uint32_t command{}, section{};
    std::int32_t parent_index{};
    std::string xml;
    std::uint32_t flags{};
};
inline constexpr Procedure<NetworkUpdateArgs, Nothing> network_update{
    Program::Remote, 291, "NETWORK_UPDATE",
    "network:write network:save:!VIR_NETWORK_UPDATE_AFFECT_CONFIG|VIR_NETWORK_UPDATE_AFFECT_LIVE "
    "network:save:VIR_NETWORK_UPDATE_AFFECT_CONFIG"};

struct ConnectNetworkEventRegisterAnyArgs {
    std::int32_t event_id{};
    std::optional<NetworkHandle> net;
};
struct ConnectNetworkEventRegisterAnyRet {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectNetworkEventRegisterAnyArgs, ConnectNetworkEventRegisterAnyRet>
    connect_network_event_register_any{Program::Remote, 313, "CONNECT_NETWORK_EVENT_REGISTER_ANY",
                                       "connect:search_networks"};

struct ConnectNetworkEventDeregisterAnyArgs {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectNetworkEventDeregisterAnyArgs, Nothing>
    connect_network_event_deregister_any{Program::Remote, 314, "CONNECT_NETWORK_EVENT_DEREGISTER_ANY",
                                         "connect:read"};

struct NetworkEventLifecycleMsg {
    std::int32_t callback_id{};
    NetworkHandle net;
    std::int32_t event{}, detail{};
};
inline constexpr Event<NetworkEventLifecycleMsg> network_event_lifecycle{Program::Remote, 315,
                                                                         "NETWORK_EVENT_LIFECYCLE"};

struct NetworkGetDhcpLeasesArgs {
    NetworkHandle net;
    std::optional<std::string> mac;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct NetworkDhcpLease {
    std::string iface;
    std::int64_t expirytime{};
    std::int32_t type{};
    std::optional<std::string> mac, iaid;
    std::string ipaddr;
    std::uint32_t prefix{};
    std::optional<std::string> hostname, clientid;
};
struct NetworkGetDhcpLeasesRet {
    List<NetworkDhcpLease, 65536> leases;
    std::uint32_t ret{};
};
inline constexpr Procedure<NetworkGetDhcpLeasesArgs, NetworkGetDhcpLeasesRet> network_get_dhcp_leases{
    Program::Remote, 341, "NETWORK_GET_DHCP_LEASES", "network:read"};

struct NetworkListAllPortsArgs {
    NetworkHandle network;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct NetworkListAllPortsRet {
    List<NetworkPortHandle, 16384> ports;
    std::uint32_t ret{};
};
inline constexpr Procedure<NetworkListAllPortsArgs, NetworkListAllPortsRet> network_list_all_ports{
    Program::Remote, 404, "NETWORK_LIST_ALL_PORTS", "network:search_ports"};

struct NetworkPortLookupByUuidArgs {
    NetworkHandle network;
    Uuid uuid;
};
struct NetworkPortLookupByUuidRet {
    NetworkPortHandle port;
};
inline constexpr Procedure<NetworkPortLookupByUuidArgs, NetworkPortLookupByUuidRet>
    network_port_lookup_by_uuid{Program::Remote, 405, "NETWORK_PORT_LOOKUP_BY_UUID", "network_port:getattr"};

struct NetworkPortCreateXmlArgs {
    NetworkHandle network;
    std::string xml;
    std::uint32_t flags{};
};
struct NetworkPortCreateXmlRet {
    NetworkPortHandle port;
};
inline constexpr Procedure<NetworkPortCreateXmlArgs, NetworkPortCreateXmlRet> network_port_create_xml{
    Program::Remote, 406, "NETWORK_PORT_CREATE_XML", "network_port:create"};

struct NetworkPortGetParametersArgs {
    NetworkPortHandle port;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct NetworkPortGetParametersRet {
    List<TypedParameter, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<NetworkPortGetParametersArgs, NetworkPortGetParametersRet>
    network_port_get_parameters{Program::Remote, 407, "NETWORK_PORT_GET_PARAMETERS", "network_port:read"};

struct NetworkPortSetParametersArgs {
    NetworkPortHandle port;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<NetworkPortSetParametersArgs, Nothing> network_port_set_parameters{
    Program::Remote, 408, "NETWORK_PORT_SET_PARAMETERS", "network_port:write"};

struct NetworkPortGetXmlDescArgs {
    NetworkPortHandle port;
    std::uint32_t flags{};
};
struct NetworkPortGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<NetworkPortGetXmlDescArgs, NetworkPortGetXmlDescRet> network_port_get_xml_desc{
    Program::Remote, 409, "NETWORK_PORT_GET_XML_DESC", "network_port:read"};

struct NetworkPortDeleteArgs {
    NetworkPortHandle port;
    std::uint32_t flags{};
};
inline constexpr Procedure<NetworkPortDeleteArgs, Nothing> network_port_delete{
    Program::Remote, 410, "NETWORK_PORT_DELETE", "network_port:delete"};

struct NetworkDefineXmlFlagsArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct NetworkDefineXmlFlagsRet {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkDefineXmlFlagsArgs, NetworkDefineXmlFlagsRet> network_define_xml_flags{
    Program::Remote, 432, "NETWORK_DEFINE_XML_FLAGS", "network:write network:save"};

struct NetworkCreateXmlFlagsArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct NetworkCreateXmlFlagsRet {
    NetworkHandle net;
};
inline constexpr Procedure<NetworkCreateXmlFlagsArgs, NetworkCreateXmlFlagsRet> network_create_xml_flags{
    Program::Remote, 437, "NETWORK_CREATE_XML_FLAGS", "network:write network:start"};

} // namespace vireo::protocol
