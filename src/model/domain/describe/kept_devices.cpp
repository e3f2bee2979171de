// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

namespace {
/// What an element of a kind of device may have, besides what every device has.
template <KeptKind> struct Parts;
template <> struct Parts<KeptKind::Filesystem> {
    static constexpr std::initializer_list<const char*> attributes{"type",      "accessmode", "model",
                                                                   "multidevs", "fmode",      "dmode"};
    static constexpr std::initializer_list<const char*> elements{
        "driver", "binary", "source", "target", "readonly", "space_hard_limit", "space_soft_limit"};
};
template <> struct Parts<KeptKind::Tpm> {
    static constexpr std::initializer_list<const char*> attributes{"model"};
    static constexpr std::initializer_list<const char*> elements{"backend"};
};
template <> struct Parts<KeptKind::Shmem> {
    static constexpr std::initializer_list<const char*> attributes{"name", "role"};
    static constexpr std::initializer_list<const char*> elements{"model", "size", "server", "msi"};
};
template <> struct Parts<KeptKind::Memory> {
    static constexpr std::initializer_list<const char*> attributes{"model", "access", "discard"};
    static constexpr std::initializer_list<const char*> elements{"uuid", "source", "target"};
};
template <> struct Parts<KeptKind::Iommu> {
    static constexpr std::initializer_list<const char*> attributes{"model"};
    static constexpr std::initializer_list<const char*> elements{"driver"};
};
template <> struct Parts<KeptKind::Crypto> {
    static constexpr std::initializer_list<const char*> attributes{"model", "type"};
    static constexpr std::initializer_list<const char*> elements{"backend", "driver"};
};
template <> struct Parts<KeptKind::Nvram> {
    static constexpr std::initializer_list<const char*> attributes{};
    static constexpr std::initializer_list<const char*> elements{};
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

template void describe(xml::Reader&, Filesystem&);
template void describe(xml::Writer&, const Filesystem&);
template void describe(xml::Survey&, const Filesystem&);
template void describe(xml::Reader&, Tpm&);
template void describe(xml::Writer&, const Tpm&);
template void describe(xml::Survey&, const Tpm&);
template void describe(xml::Reader&, Shmem&);
template void describe(xml::Writer&, const Shmem&);
template void describe(xml::Survey&, const Shmem&);
template void describe(xml::Reader&, Memory&);
template void describe(xml::Writer&, const Memory&);
template void describe(xml::Survey&, const Memory&);
template void describe(xml::Reader&, Iommu&);
template void describe(xml::Writer&, const Iommu&);
template void describe(xml::Survey&, const Iommu&);
template void describe(xml::Reader&, Crypto&);
template void describe(xml::Writer&, const Crypto&);
template void describe(xml::Survey&, const Crypto&);
template void describe(xml::Reader&, NvramDevice&);
template void describe(xml::Writer&, const NvramDevice&);
template void describe(xml::Survey&, const NvramDevice&);

} // namespace vireo::model::domain
