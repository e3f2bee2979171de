// SPDX-License-Identifier: Apache-2.0
#include "daemon/iothread_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vireo::daemon {

namespace {
using hypervisor::IoThreadChange;
constexpr std::uint32_t live = 1, persistent = 2; // virDomainModificationImpact

/// A parameter's name and the alternative of `TypedValue` that it has.
struct Setting {
    std::string_view name;
    std::size_t type;
};
constexpr std::array<Setting, 5> settings{{{"poll_max_ns", 3},
                                           {"poll_grow", 1},
                                           {"poll_shrink", 1},
                                           {"thread_pool_min", 0},
                                           {"thread_pool_max", 0}}};

std::int64_t value_of(const protocol::TypedParameter& parameter) {
    auto setting = std::ranges::find(settings, parameter.field, &Setting::name);
    if (setting == settings.end())
        throw Error{ErrorCode::ArgumentUnsupported, ErrorDomain::Qemu,
                    fmt::format("there is no setting '{}' of an I/O thread", parameter.field)};
    if (setting->type != parameter.value.index())
        throw Error{ErrorCode::InvalidArgument, ErrorDomain::Qemu,
                    fmt::format("setting '{}' has a value of another type", parameter.field)};
    std::int64_t number = 0;
    std::visit(
        [&](const auto& value) {
            if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>)
                number = static_cast<std::int64_t>(value);
        },
        parameter.value);
    if (number < 0)
        throw Error{ErrorCode::InvalidArgument, ErrorDomain::Qemu,
                    fmt::format("setting '{}' is too large, or less than zero", parameter.field)};
    return number;
}

awaitable<void> change(rpc::Session& session, const protocol::DomainHandle& domain, IoThreadChange wanted,
                       std::uint32_t flags) {
    if (wanted.id == 0)
        throw Error{ErrorCode::InvalidArgument, ErrorDomain::Domain, "I/O threads are numbered from 1"};
    hypervisor::Impact impact{.live = (flags & live) != 0, .persistent = (flags & persistent) != 0};
    return driver_of(session).change_iothread(domain.uuid, domain.name, std::move(wanted), impact);
}
} // namespace

awaitable<void> IoThreadCalls::add(Session& session, protocol::DomainAddIothreadArgs args) {
    check_flags(args.flags, live | persistent, "virDomainAddIOThread");
    IoThreadChange wanted{IoThreadChange::Action::Add, args.iothread_id, {}};
    return change(session, args.dom, std::move(wanted), args.flags);
}

awaitable<void> IoThreadCalls::remove(Session& session, protocol::DomainDelIothreadArgs args) {
    check_flags(args.flags, live | persistent, "virDomainDelIOThread");
    IoThreadChange wanted{IoThreadChange::Action::Delete, args.iothread_id, {}};
    return change(session, args.dom, std::move(wanted), args.flags);
}

awaitable<void> IoThreadCalls::set(Session& session, protocol::DomainSetIothreadParamsArgs args) {
    check_flags(args.flags, live | persistent, "virDomainSetIOThreadParams");
    IoThreadChange wanted{IoThreadChange::Action::Set, args.iothread_id, {}};
    for (const auto& parameter : args.params)
        wanted.settings.emplace_back(parameter.field, value_of(parameter));
    return change(session, args.dom, std::move(wanted), args.flags);
}

void IoThreadCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = IoThreadCalls;
    dispatcher.on<&C::add>(protocol::domain_add_iothread, *this);
    dispatcher.on<&C::remove>(protocol::domain_del_iothread, *this);
    dispatcher.on<&C::set>(protocol::domain_set_iothread_params, *this);
}

} // namespace vireo::daemon
