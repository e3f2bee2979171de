// SPDX-License-Identifier: Apache-2.0
// The commands that put a guest's state away and back.
#include "cli/editor.hpp"
#include "cli/long_job.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/migration.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
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

std::string label_of(const Arguments& arguments, const char* label) {
    return arguments.has("verbose") ? label : "";
}

awaitable<void> managedsave(Shell& shell, const Arguments& arguments) {
    auto flags = save_flags(arguments);
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to save the state of domain '{}'", domain.name()),
                     long_job(domain, label_of(arguments, "Managedsave"),
                              domain.call(protocol::domain_managed_save, flags)));
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
    co_await explain(fmt::format("failed to save domain '{}' to {}", domain.name(), file),
                     long_job(domain, label_of(arguments, "Save"), std::move(work)));
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

awaitable<void> managedsave_edit(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t secure = 1; // virDomainSaveImageXMLFlags
    auto flags = save_flags(arguments);
    auto domain = co_await shell.domain_of(arguments);
    auto before = (co_await domain.call(protocol::domain_managed_save_get_xml_desc, secure)).xml;
    auto after = co_await edited(before, ".xml");
    if (after == before && flags == 0)
        co_return shell.print_extra("Managed save image of domain '{}' XML configuration not changed.\n",
                                    domain.name());
    std::optional<std::string> xml = std::move(after);
    co_await explain("failed to change the saved state",
                     domain.call(protocol::domain_managed_save_define_xml, std::move(xml), flags));
    shell.print_extra("Managed save image of Domain '{}' XML configuration edited.\n", domain.name());
}

awaitable<std::string> xml_of_file(Shell& shell, std::string file, std::uint32_t flags) {
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(protocol::domain_save_image_get_xml_desc, absolute(file), flags);
    co_return std::move(answer.xml);
}

awaitable<void> define_file(Shell& shell, std::string file, std::string xml, std::uint32_t flags) {
    auto daemon = co_await shell.connection();
    co_await explain(
        fmt::format("failed to change the state that was saved to {}", file),
        daemon->call_with(protocol::domain_save_image_define_xml, absolute(file), std::move(xml), flags));
}

awaitable<void> save_image_dumpxml(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.bits({{"security-info", 1}}); // virDomainSaveImageXMLFlags
    show_xml(shell, arguments, co_await xml_of_file(shell, arguments.text("file"), flags));
}

awaitable<void> save_image_define(Shell& shell, const Arguments& arguments) {
    auto file = arguments.text("file");
    co_await define_file(shell, file, content_of(arguments.text("xml")), save_flags(arguments));
    shell.print_extra("State file {} updated.\n", file);
}

awaitable<void> save_image_edit(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t secure = 1;
    auto flags = save_flags(arguments);
    auto file = arguments.text("file");
    auto before = co_await xml_of_file(shell, file, secure);
    auto after = co_await edited(before, ".xml");
    if (after == before && flags == 0)
        co_return shell.print_extra("Saved image {} XML configuration not changed.\n", file);
    co_await define_file(shell, file, std::move(after), flags);
    shell.print_extra("State file {} edited.\n", file);
}

/// virDomainCoreDumpFormat
std::optional<std::uint32_t> dump_format(const Arguments& arguments) {
    constexpr std::array<std::string_view, 5> names{"elf", "kdump-zlib", "kdump-lzo", "kdump-snappy",
                                                    "win-dmp"};
    auto wanted = arguments.optional_text("format");
    if (!wanted) return std::nullopt;
    if (!arguments.has("memory-only"))
        throw usage_error("--format is for a dump of memory only (--memory-only)");
    auto found = std::ranges::find(names, *wanted);
    if (found == names.end())
        throw usage_error(
            fmt::format("there is no dump format '{}': it is one of {}", *wanted, fmt::join(names, ", ")));
    return static_cast<std::uint32_t>(found - names.begin());
}

awaitable<void> dump(Shell& shell, const Arguments& arguments) {
    arguments.exclude("live", "crash");
    // virDomainCoreDumpFlags
    auto flags =
        arguments.bits({{"crash", 1}, {"live", 2}, {"bypass-cache", 4}, {"reset", 8}, {"memory-only", 16}});
    auto format = dump_format(arguments);
    auto file = arguments.text("file");
    auto domain = co_await shell.domain_of(arguments);
    auto work = format ? domain.call(protocol::domain_core_dump_with_format, absolute(file), *format, flags)
                       : domain.call(protocol::domain_core_dump, absolute(file), flags);
    co_await explain(fmt::format("failed to dump domain '{}' to {}", domain.name(), file),
                     long_job(domain, label_of(arguments, "Dump"), std::move(work)));
    shell.print_extra("\nDomain '{}' dumped to {}\n", domain.name(), file);
}
} // namespace

std::vector<Command> save_commands() {
    const Option bypass{"bypass-cache", Flag, "past the page cache"},
        running{"running", Flag, "let it run afterwards, whatever it did before"},
        paused{"paused", Flag, "keep it paused afterwards, whatever it did before"},
        xml{"xml", Text, "file with the XML that it shall have afterwards"},
        security{"security-info", Flag, "with passwords and the like"},
        xpath{"xpath", NamedText, "only what this XPath expression selects"},
        wrap{"wrap", Flag, "what was selected, below one root element"},
        verbose{"verbose", Flag, "tell how far it is"},
        file{"file", Positional, "where its state was saved to"};
    return {
        {"dump",
         "put a guest's memory into a file to look into",
         "",
         {running_domain_option,
          {"file", Positional, "where to"},
          {"live", Flag, "let it run meanwhile"},
          {"crash", Flag, "end it afterwards, as if it had crashed"},
          bypass,
          {"reset", Flag, "let it begin anew afterwards"},
          verbose,
          {"memory-only", Flag, "without its devices, as debuggers read it"},
          {"format", NamedText, "of memory alone: elf, kdump-zlib, kdump-lzo, kdump-snappy or win-dmp"}},
         dump},
        {"managedsave",
         "put a guest's state away until its next start",
         "",
         {running_domain_option, bypass, running, paused, verbose},
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
        {"managedsave-edit",
         "change the XML of a guest's saved state in an editor",
         "",
         {domain_option, running, paused},
         managedsave_edit},
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
         {running_domain_option, {"file", Positional, "where to"}, bypass, xml, running, paused, verbose},
         save},
        {"save-image-define",
         "change the XML of a state in a file",
         "",
         {file, {"xml", Positional, "file with the XML"}, running, paused},
         save_image_define},
        {"save-image-dumpxml",
         "the XML of a state in a file",
         "",
         {file, security, xpath, wrap},
         save_image_dumpxml},
        {"save-image-edit",
         "change the XML of a state in a file in an editor",
         "",
         {file, running, paused},
         save_image_edit},
    };
}

} // namespace vireo::cli
