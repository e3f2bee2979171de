// SPDX-License-Identifier: Apache-2.0
// What a guest's agent tells of the system that it runs in (virDomainGetGuestInfo).
#include "qemu/guest/guest_facts.hpp"

#include "protocol/domain_guest.hpp"
#include "qemu/agent/answers.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/guest/disk_places.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vireo::qemu {

namespace {
using model::domain::Domain;

/// Of what a hostile guest may list.
constexpr std::size_t most_items = 2048;
/// Parameters of one answer of the wire.
constexpr std::size_t most_facts = decltype(protocol::DomainGetGuestInfoRet::params)::limit;

/// Collects facts under libvirt's names.
class Facts {
public:
    Facts(GuestFacts& all, std::string prefix) : all_{all}, prefix_{std::move(prefix)} {}

    Facts of(std::string_view kind, std::size_t number) const {
        return {all_, fmt::format("{}{}.{}.", prefix_, kind, number)};
    }
    void add(std::string_view name, protocol::TypedValue value) {
        all_.push_back({fmt::format("{}{}", prefix_, name), std::move(value)});
    }
    void count(std::string_view kind, std::size_t number) {
        add(fmt::format("{}.count", kind), static_cast<std::uint32_t>(number));
    }
    /// A text that the agent has told, or nothing.
    void text(std::string_view name, const json::object& from, std::string_view key) {
        if (json::find_text(from, key)) add(name, find_clean(from, key));
    }
    void size(std::string_view name, const json::object& from, std::string_view key) {
        auto number = json::find_number(from, key);
        if (number && *number >= 0) add(name, static_cast<std::uint64_t>(*number));
    }

private:
    GuestFacts& all_;
    std::string prefix_;
};

/// The objects of a member that is a list; none where it is missing.
std::vector<const json::object*> objects_in(const json::object& from, std::string_view key,
                                            std::string_view command) {
    std::vector<const json::object*> objects;
    const auto* list = json::find_array(from, key);
    if (list == nullptr) return objects;
    if (list->size() > most_items) throw nonsense(command);
    for (const auto& item : *list) objects.push_back(&require_object(item, command));
    return objects;
}

void add_users(GuestFacts& all, const json::value& answer, const Domain&, std::string_view command) {
    Facts facts{all, ""};
    const auto& users = require_list(answer, command, most_items);
    facts.count("user", users.size());
    for (std::size_t i = 0; i < users.size(); ++i) {
        const auto& from = require_object(users[i], command);
        auto user = facts.of("user", i);
        user.text("name", from, "user");
        user.text("domain", from, "domain");
        const auto* login = from.if_contains("login-time"); // seconds
        if (login == nullptr || !login->is_number()) throw nonsense(command);
        auto milliseconds = login->to_number<double>() * 1000;
        constexpr double latest = 9.2e18;
        if (!(milliseconds >= 0 && milliseconds < latest)) throw nonsense(command);
        user.add("login-time", static_cast<std::uint64_t>(std::llround(milliseconds)));
    }
}

void add_system(GuestFacts& all, const json::value& answer, const Domain&, std::string_view command) {
    const auto& from = require_object(answer, command);
    Facts facts{all, "os."};
    for (std::string_view key : {"id", "name", "pretty-name", "version", "version-id", "machine", "variant",
                                 "variant-id", "kernel-release", "kernel-version"})
        facts.text(key, from, key);
}

void add_time_zone(GuestFacts& all, const json::value& answer, const Domain&, std::string_view command) {
    const auto& from = require_object(answer, command);
    auto offset = json::find_number(from, "offset"); // seconds east of Greenwich
    if (!offset || std::abs(*offset) > 24 * 3600) throw nonsense(command);
    Facts facts{all, "timezone."};
    facts.text("name", from, "zone");
    facts.add("offset", static_cast<std::int32_t>(*offset));
}

void add_host_name(GuestFacts& all, const json::value& answer, const Domain&, std::string_view command) {
    Facts{all, ""}.text("hostname", require_object(answer, command), "host-name");
}

void add_disk_of_file_system(Facts facts, const json::object& from, const Domain& live) {
    if (const auto* known = find_disk_at(live, from)) facts.add("alias", known->target);
    facts.text("serial", from, "serial");
    facts.text("device", from, "dev");
}

void add_file_systems(GuestFacts& all, const json::value& answer, const Domain& live,
                      std::string_view command) {
    Facts facts{all, ""};
    const auto& systems = require_list(answer, command, most_items);
    facts.count("fs", systems.size());
    for (std::size_t i = 0; i < systems.size(); ++i) {
        const auto& from = require_object(systems[systems.size() - 1 - i], command); // in order of mounting
        auto system = facts.of("fs", i);
        system.text("name", from, "name");
        system.text("mountpoint", from, "mountpoint");
        system.text("fstype", from, "type");
        system.size("total-bytes", from, "total-bytes");
        system.size("used-bytes", from, "used-bytes");
        auto disks = objects_in(from, "disk", command);
        system.count("disk", disks.size());
        for (std::size_t k = 0; k < disks.size(); ++k)
            add_disk_of_file_system(system.of("disk", k), *disks[k], live);
    }
}

void add_disk(Facts facts, const json::object& from, const Domain& live, std::string_view command) {
    facts.text("name", from, "name");
    facts.add("partition", protocol::Boolean{json::find_flag(from, "partition").value_or(false) ? 1 : 0});
    if (const auto* below = json::find_array(from, "dependencies")) {
        if (below->size() > most_items) throw nonsense(command);
        facts.count("dependency", below->size());
        for (std::size_t i = 0; i < below->size(); ++i) {
            const auto* name = (*below)[i].if_string();
            if (name == nullptr) throw nonsense(command);
            facts.of("dependency", i).add("name", clean(*name));
        }
    }
    if (const auto* address = json::find_object(from, "address")) {
        facts.text("serial", *address, "serial");
        if (const auto* known = find_disk_at(live, *address)) facts.add("alias", known->target);
        facts.text("guest_bus", *address, "bus-type");
    }
    facts.text("guest_alias", from, "alias");
}

void add_disks(GuestFacts& all, const json::value& answer, const Domain& live, std::string_view command) {
    Facts facts{all, ""};
    const auto& disks = require_list(answer, command, most_items);
    facts.count("disk", disks.size());
    for (std::size_t i = 0; i < disks.size(); ++i)
        add_disk(facts.of("disk", i), require_object(disks[i], command), live, command);
}

struct Kind {
    std::uint32_t bit; ///< virDomainGuestInfoTypes
    std::string_view command;
    void (*add)(GuestFacts&, const json::value& answer, const Domain& live, std::string_view command);
};
constexpr Kind kinds[] = {
    {1, "guest-get-users", add_users},          {2, "guest-get-osinfo", add_system},
    {4, "guest-get-timezone", add_time_zone},   {8, "guest-get-host-name", add_host_name},
    {16, "guest-get-fsinfo", add_file_systems}, {32, "guest-get-disks", add_disks}};
constexpr std::uint32_t interface_kind = 64;

void add_cards(GuestFacts& all, const std::vector<hypervisor::GuestInterface>& interfaces) {
    Facts facts{all, ""};
    facts.count("if", interfaces.size());
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        auto interface = facts.of("if", i);
        interface.add("name", interfaces[i].name);
        if (!interfaces[i].mac.empty()) interface.add("hwaddr", interfaces[i].mac);
        const auto& addresses = interfaces[i].addresses;
        interface.count("addr", addresses.size());
        for (std::size_t k = 0; k < addresses.size(); ++k) {
            auto address = interface.of("addr", k);
            address.add("type", std::string{addresses[k].ipv6 ? "ipv6" : "ipv4"});
            address.add("addr", addresses[k].text);
            address.add("prefix", addresses[k].prefix);
        }
    }
}

