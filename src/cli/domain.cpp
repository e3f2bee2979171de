// SPDX-License-Identifier: Apache-2.0
// The commands that manage domains.
#include "protocol/domain.hpp"
#include "cli/console.hpp"
#include "cli/descriptors.hpp"
#include "cli/shell.hpp"
#include "cli/xml_selection.hpp"

#include <array>
#include <ranges>

namespace vireo::cli {

namespace {
using enum OptionKind;
constexpr Option file_option{"file", Positional, "file with the XML description of a domain"};

/// What asks for a key, and what needs a domain without an id, does not look there.
constexpr DomainKeys by_uuid_or_name{false, true, true}, by_id_or_name{true, false, true},
    by_id_or_uuid{true, true, false};

/// virDomainCreateFlags
constexpr std::uint32_t start_validate = 16;
std::uint32_t create_flags(const Arguments& arguments) {
    return arguments.bits({{"paused", 1},
                           {"autodestroy", 2},
                           {"bypass-cache", 4},
                           {"force-boot", 8},
                           {"validate", start_validate},
                           {"reset-nvram", 32}});
}

/// virDomainShutdownFlagValues, which virDomainRebootFlagValues repeats.
std::uint32_t shutdown_modes(const Arguments& arguments) {
    static constexpr auto modes = std::to_array<std::pair<std::string_view, std::uint32_t>>(
        {{"acpi", 1}, {"agent", 2}, {"initctl", 4}, {"signal", 8}, {"paravirt", 16}});
    std::uint32_t flags = 0;
    if (!arguments.has("mode")) return flags;
    for (auto part : arguments.text("mode") | std::views::split(',')) {
        std::string_view wanted{part.begin(), part.end()};
        auto mode = std::ranges::find(modes, wanted, &std::pair<std::string_view, std::uint32_t>::first);
        if (mode == modes.end())
            throw usage_error(fmt::format("there is no mode '{}': it is one or more of 'acpi', 'agent', "
                                          "'initctl', 'signal', 'paravirt'",
                                          wanted));
        flags |= mode->second;
    }
    return flags;
}

awaitable<void> define(Shell& shell, const Arguments& arguments) {
    auto file = arguments.text("file");
    auto xml = content_of(file);
    auto daemon = co_await shell.connection();
    auto work = client::Domain::define(daemon, std::move(xml), arguments.bits({{"validate", 1}}));
    auto domain = co_await explain(fmt::format("failed to define a domain from {}", file), std::move(work));
    shell.print_extra("Domain '{}' defined from {}\n", domain.name(), file);
}

/// Starts a domain without a definition, and hands it what --pass-fds names.
awaitable<client::Domain> create_from(std::shared_ptr<client::Connection> daemon, std::string xml,
                                      const Arguments& arguments) {
    auto flags = create_flags(arguments);
    if (!arguments.has("pass-fds"))
        co_return co_await client::Domain::create_xml(daemon, std::move(xml), flags);
    protocol::DomainCreateXmlWithFilesArgs args{std::move(xml), flags};
    auto descriptors = descriptors_in(arguments.text("pass-fds"));
    auto made = co_await daemon->call_with_descriptors(protocol::domain_create_xml_with_files, args,
                                                       std::move(descriptors));
    co_return client::Domain{daemon, std::move(made.dom)};
}

awaitable<void> start_defined(std::shared_ptr<client::Connection> daemon, client::Domain domain,
                              const Arguments& arguments) {
    auto flags = create_flags(arguments);
    if (!arguments.has("pass-fds")) {
        co_await domain.create(flags);
        co_return;
    }
    protocol::DomainCreateWithFilesArgs args{domain.handle(), flags};
    auto descriptors = descriptors_in(arguments.text("pass-fds"));
    co_await daemon->call_with_descriptors(protocol::domain_create_with_files, args, std::move(descriptors));
}

awaitable<void> dom_fd_associate(Shell& shell, const Arguments& arguments) {
    auto descriptors = descriptors_in(arguments.text("pass-fds"));
    auto flags =
        arguments.bits({{"seclabel-restore", 1}, {"seclabel-writable", 2}}); // virDomainFDAssociateFlags
    auto domain = co_await shell.domain_of(arguments);
    auto daemon = co_await shell.connection();
    protocol::DomainFdAssociateArgs args{domain.handle(), arguments.text("name"), flags};
    co_await daemon->call_with_descriptors(protocol::domain_fd_associate, args, std::move(descriptors));
}

awaitable<void> create(Shell& shell, const Arguments& arguments) {
    auto file = arguments.text("file");
    auto xml = content_of(file);
    auto daemon = co_await shell.connection();
    auto work = create_from(daemon, std::move(xml), arguments);
    auto domain = co_await explain(fmt::format("failed to create a domain from {}", file), std::move(work));
    shell.print_extra("Domain '{}' created from {}\n", domain.name(), file);
    if (arguments.has("console")) co_await run_console(shell, domain, std::nullopt, 0);
}

awaitable<void> start(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments, by_uuid_or_name);
    if (domain.id())
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::None, "the domain is running already");
    auto daemon = co_await shell.connection();
    co_await explain(fmt::format("failed to start domain '{}'", domain.name()),
                     start_defined(daemon, domain, arguments));
    shell.print_extra("Domain '{}' started\n", domain.name());
    if (arguments.has("console")) co_await run_console(shell, domain, std::nullopt, 0);
}

