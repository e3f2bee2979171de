// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: the host's interfaces.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct ConnectNumOfInterfacesRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfInterfacesRet> connect_num_of_interfaces{
    Program::Remote, 126, "CONNECT_NUM_OF_INTERFACES", "connect:search_interfaces"};

struct ConnectListInterfacesArgs {
    std::int32_t maxnames{};
};
struct ConnectListInterfacesRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListInterfacesArgs, ConnectListInterfacesRet> connect_list_interfaces{
    Program::Remote, 127, "CONNECT_LIST_INTERFACES", "connect:search_interfaces"};

struct InterfaceLookupByNameArgs {
    std::string name;
};
struct InterfaceLookupByNameRet {
    InterfaceHandle iface;
};
inline constexpr Procedure<InterfaceLookupByNameArgs, InterfaceLookupByNameRet> interface_lookup_by_name{
    Program::Remote, 128, "INTERFACE_LOOKUP_BY_NAME", "interface:getattr"};

struct InterfaceLookupByMacStringArgs {
    std::string mac;
};
struct InterfaceLookupByMacStringRet {
    InterfaceHandle iface;
};
inline constexpr Procedure<InterfaceLookupByMacStringArgs, InterfaceLookupByMacStringRet>
    interface_lookup_by_mac_string{Program::Remote, 129, "INTERFACE_LOOKUP_BY_MAC_STRING",
                                   "interface:getattr"};

struct InterfaceGetXmlDescArgs {
    InterfaceHandle iface;
    std::uint32_t flags{};
};
struct InterfaceGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<InterfaceGetXmlDescArgs, InterfaceGetXmlDescRet> interface_get_xml_desc{
    Program::Remote, 130, "INTERFACE_GET_XML_DESC", "interface:read"};

struct InterfaceDefineXmlArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct InterfaceDefineXmlRet {
    InterfaceHandle iface;
};
inline constexpr Procedure<InterfaceDefineXmlArgs, InterfaceDefineXmlRet> interface_define_xml{
    Program::Remote, 131, "INTERFACE_DEFINE_XML", "interface:write interface:save"};

struct InterfaceUndefineArgs {
    InterfaceHandle iface;
};
inline constexpr Procedure<InterfaceUndefineArgs, Nothing> interface_undefine{
    Program::Remote, 132, "INTERFACE_UNDEFINE", "interface:delete"};

struct InterfaceCreateArgs {
    InterfaceHandle iface;
    std::uint32_t flags{};
};
inline constexpr Procedure<InterfaceCreateArgs, Nothing> interface_create{
    Program::Remote, 133, "INTERFACE_CREATE", "interface:start"};

struct InterfaceDestroyArgs {
    InterfaceHandle iface;
    std::uint32_t flags{};
};
inline constexpr Procedure<InterfaceDestroyArgs, Nothing> interface_destroy{
    Program::Remote, 134, "INTERFACE_DESTROY", "interface:stop"};

struct ConnectNumOfDefinedInterfacesRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfDefinedInterfacesRet> connect_num_of_defined_interfaces{
    Program::Remote, 137, "CONNECT_NUM_OF_DEFINED_INTERFACES", "connect:search_interfaces"};

struct ConnectListDefinedInterfacesArgs {
    std::int32_t maxnames{};
};
struct ConnectListDefinedInterfacesRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListDefinedInterfacesArgs, ConnectListDefinedInterfacesRet>
    connect_list_defined_interfaces{Program::Remote, 138, "CONNECT_LIST_DEFINED_INTERFACES",
                                    "connect:search_interfaces"};

struct InterfaceIsActiveArgs {
    InterfaceHandle iface;
};
struct InterfaceIsActiveRet {
    std::int32_t active{};
};
inline constexpr Procedure<InterfaceIsActiveArgs, InterfaceIsActiveRet> interface_is_active{
    Program::Remote, 156, "INTERFACE_IS_ACTIVE", "interface:read"};

struct InterfaceChangeBeginArgs {
    std::uint32_t flags{};
};
inline constexpr Procedure<InterfaceChangeBeginArgs, Nothing> interface_change_begin{
    Program::Remote, 220, "INTERFACE_CHANGE_BEGIN", "connect:interface_transaction"};

struct InterfaceChangeCommitArgs {
    std::uint32_t flags{};
};
inline constexpr Procedure<InterfaceChangeCommitArgs, Nothing> interface_change_commit{
    Program::Remote, 221, "INTERFACE_CHANGE_COMMIT", "connect:interface_transaction"};

struct InterfaceChangeRollbackArgs {
    std::uint32_t flags{};
};
inline constexpr Procedure<InterfaceChangeRollbackArgs, Nothing> interface_change_rollback{
    Program::Remote, 222, "INTERFACE_CHANGE_ROLLBACK", "connect:interface_transaction"};

struct ConnectListAllInterfacesArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllInterfacesRet {
    List<InterfaceHandle, 16384> ifaces;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllInterfacesArgs, ConnectListAllInterfacesRet>
    connect_list_all_interfaces{Program::Remote, 284, "CONNECT_LIST_ALL_INTERFACES",
                                "connect:search_interfaces"};

} // namespace vireo::protocol
