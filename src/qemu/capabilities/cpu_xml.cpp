// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "qemu/capabilities/cpu.hpp"
#include "qemu/capabilities/cpu_names.hpp"
#include "xml/document.hpp"
#include "xml/value.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

namespace {
/// The <cpu> itself, or the one that a document of a host or a domain holds.
pugi::xml_node find_cpu(const xml::Document& document) {
    auto root = document.root();
    for (auto place : {root, root.child("cpu"), root.child("host").child("cpu")})
        if (std::string_view{place.name()} == "cpu") return place;
    document.fail(root, nullptr, ErrorCode::XmlError, "there is no <cpu> in it");
}

std::string text_in(pugi::xml_node element) { return std::string{xml::trimmed(element.text().get())}; }

FeaturePolicy policy_of(const xml::Document& document, pugi::xml_node feature) {
    auto policy = feature.attribute("policy");
    if (!policy) return FeaturePolicy::Require;
    if (auto known = from_name<FeaturePolicy>(policy.value())) return *known;
    document.fail(feature, "policy", ErrorCode::InternalError,
                  fmt::format("'{}' is none of {}", policy.value(), choices_of<FeaturePolicy>()));
}
} // namespace

FeatureSet DescribedCpu::with_policy(FeaturePolicy policy) const {
    FeatureSet found;
    for (const auto& [name, its] : features)
        if (its == policy) found.insert(name);
    return found;
}

DescribedCpu parse_cpu(const std::string& text) {
    xml::Document document{text, ErrorDomain::Cpu};
    auto element = find_cpu(document);
    DescribedCpu cpu;
    cpu.arch = text_in(element.child("arch"));
    cpu.mode = element.attribute("mode").value();
    cpu.match = element.attribute("match").value();
    cpu.model = text_in(element.child("model"));
    cpu.vendor = text_in(element.child("vendor"));
    for (auto feature : element.children("feature")) {
        std::string name = feature.attribute("name").value();
        if (name.empty()) document.fail(feature, "name", ErrorCode::XmlError, "a feature has no name");
        cpu.features.emplace_back(std::move(name), policy_of(document, feature));
    }
    return cpu;
}

} // namespace vireo::qemu
