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

void check(const xml::Reader& node, const UsbHostSource& source) {
    auto fail = [&](const char* element, const char* attribute, const char* message) {
        node.child(element).fail(attribute, ErrorCode::InternalError, message);
    };
    auto has = [&](const char* element) { return node.child(element).exists(); };
    if (has("vendor") && !source.vendor) fail("vendor", nullptr, "attribute 'id' is missing");
    if (has("product") && !source.product) fail("product", nullptr, "attribute 'id' is missing");
    if (has("address") && !source.bus) fail("address", nullptr, "attribute 'bus' is missing");
    if (has("address") && !source.device) fail("address", nullptr, "attribute 'device' is missing");
    if (source.vendor == 0) fail("vendor", "id", "no vendor of USB devices is 0");
    if (source.vendor && !source.product) fail("vendor", nullptr, "there is no <product> beside it");
    if (source.product && !source.vendor) fail("product", nullptr, "there is no <vendor> beside it");
    if (!source.vendor && !source.bus)
        node.fail(nullptr, ErrorCode::InternalError,
                  "a USB device of the host needs <vendor> and <product>, or an <address>");
}

void check_parts(const xml::Reader& node, const ScsiHostSource& source) {
    if (source.protocol == ScsiProtocol::Iscsi) return;
    for (const char* part : {"address", "adapter"})
        if (!node.child(part).exists())
            node.fail(nullptr, ErrorCode::XmlError,
                      fmt::format("a SCSI unit of the host needs an <{}>", part));
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
    auto only = [&](bool holds, const char* what, std::string_view type) {
        if (!holds)
            node.fail(nullptr, ErrorCode::ConfigUnsupported,
                      fmt::format("'{}' is for devices of type '{}'", what, type));
    };
    bool is_scsi = hostdev.type == HostdevType::Scsi, is_mediated = hostdev.type == HostdevType::Mdev;
    only(is_scsi || !hostdev.sgio, "sgio", "scsi");
    only(is_scsi || !hostdev.raw_io, "rawio", "scsi");
    only(is_mediated || !hostdev.display, "display", "mdev");
    only(is_mediated || !hostdev.ramfb, "ramfb", "mdev");
    only(hostdev.type == HostdevType::Pci || !hostdev.teaming, "teaming", "pci");
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
