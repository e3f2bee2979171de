// SPDX-License-Identifier: Apache-2.0
// What TPMs, IOMMUs and shared memory must fulfil.
#include "model/domain/describe/checks.hpp"

namespace vireo::model::domain {

void check(const xml::Reader& node, const Tpm& tpm) {
    if (tpm.version == TpmVersion::V12 && !tpm.active_banks.empty())
        node.child("backend").fail(nullptr, ErrorCode::XmlError, "<active_pcr_banks> needs version 2.0");
    if (tpm.backend == TpmBackend::External && tpm.socket.empty())
        node.child("backend").fail(nullptr, ErrorCode::XmlError,
                                   "an external TPM needs <source type='unix' mode='connect' path=…>");
}

void check_backends(const xml::Reader& node) {
    auto backends = node;
    if (!backends.child("backend").exists())
        node.fail(nullptr, ErrorCode::XmlError, "a <tpm> needs a <backend>");
    backends.single("backend");
}

void check_tpm_socket(const xml::Reader& node, std::string_view type, std::string_view mode) {
    if (!type.empty() && type != "unix")
        node.fail("type", ErrorCode::XmlError, "an external TPM listens on a socket of type 'unix'");
    if (!mode.empty() && mode != "connect")
        node.fail("mode", ErrorCode::XmlError, "an external TPM is connected to: mode is 'connect'");
}

void check(const xml::Reader& node, const Iommu& iommu) {
    bool has_address = !std::holds_alternative<std::monostate>(iommu.info.address);
    if (iommu.model != IommuModel::Intel && iommu.has_driver())
        node.child("driver").fail(nullptr, ErrorCode::XmlError, "only an IOMMU of model 'intel' has options");
    if (iommu.model != IommuModel::Virtio && has_address)
        node.child("address").fail(nullptr, ErrorCode::XmlError, "this IOMMU is no device on a bus");
    if (iommu.eim == Switch::On && iommu.intremap != Switch::On)
        node.child("driver").fail("eim", ErrorCode::ConfigUnsupported, "it needs intremap='on'");
}

void check(const xml::Reader& node, const Shmem& shmem) {
    auto fail = [&](const char* what) { node.fail("name", ErrorCode::ConfigUnsupported, what); };
    if (shmem.name.empty()) node.fail("name", ErrorCode::XmlError, "a <shmem> needs a name");
    if (shmem.name.find('/') != shmem.name.npos) fail("a name without '/' is needed");
    if (shmem.name == "." || shmem.name == "..") fail("a name other than '.' and '..' is needed");
    if (shmem.interrupts && !shmem.server)
        node.fail(nullptr, ErrorCode::XmlError, "the <msi> of shared memory needs a <server>");
}

} // namespace vireo::model::domain
