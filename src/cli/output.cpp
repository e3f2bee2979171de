// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include "cli/arguments.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>
#include <unistd.h>

namespace vireo::cli {

namespace {
struct ToJson {
    json::value operator()(std::monostate) const { return nullptr; }
    json::value operator()(const std::vector<std::string>& texts) const {
        return json::array(texts.begin(), texts.end());
    }
    json::value operator()(const auto& value) const { return json::value(value); }
};

json::value as_json(const Value& value) { return std::visit(ToJson{}, value.content()); }

json::object as_json(const Record& record) {
    json::object object;
    for (const auto& fact : record.facts())
        if (!fact.key.empty()) object[fact.key] = as_json(fact.value);
    return object;
}

/// "MAC address" is "mac_address" for programs.
std::string key_of(std::string_view head) {
    std::string key;
    for (char c : head)
        key += c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return key;
}
} // namespace

Format format_named(std::string_view name) {
    if (name == "text") return Format::Text;
    if (name == "json") return Format::Json;
    throw usage_error(fmt::format("there is no output format '{}': it is 'text' or 'json'", name));
}

std::string text_of(const Record& record) {
    std::string text;
    for (const auto& fact : record.facts())
        if (!fact.line.empty()) text += fact.line + '\n';
    return text;
}

std::string json_of(const Record& record) { return json::print(as_json(record)) + '\n'; }

std::string json_of(std::span<const Record> records) {
    json::array all;
    for (const auto& record : records) all.emplace_back(as_json(record));
    return json::print(all) + '\n';
}

std::string json_of(const Table& table) {
    json::array all;
    for (const auto& row : table.rows()) {
        json::object object;
        for (std::size_t i = 0; i < row.size(); ++i) object[key_of(table.head()[i])] = as_json(row[i].value);
        all.emplace_back(std::move(object));
    }
    return json::print(all) + '\n';
}

std::string in_colour(const std::string& text, Style style) {
    switch (style) { // ECMA-48, "Select graphic rendition"
    case Style::Good: return "\x1b[32m" + text + "\x1b[0m";
    case Style::Paused: return "\x1b[33m" + text + "\x1b[0m";
    case Style::Faint: return "\x1b[2m" + text + "\x1b[0m";
    case Style::Bad: return "\x1b[1;31m" + text + "\x1b[0m";
    case Style::Plain: break;
    }
    return text;
}

bool wants_colour(int descriptor) {
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return !(refused && *refused) && terminal && std::string_view{terminal} != "dumb" && ::isatty(descriptor);
}

} // namespace vireo::cli
