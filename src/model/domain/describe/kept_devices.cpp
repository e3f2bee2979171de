// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

namespace {
/// What an element of a kind of device may have, besides what every device has.
template <KeptKind> struct Parts;
template <> struct Parts<KeptKind::Hostdev> {
    static constexpr std::initializer_list<const char*> attributes{
        "mode", "type", "managed", "sgio", "rawio", "model", "display", "ramfb", "nodename"};
    static constexpr std::initializer_list<const char*> elements{"driver", "source", "teaming", "readonly",
                                                                 "shareable"};
};

template <KeptKind Kind> void describe_kept(auto& node, auto& device) {
    node.kept_attributes(Parts<Kind>::attributes, device.kept).kept(Parts<Kind>::elements, device.kept);
    describe_info(node, device.info);
}
} // namespace

template <class Node, KeptKind Kind> void describe(Node& node, KeptDevice<Kind>& device) {
    describe_kept<Kind>(node, device);
    check(node, device);
}
template <class Node, KeptKind Kind> void describe(Node& node, const KeptDevice<Kind>& device) {
    if constexpr (requires { node.unsupported(); })
        node.unsupported();
    else
        describe_kept<Kind>(node, device);
}

template void describe(xml::Reader&, Hostdev&);
template void describe(xml::Writer&, const Hostdev&);
template void describe(xml::Survey&, const Hostdev&);

} // namespace vireo::model::domain
