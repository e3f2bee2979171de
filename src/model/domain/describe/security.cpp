// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

namespace {
/// Which label is there to be read: of a definition only the user's own one.
void read_label(const xml::Reader& node, SecurityLabel& label) {
    bool is_static = label.type == LabelType::Static;
    if (is_static || node.live()) node.child("label").text(label.label);
    if (is_static && label.label.empty())
        node.fail(nullptr, ErrorCode::XmlError, "a static label needs a <label>");
    if (node.live()) node.child("imagelabel").text(label.image_label);
    if (label.type == LabelType::Dynamic) node.child("baselabel").text(label.base_label);
    if (label.relabel == Answer::No && label.type == LabelType::Dynamic)
        node.fail("relabel", ErrorCode::ConfigUnsupported, "with a dynamic label files are always labelled");
    if (label.relabel == Answer::Yes && label.type == LabelType::None)
        node.fail("relabel", ErrorCode::ConfigUnsupported, "without a label files cannot be labelled");
    label.relabel = is_static ? label.relabel.value_or(Answer::No) : Answer::Yes;
}
} // namespace

/// <seclabel> of a domain (libvirt's formatdomain, "Security label").
template <class Node> void describe(Node& node, Of<SecurityLabel> auto& label) {
    if constexpr (requires { node.unsupported(); }) {
        // no driver of labels runs here: one that is left to the driver is left out, any other is missed
        if (label.type == LabelType::Static || !label.base_label.empty()) node.unsupported();
    }
    node.attribute("type", label.type).attribute("model", label.model);
    if constexpr (is_reader<Node>) {
        node.attribute("relabel", label.relabel);
        read_label(node, label);
    } else if (label.type != LabelType::None) {
        node.attribute("relabel", label.relabel)
            .child("label", label.label)
            .child("baselabel", label.base_label);
        if (node.live()) node.child("imagelabel", label.image_label);
    }
}

/// <seclabel> of a <source>.
template <class Node> void describe(Node& node, Of<DeviceLabel> auto& label) {
    if constexpr (requires { node.unsupported(); }) {
        if (!label.label.empty()) node.unsupported(); // no driver of labels runs here
    }
    node.attribute("model", label.model);
    if constexpr (is_reader<Node>) {
        std::optional<Answer> relabel;
        std::string skips;
        node.attribute("relabel", relabel).attribute("labelskip", skips).child("label", label.label);
        label.relabel = relabel != Answer::No;
        label.skips = node.live() && skips == "yes";
        check(node, label);
    } else {
        if (label.skips)
            node.attribute("labelskip", Answer::Yes);
        else
            node.attribute("relabel", label.relabel ? Answer::Yes : Answer::No);
        node.child("label", label.label);
    }
}

template <class Node> void describe(Node& node, Of<WrappingCipher> auto& cipher) {
    node.attribute("name", cipher.name, xml::required).attribute("state", cipher.state, xml::required);
}

/// <launchSecurity> (libvirt's formatdomain, "Launch Security").
template <class Node> void describe(Node& node, Of<LaunchSecurity> auto& security) {
    node.attribute("type", security.type, xml::required);
    if (security.type != LaunchSecurityType::Sev) return;
    node.attribute("kernelHashes", security.kernel_hashes)
        .child("cbitpos", security.cbit_position)
        .child("reducedPhysBits", security.reduced_bits);
    if constexpr (is_reader<Node>) {
        auto policy = node.child("policy");
        policy.text(xml::Hex{security.policy, 4});
        if (!policy.exists()) node.fail(nullptr, ErrorCode::XmlError, "the <policy> is missing");
    } else {
        node.child("policy").text(xml::Hex{security.policy, 4});
    }
    node.child("dhCert", security.certificate).child("session", security.session);
}

template void describe(xml::Reader&, SecurityLabel&);
template void describe(xml::Writer&, const SecurityLabel&);
template void describe(xml::Survey&, const SecurityLabel&);
template void describe(xml::Reader&, DeviceLabel&);
template void describe(xml::Writer&, const DeviceLabel&);
template void describe(xml::Survey&, const DeviceLabel&);
template void describe(xml::Reader&, WrappingCipher&);
template void describe(xml::Writer&, const WrappingCipher&);
template void describe(xml::Survey&, const WrappingCipher&);
template void describe(xml::Reader&, LaunchSecurity&);
template void describe(xml::Writer&, const LaunchSecurity&);
template void describe(xml::Survey&, const LaunchSecurity&);

} // namespace vireo::model::domain
