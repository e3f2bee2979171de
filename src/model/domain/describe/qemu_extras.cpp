// SPDX-License-Identifier: Apache-2.0
// The elements of QEMU's own namespace (libvirt's drvqemu, "Pass-through of arbitrary qemu commands").
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<ExtraArguments::Variable> auto& variable) {
    constexpr xml::Rule named{ErrorCode::InternalError, ErrorCode::InternalError};
    node.attribute("name", variable.name, named).attribute("value", variable.value);
    if constexpr (is_reader<Node>) {
        auto first = variable.name.empty() ? '0' : variable.name.front();
        auto is_letter = [](char c) { return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
        auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
        if (!is_letter(first) || !std::ranges::all_of(variable.name, is_part))
            node.fail("name", ErrorCode::InternalError,
                      "a name is made of letters, digits and '_', and begins with no digit");
    }
}

/// A <qemu:arg>.
template <class Node> void describe(Node& node, Of<ExtraArguments::Argument> auto& argument) {
    constexpr xml::Rule required{ErrorCode::InternalError, ErrorCode::InternalError};
    if constexpr (is_reader<Node>)
        node.attribute("value", argument.value, required);
    else
        node.attribute("value", std::optional{argument.value}); // an empty one is one too
}

template <class Node> void describe(Node& node, Of<CapabilityChanges::Name> auto& capability) {
    node.attribute("capability", capability.name, {.missing = ErrorCode::InternalError});
}

template <class Node> void describe(Node& node, Of<DeviceOverride::Property> auto& property) {
    node.attribute("name", property.name, xml::required)
        .attribute("type", property.type, xml::required)
        .attribute("value", property.value);
    if constexpr (is_reader<Node>) {
        bool is_removed = property.type == PropertyType::Remove;
        if (property.value.empty() != is_removed)
            node.fail("value", ErrorCode::XmlError,
                      is_removed ? "what is removed has no value" : "the value is missing");
        check(node, property);
    }
}

template <class Node> void describe(Node& node, Of<DeviceOverride> auto& device) {
    node.attribute("alias", device.alias, xml::required);
    auto frontend = node.child(qemu_namespace, "qemu:frontend");
    frontend.children(qemu_namespace, "qemu:property", device.properties);
}

template <class Node> void describe_qemu_extras(Node& node, auto& domain) {
    {
        auto line = node.child(qemu_namespace, "qemu:commandline");
        line.children(qemu_namespace, "qemu:arg", domain.extra_arguments.arguments)
            .children(qemu_namespace, "qemu:env", domain.extra_arguments.environment);
    }
    {
        auto capabilities = node.child(qemu_namespace, "qemu:capabilities");
        if constexpr (requires { capabilities.unsupported(); }) {
            // they are named after libvirt's ways of asking for a feature, not after the features
            if (!domain.capability_changes.empty()) capabilities.unsupported();
        }
        capabilities.children(qemu_namespace, "qemu:add", domain.capability_changes.added)
            .children(qemu_namespace, "qemu:del", domain.capability_changes.removed);
    }
    {
        auto overrides = node.child(qemu_namespace, "qemu:override");
        overrides.children(qemu_namespace, "qemu:device", domain.overrides);
    }
    auto deprecation = node.child(qemu_namespace, "qemu:deprecation");
    deprecation.attribute("behavior", domain.deprecation);
}

template void describe_qemu_extras(xml::Reader&, Domain&);
template void describe_qemu_extras(xml::Writer&, const Domain&);
template void describe_qemu_extras(xml::Survey&, const Domain&);

} // namespace vireo::model::domain
