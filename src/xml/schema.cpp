// SPDX-License-Identifier: Apache-2.0
#include "xml/schema.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

namespace vireo::xml {

namespace {
template <auto function> struct FreedBy {
    void operator()(auto* pointer) const { function(pointer); }
};
using Tree = std::unique_ptr<xmlDoc, FreedBy<xmlFreeDoc>>;
using Schema = std::unique_ptr<xmlRelaxNG, FreedBy<xmlRelaxNGFree>>;
using SchemaParser = std::unique_ptr<xmlRelaxNGParserCtxt, FreedBy<xmlRelaxNGFreeParserCtxt>>;
using Validator = std::unique_ptr<xmlRelaxNGValidCtxt, FreedBy<xmlRelaxNGFreeValidCtxt>>;
using Parser = std::unique_ptr<xmlParserCtxt, FreedBy<xmlFreeParserCtxt>>;

/// libxml2 keeps what belongs to all its users, and must be set up before threads use it.
const bool is_set_up = [] {
    xmlInitParser();
    return true;
}();

struct Fault {
    int line = 0;
    std::string path, message;
    auto depth() const { return std::ranges::count(path, '/'); }
};

std::string trimmed(const char* message) {
    std::string text = message == nullptr ? "" : message;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

std::string path_of(void* node) {
    if (node == nullptr) return {};
    std::unique_ptr<xmlChar, decltype(xmlFree)> path{xmlGetNodePath(static_cast<xmlNode*>(node)), xmlFree};
    return path ? reinterpret_cast<const char*>(path.get()) : "";
}

/// A fault shows at each level up to the root; the innermost says most.
void keep_innermost(void* context, xmlError* error) {
    auto& kept = *static_cast<std::optional<Fault>*>(context);
    Fault fault{error->line, path_of(error->node), trimmed(error->message)};
    if (!kept || fault.depth() > kept->depth()) kept = std::move(fault);
}

void ignore(void*, xmlError*) {}

struct Compiled {
    std::filesystem::file_time_type changed;
    Schema schema;
};

/// Validating uses tables of the schema that it fills in as it goes: no two threads share one.
xmlRelaxNG& compiled(const std::filesystem::path& path) {
    thread_local std::map<std::filesystem::path, Compiled> known;
    auto changed = std::filesystem::last_write_time(path);
    auto& entry = known[path];
    if (entry.schema && entry.changed == changed) return *entry.schema;
    SchemaParser parser{xmlRelaxNGNewParserCtxt(path.c_str())};
    if (parser) xmlRelaxNGSetParserStructuredErrors(parser.get(), ignore, nullptr);
    entry = {changed, Schema{parser ? xmlRelaxNGParse(parser.get()) : nullptr}};
    if (!entry.schema)
        throw Error(ErrorCode::SystemError, ErrorDomain::Xml,
                    fmt::format("{} is no RELAX NG schema", path.native()));
    return *entry.schema;
}

Tree parse(std::string_view document) {
    Parser parser{xmlNewParserCtxt()};
    if (!parser) throw std::bad_alloc{};
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES;
    Tree tree{xmlCtxtReadMemory(parser.get(), document.data(), static_cast<int>(document.size()), nullptr,
                                "UTF-8", options)};
    if (!tree)
        throw Error(ErrorCode::XmlDetail, ErrorDomain::Xml,
                    fmt::format("line {}: {}", parser->lastError.line, trimmed(parser->lastError.message)));
    return tree;
}
} // namespace

void check_schema(const std::filesystem::path& schema, std::string_view document) {
    auto& rules = compiled(schema);
    auto tree = parse(document);
    std::optional<Fault> fault;
    Validator validator{xmlRelaxNGNewValidCtxt(&rules)};
    if (!validator) throw std::bad_alloc{};
    xmlRelaxNGSetValidStructuredErrors(validator.get(), keep_innermost, &fault);
    if (xmlRelaxNGValidateDoc(validator.get(), tree.get()) == 0) return;
    auto found = fault.value_or(Fault{});
    throw Error(ErrorCode::XmlInvalidSchema, ErrorDomain::Xml,
                fmt::format("line {}, {}: {} (by the schema {})", found.line, found.path, found.message,
                            schema.native()));
}

} // namespace vireo::xml
