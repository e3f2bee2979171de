// SPDX-License-Identifier: Apache-2.0
// The command that tells what may stand where in a domain's XML.
#include "cli/explain.hpp"

#include "model/domain/explain.hpp"

#include <fmt/ranges.h>

namespace vireo::cli {

namespace {
using enum OptionKind;
using namespace model::domain;

/// "text", "one of file, block", "an element".
std::string type_of(const xml::Meaning& meaning) {
    if (!meaning.choices.empty()) return fmt::format("one of {}", fmt::join(meaning.choices, ", "));
    if (!meaning.type.empty()) return meaning.type;
    return meaning.repeats ? "elements" : "an element";
}

std::vector<std::string> names_in(const std::vector<Part>& parts) {
    std::vector<std::string> names;
    for (const auto& part : parts) names.push_back(part.name);
    return names;
}

/// "<disk type='block'> ", where a part is not in every such element.
std::string condition_of(const Part& part, const Explanation& element) {
    auto condition = part.chain.condition();
    return condition.empty() || condition == element.condition ? "" : fmt::format(" [{}]", condition);
}

void add_parts(Record& record, std::string_view key, const std::vector<Part>& parts,
               const Explanation& element) {
    if (parts.empty()) return;
    record.add(key, names_in(parts), fmt::format("{}:", key));
    std::size_t width = 0;
    for (const auto& part : parts) width = std::max(width, part.name.size());
    for (const auto& part : parts)
        record.add_line(fmt::format("  {:<{}}  {}{}", part.name, width, type_of(part.meaning),
                                    condition_of(part, element)));
}

void add_line_of(Record& record, std::string_view key, std::string_view label, const std::string& text) {
    if (!text.empty()) record.add(key, text, fmt::format("{:<10}{}", label, text));
}

/// What a value may be, and what its absence means: that the format says, or else who runs the domain.
void add_value(Record& record, const Explanation& explanation) {
    const auto& meaning = explanation.meaning;
    const auto* documentation = explanation.documentation;
    if (!meaning.choices.empty())
        record.add("values", meaning.choices,
                   fmt::format("{:<10}{}", "values:", fmt::join(meaning.choices, ", ")));
    else
        add_line_of(record, "type", "value:", meaning.type);
    if (meaning.required) {
        record.add("required", true, "it must be given");
        return;
    }
    bool is_chosen = meaning.usual.empty() && documentation != nullptr && !documentation->usual.empty();
    if (is_chosen)
        record.add("default", documentation->usual,
                   fmt::format("{:<10}{} (by who runs it)", "default:", documentation->usual));
    else if (!meaning.usual.empty())
        record.add("default", meaning.usual,
                   fmt::format("{:<10}{} (by the format)", "default:", meaning.usual));
    if (is_chosen || !meaning.usual.empty())
        record.add("default_from", is_chosen ? "hypervisor" : "format", "");
}

void add_effect(Record& record, const Effect& effect) {
    record.add("changes_live", effect.changes_live, "");
    record.add("guest_sees", effect.guest_sees, "");
    record.add_line(fmt::format("{:<10}{}; {}",
                                "change:", effect.changes_live ? "while the guest runs" : "at the next start",
                                effect.guest_sees ? "the guest sees it: a saved one needs it as it was"
                                                  : "the host's affair: a saved guest goes on with another"));
}

Record record_of(const Explanation& explanation) {
    Record record;
    const auto* documentation = explanation.documentation;
    std::string_view kind = explanation.of_attribute ? "attribute" : "element";
    record.add("path", explanation.path, fmt::format("{} ({})", explanation.path, kind));
    record.add("kind", kind, "");
    if (documentation != nullptr)
        record.add("documentation", documentation->sentence, documentation->sentence);
    add_line_of(record, "where", "where:", explanation.condition);
    if (documentation != nullptr) add_line_of(record, "for", "for:", documentation->where);
    add_value(record, explanation);
    if (explanation.meaning.repeats) record.add("repeats", true, "there may be several");
    if (explanation.meaning.kept)
        record.add("supported", false, "it is stored and shown, but a domain with it cannot be started yet");
    add_effect(record, explanation.effect);
    add_parts(record, "attributes", explanation.attributes, explanation);
    add_parts(record, "elements", explanation.children, explanation);
    return record;
}

/// The path as `explain` takes it: an attribute needs its '@' only where an element is called the same.
std::string typed(std::string path) {
    auto at = path.rfind('@');
    if (at == path.npos) return path;
    auto plain = path;
    plain.erase(at, 1);
    return find_documentation(plain) == nullptr ? plain : path;
}

void show_found(Shell& shell, const std::string& words) {
    auto found = search(words);
    if (found.empty())
        throw usage_error(
            fmt::format("nothing in the format of domains is told of in the words '{}'", words));
    std::vector<Record> records;
    for (const auto* entry : found) {
        auto path = typed(entry->path);
        auto& record = records.emplace_back();
        record.add("path", path, path);
        record.add("documentation", entry->sentence, "  " + entry->sentence);
    }
    shell.show(records);
}

awaitable<void> explain_path(Shell& shell, const Arguments& arguments) {
    arguments.exclude("path", "search");
    if (auto words = arguments.optional_text("search"))
        show_found(shell, *words);
    else if (auto path = arguments.optional_text("path"))
        shell.show(record_of(model::domain::explain(*path)));
    else
        throw usage_error("a path such as domain.devices.disk is needed, or --search with a word");
    co_return;
}
} // namespace

std::vector<std::string> paths_like(std::string_view typed) {
    auto dot = typed.rfind('.');
    if (dot == typed.npos) return {"domain", "domain."};
    auto parent = model::domain::explain(typed.substr(0, dot));
    std::vector<std::string> paths;
    for (const auto& name : names_in(parent.attributes))
        paths.push_back(fmt::format("{}.{}", parent.path, name));
    for (const auto& part : parent.children) {
        paths.push_back(fmt::format("{}.{}", parent.path, part.name));
        if (part.meaning.type.empty() && !part.meaning.kept)
            paths.push_back(paths.back() + '.'); // it has parts
    }
    return paths;
}

std::vector<Command> explain_commands() {
    return {
        {"explain",
         "what may stand at a place of a domain's XML",
         "Tells what an element or attribute is for, what it may be, what it is without being given, when "
         "a\nchange counts, and what is in it. A path names elements from the root on, with dots: "
         "domain.devices.disk.driver.cache",
         {{"path", Text, "names of elements with dots between, and maybe of an attribute",
           Completes::XmlPath},
          {"search", NamedText, "list what is told of in words that have all of these"}},
         explain_path}};
}

} // namespace vireo::cli