awaitable<void> console(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto device = arguments.optional_text("devname");
    auto flags = arguments.bits({{"force", 1}, {"safe", 2}}); // virDomainConsoleFlags
    co_await run_console(shell, domain, std::move(device), flags);
}

awaitable<void> shutdown(Shell& shell, const Arguments& arguments) {
    auto flags = shutdown_modes(arguments);
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to shut down domain '{}'", domain.name()), domain.shutdown(flags));
    shell.print_extra("Domain '{}' is being shutdown\n", domain.name());
}

awaitable<void> reboot(Shell& shell, const Arguments& arguments) {
    auto flags = shutdown_modes(arguments);
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to reboot domain '{}'", domain.name()), domain.reboot(flags));
    shell.print_extra("Domain '{}' is being rebooted\n", domain.name());
}

awaitable<void> reset(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to reset domain '{}'", domain.name()), domain.reset());
    shell.print_extra("Domain '{}' was reset\n", domain.name());
}

awaitable<void> suspend(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to suspend domain '{}'", domain.name()), domain.suspend());
    shell.print_extra("Domain '{}' suspended\n", domain.name());
}

awaitable<void> resume(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to resume domain '{}'", domain.name()), domain.resume());
    shell.print_extra("Domain '{}' resumed\n", domain.name());
}

awaitable<void> destroy(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.bits({{"graceful", 1}, {"remove-logs", 2}}); // virDomainDestroyFlagsValues
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to destroy domain '{}'", domain.name()), domain.destroy(flags));
    shell.print_extra("Domain '{}' destroyed\n", domain.name());
}

awaitable<void> undefine(Shell& shell, const Arguments& arguments) {
    arguments.refuse_unsupported(
        {"storage", "remove-all-storage", "delete-storage-volume-snapshots", "wipe-storage"});
    arguments.exclude("nvram", "keep-nvram");
    arguments.exclude("tpm", "keep-tpm");
    auto flags = arguments.bits({{"managed-save", 1},
                                 {"snapshots-metadata", 2},
                                 {"nvram", 4},
                                 {"keep-nvram", 8},
                                 {"checkpoints-metadata", 16},
                                 {"tpm", 32},
                                 {"keep-tpm", 64}}); // virDomainUndefineFlagsValues
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to undefine domain '{}'", domain.name()), domain.undefine(flags));
    shell.print_extra("Domain '{}' has been undefined\n", domain.name());
}

awaitable<void> dumpxml(Shell& shell, const Arguments& arguments) {
    auto flags =
        arguments.bits({{"security-info", 1}, {"inactive", 2}, {"update-cpu", 4}, {"migratable", 8}});
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await domain.xml(flags);
    show_xml(shell, arguments, answer.xml);
}

awaitable<void> domid(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments, by_uuid_or_name);
    auto id = domain.id();
    shell.show("id", id ? Value{*id} : Value{}, id ? fmt::format("{}\n", *id) : "-\n");
}

awaitable<void> domuuid(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments, by_id_or_name);
    shell.show("uuid", domain.uuid().text(), domain.uuid().text() + '\n');
}

awaitable<void> domname(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments, by_id_or_uuid);
    shell.show("name", domain.name(), domain.name() + '\n');
}

awaitable<void> domrename(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.rename(arguments.text("new-name"));
    shell.print_extra("Domain successfully renamed\n");
}

awaitable<void> autostart(Shell& shell, const Arguments& arguments) {
    bool wanted = !arguments.has("disable");
    auto domain = co_await shell.domain_of(arguments);
    auto headline =
        fmt::format("failed to {} domain '{}' as autostarted", wanted ? "mark" : "unmark", domain.name());
    co_await explain(std::move(headline), domain.set_autostart(wanted));
    shell.print_extra("Domain '{}' {} as autostarted\n", domain.name(), wanted ? "marked" : "unmarked");
}
} // namespace

