// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: secrets.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct ConnectNumOfSecretsRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfSecretsRet> connect_num_of_secrets{
    Program::Remote, 139, "CONNECT_NUM_OF_SECRETS", "connect:search_secrets"};

struct ConnectListSecretsArgs {
    std::int32_t maxuuids{};
};
struct ConnectListSecretsRet {
    List<std::string, 16384> uuids;
};
inline constexpr Procedure<ConnectListSecretsArgs, ConnectListSecretsRet> connect_list_secrets{
    Program::Remote, 140, "CONNECT_LIST_SECRETS", "connect:search_secrets"};

struct SecretLookupByUuidArgs {
    Uuid uuid;
};
struct SecretLookupByUuidRet {
    SecretHandle secret;
};
inline constexpr Procedure<SecretLookupByUuidArgs, SecretLookupByUuidRet> secret_lookup_by_uuid{
    Program::Remote, 141, "SECRET_LOOKUP_BY_UUID", "secret:getattr"};

struct SecretDefineXmlArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct SecretDefineXmlRet {
    SecretHandle secret;
};
inline constexpr Procedure<SecretDefineXmlArgs, SecretDefineXmlRet> secret_define_xml{
    Program::Remote, 142, "SECRET_DEFINE_XML", "secret:write secret:save"};

struct SecretGetXmlDescArgs {
    SecretHandle secret;
    std::uint32_t flags{};
};
struct SecretGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<SecretGetXmlDescArgs, SecretGetXmlDescRet> secret_get_xml_desc{
    Program::Remote, 143, "SECRET_GET_XML_DESC", "secret:read"};

struct SecretSetValueArgs {
    SecretHandle secret;
    Bytes<65536> value;
    std::uint32_t flags{};
};
inline constexpr Procedure<SecretSetValueArgs, Nothing> secret_set_value{Program::Remote, 144,
                                                                         "SECRET_SET_VALUE", "secret:write"};

struct SecretGetValueArgs {
    SecretHandle secret;
    std::uint32_t flags{};
};
struct SecretGetValueRet {
    Bytes<65536> value;
};
inline constexpr Procedure<SecretGetValueArgs, SecretGetValueRet> secret_get_value{
    Program::Remote, 145, "SECRET_GET_VALUE", "secret:read_secure"};

struct SecretUndefineArgs {
    SecretHandle secret;
};
inline constexpr Procedure<SecretUndefineArgs, Nothing> secret_undefine{Program::Remote, 146,
                                                                        "SECRET_UNDEFINE", "secret:delete"};

struct SecretLookupByUsageArgs {
    std::int32_t usage_type{};
    std::string usage_id;
};
struct SecretLookupByUsageRet {
    SecretHandle secret;
};
inline constexpr Procedure<SecretLookupByUsageArgs, SecretLookupByUsageRet> secret_lookup_by_usage{
    Program::Remote, 147, "SECRET_LOOKUP_BY_USAGE", "secret:getattr"};

struct ConnectListAllSecretsArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllSecretsRet {
    List<SecretHandle, 16384> secrets;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllSecretsArgs, ConnectListAllSecretsRet> connect_list_all_secrets{
    Program::Remote, 287, "CONNECT_LIST_ALL_SECRETS", "connect:search_secrets"};

struct ConnectSecretEventRegisterAnyArgs {
    std::int32_t event_id{};
    std::optional<SecretHandle> secret;
};
struct ConnectSecretEventRegisterAnyRet {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectSecretEventRegisterAnyArgs, ConnectSecretEventRegisterAnyRet>
    connect_secret_event_register_any{Program::Remote, 380, "CONNECT_SECRET_EVENT_REGISTER_ANY",
                                      "connect:search_secrets"};

struct ConnectSecretEventDeregisterAnyArgs {
    std::int32_t callback_id{};
};
inline constexpr Procedure<ConnectSecretEventDeregisterAnyArgs, Nothing> connect_secret_event_deregister_any{
    Program::Remote, 381, "CONNECT_SECRET_EVENT_DEREGISTER_ANY", "connect:read"};

struct SecretEventLifecycleMsg {
    std::int32_t callback_id{};
    SecretHandle secret;
    std::int32_t event{}, detail{};
};
inline constexpr Event<SecretEventLifecycleMsg> secret_event_lifecycle{Program::Remote, 382,
                                                                       "SECRET_EVENT_LIFECYCLE"};

struct SecretEventValueChangedMsg {
    std::int32_t callback_id{};
    SecretHandle secret;
};
inline constexpr Event<SecretEventValueChangedMsg> secret_event_value_changed{Program::Remote, 383,
                                                                              "SECRET_EVENT_VALUE_CHANGED"};

} // namespace vireo::protocol
