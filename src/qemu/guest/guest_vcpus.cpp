// SPDX-License-Identifier: Apache-2.0
// Vcpus as the guest uses them: its agent lists them, and switches some on or off.
#include "qemu/agent/answers.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/ranges.h>

namespace vireo::qemu {

using hypervisor::GuestVcpus;

namespace {
constexpr std::size_t most_vcpus = 16'384;

bool contains(const std::vector<std::uint32_t>& numbers, std::uint32_t wanted) {
    return std::ranges::find(numbers, wanted) != numbers.end();
}
} // namespace

awaitable<GuestVcpus> QemuDriver::guest_vcpus(Uuid uuid, std::string name) {
    const std::string command = "guest-get-vcpus";
    json::object none;
    auto answer = co_await ask_agent(require(uuid, name), command, std::move(none));
    GuestVcpus vcpus;
    for (const auto& item : require_list(answer, command, most_vcpus)) {
        const auto& vcpu = require_object(item, command);
        auto id = json::find_number(vcpu, "logical-id");
        if (!id || *id < 0 || std::cmp_greater_equal(*id, most_vcpus)) throw nonsense(command);
        auto number = static_cast<std::uint32_t>(*id);
        vcpus.all.push_back(number);
        if (json::find_flag(vcpu, "online").value_or(false)) vcpus.online.push_back(number);
        if (json::find_flag(vcpu, "can-offline").value_or(true)) vcpus.switchable.push_back(number);
    }
    co_return vcpus;
}

awaitable<void> QemuDriver::set_guest_vcpus(Uuid uuid, std::string name, std::vector<std::uint32_t> vcpus,
                                            bool online) {
    auto domain = require(uuid, name);
    auto known = co_await guest_vcpus(uuid, name);
    for (auto number : vcpus) {
        if (!contains(known.all, number))
            throw error(ErrorCode::InvalidArgument,
                        fmt::format("the guest of domain '{}' has no vcpu {}: it has {}", name, number,
                                    fmt::join(known.all, ", ")));
        if (!online && !contains(known.switchable, number))
            throw error(
                ErrorCode::InvalidArgument,
                fmt::format("vcpu {} cannot be switched off in the guest of domain '{}'", number, name));
    }
    co_await switch_vcpus(domain, std::move(vcpus), online);
}

awaitable<void> QemuDriver::switch_vcpus(DomainPtr domain, std::vector<std::uint32_t> vcpus, bool online) {
    json::array changes;
    for (auto number : vcpus) changes.push_back(json::object{{"logical-id", number}, {"online", online}});
    json::object arguments{{"vcpus", std::move(changes)}};
    auto done = co_await ask_agent(domain, "guest-set-vcpus", std::move(arguments));
    if (!done.is_int64() || !std::cmp_equal(done.get_int64(), vcpus.size()))
        throw error(ErrorCode::InternalError,
                    fmt::format("the guest agent of domain '{}' switched not all of the vcpus {}",
                                domain->durable.name, fmt::join(vcpus, ", ")));
}

/// Switches vcpus inside the guest on or off until this many are on.
awaitable<void> QemuDriver::switch_guest_vcpus(DomainPtr domain, std::uint32_t count) {
    auto known = co_await guest_vcpus(domain->uuid, domain->durable.name);
    std::vector<std::uint32_t> candidates;
    bool more = count > known.online.size();
    for (auto number : known.all) {
        bool is_on = contains(known.online, number);
        if (more ? !is_on : is_on && contains(known.switchable, number)) candidates.push_back(number);
    }
    if (!more) std::ranges::reverse(candidates); // the last ones go first
    auto needed = more ? count - known.online.size() : known.online.size() - count;
    if (needed == 0) co_return;
    if (count == 0 || candidates.size() < needed)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("{} vcpus cannot be online in domain '{}': {} are, and {} can be switched {}",
                                count, domain->durable.name, known.online.size(), candidates.size(),
                                more ? "on" : "off"));
    candidates.resize(needed);
    co_await switch_vcpus(domain, std::move(candidates), more);
}

} // namespace vireo::qemu
