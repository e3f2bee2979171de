// SPDX-License-Identifier: Apache-2.0
#include "cli/pretty_json.hpp"

#include "base/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::cli {

namespace {
json::value parsed(const std::string& document) {
    auto value = json::parse(document);
    if (!value)
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    fmt::format("the answer is no JSON: {}", value.error()));
    return std::move(*value);
}

void append(std::string& text, const json::value& value, std::size_t depth);

/// `items` are written by `write`, each on its own line between the brackets.
void append_lines(std::string& text, std::string_view brackets, const auto& items, std::size_t depth,
                  auto write) {
    text += brackets[0];
    bool first = true;
    for (const auto& item : items) {
        text += std::exchange(first, false) ? "\n" : ",\n";
        text.append(2 * (depth + 1), ' ');
        write(item);
    }
    text += '\n';
    text.append(2 * depth, ' ') += brackets[1];
}

void append(std::string& text, const json::value& value, std::size_t depth) {
    if (const auto* object = value.if_object(); object && !object->empty())
        append_lines(text, "{}", *object, depth, [&](const auto& member) {
            text += json::print(json::value(member.key())) + ": ";
            append(text, member.value(), depth + 1);
        });
    else if (const auto* array = value.if_array(); array && !array->empty())
        append_lines(text, "[]", *array, depth, [&](const auto& item) { append(text, item, depth + 1); });
    else if (value.is_object()) // layout of the tools that scripts know
        text += "{}";
    else if (value.is_array())
        text += "[]";
    else
        text += json::print(value);
}
} // namespace

std::string pretty_json(const std::string& document) {
    std::string text;
    append(text, parsed(document), 0);
    return text;
}

std::string member_of(const std::string& document, std::string_view name) {
    auto value = parsed(document);
    const auto* object = value.if_object();
    const auto* member = object ? object->if_contains(name) : nullptr;
    if (!member)
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    fmt::format("the answer has no '{}': {}", name, document));
    return json::print(*member);
}

} // namespace vireo::cli
