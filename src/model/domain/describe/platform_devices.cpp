// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace vireo::model::domain {

/// <active_pcr_banks>: an element without content for each bank.
template <class Node> void describe_banks(Node node, auto& banks) {
    for (auto [bank, name] : names_of(PcrBank{})) {
        bool active = std::ranges::find(banks, bank) != banks.end();
        node.flag(name.data(), active);
        if constexpr (is_reader<Node>) {
            if (active) banks.push_back(bank);
        }
    }
}

template <class Node> void describe_tpm_backend(Node node, auto& tpm) {
    node.attribute("type", tpm.backend, xml::required);
    switch (tpm.backend) {
    case TpmBackend::Passthrough: node.child("device").attribute("path", tpm.device); break;
    case TpmBackend::Emulator:
        node.attribute("version", tpm.version, xml::wrong_is_unsupported)
            .attribute("persistent_state", tpm.persistent_state);
        node.child("encryption").attribute("secret", tpm.secret);
        describe_banks(node.child("active_pcr_banks"), tpm.active_banks);
        break;
    case TpmBackend::External: {
        auto source = node.child("source");
        std::string type = tpm.socket.empty() ? "" : "unix", mode = tpm.socket.empty() ? "" : "connect";
        source.attribute("type", type).attribute("mode", mode).attribute("path", tpm.socket);
        if constexpr (is_reader<Node>) check_tpm_socket(source, type, mode);
        break;
    }
    }
}

/// <tpm> (libvirt's formatdomain, "TPM device").
template <class Node> void describe(Node& node, Of<Tpm> auto& tpm) {
    node.attribute("model", tpm.model);
    if constexpr (is_reader<Node>) check_backends(node);
    describe_tpm_backend(node.child("backend"), tpm);
    describe_info(node, tpm.info);
    if constexpr (is_reader<Node>) check(node, tpm);
    if constexpr (requires { node.unsupported(); }) {
        // its emulator is a program of its own, which nobody watches over yet
        if (tpm.backend == TpmBackend::Emulator) node.child("backend").unsupported();
    }
}

/// <iommu> (libvirt's formatdomain, "IOMMU devices").
template <class Node> void describe(Node& node, Of<Iommu> auto& iommu) {
    node.attribute("model", iommu.model, xml::required);
    node.child("driver")
        .attribute("intremap", iommu.intremap)
        .attribute("caching_mode", iommu.caching_mode)
        .attribute("eim", iommu.eim)
        .attribute("iotlb", iommu.iotlb)
        .attribute("aw_bits", iommu.address_bits);
    describe_info(node, iommu.info);
    if constexpr (is_reader<Node>) check(node, iommu);
}

/// <crypto> (libvirt's formatdomain, "Crypto").
template <class Node> void describe(Node& node, Of<Crypto> auto& crypto) {
    node.attribute("model", crypto.model, xml::required).attribute("type", crypto.type, xml::required);
    if constexpr (is_reader<Node>) {
        if (!node.child("backend").exists())
            node.fail(nullptr, ErrorCode::XmlError, "a <crypto> needs a <backend>");
    }
    node.child("backend")
        .attribute("model", crypto.backend, xml::required)
        .attribute("queues", crypto.queues);
    {
        auto driver = node.child("driver");
        describe_virtio(driver, crypto.virtio);
    }
    describe_info(node, crypto.info);
}

template <class Node> void describe(Node& node, Of<NvramDevice> auto& nvram) {
    describe_info(node, nvram.info);
}

template <class Node> void describe(Node& node, Of<ShmemServer> auto& server) {
    node.attribute("path", server.path);
}

template <class Node> void describe(Node& node, Of<ShmemInterrupts> auto& interrupts) {
    node.attribute("vectors", interrupts.vectors).attribute("ioeventfd", interrupts.ioeventfd);
}

/// The size, which libvirt writes in units of its own: "M".
template <class Node> void describe_shared_size(Node& node, auto& size) {
    if constexpr (is_reader<Node>) {
        node.memory("size", size, "b");
    } else if (size) {
        constexpr std::uint64_t mib = 1U << 20;
        auto element = node.child("size");
        element.attribute("unit", std::string{"M"}).text(size->in_bytes() / mib);
    }
}

/// <shmem> (libvirt's formatdomain, "Shared memory device").
template <class Node> void describe(Node& node, Of<Shmem> auto& shmem) {
    node.attribute("name", shmem.name).attribute("role", shmem.role);
    node.child("model").attribute("type", shmem.model);
    describe_shared_size(node, shmem.size);
    node.child("server", shmem.server).child("msi", shmem.interrupts);
    describe_info(node, shmem.info);
    if constexpr (is_reader<Node>) check(node, shmem);
}

/// <lease> (libvirt's formatdomain, "Device leases").
template <class Node> void describe(Node& node, Of<Lease> auto& lease) {
    node.child("lockspace", lease.lockspace, {ErrorCode::InternalError, ErrorCode::InternalError})
        .child("key", lease.key, xml::required);
    if constexpr (is_reader<Node>) {
        if (!node.child("target").exists())
            node.fail(nullptr, ErrorCode::XmlError, "a <lease> needs a <target>");
    }
    node.child("target").attribute("path", lease.path, xml::required).attribute("offset", lease.offset);
    if constexpr (requires { node.unsupported(); }) node.unsupported(); // no lock manager grants it yet
}

template void describe(xml::Reader&, Tpm&);
template void describe(xml::Writer&, const Tpm&);
template void describe(xml::Survey&, const Tpm&);
template void describe(xml::Reader&, Iommu&);
template void describe(xml::Writer&, const Iommu&);
template void describe(xml::Survey&, const Iommu&);
template void describe(xml::Reader&, Crypto&);
template void describe(xml::Writer&, const Crypto&);
template void describe(xml::Survey&, const Crypto&);
template void describe(xml::Reader&, NvramDevice&);
template void describe(xml::Writer&, const NvramDevice&);
template void describe(xml::Survey&, const NvramDevice&);
template void describe(xml::Reader&, Shmem&);
template void describe(xml::Writer&, const Shmem&);
template void describe(xml::Survey&, const Shmem&);
template void describe(xml::Reader&, Lease&);
template void describe(xml::Writer&, const Lease&);
template void describe(xml::Survey&, const Lease&);

} // namespace vireo::model::domain
