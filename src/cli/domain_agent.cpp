// SPDX-License-Identifier: Apache-2.0
// The commands that the agent in the guest answers.
#include "cli/shell.hpp"
#include "cli/typed_parameters.hpp"
#include "protocol/domain_guest.hpp"

#include <ranges>

namespace vireo::cli {

namespace {
using enum OptionKind;

awaitable<void> domhostname(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t from_lease = 1, from_agent = 2; // virDomainGetHostnameFlags
    auto source = arguments.optional_text("source").value_or("");
    if (!source.empty() && source != "lease" && source != "agent")
        throw usage_error(fmt::format("there is no source '{}': it is 'lease' or 'agent'", source));
    auto flags = source == "lease" ? from_lease : source == "agent" ? from_agent : 0U;
    auto domain = co_await shell.domain_of(arguments);
    auto answer =
        co_await explain("failed to get the guest's name", domain.call(protocol::domain_get_hostname, flags));
    shell.show("hostname", answer.hostname, answer.hostname + '\n');
}

awaitable<void> domfsinfo(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await explain("failed to get the guest's file systems",
                                   domain.call(protocol::domain_get_fsinfo, 0U));
    if (answer.info.empty() && !shell.as_json())
        co_return shell.print_extra("No filesystems are mounted in the domain");
    Table table{{"Mountpoint", "Name", "Type", "Target"}};
    for (const auto& [mountpoint, name, type, devices] : answer.info) {
        std::vector<std::string> targets(devices.begin(), devices.end());
        table.add_row({mountpoint, name, type, Cell{fmt::format("{}", fmt::join(targets, ",")), targets}});
    }
    shell.show(table);
}

decltype(protocol::DomainFsfreezeArgs::mountpoints) mountpoints_in(const Arguments& arguments) {
    return {arguments.rest().begin(), arguments.rest().end()};
}

awaitable<void> domfsfreeze(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await explain("failed to freeze the guest's file systems",
                                   domain.call(protocol::domain_fsfreeze, mountpoints_in(arguments), 0U));
    shell.print_extra("Froze {} filesystem(s)\n", answer.filesystems);
}

awaitable<void> domfsthaw(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await explain("failed to thaw the guest's file systems",
                                   domain.call(protocol::domain_fsthaw, mountpoints_in(arguments), 0U));
    shell.print_extra("Thawed {} filesystem(s)\n", answer.filesystems);
}

awaitable<void> domfstrim(Shell& shell, const Arguments& arguments) {
    auto minimum = arguments.count("minimum").value_or(0);
    auto mountpoint = arguments.optional_text("mountpoint");
    auto domain = co_await shell.domain_of(arguments);
    co_await explain("failed to trim the guest's file systems",
                     domain.call(protocol::domain_fstrim, std::move(mountpoint), minimum, 0U));
}

awaitable<void> guestinfo(Shell& shell, const Arguments& arguments) {
    auto types = arguments.bits({{"user", 1},
                                 {"os", 2},
                                 {"timezone", 4},
                                 {"hostname", 8},
                                 {"filesystem", 16},
                                 {"disk", 32},
                                 {"interface", 64}}); // virDomainGuestInfoTypes
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await domain.call(protocol::domain_get_guest_info, types, 0U);
    Record record;
    for (const auto& [field, value] : answer.params)
        record.add(field, value_of(value), fmt::format("{:<20}: {}", field, text_of(value)));
    shell.show(record);
}

awaitable<void> set_user_password(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t encrypted = 1; // virDomainSetUserPasswordFlags
    std::optional<std::string> user = arguments.text("user"), password = arguments.text("password");
    auto flags = arguments.bits({{"encrypted", encrypted}});
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_set_user_password, user, std::move(password), flags);
    shell.print_extra("Password set successfully for {} in {}", *user, domain.name());
}

awaitable<void> get_user_sshkeys(Shell& shell, const Arguments& arguments) {
    auto user = arguments.text("user");
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await domain.call(protocol::domain_authorized_ssh_keys_get, user, 0U);
    std::vector<std::string> keys(answer.keys.begin(), answer.keys.end());
    std::string lines;
    for (const auto& key : keys) lines += key; // nothing between them, as virsh does
    shell.show("keys", keys, lines);
}

awaitable<void> set_user_sshkeys(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t append = 1, remove = 2; // virDomainAuthorizedSSHKeysSetFlags
    arguments.exclude("reset", "remove");
    if (!arguments.has("file") && !arguments.has("reset"))
        throw usage_error("option --file is needed, or --reset to remove all keys");
    decltype(protocol::DomainAuthorizedSshKeysSetArgs::keys) keys;
    if (auto file = arguments.optional_text("file"))
        for (auto line : content_of(*file) | std::views::split('\n'))
            if (!line.empty()) keys.emplace_back(line.begin(), line.end());
    auto flags = arguments.has("remove") ? remove : arguments.has("reset") ? 0U : append;
    auto user = arguments.text("user");
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_authorized_ssh_keys_set, user, std::move(keys), flags);
}

