// SPDX-License-Identifier: Apache-2.0
// The commands that put a guest's state away and back.
#include "cli/xml_selection.hpp"
#include "protocol/migration.hpp"

#include <filesystem>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// virDomainSaveRestoreFlags
std::uint32_t save_flags(const Arguments& arguments) {
    arguments.exclude("running", "paused");
    return arguments.bits({{"bypass-cache", 1}, {"running", 2}, {"paused", 4}, {"reset-nvram", 8}});
}

/// The daemon may have another working directory.
std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

std::optional<std::string> file_content(const Arguments& arguments, std::string_view option) {
    auto path = arguments.optional_text(option);
    return path ? std::optional{content_of(*path)} : std::nullopt;
}

awaitable<void> managedsave(Shell& shell, const Arguments& arguments) {
    auto flags = save_flags(arguments);
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to save the state of domain '{}'", domain.name()),
                     domain.call(protocol::domain_managed_save, flags));
    shell.print_extra("\nDomain '{}' state saved by libvirt\n", domain.name());
}

awaitable<void> managedsave_remove(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    bool saved = co_await domain.has_managed_save();
    if (!saved)
        co_return shell.print_extra("Domain '{}' has no manage save image; removal skipped", domain.name());
    co_await explain(fmt::format("failed to remove the saved state of domain '{}'", domain.name()),
                     domain.call(protocol::domain_managed_save_remove, 0U));
    shell.print_extra("Removed managedsave image for domain '{}'\n", domain.name());
}

awaitable<void> managedsave_dumpxml(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.bits({{"security-info", 1}}); // virDomainSaveImageXMLFlags
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await domain.call(protocol::domain_managed_save_get_xml_desc, flags);
    show_xml(shell, arguments, answer.xml);
}

awaitable<void> managedsave_define(Shell& shell, const Arguments& arguments) {
    auto flags = save_flags(arguments);
    auto xml = file_content(arguments, "xml");
    auto domain = co_await shell.domain_of(arguments);
    co_await explain("failed to change the saved state",
                     domain.call(protocol::domain_managed_save_define_xml, std::move(xml), flags));
    shell.print_extra("Managed save state file of domain '{}' updated.\n", domain.name());
}

awaitable<void> save(Shell& shell, const Arguments& arguments) {
    auto flags = save_flags(arguments);
    auto file = arguments.text("file");
    auto xml = file_content(arguments, "xml");
    auto domain = co_await shell.domain_of(arguments);
    auto work = flags == 0 && !xml
                    ? domain.call(protocol::domain_save, absolute(file))
                    : domain.call(protocol::domain_save_flags, absolute(file), std::move(xml), flags);
    co_await explain(fmt::format("failed to save domain '{}' to {}", domain.name(), file), std::move(work));
    shell.print_extra("\nDomain '{}' saved to {}\n", domain.name(), file);
}

awaitable<void> restore(Shell& shell, const Arguments& arguments) {
    auto flags = save_flags(arguments);
    auto file = arguments.text("file");
    auto xml = file_content(arguments, "xml");
    auto daemon = co_await shell.connection();
    auto work = flags == 0 && !xml ? daemon->call_with(protocol::domain_restore, absolute(file))
                                   : daemon->call_with(protocol::domain_restore_flags, absolute(file),
                                                       std::move(xml), flags);
    co_await explain(fmt::format("failed to restore a domain from {}", file), std::move(work));
    shell.print_extra("Domain restored from {}\n", file);
}
} // namespace

std::vector<Command> save_commands() {
    const Option bypass{"bypass-cache", Flag, "past the page cache"},
        running{"running", Flag, "let it run afterwards, whatever it did before"},
        paused{"paused", Flag, "keep it paused afterwards, whatever it did before"},
        xml{"xml", Text, "file with the XML that it shall have afterwards"},
        security{"security-info", Flag, "with passwords and the like"},
        xpath{"xpath", NamedText, "only what this XPath expression selects"},
        wrap{"wrap", Flag, "what was selected, below one root element"};
    return {
        {"managedsave",
         "put a guest's state away until its next start",
         "",
         {running_domain_option, bypass, running, paused},
         managedsave},
        {"managedsave-define",
         "change the XML of a guest's saved state",
         "",
         {domain_option, {"xml", Positional, "file with the XML"}, running, paused},
         managedsave_define},
        {"managedsave-dumpxml",
         "the XML of a guest's saved state",
         "",
         {domain_option, security, xpath, wrap},
         managedsave_dumpxml},
        {"managedsave-remove", "throw a guest's saved state away", "", {domain_option}, managedsave_remove},
        {"restore",
         "let a guest go on from a file",
         "",
         {{"file", Positional, "where its state was saved to"},
          bypass,
          xml,
          running,
          paused,
          {"reset-nvram", Flag, "begin with a fresh NVRAM from its template"}},
         restore},
        {"save",
         "put a guest's state into a file",
         "",
         {running_domain_option, {"file", Positional, "where to"}, bypass, xml, running, paused},
         save},
    };
}

} // namespace vireo::cli
