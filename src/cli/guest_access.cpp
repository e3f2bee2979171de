// SPDX-License-Identifier: Apache-2.0
// The commands that reach into launched guests.
#include "cli/launched_guest.hpp"

namespace vireo::cli {

namespace {
using enum OptionKind;

awaitable<void> ssh(Shell& shell, const Arguments& arguments) {
    auto guest = co_await launched_guest_of(shell, arguments);
    auto words = launch::ssh_words(co_await login_of(std::move(guest)));
    words.insert(words.end(), arguments.rest().begin(), arguments.rest().end());
    co_await run_on_terminal(shell, std::move(words), "openssh-client");
}

/// "web:/etc/motd": the guest's name; nothing for a path of this host, which a '/' before the colon makes
/// sure of.
std::optional<std::string> guest_in(const std::string& place) {
    auto colon = place.find(':');
    if (colon == place.npos || colon == 0 || place.find('/') < colon) return std::nullopt;
    return place.substr(0, colon);
}

awaitable<void> cp(Shell& shell, const Arguments& arguments) {
    auto places = arguments.rest();
    if (places.size() < 2) throw usage_error("cp needs what to copy and where to: cp FILE... GUEST:PATH");
    std::optional<std::string> name;
    for (const auto& place : places) {
        auto found = guest_in(place);
        if (name && found && *name != *found)
            throw usage_error(fmt::format("cp copies between this host and one guest, not from '{}' to '{}'",
                                          *name, *found));
        if (found) name = std::move(found);
    }
    if (!name) throw usage_error("cp needs a guest on one side: cp FILE GUEST:PATH, or cp GUEST:PATH FILE");
    auto guest = co_await launched_guest_of(shell, arguments.with("domain", *name));
    auto login = co_await login_of(std::move(guest));
    std::vector<std::string> words{"scp", "-P", std::to_string(login.port)};
    for (auto& option : launch::login_options(login)) words.push_back(std::move(option));
    if (arguments.has("recursive")) words.emplace_back("-r");
    words.emplace_back("--");
    for (auto& place : places)
        words.push_back(guest_in(place) ? login.user + "@127.0.0.1" + place.substr(name->size())
                                        : std::move(place));
    co_await run_on_terminal(shell, std::move(words), "openssh-client");
}

awaitable<void> ip(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto forwards = co_await forwards_of(domain);
    if (forwards.empty())
        throw Error(
            ErrorCode::OperationInvalid, ErrorDomain::None,
            fmt::format(
                "no port of this host leads to domain '{0}'; vireo domifaddr {0} asks for its addresses",
                domain.name()));
    Table table{{"Address", "Port", "Guest port"}};
    for (const auto& forward : forwards)
        table.add_row({"127.0.0.1",
                       {std::to_string(forward.host), forward.host},
                       {std::to_string(forward.guest), forward.guest}});
    shell.show(table);
}
} // namespace

std::vector<Command> access_commands() {
    return {
        {"cp",
         "copy files to or from a launched guest",
         "vireo cp FILE... GUEST:PATH, or vireo cp GUEST:PATH... PLACE",
         {{"recursive", Flag, "directories with all that is in them"},
          {"place", RequiredRest, "what to copy, and where to at last; GUEST:PATH is in a guest"}},
         cp},
        {"ip",
         "where a guest's ports can be reached",
         "A guest of user networking has no address of its own that the host could reach; ports of the host "
         "lead to it.",
         {domain_option},
         ip},
        {"ssh",
         "a shell in a launched guest, or one command",
         "Returns what the command returns.",
         {running_domain_option, {"command", Verbatim, "what to run there, with its options"}},
         ssh},
    };
}

} // namespace vireo::cli
