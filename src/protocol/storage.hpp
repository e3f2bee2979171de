// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: storage pools and volumes.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct ConnectNumOfStoragePoolsRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfStoragePoolsRet> connect_num_of_storage_pools{
    Program::Remote, 71, "CONNECT_NUM_OF_STORAGE_POOLS", "connect:search_storage_pools"};

struct ConnectListStoragePoolsArgs {
    std::int32_t maxnames{};
};
struct ConnectListStoragePoolsRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListStoragePoolsArgs, ConnectListStoragePoolsRet>
    connect_list_storage_pools{Program::Remote, 72, "CONNECT_LIST_STORAGE_POOLS",
                               "connect:search_storage_pools"};

struct ConnectNumOfDefinedStoragePoolsRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfDefinedStoragePoolsRet> connect_num_of_defined_storage_pools{
    Program::Remote, 73, "CONNECT_NUM_OF_DEFINED_STORAGE_POOLS", "connect:search_storage_pools"};

struct ConnectListDefinedStoragePoolsArgs {
    std::int32_t maxnames{};
};
struct ConnectListDefinedStoragePoolsRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListDefinedStoragePoolsArgs, ConnectListDefinedStoragePoolsRet>
    connect_list_defined_storage_pools{Program::Remote, 74, "CONNECT_LIST_DEFINED_STORAGE_POOLS",
                                       "connect:search_storage_pools"};

struct ConnectFindStoragePoolSourcesArgs {
    std::string type;
    std::optional<std::string> src_spec;
    std::uint32_t flags{};
};
struct ConnectFindStoragePoolSourcesRet {
    std::string xml;
};
inline constexpr Procedure<ConnectFindStoragePoolSourcesArgs, ConnectFindStoragePoolSourcesRet>
    connect_find_storage_pool_sources{Program::Remote, 75, "CONNECT_FIND_STORAGE_POOL_SOURCES",
                                      "connect:detect_storage_pools"};

struct StoragePoolCreateXmlArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct StoragePoolCreateXmlRet {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolCreateXmlArgs, StoragePoolCreateXmlRet> storage_pool_create_xml{
    Program::Remote, 76, "STORAGE_POOL_CREATE_XML", "storage_pool:start storage_pool:write"};

struct StoragePoolDefineXmlArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct StoragePoolDefineXmlRet {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolDefineXmlArgs, StoragePoolDefineXmlRet> storage_pool_define_xml{
    Program::Remote, 77, "STORAGE_POOL_DEFINE_XML", "storage_pool:write storage_pool:save"};

struct StoragePoolCreateArgs {
    StoragePoolHandle pool;
    std::uint32_t flags{};
};
inline constexpr Procedure<StoragePoolCreateArgs, Nothing> storage_pool_create{
    Program::Remote, 78, "STORAGE_POOL_CREATE", "storage_pool:start"};

struct StoragePoolBuildArgs {
    StoragePoolHandle pool;
    std::uint32_t flags{};
};
inline constexpr Procedure<StoragePoolBuildArgs, Nothing> storage_pool_build{
    Program::Remote, 79, "STORAGE_POOL_BUILD", "storage_pool:format"};

struct StoragePoolDestroyArgs {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolDestroyArgs, Nothing> storage_pool_destroy{
    Program::Remote, 80, "STORAGE_POOL_DESTROY", "storage_pool:stop"};

struct StoragePoolDeleteArgs {
    StoragePoolHandle pool;
    std::uint32_t flags{};
};
inline constexpr Procedure<StoragePoolDeleteArgs, Nothing> storage_pool_delete{
    Program::Remote, 81, "STORAGE_POOL_DELETE", "storage_pool:format"};

struct StoragePoolUndefineArgs {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolUndefineArgs, Nothing> storage_pool_undefine{
    Program::Remote, 82, "STORAGE_POOL_UNDEFINE", "storage_pool:delete"};

struct StoragePoolRefreshArgs {
    StoragePoolHandle pool;
    std::uint32_t flags{};
};
inline constexpr Procedure<StoragePoolRefreshArgs, Nothing> storage_pool_refresh{
    Program::Remote, 83, "STORAGE_POOL_REFRESH", "storage_pool:refresh"};

struct StoragePoolLookupByNameArgs {
    std::string name;
};
struct StoragePoolLookupByNameRet {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolLookupByNameArgs, StoragePoolLookupByNameRet>
    storage_pool_lookup_by_name{Program::Remote, 84, "STORAGE_POOL_LOOKUP_BY_NAME", "storage_pool:getattr"};

struct StoragePoolLookupByUuidArgs {
    Uuid uuid;
};
struct StoragePoolLookupByUuidRet {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolLookupByUuidArgs, StoragePoolLookupByUuidRet>
    storage_pool_lookup_by_uuid{Program::Remote, 85, "STORAGE_POOL_LOOKUP_BY_UUID", "storage_pool:getattr"};

struct StoragePoolLookupByVolumeArgs {
    StorageVolHandle vol;
};
struct StoragePoolLookupByVolumeRet {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolLookupByVolumeArgs, StoragePoolLookupByVolumeRet>
    storage_pool_lookup_by_volume{Program::Remote, 86, "STORAGE_POOL_LOOKUP_BY_VOLUME",
                                  "storage_pool:getattr"};

struct StoragePoolGetInfoArgs {
    StoragePoolHandle pool;
};
struct StoragePoolGetInfoRet {
    std::uint8_t state{};
    std::uint64_t capacity{}, allocation{}, available{};
};
inline constexpr Procedure<StoragePoolGetInfoArgs, StoragePoolGetInfoRet> storage_pool_get_info{
    Program::Remote, 87, "STORAGE_POOL_GET_INFO", "storage_pool:read"};

struct StoragePoolGetXmlDescArgs {
    StoragePoolHandle pool;
    std::uint32_t flags{};
};
struct StoragePoolGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<StoragePoolGetXmlDescArgs, StoragePoolGetXmlDescRet> storage_pool_get_xml_desc{
    Program::Remote, 88, "STORAGE_POOL_GET_XML_DESC", "storage_pool:read"};

struct StoragePoolGetAutostartArgs {
    StoragePoolHandle pool;
};
struct StoragePoolGetAutostartRet {
    std::int32_t autostart{};
};
inline constexpr Procedure<StoragePoolGetAutostartArgs, StoragePoolGetAutostartRet>
    storage_pool_get_autostart{Program::Remote, 89, "STORAGE_POOL_GET_AUTOSTART", "storage_pool:read"};

struct StoragePoolSetAutostartArgs {
    StoragePoolHandle pool;
    std::int32_t autostart{};
};
inline constexpr Procedure<StoragePoolSetAutostartArgs, Nothing> storage_pool_set_autostart{
    Program::Remote, 90, "STORAGE_POOL_SET_AUTOSTART", "storage_pool:write"};

struct StoragePoolNumOfVolumesArgs {
    StoragePoolHandle pool;
};
struct StoragePoolNumOfVolumesRet {
    std::int32_t num{};
};
inline constexpr Procedure<StoragePoolNumOfVolumesArgs, StoragePoolNumOfVolumesRet>
    storage_pool_num_of_volumes{Program::Remote, 91, "STORAGE_POOL_NUM_OF_VOLUMES",
                                "storage_pool:search_storage_vols"};

struct StoragePoolListVolumesArgs {
    StoragePoolHandle pool;
    std::int32_t maxnames{};
};
struct StoragePoolListVolumesRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<StoragePoolListVolumesArgs, StoragePoolListVolumesRet> storage_pool_list_volumes{
    Program::Remote, 92, "STORAGE_POOL_LIST_VOLUMES", "storage_pool:search_storage_vols"};

struct StorageVolCreateXmlArgs {
    StoragePoolHandle pool;
    std::string xml;
    std::uint32_t flags{};
};
struct StorageVolCreateXmlRet {
    StorageVolHandle vol;
};
inline constexpr Procedure<StorageVolCreateXmlArgs, StorageVolCreateXmlRet> storage_vol_create_xml{
    Program::Remote, 93, "STORAGE_VOL_CREATE_XML", "storage_vol:create"};

struct StorageVolDeleteArgs {
    StorageVolHandle vol;
    std::uint32_t flags{};
};
inline constexpr Procedure<StorageVolDeleteArgs, Nothing> storage_vol_delete{
    Program::Remote, 94, "STORAGE_VOL_DELETE", "storage_vol:delete"};

struct StorageVolLookupByNameArgs {
    StoragePoolHandle pool;
    std::string name;
};
struct StorageVolLookupByNameRet {
    StorageVolHandle vol;
};
inline constexpr Procedure<StorageVolLookupByNameArgs, StorageVolLookupByNameRet> storage_vol_lookup_by_name{
    Program::Remote, 95, "STORAGE_VOL_LOOKUP_BY_NAME", "storage_vol:getattr"};

struct StorageVolLookupByKeyArgs {
    std::string key;
};
struct StorageVolLookupByKeyRet {
    StorageVolHandle vol;
};
inline constexpr Procedure<StorageVolLookupByKeyArgs, StorageVolLookupByKeyRet> storage_vol_lookup_by_key{
    Program::Remote, 96, "STORAGE_VOL_LOOKUP_BY_KEY", "storage_vol:getattr"};

struct StorageVolLookupByPathArgs {
    std::string path;
};
struct StorageVolLookupByPathRet {
    StorageVolHandle vol;
};
inline constexpr Procedure<StorageVolLookupByPathArgs, StorageVolLookupByPathRet> storage_vol_lookup_by_path{
    Program::Remote, 97, "STORAGE_VOL_LOOKUP_BY_PATH", "storage_vol:getattr"};

struct StorageVolGetInfoArgs {
    StorageVolHandle vol;
};
struct StorageVolGetInfoRet {
    char type{};
    std::uint64_t capacity{};
    std::uint64_t allocation{};
};
inline constexpr Procedure<StorageVolGetInfoArgs, StorageVolGetInfoRet> storage_vol_get_info{
    Program::Remote, 98, "STORAGE_VOL_GET_INFO", "storage_vol:read"};

struct StorageVolGetXmlDescArgs {
    StorageVolHandle vol;
    std::uint32_t flags{};
};
struct StorageVolGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<StorageVolGetXmlDescArgs, StorageVolGetXmlDescRet> storage_vol_get_xml_desc{
    Program::Remote, 99, "STORAGE_VOL_GET_XML_DESC", "storage_vol:read"};

struct StorageVolGetPathArgs {
    StorageVolHandle vol;
};
struct StorageVolGetPathRet {
    std::string name;
};
inline constexpr Procedure<StorageVolGetPathArgs, StorageVolGetPathRet> storage_vol_get_path{
    Program::Remote, 100, "STORAGE_VOL_GET_PATH", "storage_vol:read"};

struct StorageVolCreateXmlFromArgs {
    StoragePoolHandle pool;
    std::string xml;
    StorageVolHandle clonevol;
    std::uint32_t flags{};
};
struct StorageVolCreateXmlFromRet {
    StorageVolHandle vol;
};
inline constexpr Procedure<StorageVolCreateXmlFromArgs, StorageVolCreateXmlFromRet>
    storage_vol_create_xml_from{Program::Remote, 125, "STORAGE_VOL_CREATE_XML_FROM", "storage_vol:create"};

struct StoragePoolIsActiveArgs {
    StoragePoolHandle pool;
};
struct StoragePoolIsActiveRet {
    std::int32_t active{};
};
inline constexpr Procedure<StoragePoolIsActiveArgs, StoragePoolIsActiveRet> storage_pool_is_active{
    Program::Remote, 154, "STORAGE_POOL_IS_ACTIVE", "storage_pool:read"};

struct StoragePoolIsPersistentArgs {
    StoragePoolHandle pool;
};
struct StoragePoolIsPersistentRet {
    std::int32_t persistent{};
};
inline constexpr Procedure<StoragePoolIsPersistentArgs, StoragePoolIsPersistentRet>
    storage_pool_is_persistent{Program::Remote, 155, "STORAGE_POOL_IS_PERSISTENT", "storage_pool:read"};

struct StorageVolWipeArgs {
    StorageVolHandle vol;
    std::uint32_t flags{};
};
inline constexpr Procedure<StorageVolWipeArgs, Nothing> storage_vol_wipe{
    Program::Remote, 165, "STORAGE_VOL_WIPE", "storage_vol:format"};

struct StorageVolUploadArgs {
    StorageVolHandle vol;
    std::uint64_t offset{}, length{};
    std::uint32_t flags{};
};
inline constexpr Procedure<StorageVolUploadArgs, Nothing> storage_vol_upload{
    Program::Remote, 208, "STORAGE_VOL_UPLOAD", "storage_vol:data_write"};

struct StorageVolDownloadArgs {
    StorageVolHandle vol;
    std::uint64_t offset{}, length{};
    std::uint32_t flags{};
};
inline constexpr Procedure<StorageVolDownloadArgs, Nothing> storage_vol_download{
    Program::Remote, 209, "STORAGE_VOL_DOWNLOAD", "storage_vol:data_read"};

struct StorageVolWipePatternArgs {
    StorageVolHandle vol;
    std::uint32_t algorithm{};
    std::uint32_t flags{};
};
inline constexpr Procedure<StorageVolWipePatternArgs, Nothing> storage_vol_wipe_pattern{
    Program::Remote, 259, "STORAGE_VOL_WIPE_PATTERN", "storage_vol:format"};

struct StorageVolResizeArgs {
    StorageVolHandle vol;
    std::uint64_t capacity{};
    std::uint32_t flags{};
};
inline constexpr Procedure<StorageVolResizeArgs, Nothing> storage_vol_resize{
    Program::Remote, 260, "STORAGE_VOL_RESIZE", "storage_vol:resize"};

struct ConnectListAllStoragePoolsArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllStoragePoolsRet {
    List<StoragePoolHandle, 16384> pools;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllStoragePoolsArgs, ConnectListAllStoragePoolsRet>
    connect_list_all_storage_pools{Program::Remote, 281, "CONNECT_LIST_ALL_STORAGE_POOLS",
                                   "connect:search_storage_pools"};

struct StoragePoolListAllVolumesArgs {
    StoragePoolHandle pool;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct StoragePoolListAllVolumesRet {
    List<StorageVolHandle, 16384> vols;
    std::uint32_t ret{};
};
inline constexpr Procedure<StoragePoolListAllVolumesArgs, StoragePoolListAllVolumesRet>
    storage_pool_list_all_volumes{Program::Remote, 282, "STORAGE_POOL_LIST_ALL_VOLUMES",
                                  "storage_pool:search_storage_vols"};

struct ConnectStoragePoolEventRegisterAnyArgs {
    std::int32_t event_id{};
    std::optional<StoragePoolHandle> pool;
};
struct ConnectStoragePoolEventRegisterAnyRet {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectStoragePoolEventRegisterAnyArgs, ConnectStoragePoolEventRegisterAnyRet>
    connect_storage_pool_event_register_any{Program::Remote, 368, "CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY",
                                            "connect:search_storage_pools"};

struct ConnectStoragePoolEventDeregisterAnyArgs {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectStoragePoolEventDeregisterAnyArgs, Nothing>
    connect_storage_pool_event_deregister_any{Program::Remote, 369,
                                              "CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY", "connect:read"};

struct StoragePoolEventLifecycleMsg {
    std::int32_t callback_id{};
    StoragePoolHandle pool;
    std::int32_t event{}, detail{};
};
inline constexpr Event<StoragePoolEventLifecycleMsg> storage_pool_event_lifecycle{
    Program::Remote, 370, "STORAGE_POOL_EVENT_LIFECYCLE"};

struct StoragePoolEventRefreshMsg {
    std::int32_t callback_id{};
    StoragePoolHandle pool;
};
inline constexpr Event<StoragePoolEventRefreshMsg> storage_pool_event_refresh{Program::Remote, 373,
                                                                              "STORAGE_POOL_EVENT_REFRESH"};

struct StorageVolGetInfoFlagsArgs {
    StorageVolHandle vol;
    std::uint32_t flags{};
};
struct StorageVolGetInfoFlagsRet {
    char type{};
    std::uint64_t capacity{};
    std::uint64_t allocation{};
};
inline constexpr Procedure<StorageVolGetInfoFlagsArgs, StorageVolGetInfoFlagsRet> storage_vol_get_info_flags{
    Program::Remote, 378, "STORAGE_VOL_GET_INFO_FLAGS", "storage_vol:read"};

struct StoragePoolLookupByTargetPathArgs {
    std::string path;
};
struct StoragePoolLookupByTargetPathRet {
    StoragePoolHandle pool;
};
inline constexpr Procedure<StoragePoolLookupByTargetPathArgs, StoragePoolLookupByTargetPathRet>
    storage_pool_lookup_by_target_path{Program::Remote, 391, "STORAGE_POOL_LOOKUP_BY_TARGET_PATH",
                                       "storage_pool:getattr"};

struct ConnectGetStoragePoolCapabilitiesArgs {
    std::uint32_t flags{};
};
struct ConnectGetStoragePoolCapabilitiesRet {
    std::string capabilities;
};
inline constexpr Procedure<ConnectGetStoragePoolCapabilitiesArgs, ConnectGetStoragePoolCapabilitiesRet>
    connect_get_storage_pool_capabilities{Program::Remote, 403, "CONNECT_GET_STORAGE_POOL_CAPABILITIES",
                                          "connect:read"};

} // namespace vireo::protocol
