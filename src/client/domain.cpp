// SPDX-License-Identifier: Apache-2.0
#include "client/domain.hpp"

#include "protocol/domain_guest.hpp"
#include "protocol/migration.hpp"

namespace vireo::client {

using namespace protocol;

namespace {
/// virDomainMetadataType
constexpr std::int32_t title_metadata = 1;
} // namespace

awaitable<Domain> Domain::lookup_by_name(std::shared_ptr<Connection> connection, std::string name) {
    DomainLookupByNameArgs args{std::move(name)};
    auto found = co_await connection->call(domain_lookup_by_name, args);
    co_return Domain{std::move(connection), std::move(found.dom)};
}

awaitable<Domain> Domain::lookup_by_id(std::shared_ptr<Connection> connection, std::int32_t id) {
    DomainLookupByIdArgs args{id};
    auto found = co_await connection->call(domain_lookup_by_id, args);
    co_return Domain{std::move(connection), std::move(found.dom)};
}

awaitable<Domain> Domain::lookup_by_uuid(std::shared_ptr<Connection> connection, Uuid uuid) {
    DomainLookupByUuidArgs args{uuid};
    auto found = co_await connection->call(domain_lookup_by_uuid, args);
    co_return Domain{std::move(connection), std::move(found.dom)};
}

awaitable<std::vector<Domain>> Domain::list(std::shared_ptr<Connection> connection, std::uint32_t flags) {
    ConnectListAllDomainsArgs args{1, flags};
    auto found = co_await connection->call(connect_list_all_domains, args);
    std::vector<Domain> domains;
    for (auto& handle : found.domains) domains.emplace_back(connection, std::move(handle));
    co_return domains;
}

awaitable<Domain> Domain::define(std::shared_ptr<Connection> connection, std::string xml,
                                 std::uint32_t flags) {
    DomainDefineXmlFlagsArgs args{std::move(xml), flags};
    auto made = co_await connection->call(domain_define_xml_flags, args);
    co_return Domain{std::move(connection), std::move(made.dom)};
}

awaitable<Domain> Domain::create_xml(std::shared_ptr<Connection> connection, std::string xml,
                                     std::uint32_t flags) {
    DomainCreateXmlArgs args{std::move(xml), flags};
    auto made = co_await connection->call(domain_create_xml, args);
    co_return Domain{std::move(connection), std::move(made.dom)};
}

awaitable<Nothing> Domain::create(std::uint32_t flags) const {
    DomainCreateWithFlagsArgs args{handle_, flags};
    co_await connection_->call(domain_create_with_flags, args);
    co_return Nothing{};
}

awaitable<Nothing> Domain::destroy(std::uint32_t flags) const {
    if (flags == 0) return connection_->call(domain_destroy, DomainDestroyArgs{handle_});
    return connection_->call(domain_destroy_flags, DomainDestroyFlagsArgs{handle_, flags});
}

awaitable<Nothing> Domain::shutdown(std::uint32_t flags) const {
    if (flags == 0) return connection_->call(domain_shutdown, DomainShutdownArgs{handle_});
    return connection_->call(domain_shutdown_flags, DomainShutdownFlagsArgs{handle_, flags});
}

awaitable<Nothing> Domain::reboot(std::uint32_t flags) const {
    return connection_->call(domain_reboot, DomainRebootArgs{handle_, flags});
}

awaitable<Nothing> Domain::reset() const {
    return connection_->call(domain_reset, DomainResetArgs{handle_, 0});
}

awaitable<Nothing> Domain::suspend() const {
    return connection_->call(domain_suspend, DomainSuspendArgs{handle_});
}

awaitable<Nothing> Domain::resume() const {
    return connection_->call(domain_resume, DomainResumeArgs{handle_});
}

awaitable<Nothing> Domain::undefine(std::uint32_t flags) const {
    return connection_->call(domain_undefine_flags, DomainUndefineFlagsArgs{handle_, flags});
}

awaitable<Nothing> Domain::set_autostart(bool wanted) const {
    return connection_->call(domain_set_autostart, DomainSetAutostartArgs{handle_, wanted});
}

awaitable<DomainRenameRet> Domain::rename(std::string new_name) const {
    return connection_->call(domain_rename, DomainRenameArgs{handle_, std::move(new_name), 0});
}

awaitable<DomainGetInfoRet> Domain::info() const {
    return connection_->call(domain_get_info, DomainGetInfoArgs{handle_});
}

awaitable<DomainGetStateRet> Domain::state() const {
    return connection_->call(domain_get_state, DomainGetStateArgs{handle_, 0});
}

awaitable<DomainGetXmlDescRet> Domain::xml(std::uint32_t flags) const {
    return connection_->call(domain_get_xml_desc, DomainGetXmlDescArgs{handle_, flags});
}

awaitable<DomainGetOsTypeRet> Domain::os_type() const {
    return connection_->call(domain_get_os_type, DomainGetOsTypeArgs{handle_});
}

awaitable<DomainGetAutostartRet> Domain::autostart() const {
    return connection_->call(domain_get_autostart, DomainGetAutostartArgs{handle_});
}

awaitable<DomainIsPersistentRet> Domain::is_persistent() const {
    return connection_->call(domain_is_persistent, DomainIsPersistentArgs{handle_});
}

awaitable<bool> Domain::has_managed_save() const {
    DomainHasManagedSaveImageArgs args{handle_, 0};
    auto answer = co_await connection_->call(domain_has_managed_save_image, args);
    co_return answer.result > 0;
}

awaitable<std::string> Domain::title() const {
    DomainGetMetadataArgs args{handle_, title_metadata, std::nullopt, 0};
    try {
        co_return (co_await connection_->call(domain_get_metadata, args)).metadata;
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoDomainMetadata) throw;
    }
    co_return std::string{};
}

awaitable<std::vector<std::string>> Domain::messages() const {
    DomainGetMessagesArgs args{handle_, 0};
    auto answer = co_await connection_->call(domain_get_messages, args);
    co_return std::vector<std::string>(answer.msgs.begin(), answer.msgs.end());
}

awaitable<std::shared_ptr<Stream>> Domain::open_console(std::optional<std::string> device,
                                                        std::uint32_t flags) const {
    return connection_->open_stream(domain_open_console,
                                    DomainOpenConsoleArgs{handle_, std::move(device), flags});
}

} // namespace vireo::client