/// Nothing where the agent does not know the question and that is no error.
template <class Answer>
awaitable<std::optional<Answer>> if_known(bool forgiving, awaitable<Answer> question) {
    try {
        co_return co_await std::move(question);
    } catch (const AgentRefusal& refusal) {
        if (!forgiving || !refusal.unknown_command) throw;
    }
    co_return std::nullopt;
}
} // namespace

void add_facts(GuestFacts& facts, std::string_view command, const json::value& answer, const Domain& live) {
    std::ranges::find(kinds, command, &Kind::command)->add(facts, answer, live, command);
}

awaitable<GuestFacts> QemuDriver::guest_facts(Uuid uuid, std::string name, std::uint32_t wanted) {
    auto domain = require(uuid, name);
    bool all = wanted == 0; // what the agent does not know is left out then
    require_agent(*domain);
    auto live = co_await read_live(domain);
    GuestFacts facts;
    for (const auto& kind : kinds) {
        if (!all && (wanted & kind.bit) == 0) continue;
        json::object none;
        auto question = ask_agent(domain, std::string{kind.command}, std::move(none));
        auto answer = co_await if_known(all, std::move(question));
        if (answer) add_facts(facts, kind.command, *answer, live);
    }
    if (all || (wanted & interface_kind) != 0) {
        auto cards = co_await if_known(all, addresses_by_agent(domain));
        if (cards) add_cards(facts, *cards);
    }
    if (facts.size() > most_facts)
        throw error(
            ErrorCode::InternalError,
            fmt::format(
                "the guest of domain '{}' tells {} facts, and one answer holds {}: ask for fewer kinds", name,
                facts.size(), most_facts));
    co_return facts;
}

} // namespace vireo::qemu