awaitable<void> guest_agent_timeout(Shell& shell, const Arguments& arguments) {
    constexpr int for_ever = -2; // virDomainAgentResponseTimeoutValues
    auto timeout = arguments.number("timeout", for_ever).value_or(for_ever);
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_agent_set_response_timeout, timeout, 0U);
}
} // namespace

std::vector<Command> agent_commands() {
    const Option mountpoint{"mountpoint", Rest, "only these, by where they are mounted"};
    const Option user{"user", Positional, "a user of the guest"};
    return {
        {"domfsfreeze",
         "let a guest's file systems come to rest",
         "",
         {running_domain_option, mountpoint},
         domfsfreeze},
        {"domfsinfo", "the file systems that a guest has mounted", "", {running_domain_option}, domfsinfo},
        {"domfsthaw", "let a guest's file systems go on", "", {running_domain_option, mountpoint}, domfsthaw},
        {"domfstrim",
         "let a guest give back what its file systems do not use",
         "",
         {running_domain_option,
          {"minimum", Number, "only stretches of at least so many bytes"},
          {"mountpoint", Text, "only this one, by where it is mounted"}},
         domfstrim},
        {"domhostname",
         "the name that a guest has",
         "",
         {running_domain_option, {"source", Text, "who is asked: lease or agent"}},
         domhostname},
        {"get-user-sshkeys",
         "the SSH keys with which a user may come in",
         "",
         {running_domain_option, user},
         get_user_sshkeys},
        {"guest-agent-timeout",
         "how long the agent in a guest may take",
         "",
         {domain_option, {"timeout", NamedNumber, "seconds; -2: for ever, -1: the usual, 0: not at all"}},
         guest_agent_timeout},
        {"guestinfo",
         "what the agent in a guest tells about it",
         "Shows all that it tells, or what the options name.",
         {running_domain_option,
          {"user", Flag, "users that are logged in"},
          {"os", Flag, "operating system"},
          {"timezone", Flag, "time zone"},
          {"hostname", Flag, "name"},
          {"filesystem", Flag, "file systems"},
          {"disk", Flag, "disks"},
          {"interface", Flag, "network interfaces"}},
         guestinfo},
        {"set-user-password",
         "change the password of a user in a guest",
         "",
         {running_domain_option,
          user,
          {"password", Positional, "the new one"},
          {"encrypted", Flag, "it is encrypted already, as the guest does it"}},
         set_user_password},
        {"set-user-sshkeys",
         "change the SSH keys with which a user may come in",
         "",
         {running_domain_option,
          user,
          {"file", Text, "file with keys, one per line"},
          {"reset", Flag, "only these, no others"},
          {"remove", Flag, "these no longer"}},
         set_user_sshkeys},
    };
}

} // namespace vireo::cli
