// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/checks.hpp"

#include <algorithm>

namespace vireo::model::domain {

HostdevSource source_for(HostdevType type) {
    switch (type) {
    case HostdevType::Usb: return UsbHostSource{};
    case HostdevType::Pci: return PciHostSource{};
    case HostdevType::Scsi: return ScsiHostSource{};
    case HostdevType::ScsiHost: return VhostScsiSource{};
    case HostdevType::Mdev: return MediatedSource{};
    default: return CapabilitySource{};
    }
}

void check_mode(const xml::Reader& node, const Hostdev& hostdev, std::string_view mode) {
    if (mode != "subsystem" && mode != "capabilities")
        node.fail("mode", ErrorCode::ConfigUnsupported, "known are 'subsystem' and 'capabilities'");
    if (is_capability(hostdev.type) != (mode == "capabilities"))
        node.fail(
            "type", ErrorCode::ConfigUnsupported,
            "of mode 'subsystem' are usb, pci, scsi, scsi_host and mdev; of mode 'capabilities' storage, "
            "misc and net");
    if (!node.child("source").exists())
        node.fail(nullptr, ErrorCode::XmlError, "a <hostdev> needs a <source>");
}

void check_host_address(const xml::Reader& node, const PciAddress& address) {
    if (!node.exists())
        node.fail(nullptr, ErrorCode::XmlError, "a PCI device of the host needs an <address>");
    if (address.slot > 31) node.fail("slot", ErrorCode::XmlError, "a PCI bus has slots 0x00 to 0x1f");
    if (address.function > 7) node.fail("function", ErrorCode::XmlError, "a PCI slot has functions 0 to 7");
}

void check_model(const xml::Reader& node, HostdevType type) {
    if (type == HostdevType::ScsiHost || type == HostdevType::Mdev) return;
    std::string model;
    auto from = node;
    from.attribute("model", model);
    if (!model.empty())
        node.fail("model", ErrorCode::XmlError, "only devices of type 'scsi_host' and 'mdev' have it");
}

void check(const xml::Reader& node, const UsbHostSource& source) {
    auto require = [&](bool holds, const char* element, const char* attribute) {
        if (!holds)
            node.child(element).fail(nullptr, ErrorCode::XmlError,
                                     fmt::format("attribute '{}' is missing", attribute));
    };
    auto has = [&](const char* element) { return node.child(element).exists(); };
    require(!has("vendor") || source.vendor, "vendor", "id");
    require(!has("product") || source.product, "product", "id");
    require(!has("address") || source.bus, "address", "bus");
    require(!has("address") || source.device, "address", "device");
    if (source.vendor == 0)
        node.child("vendor").fail("id", ErrorCode::XmlError, "no vendor of USB devices is 0");
    if (source.vendor.has_value() != source.product.has_value())
        node.fail(nullptr, ErrorCode::XmlError, "<vendor> and <product> go together");
}

void check_parts(const xml::Reader& node, const ScsiHostSource& source) {
    if (source.protocol == ScsiProtocol::Iscsi) return;
    for (const char* part : {"address", "adapter"})
        if (!node.child(part).exists())
            node.fail(nullptr, ErrorCode::XmlError,
                      fmt::format("a SCSI unit of the host needs an <{}>", part));
    std::string name;
    auto adapter = node.child("adapter");
    adapter.attribute("name", name, xml::required);
    if (name.empty()) adapter.fail("name", ErrorCode::XmlError, "an adapter is called such as 'scsi_host2'");
}

void check(const xml::Reader& node, const ScsiHostSource& source) {
    if (source.hosts.size() != 1) node.fail(nullptr, ErrorCode::XmlError, "an iSCSI unit needs one <host>");
}

void check_protocol(const xml::Reader& node, const VhostScsiSource& source) {
    std::string protocol;
    auto from = node;
    from.attribute("protocol", protocol, xml::required);
    if (protocol != "vhost") node.fail("protocol", ErrorCode::ConfigUnsupported, "the one known is 'vhost'");
    std::string_view name = source.wwpn;
    constexpr std::string_view prefix = "naa.", digits = "0123456789abcdefABCDEF";
    constexpr std::size_t length = 16;
    bool right = name.starts_with(prefix) && name.size() == prefix.size() + length &&
                 name.find_first_not_of(digits, prefix.size()) == name.npos;
    if (name.empty()) node.fail(nullptr, ErrorCode::XmlError, "attribute 'wwpn' is missing");
    if (!right) node.fail("wwpn", ErrorCode::XmlError, "it is 'naa.' and 16 hexadecimal digits");
}

namespace {
/// What only one type of device has.
void check_extent(const xml::Reader& node, const Hostdev& hostdev) {
    auto only = [&](bool holds, const char* what, HostdevType type, ErrorCode code) {
        if (!holds)
            node.fail(nullptr, code, fmt::format("'{}' is for devices of type '{}'", what, name_of(type)));
    };
    bool is_scsi = hostdev.type == HostdevType::Scsi;
    only(is_scsi || !hostdev.sgio, "sgio", HostdevType::Scsi, ErrorCode::XmlError);
    only(is_scsi || !hostdev.raw_io, "rawio", HostdevType::Scsi, ErrorCode::XmlError);
    only(hostdev.type == HostdevType::Pci || !hostdev.teaming, "teaming", HostdevType::Pci,
         ErrorCode::ConfigUnsupported);
    if (hostdev.sgio == SgIo::Unfiltered)
        node.fail("sgio", ErrorCode::ConfigUnsupported, "SCSI commands are filtered always");
}
} // namespace

void check(const xml::Reader& node, const Hostdev& hostdev) {
    check_extent(node, hostdev);
    if (hostdev.type != HostdevType::Mdev) return;
    if (!hostdev.mediated_model) node.fail(nullptr, ErrorCode::XmlError, "attribute 'model' is missing");
    bool is_card = hostdev.mediated_model == MediatedModel::VfioPci;
    if (!is_card && (hostdev.display || hostdev.ramfb))
        node.fail(nullptr, ErrorCode::ConfigUnsupported, "only devices of model 'vfio-pci' have a display");
}

} // namespace vireo::model::domain
