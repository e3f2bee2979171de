// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: snapshots, checkpoints and backup.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct DomainSnapshotCreateXmlArgs {
    DomainHandle dom;
    std::string xml_desc;
    std::uint32_t flags{};
};
struct DomainSnapshotCreateXmlRet {
    DomainSnapshotHandle snap;
};
inline constexpr Procedure<DomainSnapshotCreateXmlArgs, DomainSnapshotCreateXmlRet>
    domain_snapshot_create_xml{Program::Remote, 185, "DOMAIN_SNAPSHOT_CREATE_XML",
                               "domain:snapshot domain:fs_freeze:VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE"};

struct DomainSnapshotGetXmlDescArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
struct DomainSnapshotGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<DomainSnapshotGetXmlDescArgs, DomainSnapshotGetXmlDescRet>
    domain_snapshot_get_xml_desc{Program::Remote, 186, "DOMAIN_SNAPSHOT_GET_XML_DESC",
                                 "domain:read domain:read_secure:VIR_DOMAIN_SNAPSHOT_XML_SECURE"};

struct DomainSnapshotNumArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainSnapshotNumRet {
    std::int32_t num{};
};
inline constexpr Procedure<DomainSnapshotNumArgs, DomainSnapshotNumRet> domain_snapshot_num{
    Program::Remote, 187, "DOMAIN_SNAPSHOT_NUM", "domain:read"};

struct DomainSnapshotListNamesArgs {
    DomainHandle dom;
    std::int32_t maxnames{};
    std::uint32_t flags{};
};
struct DomainSnapshotListNamesRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<DomainSnapshotListNamesArgs, DomainSnapshotListNamesRet>
    domain_snapshot_list_names{Program::Remote, 188, "DOMAIN_SNAPSHOT_LIST_NAMES", "domain:read"};

struct DomainSnapshotLookupByNameArgs {
    DomainHandle dom;
    std::string name;
    std::uint32_t flags{};
};
struct DomainSnapshotLookupByNameRet {
    DomainSnapshotHandle snap;
};
inline constexpr Procedure<DomainSnapshotLookupByNameArgs, DomainSnapshotLookupByNameRet>
    domain_snapshot_lookup_by_name{Program::Remote, 189, "DOMAIN_SNAPSHOT_LOOKUP_BY_NAME", "domain:read"};

struct DomainHasCurrentSnapshotArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainHasCurrentSnapshotRet {
    std::int32_t result{};
};
inline constexpr Procedure<DomainHasCurrentSnapshotArgs, DomainHasCurrentSnapshotRet>
    domain_has_current_snapshot{Program::Remote, 190, "DOMAIN_HAS_CURRENT_SNAPSHOT", "domain:read"};

struct DomainSnapshotCurrentArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainSnapshotCurrentRet {
    DomainSnapshotHandle snap;
};
inline constexpr Procedure<DomainSnapshotCurrentArgs, DomainSnapshotCurrentRet> domain_snapshot_current{
    Program::Remote, 191, "DOMAIN_SNAPSHOT_CURRENT", "domain:read"};

struct DomainRevertToSnapshotArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainRevertToSnapshotArgs, Nothing> domain_revert_to_snapshot{
    Program::Remote, 192, "DOMAIN_REVERT_TO_SNAPSHOT", "domain:snapshot"};

struct DomainSnapshotDeleteArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSnapshotDeleteArgs, Nothing> domain_snapshot_delete{
    Program::Remote, 193, "DOMAIN_SNAPSHOT_DELETE", "domain:snapshot"};

struct DomainSnapshotGetParentArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
struct DomainSnapshotGetParentRet {
    DomainSnapshotHandle snap;
};
inline constexpr Procedure<DomainSnapshotGetParentArgs, DomainSnapshotGetParentRet>
    domain_snapshot_get_parent{Program::Remote, 244, "DOMAIN_SNAPSHOT_GET_PARENT", "domain:read"};

struct DomainSnapshotNumChildrenArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
struct DomainSnapshotNumChildrenRet {
    std::int32_t num{};
};
inline constexpr Procedure<DomainSnapshotNumChildrenArgs, DomainSnapshotNumChildrenRet>
    domain_snapshot_num_children{Program::Remote, 246, "DOMAIN_SNAPSHOT_NUM_CHILDREN", "domain:read"};

struct DomainSnapshotListChildrenNamesArgs {
    DomainSnapshotHandle snap;
    std::int32_t maxnames{};
    std::uint32_t flags{};
};
struct DomainSnapshotListChildrenNamesRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<DomainSnapshotListChildrenNamesArgs, DomainSnapshotListChildrenNamesRet>
    domain_snapshot_list_children_names{Program::Remote, 247, "DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES",
                                        "domain:read"};

struct DomainSnapshotIsCurrentArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
struct DomainSnapshotIsCurrentRet {
    std::int32_t current{};
};
inline constexpr Procedure<DomainSnapshotIsCurrentArgs, DomainSnapshotIsCurrentRet>
    domain_snapshot_is_current{Program::Remote, 271, "DOMAIN_SNAPSHOT_IS_CURRENT", "domain:read"};

