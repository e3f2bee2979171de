// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/checks.hpp"
#include "model/domain/device_info.hpp"
#include "xml/rule.hpp"
#include "xml/value.hpp"

// Addresses and what else every device may have (libvirt's formatdomain, "Device addresses").

namespace vireo::model::domain {

/// True for the visitor that fills a struct; what only reading needs stands behind it.
template <class Node> inline constexpr bool is_reader = Node::reads;
/// An Element, which visitors that only look have as a constant.
template <class T, class Element>
concept Of = std::same_as<std::remove_const_t<T>, Element>;

/// An attribute, or a text in an attribute, that may not be zero.
template <class Node> void describe_positive(Node& node, const char* name, auto& value, xml::Rule rule = {}) {
    node.attribute(name, value, rule);
    if constexpr (is_reader<Node>) {
        if (value == 0U) node.fail(name, ErrorCode::XmlError, "it starts at 1");
    }
}

/// A number where nothing, an empty text and zero mean the same.
template <class Node> void describe_or_zero(Node& node, const char* name, auto& value, xml::Rule rule = {}) {
    if constexpr (is_reader<Node>) {
        std::string text;
        node.attribute(name, text);
        if (text.empty()) return;
    }
    node.attribute(name, value, rule);
    if constexpr (is_reader<Node>) {
        if (value == 0U) value.reset();
    }
}

/// A choice of yes and no, where anything but yes is no.
template <class Node>
void describe_lenient(Node& node, const char* name, std::optional<Answer>& value)
    requires is_reader<Node>
{
    std::string text;
    node.attribute(name, text);
    if (text == "yes") value = Answer::Yes;
}

/// A number in any of C's notations, which is shown as a decimal one.
template <class Node> void describe_c_number(Node& node, const char* name, auto& value) {
    if constexpr (is_reader<Node>)
        node.hex_attribute(name, value, 1);
    else
        node.attribute(name, value);
}

template <class Node> void describe(Node& node, Of<PciAddress> auto& address) {
    if (is_reader<Node> || !address.is_empty() || address.function != 0) {
        node.attribute("domain", xml::Hex{address.domain, 4})
            .attribute("bus", xml::Hex{address.bus, 2})
            .attribute("slot", xml::Hex{address.slot, 2})
            .attribute("function", xml::Hex{address.function, 1})
            .attribute("multifunction", address.multifunction);
    }
    node.child("zpci").hex_attribute("uid", address.zpci_uid, 4).hex_attribute("fid", address.zpci_fid, 8);
    if constexpr (is_reader<Node>) {
        if (address.slot > 31) node.fail("slot", ErrorCode::XmlError, "a PCI bus has slots 0x00 to 0x1f");
        if (address.function > 7)
            node.fail("function", ErrorCode::XmlError, "a PCI slot has functions 0 to 7");
        if (address.zpci_uid && (*address.zpci_uid == 0 || *address.zpci_uid > 0xffff))
            node.child("zpci").fail("uid", ErrorCode::XmlError, "it is from 0x0001 to 0xffff");
    }
}

template <class Node> void describe(Node& node, Of<DriveAddress> auto& address) {
    node.attribute("controller", address.controller)
        .attribute("bus", address.bus)
        .attribute("target", address.target)
        .attribute("unit", address.unit);
}

template <class Node> void describe(Node& node, Of<VirtioSerialAddress> auto& address) {
    node.attribute("controller", address.controller)
        .attribute("bus", address.bus)
        .attribute("port", address.port);
}

template <class Node> void describe(Node& node, Of<CcidAddress> auto& address) {
    node.attribute("controller", address.controller).attribute("slot", address.slot);
}

template <class Node> void describe(Node& node, Of<UsbAddress> auto& address) {
    node.attribute("bus", address.bus).attribute("port", address.port);
    if constexpr (is_reader<Node>) {
        if (!is_usb_port(address.port))
            node.fail("port", ErrorCode::InternalError,
                      "a USB port is up to four numbers with dots, such as '1.2'");
    }
}

template <class Node> void describe(Node& node, Of<IsaAddress> auto& address) {
    node.hex_attribute("iobase", address.iobase, 1).hex_attribute("irq", address.irq, 1);
}

template <class Node> void describe(Node& node, Of<OtherAddress> auto& address) {
    using enum OtherAddress::Type;
    if (address.type == SpaprVio) node.hex_attribute("reg", address.reg, 8);
    if (address.type == Ccw)
        node.hex_attribute("cssid", address.cssid, 1)
            .hex_attribute("ssid", address.ssid, 1)
            .hex_attribute("devno", address.devno, 4);
    if (address.type == Dimm) node.attribute("slot", address.slot).hex_attribute("base", address.base, 1);
    if constexpr (is_reader<Node>) {
        bool any = address.cssid || address.ssid || address.devno;
        if (any && !(address.cssid && address.ssid && address.devno))
            node.fail(nullptr, ErrorCode::InternalError, "a ccw address has cssid, ssid and devno");
        if (address.cssid > 0xfeU || address.ssid > 3U || address.devno > 0xffffU)
            node.fail(nullptr, ErrorCode::InternalError, "a ccw address is at most 0xfe.3.ffff");
    }
}

/// An amount that libvirt writes in bytes.
template <class Node> void describe_bytes(Node& node, const char* name, auto& size) {
    if constexpr (is_reader<Node>) {
        node.memory(name, size, "b");
    } else if (size) {
        auto element = node.child(name);
        element.attribute("unit", std::string{"bytes"}).text(size->in_bytes());
    }
}

/// <rom> of a device.
template <class Node> void describe(Node& node, Of<Rom> auto& rom) {
    node.attribute("enabled", rom.enabled).attribute("bar", rom.bar).attribute("file", rom.file);
}

/// The attributes of <driver> that all virtio devices have.
template <class Node> void describe_virtio(Node& driver, auto& virtio) {
    driver.attribute("iommu", virtio.iommu)
        .attribute("ats", virtio.ats)
        .attribute("packed", virtio.packed)
        .attribute("page_per_vq", virtio.page_per_vq);
}

/// <boot>, <alias>, <address> and their like: not an element, but what each device's description ends with.
template <class Node> void describe_info(Node& node, auto& info) {
    node.child("boot").attribute("order", info.boot_order).attribute("loadparm", info.load_parameter);
    if constexpr (is_reader<Node>) {
        if (info.boot_order == 0u)
            node.child("boot").fail("order", ErrorCode::XmlError, "boot order starts at 1");
        settle_load_parameter(node, info.load_parameter);
        std::string alias;
        node.child("alias").attribute("name", alias);
        if (node.live() || alias.starts_with("ua-")) info.alias = alias;
    } else if (node.live() || info.has_user_alias()) {
        node.child("alias").attribute("name", info.alias);
    }
    node.child("acpi").attribute("index", info.acpi_index);
    node.child("rom", info.rom);
    if constexpr (is_reader<Node>) settle_rom(node, info.rom);
    node.child("address").alternative("type", info.address,
                                      {ErrorCode::ConfigUnsupported, ErrorCode::InternalError});
}

} // namespace vireo::model::domain
