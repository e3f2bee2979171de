// SPDX-License-Identifier: Apache-2.0
// The commands about what users write on a domain, and its description in other forms.
#include "cli/editor.hpp"
#include "cli/launched_guest.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/domain.hpp"

#include <expected>
#include <unistd.h>

namespace vireo::cli {

namespace {
using enum OptionKind;
/// virDomainMetadataType
constexpr std::int32_t description_type = 0, title_type = 1, element_type = 2;

/// Empty when the domain has none.
awaitable<std::string> metadata_of(client::Domain domain, std::int32_t type, std::optional<std::string> uri,
                                   std::uint32_t flags) {
    try {
        co_return (co_await domain.call(protocol::domain_get_metadata, type, std::move(uri), flags)).metadata;
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoDomainMetadata) throw;
    }
    co_return std::string{};
}

/// The description or title. Daemons that do not tell it alone still show it in the whole XML.
awaitable<std::string> text_of_domain(client::Domain domain, bool title, std::uint32_t flags) {
    constexpr std::uint32_t config = 2, inactive_xml = 2; // virDomainModificationImpact, virDomainXMLFlags
    auto work = metadata_of(domain, title ? title_type : description_type, std::nullopt, flags);
    auto told = co_await if_supported(std::move(work));
    if (told) co_return std::move(*told);
    auto answer = co_await domain.xml((flags & config) != 0 ? inactive_xml : 0U);
    co_return domain_child_in(answer.xml, title ? "title" : "description");
}

awaitable<void> set_text(client::Domain domain, std::int32_t type, std::string text, std::uint32_t flags) {
    std::optional<std::string> value, none;
    if (!text.empty()) value = std::move(text); // none takes it away
    co_await domain.call(protocol::domain_set_metadata, type, value, none, none, flags);
}

awaitable<void> desc(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    bool title = arguments.has("title"), change = !arguments.rest().empty(), edit = arguments.has("edit");
    auto type = title ? title_type : description_type;
    auto domain = co_await shell.domain_of(arguments);
    auto text = fmt::format("{}", fmt::join(arguments.rest(), " "));
    if (edit) {
        auto before = text;
        if (!change) before = co_await text_of_domain(domain, title, flags);
        text = co_await edited(before, ".txt");
        while (!text.empty() && text.back() == '\n') text.pop_back();
        if (text == before) {
            shell.print_extra("Domain {} was not changed\n", title ? "title" : "description");
            co_return;
        }
    }
    if (edit || change) {
        auto headline = fmt::format("failed to change the {}", title ? "title" : "description");
        co_await explain(std::move(headline), set_text(domain, type, std::move(text), flags));
        co_return shell.print_extra("Domain {} updated successfully", title ? "title" : "description");
    }
    auto now = co_await text_of_domain(domain, title, flags);
    if (shell.as_json() || !now.empty()) co_return shell.show_text(title ? "title" : "description", now);
    shell.print_extra("No {} for domain: {}", title ? "title" : "description", domain.name());
}

awaitable<void> set_element(Shell& shell, client::Domain domain, const Arguments& arguments,
                            std::optional<std::string> element) {
    auto key = element ? std::optional{arguments.text("key")} : std::nullopt;
    bool removes = !element;
    std::optional<std::string> uri = arguments.text("uri");
    co_await domain.call(protocol::domain_set_metadata, element_type, std::move(element), std::move(key),
                         std::move(uri), arguments.impact());
    shell.print_extra("Metadata {}\n", removes ? "removed" : "modified");
}

awaitable<void> metadata(Shell& shell, const Arguments& arguments) {
    arguments.exclude("edit", "set");
    arguments.exclude("remove", "set");
    arguments.exclude("remove", "edit");
    auto flags = arguments.impact();
    bool edit = arguments.has("edit");
    if ((arguments.has("set") || edit) && !arguments.has("key"))
        throw usage_error("option --key is needed too: it is the prefix of the element's namespace");
    std::optional<std::string> uri = arguments.text("uri");
    auto domain = co_await shell.domain_of(arguments);
    if (arguments.has("set") || arguments.has("remove"))
        co_return co_await set_element(shell, domain, arguments, arguments.optional_text("set"));
    if (edit) {
        auto before = co_await metadata_of(domain, element_type, uri, flags);
        auto after = co_await edited(before, ".xml");
        if (after == before) co_return shell.print_extra("Metadata not changed\n");
        co_return co_await set_element(shell, domain, arguments, std::move(after));
    }
    auto answer = co_await domain.call(protocol::domain_get_metadata, element_type, std::move(uri), flags);
    shell.show("metadata", answer.metadata, answer.metadata + '\n');
}

/// Defines what was edited. An error is an answer where there is somebody to mend the text.
awaitable<std::expected<client::Domain, Error>> try_define(Shell& shell, std::string xml,
                                                           std::uint32_t flags) {
    auto daemon = co_await shell.connection();
    try {
        co_return co_await client::Domain::define(daemon, std::move(xml), flags);
    } catch (const Error& failure) {
        co_return std::unexpected(explained("failed to define the domain from what was edited", failure));
    }
}

awaitable<void> edit(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t secure = 1, inactive = 2; // virDomainXMLFlags
    constexpr std::uint32_t validate = 1;             // virDomainDefineFlags
    auto flags = arguments.has("skip-validate") ? 0U : validate;
    auto domain = co_await shell.domain_of(arguments);
    auto before = (co_await domain.xml(secure | inactive)).xml;
    auto after = before;
    for (std::size_t line = 0;;) {
        after = co_await edited(after, ".xml", line);
        if (after == before)
            co_return shell.print_extra("Domain '{}' XML configuration not changed.\n", domain.name());
        auto now = (co_await domain.xml(secure | inactive)).xml;
        if (now != before)
            throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                        "the definition was changed by someone else meanwhile: edit it again");
        auto made = co_await try_define(shell, after, flags);
        if (made) co_return shell.print_extra("Domain '{}' XML configuration edited.\n", made->name());
        if (!::isatty(STDIN_FILENO)) throw made.error();
        shell.show_error(made.error().what());
        bool again = co_await confirmed(shell, "Nothing was changed. Go on editing?");
        if (!again)
            throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                        fmt::format("the definition of '{}' stays as it was", domain.name()));
        line = line_named_in(made.error().what());
    }
}