std::vector<Command> lifecycle_commands() {
    const Option devname{"devname", Text, "alias of the character device; without it, the first console"};
    const Option mode{"mode", Text,
                      "how to ask the guest: acpi, agent, initctl, signal, paravirt; several with commas"};
    const Option console_option{"console", Flag, "go to the guest's console at once"};
    const Option paused{"paused", Flag, "make it ready, but let it not run yet"};
    const Option autodestroy{"autodestroy", Flag, "destroy it when this connection ends"};
    const Option pass_fds{"pass-fds", Text, "hand these file descriptors (N,M,...) to the guest"};
    const Option validate{"validate", Flag, "check the XML against its schema"};
    const Option reset_nvram{"reset-nvram", Flag, "begin with a fresh NVRAM from its template"};
    constexpr Option stopped_domain_option{"domain", Positional, "name or UUID of the domain",
                                           Completes::StoppedDomain};
    return {
        {"autostart",
         "have a domain started with the host",
         "Starts the domain whenever the daemon comes up, or no longer.",
         {domain_option, {"disable", Flag, "no longer start it"}},
         autostart},
        {"console",
         "talk to the guest's serial console",
         "Connects this terminal to a console of the guest. ^] leaves it. Input that is no\n"
         "    terminal is sent too; its end leaves the console open until the guest ends.",
         {running_domain_option,
          devname,
          {"force", Flag, "take it away from who has it"},
          {"safe", Flag, "only if the daemon guards it against two users"}},
         console},
        {"create",
         "run a domain that is not kept",
         "Starts a domain from an XML file without defining it.",
         {file_option, console_option, paused, autodestroy, pass_fds, validate, reset_nvram},
         create},
        {"define",
         "keep a domain's description",
         "Defines a domain, or changes its definition, without starting it.",
         {file_option, validate},
         define},
        {"destroy",
         "end a guest at once",
         "Takes the power away; the definition and the disks stay.",
         {running_domain_option,
          {"graceful", Flag, "only if it ends by itself when told to"},
          {"remove-logs", Flag, "remove its log files too"}},
         destroy},
        {"dom-fd-associate",
         "hand open files to a domain",
         "Its disks can use them under this name (fdgroup) as long as this connection lasts.",
         {domain_option,
          {"name", Positional, "the name of the group of files"},
          {"pass-fds", Positional, "the file descriptors (N,M,...)"},
          {"seclabel-writable", Flag, "label them as writable even where they are not"},
          {"seclabel-restore", Flag, "give them their labels back afterwards"}},
         dom_fd_associate},
        {"domid", "the number of a running domain", "", {domain_option}, domid},
        {"domname", "the name of a domain", "", {domain_option}, domname},
        {"domrename",
         "give a domain another name",
         "Renames a domain that does not run.",
         {domain_option, {"new-name", Positional, "its name from now on"}},
         domrename},
        {"domuuid", "the UUID of a domain", "", {domain_option}, domuuid},
        {"dumpxml",
         "the XML description of a domain",
         "Shows what runs, or the definition of what does not.",
         {domain_option,
          {"inactive", Flag, "the definition, even while it runs"},
          {"security-info", Flag, "with passwords and the like"},
          {"update-cpu", Flag, "with the CPU as this host makes it"},
          {"migratable", Flag, "as another host would need it"},
          {"xpath", NamedText, "only what this XPath expression selects"},
          {"wrap", Flag, "what was selected, below one root element"}},
         dumpxml},
        {"reboot", "ask a guest to start again", "", {running_domain_option, mode}, reboot},
        {"reset",
         "press a guest's reset button",
         "The guest is not asked: what it had not written is lost.",
         {running_domain_option},
         reset},
        {"resume", "let a suspended guest go on", "", {running_domain_option}, resume},
        {"shutdown", "ask a guest to shut down", "", {running_domain_option, mode}, shutdown},
        {"start",
         "start a defined domain",
         "Boots it, or goes on where a managed save left it.",
         {stopped_domain_option,
          console_option,
          paused,
          autodestroy,
          {"bypass-cache", Flag, "read a saved state past the page cache"},
          {"force-boot", Flag, "throw a saved state away and boot"},
          pass_fds,
          reset_nvram},
         start},
        {"suspend",
         "stop a guest's time",
         "The guest keeps its memory, but does not run.",
         {running_domain_option},
         suspend},
        {"undefine",
         "forget a domain's description",
         "Removes the definition. A domain that runs goes on until it ends.",
         {domain_option,
          {"managed-save", Flag, "remove its saved state too"},
          {"storage", Text, "remove these volumes too (targets or paths, with commas)"},
          {"remove-all-storage", Flag, "remove all its volumes too"},
          {"delete-storage-volume-snapshots", Flag, "remove the snapshots of removed volumes"},
          {"wipe-storage", Flag, "overwrite removed volumes before"},
          {"snapshots-metadata", Flag, "forget its snapshots too"},
          {"checkpoints-metadata", Flag, "forget its checkpoints too"},
          {"nvram", Flag, "remove its NVRAM file"},
          {"keep-nvram", Flag, "keep its NVRAM file"},
          {"tpm", Flag, "remove its TPM's state"},
          {"keep-tpm", Flag, "keep its TPM's state"}},
         undefine},
    };
}

} // namespace vireo::cli
