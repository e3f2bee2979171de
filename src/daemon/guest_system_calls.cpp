// SPDX-License-Identifier: Apache-2.0
#include "daemon/guest_system_calls.hpp"

#include "base/error.hpp"
#include "model/domain/cpu_set.hpp"

#include <fmt/format.h>

#include <set>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t guest_facts = 127;             // virDomainGuestInfoTypes
constexpr std::uint32_t encrypted = 1;                 // virDomainSetUserPasswordFlags
constexpr std::uint32_t append = 1, remove_listed = 2; // virDomainAuthorizedSSHKeysSetFlags

Error invalid(const std::string& what) { return {ErrorCode::InvalidArgument, ErrorDomain::Domain, what}; }

Error unsupported(const std::string& what) {
    return {ErrorCode::ArgumentUnsupported, ErrorDomain::Domain, what};
}

/// "0-3".
std::string list_of(const std::vector<std::uint32_t>& numbers) {
    return model::domain::text_of_cpu_set({numbers.begin(), numbers.end()});
}

std::vector<std::uint32_t> require_vcpus(const std::string& list) {
    using namespace model::domain;
    std::set<std::uint32_t> numbers;
    if (is_cpu_set(list)) numbers = members_of_cpu_set(list);
    if (numbers.empty()) throw invalid(fmt::format("'{}' is no list of vcpus such as 0-2,5", list));
    return {numbers.begin(), numbers.end()};
}
} // namespace

awaitable<protocol::DomainGetGuestInfoRet> GuestSystemCalls::facts(Session& session,
                                                                   protocol::DomainGetGuestInfoArgs args) {
    check_flags(args.flags, 0, "virDomainGetGuestInfo");
    if ((args.types & ~guest_facts) != 0)
        throw invalid(fmt::format("unknown kinds of facts about a guest ({:#x})", args.types & ~guest_facts));
    auto all = co_await driver_of(session).guest_facts(args.dom.uuid, args.dom.name, args.types);
    protocol::DomainGetGuestInfoRet answer;
    std::ranges::move(all, std::back_inserter(answer.params));
    co_return answer;
}

awaitable<protocol::DomainGetFsinfoRet> GuestSystemCalls::file_systems(Session& session,
                                                                       protocol::DomainGetFsinfoArgs args) {
    check_flags(args.flags, 0, "virDomainGetFSInfo");
    auto found = co_await driver_of(session).file_systems(args.dom.uuid, args.dom.name);
    protocol::DomainGetFsinfoRet answer;
    for (auto& [mountpoint, name, type, disks] : found) {
        auto& told = answer.info.emplace_back();
        told.mountpoint = std::move(mountpoint);
        told.name = std::move(name);
        told.fstype = std::move(type);
        std::ranges::move(disks, std::back_inserter(told.dev_aliases));
    }
    answer.ret = static_cast<std::uint32_t>(answer.info.size());
    co_return answer;
}

awaitable<protocol::DomainFsfreezeRet> GuestSystemCalls::freeze(Session& session,
                                                                protocol::DomainFsfreezeArgs args) {
    check_flags(args.flags, 0, "virDomainFSFreeze");
    std::vector<std::string> mountpoints{args.mountpoints.begin(), args.mountpoints.end()};
    auto count = co_await driver_of(session).freeze(args.dom.uuid, args.dom.name, std::move(mountpoints));
    protocol::DomainFsfreezeRet answer{static_cast<std::int32_t>(count)};
    co_return answer;
}

awaitable<protocol::DomainFsthawRet> GuestSystemCalls::thaw(Session& session,
                                                            protocol::DomainFsthawArgs args) {
    check_flags(args.flags, 0, "virDomainFSThaw");
    if (!args.mountpoints.empty())
        throw unsupported("an agent lets all file systems go on at once: name no mount points");
    auto count = co_await driver_of(session).thaw(args.dom.uuid, args.dom.name);
    protocol::DomainFsthawRet answer{static_cast<std::int32_t>(count)};
    co_return answer;
}

awaitable<void> GuestSystemCalls::trim(Session& session, protocol::DomainFstrimArgs args) {
    check_flags(args.flags, 0, "virDomainFSTrim");
    if (args.mount_point) throw unsupported("an agent trims all file systems at once: name no mount point");
    if (args.minimum > INT64_MAX)
        throw invalid(fmt::format("{} bytes are more than any disk has", args.minimum));
    return driver_of(session).trim(args.dom.uuid, args.dom.name, MemorySize::bytes(args.minimum));
}

