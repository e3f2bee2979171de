// SPDX-License-Identifier: Apache-2.0
#include "model/domain/xml.hpp"

#include "model/domain/describe/domain.hpp"
#include "model/domain/describe/doubled.hpp"
#include "model/domain/describe/kept_rules.hpp"
#include "model/domain/migratable.hpp"
#include "model/domain/normalise.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

#include <fmt/ranges.h>

namespace vireo::model::domain {

namespace {
void refuse(const std::vector<std::string>& unknown) {
    if (unknown.empty()) return;
    throw Error(ErrorCode::XmlInvalidSchema, ErrorDomain::Domain,
                fmt::format("libvirt's format of domains has no {}", fmt::join(unknown, ", ")));
}

std::string write(const Domain& domain, const Format& options) {
    std::string text;
    text.reserve(4096);
    {
        xml::Writer node{text,
                         "domain",
                         {.live = options.live, .secure = options.secure, .migratable = options.migratable}};
        describe(node, domain);
    }
    return text;
}
} // namespace

Domain parse(std::string_view text, Scope scope, Unknown unknown) {
    xml::Document document{text, ErrorDomain::Domain};
    auto root = document.require_root("domain");
    merge_doubled(root);
    std::optional<xml::Visited> visited;
    if (unknown == Unknown::Refuse) visited.emplace();
    xml::Reader node{
        root, document, text, {.live = scope == Scope::Live, .secure = true}, visited ? &*visited : nullptr};
    Domain domain;
    describe(node, domain);
    check_kept(root, document);
    if (visited) refuse(visited->unknown_in(root));
    normalise(domain);
    validate(domain, scope == Scope::Live);
    return domain;
}

std::string format(const Domain& domain, Format options) {
    if (options.migratable) {
        auto reduced = domain;
        make_migratable(reduced);
        return write(reduced, options);
    }
    return write(domain, options);
}

} // namespace vireo::model::domain