struct DomainSnapshotHasMetadataArgs {
    DomainSnapshotHandle snap;
    std::uint32_t flags{};
};
struct DomainSnapshotHasMetadataRet {
    std::int32_t metadata{};
};
inline constexpr Procedure<DomainSnapshotHasMetadataArgs, DomainSnapshotHasMetadataRet>
    domain_snapshot_has_metadata{Program::Remote, 272, "DOMAIN_SNAPSHOT_HAS_METADATA", "domain:read"};

struct DomainListAllSnapshotsArgs {
    DomainHandle dom;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct DomainListAllSnapshotsRet {
    List<DomainSnapshotHandle, 16384> snapshots;
    std::int32_t ret{};
};
inline constexpr Procedure<DomainListAllSnapshotsArgs, DomainListAllSnapshotsRet> domain_list_all_snapshots{
    Program::Remote, 274, "DOMAIN_LIST_ALL_SNAPSHOTS", "domain:read"};

struct DomainSnapshotListAllChildrenArgs {
    DomainSnapshotHandle snapshot;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct DomainSnapshotListAllChildrenRet {
    List<DomainSnapshotHandle, 16384> snapshots;
    std::int32_t ret{};
};
inline constexpr Procedure<DomainSnapshotListAllChildrenArgs, DomainSnapshotListAllChildrenRet>
    domain_snapshot_list_all_children{Program::Remote, 275, "DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN",
                                      "domain:read"};

struct DomainCheckpointCreateXmlArgs {
    DomainHandle dom;
    std::string xml_desc;
    std::uint32_t flags{};
};
struct DomainCheckpointCreateXmlRet {
    DomainCheckpointHandle checkpoint;
};
inline constexpr Procedure<DomainCheckpointCreateXmlArgs, DomainCheckpointCreateXmlRet>
    domain_checkpoint_create_xml{Program::Remote, 411, "DOMAIN_CHECKPOINT_CREATE_XML",
                                 "domain:checkpoint domain:fs_freeze:VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE"};

struct DomainCheckpointGetXmlDescArgs {
    DomainCheckpointHandle checkpoint;
    std::uint32_t flags{};
};
struct DomainCheckpointGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<DomainCheckpointGetXmlDescArgs, DomainCheckpointGetXmlDescRet>
    domain_checkpoint_get_xml_desc{Program::Remote, 412, "DOMAIN_CHECKPOINT_GET_XML_DESC",
                                   "domain:read domain:read_secure:VIR_DOMAIN_CHECKPOINT_XML_SECURE"};

struct DomainListAllCheckpointsArgs {
    DomainHandle dom;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct DomainListAllCheckpointsRet {
    List<DomainCheckpointHandle, 16384> checkpoints;
    std::int32_t ret{};
};
inline constexpr Procedure<DomainListAllCheckpointsArgs, DomainListAllCheckpointsRet>
    domain_list_all_checkpoints{Program::Remote, 413, "DOMAIN_LIST_ALL_CHECKPOINTS", "domain:read"};

struct DomainCheckpointListAllChildrenArgs {
    DomainCheckpointHandle checkpoint;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct DomainCheckpointListAllChildrenRet {
    List<DomainCheckpointHandle, 16384> checkpoints;
    std::int32_t ret{};
};
inline constexpr Procedure<DomainCheckpointListAllChildrenArgs, DomainCheckpointListAllChildrenRet>
    domain_checkpoint_list_all_children{Program::Remote, 414, "DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN",
                                        "domain:read"};

struct DomainCheckpointLookupByNameArgs {
    DomainHandle dom;
    std::string name;
    std::uint32_t flags{};
};
struct DomainCheckpointLookupByNameRet {
    DomainCheckpointHandle checkpoint;
};
inline constexpr Procedure<DomainCheckpointLookupByNameArgs, DomainCheckpointLookupByNameRet>
    domain_checkpoint_lookup_by_name{Program::Remote, 415, "DOMAIN_CHECKPOINT_LOOKUP_BY_NAME", "domain:read"};

struct DomainCheckpointGetParentArgs {
    DomainCheckpointHandle checkpoint;
    std::uint32_t flags{};
};
struct DomainCheckpointGetParentRet {
    DomainCheckpointHandle parent;
};
inline constexpr Procedure<DomainCheckpointGetParentArgs, DomainCheckpointGetParentRet>
    domain_checkpoint_get_parent{Program::Remote, 416, "DOMAIN_CHECKPOINT_GET_PARENT", "domain:read"};

struct DomainCheckpointDeleteArgs {
    DomainCheckpointHandle checkpoint;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainCheckpointDeleteArgs, Nothing> domain_checkpoint_delete{
    Program::Remote, 417, "DOMAIN_CHECKPOINT_DELETE", "domain:checkpoint"};

struct DomainBackupBeginArgs {
    DomainHandle dom;
    std::string backup_xml;
    std::optional<std::string> checkpoint_xml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBackupBeginArgs, Nothing> domain_backup_begin{
    Program::Remote, 421, "DOMAIN_BACKUP_BEGIN", "domain:checkpoint domain:block_write"};

struct DomainBackupGetXmlDescArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainBackupGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<DomainBackupGetXmlDescArgs, DomainBackupGetXmlDescRet> domain_backup_get_xml_desc{
    Program::Remote, 422, "DOMAIN_BACKUP_GET_XML_DESC", "domain:read"};

} // namespace vireo::protocol
