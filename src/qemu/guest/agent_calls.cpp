// SPDX-License-Identifier: Apache-2.0
// What the driver asks a guest's agent. None of it is a job of the domain: an agent that takes its time is in
// nobody's way but that of those who ask it too.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "qemu/agent/answers.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace vireo::qemu {

using hypervisor::DomainState;
using hypervisor::GuestInterface;
using namespace model::domain;

namespace {
constexpr log::Source log{"qemu"};
constexpr std::string_view channel_name = "org.qemu.guest_agent.0";
/// For what a guest does before it goes down or sleeps.
constexpr std::chrono::seconds departure_patience{60};
/// Of what a hostile guest may list.
constexpr std::size_t most_interfaces = 2048, most_addresses = 2048;

GuestInterface::Address address_from(const json::object& from) {
    constexpr std::int64_t longest_prefix = 128;
    GuestInterface::Address address;
    address.ipv6 = json::find_text(from, "ip-address-type") == "ipv6";
    address.text = find_clean(from, "ip-address");
    auto prefix = json::find_number(from, "prefix").value_or(0);
    address.prefix = static_cast<std::uint32_t>(std::clamp<std::int64_t>(prefix, 0, longest_prefix));
    return address;
}

/// Names such as "eth0:1" are further addresses of "eth0".
GuestInterface& place_for(std::vector<GuestInterface>& interfaces, std::string_view name) {
    auto base = clean(name.substr(0, name.find(':')));
    for (auto& known : interfaces)
        if (known.name == base) return known;
    return interfaces.emplace_back(GuestInterface{base, {}, {}});
}

/// The lines of /proc/net/arp: an IPv4 address, its type, flags, hardware address, mask, and device.
std::vector<std::pair<std::string, std::string>> read_neighbours() {
    std::vector<std::pair<std::string, std::string>> neighbours;
    std::ifstream table{"/proc/net/arp"};
    std::string line;
    std::getline(table, line); // titles
    while (std::getline(table, line)) {
        std::istringstream words{line};
        std::string address, type, flags, mac;
        if (words >> address >> type >> flags >> mac) neighbours.emplace_back(mac, address);
    }
    return neighbours;
}
} // namespace

void QemuDriver::prepare_agent(const RunPtr& run, const Model& live) {
    for (const auto& channel : live.devices.channels) {
        bool ours = channel.name == channel_name && channel.source.type == CharacterType::Unix &&
                    channel.source.mode != SocketMode::Connect && !channel.source.path.empty();
        if (!ours) continue;
        run->agent = std::make_shared<Agent>(executor_, channel.source.path);
        run->agent_channel = channel.info.alias;
        run->agent_present = channel.state == ChannelState::Connected;
        return;
    }
}

void QemuDriver::release_callers() {
    for (auto& [uuid, domain] : domains_) {
        if (domain->run && domain->run->agent) domain->run->agent->close();
        if (domain->run && domain->job) spawn(abort_job(uuid, domain->durable.name));
    }
}

std::shared_ptr<Agent> QemuDriver::require_agent(const ManagedDomain& domain) const {
    require_active(domain);
    const auto& name = domain.durable.name;
    if (domain.state.state != DomainState::Running)
        throw error(ErrorCode::OperationInvalid, fmt::format("domain '{}' is not running", name));
    if (!domain.run->agent)
        throw error(
            ErrorCode::ArgumentUnsupported,
            fmt::format("domain '{}' has no guest agent: its definition needs a channel of type 'unix' "
                        "to the name '{}'",
                        name, channel_name));
    if (!domain.run->agent_present)
        throw error(ErrorCode::AgentUnresponsive,
                    fmt::format("the guest agent of domain '{}' is not connected: it does not run", name));
    return domain.run->agent;
}

Agent::Patience QemuDriver::agent_patience(const ManagedDomain& domain, Agent::Patience usual) {
    const auto& set = domain.run->record.agent_patience;
    if (!set) return usual;
    if (!set->limit) return std::nullopt;
    return std::chrono::milliseconds{*set->limit};
}

awaitable<json::value> QemuDriver::ask_agent(DomainPtr domain, std::string command, json::object arguments) {
    auto agent = require_agent(*domain);
    auto patience = agent_patience(*domain);
    co_return co_await agent->execute(std::move(command), std::move(arguments), patience);
}

/// The same for what may take its time in a guest that is well.
awaitable<json::value> QemuDriver::ask_slow_agent(DomainPtr domain, std::string command,
                                                  json::object arguments, std::chrono::seconds usual) {
    auto agent = require_agent(*domain);
    auto patience = agent_patience(*domain, usual);
    co_return co_await agent->execute(std::move(command), std::move(arguments), patience);
}

awaitable<std::string> QemuDriver::agent_command(Uuid uuid, std::string name, std::string command,
                                                 hypervisor::AgentPatience patience) {
    auto domain = require(uuid, name);
    auto agent = require_agent(*domain);
    auto document = json::parse(command);
    if (!document || !document->is_object())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("a command of the guest agent is an object of JSON such as "
                                "{{\"execute\": \"guest-info\"}}{}",
                                document ? "" : ": " + document.error()));
    Agent::Patience limit;
    if (patience.limit) limit = *patience.limit;
    co_return co_await agent->pass_on(std::move(document->get_object()), limit);
}

