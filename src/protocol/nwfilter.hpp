// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: network filters and their bindings.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct NwfilterLookupByNameArgs {
    std::string name;
};
struct NwfilterLookupByNameRet {
    NwfilterHandle nwfilter;
};
inline constexpr Procedure<NwfilterLookupByNameArgs, NwfilterLookupByNameRet> nwfilter_lookup_by_name{
    Program::Remote, 175, "NWFILTER_LOOKUP_BY_NAME", "nwfilter:getattr"};

struct NwfilterLookupByUuidArgs {
    Uuid uuid;
};
struct NwfilterLookupByUuidRet {
    NwfilterHandle nwfilter;
};
inline constexpr Procedure<NwfilterLookupByUuidArgs, NwfilterLookupByUuidRet> nwfilter_lookup_by_uuid{
    Program::Remote, 176, "NWFILTER_LOOKUP_BY_UUID", "nwfilter:getattr"};

struct NwfilterGetXmlDescArgs {
    NwfilterHandle nwfilter;
    std::uint32_t flags{};
};
struct NwfilterGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<NwfilterGetXmlDescArgs, NwfilterGetXmlDescRet> nwfilter_get_xml_desc{
    Program::Remote, 177, "NWFILTER_GET_XML_DESC", "nwfilter:read"};

struct ConnectNumOfNwfiltersRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfNwfiltersRet> connect_num_of_nwfilters{
    Program::Remote, 178, "CONNECT_NUM_OF_NWFILTERS", "connect:search_nwfilters"};

struct ConnectListNwfiltersArgs {
    std::int32_t maxnames{};
};
struct ConnectListNwfiltersRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListNwfiltersArgs, ConnectListNwfiltersRet> connect_list_nwfilters{
    Program::Remote, 179, "CONNECT_LIST_NWFILTERS", "connect:search_nwfilters"};

struct NwfilterDefineXmlArgs {
    std::string xml;
};
struct NwfilterDefineXmlRet {
    NwfilterHandle nwfilter;
};
inline constexpr Procedure<NwfilterDefineXmlArgs, NwfilterDefineXmlRet> nwfilter_define_xml{
    Program::Remote, 180, "NWFILTER_DEFINE_XML", "nwfilter:write nwfilter:save"};

struct NwfilterUndefineArgs {
    NwfilterHandle nwfilter;
};
inline constexpr Procedure<NwfilterUndefineArgs, Nothing> nwfilter_undefine{
    Program::Remote, 181, "NWFILTER_UNDEFINE", "nwfilter:delete"};

struct ConnectListAllNwfiltersArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllNwfiltersRet {
    List<NwfilterHandle, 16384> filters;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllNwfiltersArgs, ConnectListAllNwfiltersRet>
    connect_list_all_nwfilters{Program::Remote, 286, "CONNECT_LIST_ALL_NWFILTERS",
                               "connect:search_nwfilters"};

struct NwfilterBindingLookupByPortDevArgs {
    std::string name;
};
struct NwfilterBindingLookupByPortDevRet {
    NwfilterBindingHandle nwfilter;
};
inline constexpr Procedure<NwfilterBindingLookupByPortDevArgs, NwfilterBindingLookupByPortDevRet>
    nwfilter_binding_lookup_by_port_dev{Program::Remote, 397, "NWFILTER_BINDING_LOOKUP_BY_PORT_DEV",
                                        "nwfilter_binding:getattr"};

struct NwfilterBindingGetXmlDescArgs {
    NwfilterBindingHandle nwfilter;
    std::uint32_t flags{};
};
struct NwfilterBindingGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<NwfilterBindingGetXmlDescArgs, NwfilterBindingGetXmlDescRet>
    nwfilter_binding_get_xml_desc{Program::Remote, 398, "NWFILTER_BINDING_GET_XML_DESC",
                                  "nwfilter_binding:read"};

struct NwfilterBindingCreateXmlArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct NwfilterBindingCreateXmlRet {
    NwfilterBindingHandle nwfilter;
};
inline constexpr Procedure<NwfilterBindingCreateXmlArgs, NwfilterBindingCreateXmlRet>
    nwfilter_binding_create_xml{Program::Remote, 399, "NWFILTER_BINDING_CREATE_XML",
                                "nwfilter_binding:create"};

struct NwfilterBindingDeleteArgs {
    NwfilterBindingHandle nwfilter;
};
inline constexpr Procedure<NwfilterBindingDeleteArgs, Nothing> nwfilter_binding_delete{
    Program::Remote, 400, "NWFILTER_BINDING_DELETE", "nwfilter_binding:delete"};

struct ConnectListAllNwfilterBindingsArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllNwfilterBindingsRet {
    List<NwfilterBindingHandle, 16384> bindings;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllNwfilterBindingsArgs, ConnectListAllNwfilterBindingsRet>
    connect_list_all_nwfilter_bindings{Program::Remote, 401, "CONNECT_LIST_ALL_NWFILTER_BINDINGS",
                                       "connect:search_nwfilter_bindings"};

struct NwfilterDefineXmlFlagsArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct NwfilterDefineXmlFlagsRet {
    NwfilterHandle nwfilter;
};
inline constexpr Procedure<NwfilterDefineXmlFlagsArgs, NwfilterDefineXmlFlagsRet> nwfilter_define_xml_flags{
    Program::Remote, 431, "NWFILTER_DEFINE_XML_FLAGS", "nwfilter:write nwfilter:save"};

} // namespace vireo::protocol
