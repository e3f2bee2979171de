// SPDX-License-Identifier: Apache-2.0
// The command that tells what may stand where in a domain's XML.
#include "cli/explain.hpp"

#include "model/domain/explain.hpp"

#include <fmt/ranges.h>

namespace vireo::cli {

namespace {
using enum OptionKind;
using model::domain::Explanation;
using xml::Outline;

/// "text", "one of file, block", "an element".
std::string type_of(const xml::Meaning& meaning) {
    if (!meaning.choices.empty()) return fmt::format("one of {}", fmt::join(meaning.choices, ", "));
    if (!meaning.type.empty()) return meaning.type;
    return meaning.repeats ? "elements" : "an element";
}

std::vector<std::string> names_in(const std::vector<Outline::Named>& list) {
    std::vector<std::string> names;
    for (const auto& named : list) names.push_back(named.name);
    return names;
}

void add_list(Record& record, std::string_view key, const std::vector<Outline::Named>& list) {
    if (list.empty()) return;
    record.add(key, names_in(list), fmt::format("{}:", key));
    std::size_t width = 0;
    for (const auto& named : list) width = std::max(width, named.name.size());
    for (const auto& [name, meaning] : list)
        record.add_line(fmt::format("  {:<{}}  {}{}", name, width, type_of(meaning),
                                    meaning.usual.empty() ? "" : fmt::format(" ({})", meaning.usual)));
}

/// Facts about the value, which elements with parts of their own have not.
void add_value(Record& record, const xml::Meaning& meaning) {
    if (meaning.type.empty()) return;
    if (meaning.choices.empty())
        record.add("type", meaning.type, fmt::format("{:<10}{}", "value:", meaning.type));
    else
        record.add("values", meaning.choices,
                   fmt::format("{:<10}{}", "values:", fmt::join(meaning.choices, ", ")));
    if (!meaning.usual.empty())
        record.add("default", meaning.usual, fmt::format("{:<10}{}", "default:", meaning.usual));
    if (meaning.required) record.add("required", true, "it must be given");
}

Record record_of(const Explanation& explanation) {
    Record record;
    std::string_view kind = explanation.of_attribute ? "attribute" : "element";
    record.add("path", explanation.path, fmt::format("{} ({})", explanation.path, kind));
    record.add("kind", kind, "");
    if (!explanation.condition.empty())
        record.add("where", explanation.condition, fmt::format("{:<10}{}", "where:", explanation.condition));
    add_value(record, explanation.meaning);
    if (explanation.meaning.repeats) record.add("repeats", true, "there may be several");
    if (explanation.meaning.kept)
        record.add("supported", false, "it is stored and shown, but a domain with it cannot be started yet");
    add_list(record, "attributes", explanation.attributes);
    add_list(record, "elements", explanation.children);
    return record;
}

awaitable<void> explain_path(Shell& shell, const Arguments& arguments) {
    shell.show(record_of(model::domain::explain(arguments.text("path"))));
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
    for (const auto& [name, meaning] : parent.children) {
        paths.push_back(fmt::format("{}.{}", parent.path, name));
        if (meaning.type.empty() && !meaning.kept) paths.push_back(paths.back() + '.'); // it has parts
    }
    return paths;
}

std::vector<Command> explain_commands() {
    return {{"explain",
             "what may stand at a place of a domain's XML",
             "Tells what an element or attribute may be, what it is without being given, and what is in it. "
             "A path\n"
             "names elements from the root on, with dots: domain.devices.disk.driver.cache",
             {{"path", Positional, "names of elements with dots between, and maybe of an attribute",
               Completes::XmlPath}},
             explain_path}};
}

} // namespace vireo::cli
