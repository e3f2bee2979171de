// SPDX-License-Identifier: Apache-2.0
#include "daemon/guest_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
using std::chrono::milliseconds, std::chrono::nanoseconds, std::chrono::seconds;

constexpr std::uint32_t channel_force = 1;                        // virDomainChannelFlags
constexpr std::uint32_t hostname_lease = 1, hostname_agent = 2;   // virDomainGetHostnameFlags
constexpr std::uint32_t time_sync = 1;                            // virDomainSetTimeFlags
constexpr std::uint32_t last_address_source = 2, last_target = 2; // VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_…

Error invalid(const std::string& what) { return {ErrorCode::InvalidArgument, ErrorDomain::Domain, what}; }

/// virDomainQemuAgentCommandTimeoutValues; nothing: what is usual.
std::optional<hypervisor::AgentPatience> patience_of(std::int32_t timeout) {
    constexpr std::int32_t block = -2, usual = -1;
    if (timeout < block)
        throw invalid(fmt::format("a guest agent cannot be waited for {} seconds: -2 is for ever", timeout));
    if (timeout == usual) return std::nullopt;
    hypervisor::AgentPatience patience;
    if (timeout != block) patience.limit = seconds{timeout};
    return patience;
}
} // namespace

awaitable<void> GuestCalls::send_key(Session& session, protocol::DomainSendKeyArgs args) {
    check_flags(args.flags, 0, "virDomainSendKey");
    hypervisor::KeyPress keys{args.codeset, milliseconds{args.holdtime}, std::move(args.keycodes)};
    return driver_of(session).send_key(args.dom.uuid, args.dom.name, std::move(keys));
}

awaitable<void> GuestCalls::inject_nmi(Session& session, protocol::DomainInjectNmiArgs args) {
    check_flags(args.flags, 0, "virDomainInjectNMI");
    return driver_of(session).inject_nmi(args.dom.uuid, args.dom.name);
}

awaitable<protocol::DomainScreenshotRet> GuestCalls::screenshot(Session& session, protocol::Header call,
                                                                protocol::DomainScreenshotArgs args) {
    check_flags(args.flags, 0, "virDomainScreenshot");
    auto picture = co_await driver_of(session).screenshot(args.dom.uuid, args.dom.name, args.screen);
    session.open_stream(call, std::move(picture.image));
    protocol::DomainScreenshotRet answer{std::move(picture.mime)};
    co_return answer;
}

awaitable<void> GuestCalls::open_channel(Session& session, protocol::Header call,
                                         protocol::DomainOpenChannelArgs args) {
    check_flags(args.flags, channel_force, "virDomainOpenChannel");
    hypervisor::ConsoleOptions options{std::move(args.name).value_or(""), (args.flags & channel_force) != 0,
                                       false};
    auto channel = co_await driver_of(session).open_channel(args.dom.uuid, args.dom.name, std::move(options));
    session.open_stream(call, std::move(channel));
}

awaitable<void> GuestCalls::pm_suspend(Session& session, protocol::DomainPmSuspendForDurationArgs args) {
    check_flags(args.flags, 0, "virDomainPMSuspendForDuration");
    if (args.duration != 0)
        throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::Domain,
                    "a guest sleeps until it is woken: a duration is not supported, use 0");
    if (args.target > last_target)
        throw invalid(fmt::format("there is no way {} of sleeping: 0 memory, 1 disk, 2 both", args.target));
    auto target = static_cast<hypervisor::SuspendTarget>(args.target);
    return driver_of(session).pm_suspend(args.dom.uuid, args.dom.name, target);
}

awaitable<void> GuestCalls::pm_wakeup(Session& session, protocol::DomainPmWakeupArgs args) {
    check_flags(args.flags, 0, "virDomainPMWakeup");
    return driver_of(session).pm_wakeup(args.dom.uuid, args.dom.name);
}

