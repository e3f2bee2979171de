// SPDX-License-Identifier: Apache-2.0
#include "model/domain/xml.hpp"

#include "model/domain/describe/domain.hpp"
#include "model/domain/normalise.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

Domain parse(std::string_view text, Scope scope) {
    xml::Document document{text, ErrorDomain::Domain};
    xml::Reader node{
        document.require_root("domain"), document, text, {.live = scope == Scope::Live, .secure = true}};
    Domain domain;
    describe(node, domain);
    normalise(domain);
    validate(domain);
    return domain;
}

std::string format(const Domain& domain, Format options) {
    std::string text;
    text.reserve(4096);
    {
        xml::Writer node{text, "domain", {.live = options.live, .secure = options.secure}};
        describe(node, domain);
    }
    return text;
}

std::vector<std::string> unsupported(const Domain& domain) {
    std::vector<std::string> found;
    xml::Survey node{found, "domain"};
    describe(node, domain);
    return found;
}

} // namespace vireo::model::domain