awaitable<void> domxml_from_native(Shell& shell, const Arguments& arguments) {
    auto format = arguments.text("format");
    auto config = content_of(arguments.text("config"));
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(protocol::connect_domain_xml_from_native, format, config, 0U);
    shell.show_text("xml", answer.domain_xml);
}

awaitable<void> domxml_to_native(Shell& shell, const Arguments& arguments) {
    arguments.exclude("domain", "xml");
    if (!arguments.has("domain") && !arguments.has("xml"))
        throw usage_error("either --domain or --xml is needed");
    auto format = arguments.text("format");
    std::string xml;
    if (arguments.has("domain")) {
        auto domain = co_await shell.domain_of(arguments);
        xml = (co_await domain.xml(0)).xml;
    } else {
        xml = content_of(arguments.text("xml"));
    }
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(protocol::connect_domain_xml_to_native, format, xml, 0U);
    shell.show_text("config", answer.native_config);
}
} // namespace

std::vector<Command> text_commands() {
    const Option live{"live", Flag, "of the running guest"}, config{"config", Flag, "of the definition"},
        current{"current", Flag, "whichever it is in now"};
    return {
        {"desc",
         "show or change a domain's description or title",
         "",
         {domain_option,
          live,
          config,
          current,
          {"title", Flag, "the title, not the description"},
          {"edit", Flag, "in an editor"},
          {"new-desc", Rest, "what it shall say; '' takes it away"}},
         desc},
        {"domxml-from-native",
         "a domain's XML from the hypervisor's own form",
         "",
         {{"format", Positional, "such as qemu-argv"},
          {"config", Positional, "file with what the hypervisor is given"}},
         domxml_from_native},
        {"domxml-to-native",
         "what the hypervisor would be given for a domain",
         "",
         {{"format", Positional, "such as qemu-argv"},
          {"domain", NamedText, "name, id or UUID of the domain", Completes::Domain},
          {"xml", Text, "file with the XML description of a domain"}},
         domxml_to_native},
        {"edit",
         "change a domain's definition in an editor",
         "What is saved there is defined; a guest that runs has it from its next start on.",
         {domain_option, {"skip-validate", Flag, "do not check the XML against its schema"}},
         edit},
        {"metadata",
         "show or change what a program noted on a domain",
         "Each program has an XML element of its own, found by its namespace.",
         {domain_option,
          {"uri", Positional, "namespace of the element"},
          live,
          config,
          current,
          {"edit", Flag, "in an editor"},
          {"key", Text, "prefix for the namespace"},
          {"set", Text, "the new element"},
          {"remove", Flag, "take it away"}},
         metadata},
    };
}

} // namespace vireo::cli