awaitable<protocol::DomainGetHostnameRet> GuestCalls::hostname(Session& session,
                                                               protocol::DomainGetHostnameArgs args) {
    using hypervisor::HostnameSource;
    check_flags(args.flags, hostname_lease | hostname_agent, "virDomainGetHostname");
    if (args.flags == (hostname_lease | hostname_agent))
        throw invalid("a host name is asked of a lease or of the agent, not of both");
    auto source = HostnameSource::Any;
    if (args.flags == hostname_lease) source = HostnameSource::Lease;
    if (args.flags == hostname_agent) source = HostnameSource::Agent;
    protocol::DomainGetHostnameRet answer;
    answer.hostname = co_await driver_of(session).hostname(args.dom.uuid, args.dom.name, source);
    co_return answer;
}

awaitable<protocol::DomainGetTimeRet> GuestCalls::time(Session& session, protocol::DomainGetTimeArgs args) {
    check_flags(args.flags, 0, "virDomainGetTime");
    auto time = co_await driver_of(session).time(args.dom.uuid, args.dom.name);
    auto whole = std::chrono::floor<seconds>(time);
    protocol::DomainGetTimeRet answer{whole.count(), static_cast<std::uint32_t>((time - whole).count())};
    co_return answer;
}

awaitable<void> GuestCalls::set_time(Session& session, protocol::DomainSetTimeArgs args) {
    constexpr std::int64_t latest = INT64_MAX / 1'000'000'000 - 1;
    check_flags(args.flags, time_sync, "virDomainSetTime");
    if (args.nseconds >= 1'000'000'000 || args.seconds > latest || args.seconds < -latest)
        throw invalid(fmt::format("{} s and {} ns are no time that a guest's clock can show", args.seconds,
                                  args.nseconds));
    std::optional<hypervisor::GuestTime> time;
    if ((args.flags & time_sync) == 0) time = seconds{args.seconds} + nanoseconds{args.nseconds};
    return driver_of(session).set_time(args.dom.uuid, args.dom.name, time);
}

awaitable<protocol::DomainInterfaceAddressesRet>
GuestCalls::interface_addresses(Session& session, protocol::DomainInterfaceAddressesArgs args) {
    check_flags(args.flags, 0, "virDomainInterfaceAddresses");
    if (args.source > last_address_source)
        throw invalid(
            fmt::format("there is no source {} of addresses: 0 lease, 1 agent, 2 arp", args.source));
    auto source = static_cast<hypervisor::AddressSource>(args.source);
    auto found = co_await driver_of(session).interface_addresses(args.dom.uuid, args.dom.name, source);
    protocol::DomainInterfaceAddressesRet answer;
    for (auto& interface : found) {
        auto& told = answer.ifaces.emplace_back();
        told.name = std::move(interface.name);
        if (!interface.mac.empty()) told.hwaddr = std::move(interface.mac);
        for (auto& address : interface.addresses)
            told.addrs.push_back({address.ipv6, std::move(address.text), address.prefix});
    }
    co_return answer;
}

awaitable<protocol::DomainAgentSetResponseTimeoutRet>
GuestCalls::set_agent_patience(Session& session, protocol::DomainAgentSetResponseTimeoutArgs args) {
    check_flags(args.flags, 0, "virDomainAgentSetResponseTimeout");
    auto patience = patience_of(args.timeout);
    co_await driver_of(session).set_agent_patience(args.dom.uuid, args.dom.name, patience);
    protocol::DomainAgentSetResponseTimeoutRet answer;
    co_return answer;
}

void GuestCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = GuestCalls;
    dispatcher.on<&C::send_key>(protocol::domain_send_key, *this);
    dispatcher.on<&C::inject_nmi>(protocol::domain_inject_nmi, *this);
    dispatcher.on<&C::screenshot>(protocol::domain_screenshot, *this);
    dispatcher.on<&C::open_channel>(protocol::domain_open_channel, *this);
    dispatcher.on<&C::pm_suspend>(protocol::domain_pm_suspend_for_duration, *this);
    dispatcher.on<&C::pm_wakeup>(protocol::domain_pm_wakeup, *this);
    dispatcher.on<&C::hostname>(protocol::domain_get_hostname, *this);
    dispatcher.on<&C::time>(protocol::domain_get_time, *this);
    dispatcher.on<&C::set_time>(protocol::domain_set_time, *this);
    dispatcher.on<&C::interface_addresses>(protocol::domain_interface_addresses, *this);
    dispatcher.on<&C::set_agent_patience>(protocol::domain_agent_set_response_timeout, *this);
}

} // namespace vireo::daemon
