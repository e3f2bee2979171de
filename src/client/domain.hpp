// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/connection.hpp"
#include "protocol/domain.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vireo::client {

/// A domain of a daemon, as its answers named it. Copies are cheap. `flags` are libvirt's numbers of each
/// call.
class Domain {
public:
    Domain(std::shared_ptr<Connection> connection, protocol::DomainHandle handle)
        : connection_{std::move(connection)}, handle_{std::move(handle)} {}

    static awaitable<Domain> lookup_by_name(std::shared_ptr<Connection> connection, std::string name);
    static awaitable<Domain> lookup_by_id(std::shared_ptr<Connection> connection, std::int32_t id);
    static awaitable<Domain> lookup_by_uuid(std::shared_ptr<Connection> connection, Uuid uuid);
    static awaitable<std::vector<Domain>> list(std::shared_ptr<Connection> connection, std::uint32_t flags);
    static awaitable<Domain> define(std::shared_ptr<Connection> connection, std::string xml,
                                    std::uint32_t flags);
    /// Starts a domain that is gone when it ends.
    static awaitable<Domain> create_xml(std::shared_ptr<Connection> connection, std::string xml,
                                        std::uint32_t flags);

    /// Calls the daemon about this domain: `fields` are those of the arguments behind the domain.
    template <class Args, class Ret, class... Fields>
    awaitable<Ret> call(const protocol::Procedure<Args, Ret>& procedure, Fields... fields) const {
        return connection_->call(procedure, Args{handle_, std::move(fields)...});
    }

    awaitable<protocol::Nothing> create(std::uint32_t flags) const;
    awaitable<protocol::Nothing> destroy(std::uint32_t flags) const;
    awaitable<protocol::Nothing> shutdown(std::uint32_t flags) const;
    awaitable<protocol::Nothing> reboot(std::uint32_t flags) const;
    awaitable<protocol::Nothing> reset() const;
    awaitable<protocol::Nothing> suspend() const;
    awaitable<protocol::Nothing> resume() const;
    awaitable<protocol::Nothing> undefine(std::uint32_t flags) const;
    awaitable<protocol::Nothing> set_autostart(bool wanted) const;
    awaitable<protocol::DomainRenameRet> rename(std::string new_name) const;

    awaitable<protocol::DomainGetInfoRet> info() const;
    awaitable<protocol::DomainGetStateRet> state() const;
    awaitable<protocol::DomainGetXmlDescRet> xml(std::uint32_t flags) const;
    awaitable<protocol::DomainGetOsTypeRet> os_type() const;
    awaitable<protocol::DomainGetAutostartRet> autostart() const;
    awaitable<protocol::DomainIsPersistentRet> is_persistent() const;
    awaitable<bool> has_managed_save() const;
    awaitable<std::string> title() const; ///< empty when it has none
    awaitable<std::vector<std::string>> messages() const;

    awaitable<std::shared_ptr<Stream>> open_console(std::optional<std::string> device,
                                                    std::uint32_t flags) const;

    const std::string& name() const { return handle_.name; }
    const Uuid& uuid() const { return handle_.uuid; }
    /// Nothing while it is not running.
    std::optional<std::int32_t> id() const {
        return handle_.id < 0 ? std::nullopt : std::optional{handle_.id};
    }
    const protocol::DomainHandle& handle() const { return handle_; }

private:
    std::shared_ptr<Connection> connection_;
    protocol::DomainHandle handle_;
};

} // namespace vireo::client