awaitable<protocol::DomainGetGuestVcpusRet> GuestSystemCalls::vcpus(Session& session,
                                                                    protocol::DomainGetGuestVcpusArgs args) {
    check_flags(args.flags, 0, "virDomainGetGuestVcpus");
    auto known = co_await driver_of(session).guest_vcpus(args.dom.uuid, args.dom.name);
    protocol::DomainGetGuestVcpusRet answer;
    answer.params.push_back({"vcpus", list_of(known.all)});
    answer.params.push_back({"online", list_of(known.online)});
    answer.params.push_back({"offlinable", list_of(known.switchable)});
    co_return answer;
}

awaitable<void> GuestSystemCalls::set_vcpus(Session& session, protocol::DomainSetGuestVcpusArgs args) {
    check_flags(args.flags, 0, "virDomainSetGuestVcpus");
    if (args.state != 0 && args.state != 1)
        throw invalid(fmt::format("a vcpu is switched off (0) or on (1), not {}", args.state));
    return driver_of(session).set_guest_vcpus(args.dom.uuid, args.dom.name, require_vcpus(args.cpumap),
                                              args.state == 1);
}

awaitable<void> GuestSystemCalls::set_password(Session& session, protocol::DomainSetUserPasswordArgs args) {
    check_flags(args.flags, encrypted, "virDomainSetUserPassword");
    if (!args.user || !args.password) throw invalid("a user and a password are needed");
    hypervisor::UserPassword password{std::move(*args.user), std::move(*args.password),
                                      (args.flags & encrypted) != 0};
    return driver_of(session).set_user_password(args.dom.uuid, args.dom.name, std::move(password));
}

awaitable<protocol::DomainAuthorizedSshKeysGetRet>
GuestSystemCalls::keys(Session& session, protocol::DomainAuthorizedSshKeysGetArgs args) {
    check_flags(args.flags, 0, "virDomainAuthorizedSSHKeysGet");
    auto found = co_await driver_of(session).user_keys(args.dom.uuid, args.dom.name, std::move(args.user));
    protocol::DomainAuthorizedSshKeysGetRet answer;
    std::ranges::move(found, std::back_inserter(answer.keys));
    co_return answer;
}

awaitable<void> GuestSystemCalls::set_keys(Session& session, protocol::DomainAuthorizedSshKeysSetArgs args) {
    using hypervisor::KeyChange;
    check_flags(args.flags, append | remove_listed, "virDomainAuthorizedSSHKeysSet");
    if (args.flags == (append | remove_listed)) throw invalid("keys are added or removed, not both");
    if (args.flags != 0 && args.keys.empty()) throw invalid("no key is given to be added or removed");
    auto change = args.flags == append          ? KeyChange::Append
                  : args.flags == remove_listed ? KeyChange::Remove
                                                : KeyChange::Replace;
    std::vector<std::string> keys{args.keys.begin(), args.keys.end()};
    return driver_of(session).change_user_keys(args.dom.uuid, args.dom.name, std::move(args.user),
                                               std::move(keys), change);
}

void GuestSystemCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = GuestSystemCalls;
    dispatcher.on<&C::facts>(protocol::domain_get_guest_info, *this);
    dispatcher.on<&C::file_systems>(protocol::domain_get_fsinfo, *this);
    dispatcher.on<&C::freeze>(protocol::domain_fsfreeze, *this);
    dispatcher.on<&C::thaw>(protocol::domain_fsthaw, *this);
    dispatcher.on<&C::trim>(protocol::domain_fstrim, *this);
    dispatcher.on<&C::vcpus>(protocol::domain_get_guest_vcpus, *this);
    dispatcher.on<&C::set_vcpus>(protocol::domain_set_guest_vcpus, *this);
    dispatcher.on<&C::set_password>(protocol::domain_set_user_password, *this);
    dispatcher.on<&C::keys>(protocol::domain_authorized_ssh_keys_get, *this);
    dispatcher.on<&C::set_keys>(protocol::domain_authorized_ssh_keys_set, *this);
}

} // namespace vireo::daemon