awaitable<void> QemuDriver::set_agent_patience(Uuid uuid, std::string name,
                                               std::optional<hypervisor::AgentPatience> patience) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_agent_patience");
    require_active(*domain);
    std::function<void(RunRecord&)> change{[patience](RunRecord& next) { next.agent_patience = patience; }};
    co_await job.run(save_run(domain, domain->run, std::move(change)));
}

/// The wish for a reboot is the power button's: what the agent does is what it was told.
awaitable<void> QemuDriver::leave_by_agent(DomainPtr domain, bool reboot) {
    auto agent = require_agent(*domain);
    co_await keep_reboot_wish(domain, false);
    json::object arguments{{"mode", reboot ? "reboot" : "powerdown"}};
    auto patience = domain->run ? agent_patience(*domain, departure_patience) : departure_patience;
    co_await agent->send_off("guest-shutdown", std::move(arguments), patience);
    log.info("{}: its agent was told to {}", domain->durable.name, reboot ? "reboot" : "power off");
}

awaitable<void> QemuDriver::pm_suspend(Uuid uuid, std::string name, hypervisor::SuspendTarget target) {
    using hypervisor::SuspendTarget;
    auto domain = require(uuid, name);
    auto agent = require_agent(*domain);
    std::string command = "guest-suspend-ram";
    if (target == SuspendTarget::Disk) command = "guest-suspend-disk";
    if (target == SuspendTarget::Hybrid) command = "guest-suspend-hybrid";
    json::object none;
    co_await agent->send_off(std::move(command), std::move(none), departure_patience);
}

awaitable<std::string> QemuDriver::hostname(Uuid uuid, std::string name, hypervisor::HostnameSource source) {
    auto domain = require(uuid, name);
    require_active(*domain);
    if (source == hypervisor::HostnameSource::Lease)
        throw error(ErrorCode::NoHostname,
                    fmt::format("no network of this host has given domain '{}' a lease with a name",
                                domain->durable.name));
    const std::string command = "guest-get-host-name";
    json::object none;
    auto answer = co_await ask_agent(domain, command, std::move(none));
    auto host = json::find_text(require_object(answer, command), "host-name");
    if (!host) throw nonsense(command);
    co_return clean(*host);
}

awaitable<hypervisor::GuestTime> QemuDriver::time(Uuid uuid, std::string name) {
    const std::string command = "guest-get-time";
    json::object none;
    auto answer = co_await ask_agent(require(uuid, name), command, std::move(none));
    if (!answer.is_int64()) throw nonsense(command);
    co_return std::chrono::nanoseconds{answer.get_int64()};
}

/// Timers that would make up for the time that the guest did not see are told that it has.
awaitable<void> QemuDriver::set_time(Uuid uuid, std::string name, std::optional<hypervisor::GuestTime> time) {
    auto domain = require(uuid, name);
    json::object arguments;
    if (time) arguments["time"] = time->count();
    co_await ask_agent(domain, "guest-set-time", std::move(arguments));
    auto monitor = co_await require_monitor(domain);
    try {
        co_await monitor->execute("rtc-reset-reinjection", options_.monitor_deadline);
    } catch (const Error& failure) { // not every machine has such a clock
        if (failure.code != ErrorCode::OperationFailed) throw;
        log.debug("{}: {}", domain->durable.name, failure.what());
    }
}

awaitable<std::vector<GuestInterface>> QemuDriver::interface_addresses(Uuid uuid, std::string name,
                                                                       hypervisor::AddressSource source) {
    auto domain = require(uuid, name);
    require_active(*domain);
    if (source == hypervisor::AddressSource::Agent) co_return co_await addresses_by_agent(domain);
    if (source == hypervisor::AddressSource::Arp) co_return co_await addresses_by_arp(domain);
    co_return std::vector<GuestInterface>{}; // only networks of ours give leases, and there are none
}

awaitable<std::vector<GuestInterface>> QemuDriver::addresses_by_agent(DomainPtr domain) {
    const std::string command = "guest-network-get-interfaces";
    json::object none;
    auto answer = co_await ask_agent(domain, command, std::move(none));
    std::vector<GuestInterface> interfaces;
    for (const auto& item : require_list(answer, command, most_interfaces)) {
        const auto* from = item.if_object();
        auto name = from != nullptr ? json::find_text(*from, "name") : std::nullopt;
        if (!name) throw nonsense(command);
        auto& interface = place_for(interfaces, *name);
        if (interface.mac.empty()) interface.mac = find_clean(*from, "hardware-address");
        const auto* addresses = json::find_array(*from, "ip-addresses");
        if (addresses == nullptr) continue;
        for (const auto& address : *addresses) {
            if (!address.is_object() || interface.addresses.size() >= most_addresses) throw nonsense(command);
            interface.addresses.push_back(address_from(address.get_object()));
        }
    }
    co_return interfaces;
}

/// What the host's own table of neighbours tells of the guest's cards.
awaitable<std::vector<GuestInterface>> QemuDriver::addresses_by_arp(DomainPtr domain) {
    auto live = co_await read_live(domain);
    auto neighbours = co_await async::blocking(read_neighbours);
    std::vector<GuestInterface> interfaces;
    for (const auto& card : live.devices.interfaces) {
        auto mac = card.mac.text();
        GuestInterface interface{card.target, mac, {}};
        for (const auto& [of, address] : neighbours)
            if (of == mac) interface.addresses.push_back({false, address, 0});
        if (!interface.addresses.empty()) interfaces.push_back(std::move(interface));
    }
    co_return interfaces;
}

} // namespace vireo::qemu
