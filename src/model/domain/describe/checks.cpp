// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/checks.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace vireo::model::domain {

namespace {

bool is_any_of(std::string_view text, std::span<const std::string_view> choices) {
    return std::ranges::find(choices, text) != choices.end();
}
bool is_any_of(std::string_view text, std::initializer_list<std::string_view> choices) {
    return is_any_of(text, std::span{choices.begin(), choices.size()});
}

/// The models of a controller type; those without any have none.
std::span<const std::string_view> models_of(ControllerType type) {
    static constexpr std::string_view scsi[]{
        "auto",     "buslogic",    "lsilogic",   "lsisas1068",          "vmpvscsi",
        "ibmvscsi", "virtio-scsi", "lsisas1078", "virtio-transitional", "virtio-non-transitional",
        "ncr53c90", "dc390",       "am53c974"};
    static constexpr std::string_view usb[]{
        "piix3-uhci",     "piix4-uhci", "ehci",     "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3",
        "vt82c686b-uhci", "pci-ohci",   "nec-xhci", "qusb1",      "qusb2",      "qemu-xhci",  "none"};
    static constexpr std::string_view pci[]{"pci-root",
                                            "pcie-root",
                                            "pci-bridge",
                                            "dmi-to-pci-bridge",
                                            "pcie-to-pci-bridge",
                                            "pcie-root-port",
                                            "pcie-switch-upstream-port",
                                            "pcie-switch-downstream-port",
                                            "pci-expander-bus",
                                            "pcie-expander-bus"};
    static constexpr std::string_view ide[]{"piix3", "piix4", "ich6"};
    static constexpr std::string_view virtio[]{"virtio", "virtio-transitional", "virtio-non-transitional"};
    switch (type) {
    case ControllerType::Scsi: return scsi;
    case ControllerType::Usb: return usb;
    case ControllerType::Pci: return pci;
    case ControllerType::Ide: return ide;
    case ControllerType::VirtioSerial: return virtio;
    default: return {};
    }
}

void check_target(const xml::Reader& node, const Disk& disk) {
    if (disk.target.empty()) {
        auto what = disk.source.empty() ? std::string{"the disk"} : "the disk with '" + disk.source + "'";
        node.fail(nullptr, ErrorCode::NoTarget, what + " has no <target dev=…>");
    }
    auto starts_with_any = [&](std::initializer_list<std::string_view> prefixes) {
        return std::ranges::any_of(prefixes, [&](auto prefix) { return disk.target.starts_with(prefix); });
    };
    if (disk.device == DiskDevice::Disk && !starts_with_any({"hd", "sd", "vd", "xvd", "ubd"}))
        node.child("target").fail("dev", ErrorCode::InternalError,
                                  "a disk's name starts with vd, sd, hd, xvd or ubd");
    if (disk.device == DiskDevice::Floppy && !disk.target.starts_with("fd"))
        node.child("target").fail("dev", ErrorCode::InternalError, "a floppy drive's name starts with fd");
}

bool has_source(const Disk& disk) {
    switch (disk.type) {
    case DiskType::Network: return disk.network.protocol.has_value();
    case DiskType::Volume: return !disk.details.volume.pool.empty();
    case DiskType::Nvme: return disk.details.nvme.address.has_value();
    case DiskType::Vhostuser: return !disk.details.vhost_user.path.empty();
    case DiskType::File:
    case DiskType::Block:
    case DiskType::Dir: break;
    }
    return !disk.source.empty();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

} // namespace

void check(const xml::Reader& node, const Disk& disk) {
    check_target(node, disk);
    if (!disk.model.empty() && !from_name<VirtioModel>(disk.model))
        node.fail("model", ErrorCode::XmlError, "the models are " + vireo::choices_of<VirtioModel>());
    if (!has_source(disk) && disk.device == DiskDevice::Disk)
        node.fail(nullptr, ErrorCode::NoSource, "disk '" + disk.target + "' has no <source>");
    std::string_view wwn = disk.wwn;
    if (wwn.starts_with("0x")) wwn.remove_prefix(2);
    bool is_wwn = wwn.size() == 16 && wwn.find_first_not_of("0123456789abcdefABCDEF") == wwn.npos;
    if (!wwn.empty() && !is_wwn)
        node.child("wwn").fail(nullptr, ErrorCode::InternalError, "a WWN has 16 hexadecimal digits");
    if (disk.vendor.size() > 8 || !is_printable(disk.vendor))
        node.child("vendor").fail(nullptr, ErrorCode::ConfigUnsupported, "at most 8 printable characters");
    if (disk.product.size() > 16 || !is_printable(disk.product))
        node.child("product").fail(nullptr, ErrorCode::ConfigUnsupported, "at most 16 printable characters");
}

bool has_attribute(const xml::Reader& node, const char* name) {
    std::optional<std::string> value;
    auto from = node;
    from.attribute(name, value);
    return value.has_value();
}

void settle_rom(const xml::Reader& node, std::optional<Rom>& rom) {
    if (!rom) return;
    if (rom->enabled == Answer::No && (rom->bar || !rom->file.empty()))
        node.child("rom").fail(nullptr, ErrorCode::ConfigUnsupported,
                               "a ROM that is not enabled has no 'bar' and no 'file'");
    if (*rom == Rom{}) rom.reset();
}

void check(const xml::Reader& node, const DeviceLabel& label) {
    if (!label.relabel && !label.label.empty())
        node.fail("relabel", ErrorCode::XmlError, "a <label> needs relabel='yes'");
}

void settle_labels(const xml::Reader& node, std::vector<DeviceLabel>& labels) {
    std::set<std::string_view> models;
    for (const auto& label : labels)
        if (!label.model.empty() && !models.insert(label.model).second)
            node.fail(nullptr, ErrorCode::XmlDetail,
                      fmt::format("there are two <seclabel> of model '{}'", label.model));
    if (node.live()) return;
    std::erase_if(labels, [](const DeviceLabel& label) { return label.relabel && label.label.empty(); });
}

void check(const xml::Reader& node, const Controller& controller) {
    constexpr std::string_view devices[]{"",
                                         "pci-bridge",
                                         "i82801b11-bridge",
                                         "ioh3420",
                                         "x3130-upstream",
                                         "xio3130-downstream",
                                         "pxb",
                                         "pxb-pcie",
                                         "pcie-root-port",
                                         "spapr-pci-host-bridge",
                                         "pcie-pci-bridge"};
    if (!is_any_of(controller.pci_model_name, devices))
        node.child("model").fail("name", ErrorCode::XmlError, "QEMU has no such PCI controller");
    if (controller.model.empty()) return;
    auto models = models_of(controller.type);
    if (models.empty() || is_any_of(controller.model, models)) return;
    std::string choices;
    for (auto model : models) choices.append(choices.empty() ? "'" : ", '").append(model).append("'");
    node.fail("model", ErrorCode::ConfigUnsupported, "the model is not known; known are " + choices);
}

void check(const xml::Reader& node, const PortForward& forward) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    if (!forward.address.empty() && ::inet_pton(AF_INET, forward.address.c_str(), address.data()) != 1 &&
        ::inet_pton(AF_INET6, forward.address.c_str(), address.data()) != 1)
        node.fail("address", ErrorCode::XmlError, "this is no IP address");
    for (const auto& range : forward.ranges) {
        auto end = range.end.value_or(range.start);
        if (range.start == 0 || end < range.start)
            node.fail(nullptr, ErrorCode::XmlError,
                      fmt::format("there are no ports from {} to {}", range.start, end));
        if (range.to.value_or(1) == 0 || range.to.value_or(0) + (end - range.start) > 65535)
            node.fail(
                nullptr, ErrorCode::XmlError,
                fmt::format("{} ports from {} on are more than there are", end - range.start + 1, *range.to));
        if (range.exclude == Answer::Yes && range.to)
            node.fail(nullptr, ErrorCode::XmlError,
                      fmt::format("port {} is excluded: it cannot go to one of the guest", range.start));
    }
}

void check(const xml::Reader& node, const Serial& serial) {
    if (!serial.model.empty() &&
        !is_any_of(serial.model, {"isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011",
                                  "sclpconsole", "sclplmconsole", "16550a", "isa-debugcon"}))
        node.child("target").child("model").fail("name", ErrorCode::ConfigUnsupported,
                                                 "the model is not known");
}

void check(const xml::Reader& node, const Cpu& cpu) {
    std::set<std::string_view> names;
    for (const auto& feature : cpu.features) {
        if (feature.name.empty()) node.fail(nullptr, ErrorCode::XmlError, "a <feature> has an empty name");
        if (!names.insert(feature.name).second)
            node.fail(nullptr, ErrorCode::XmlError, "feature '" + feature.name + "' is there twice");
    }
    if (!cpu.vendor_id.empty() &&
        (cpu.vendor_id.size() != 12 || cpu.vendor_id.find(',') != std::string::npos))
        node.child("model").fail("vendor_id", ErrorCode::XmlError,
                                 "a vendor id has 12 characters, none of them ','");
}

void check(const xml::Reader& node, const Clock& clock) {
    if (!clock.adjustment || clock.offset == ClockOffset::Variable) return;
    std::int64_t seconds = 0;
    if (*clock.adjustment != "reset" && !xml::read_value(std::string_view{*clock.adjustment}, seconds))
        node.fail("adjustment", ErrorCode::XmlError, "a number of seconds is needed");
}

void merge_first_listen(const xml::Reader& node, Graphics& graphics, const std::string& address,
                        const std::string& socket) {
    auto& listens = graphics.listens;
    auto contradicts = [&](const char* attribute) {
        node.fail(attribute, ErrorCode::ConfigUnsupported, "it contradicts the first <listen>");
    };
    if (!socket.empty()) {
        bool has_own =
            !listens.empty() && (listens.size() > 1 || listens.front().type != ListenType::Address);
        if (!has_own) listens.assign(1, GraphicsListen{ListenType::Socket, {}, {}, {}});
        auto& first = listens.front();
        if (first.type == ListenType::Socket && first.socket.empty())
            first.socket = socket;
        else if (first.socket != socket)
            contradicts("socket");
    } else if (!address.empty()) {
        if (listens.empty()) listens.emplace_back();
        auto first = std::ranges::find(listens, ListenType::Address, &GraphicsListen::type);
        if (first != listens.end() && first->address.empty())
            first->address = address;
        else if (first != listens.end() && first->address != address)
            contradicts("listen");
    }
    if (!listens.empty()) return;
    if (graphics.type == GraphicsType::Vnc || graphics.type == GraphicsType::Rdp) listens.emplace_back();
    if (graphics.type == GraphicsType::Spice) {
        bool listens_anywhere = graphics.port || graphics.spice.tls_port || graphics.autoport;
        listens.emplace_back().type = listens_anywhere ? ListenType::Address : ListenType::None;
    }
}

bool is_usb_port(std::string_view text) {
    if (text.empty()) return true;
    for (int numbers = 0; numbers < 4; ++numbers) {
        auto dot = text.find('.');
        std::uint8_t number = 0;
        auto part = text.substr(0, dot);
        if (part.find_first_not_of("0123456789") != part.npos || !xml::read_value(part, number)) return false;
        if (dot == text.npos) return true;
        text.remove_prefix(dot + 1);
    }
    return false;
}

void read_cpu_set(const xml::Reader& node, const char* attribute, std::string& set) {
    if (set.empty() || !is_cpu_set(set))
        node.fail(attribute, ErrorCode::InvalidArgument, "a list of processors such as '0-3,8' is needed");
    auto given = std::exchange(set, canonical_cpu_set(set));
    if (set.empty())
        node.fail(attribute, ErrorCode::ConfigUnsupported, fmt::format("there is nothing in '{}'", given));
}

void read_node_set(const xml::Reader& node, std::string& set) {
    std::optional<std::string> given;
    auto{node}.attribute("nodeset", given);
    if (given) read_cpu_set(node, "nodeset", set);
}

void settle_load_parameter(const xml::Reader& node, std::string& parameter) {
    constexpr std::size_t longest = 8;
    auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == ' ';
    };
    if (parameter.size() > longest || !std::ranges::all_of(parameter, is_letter))
        node.child("boot").fail("loadparm", ErrorCode::InternalError,
                                "up to 8 letters, digits, dots and blanks are needed");
    for (auto& letter : parameter)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
}

bool is_disk_format(std::string_view name) {
    return is_any_of(name, {"raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "vhd", "fat", "none", "dir",
                            "bochs", "cloop", "dmg", "iso", "ploop", "cow", "luks"});
}

namespace {
const std::pair<std::string_view, Address> address_kinds[] = {
    {"pci", PciAddress{}},   {"drive", DriveAddress{}}, {"virtio-serial", VirtioSerialAddress{}},
    {"ccid", CcidAddress{}}, {"usb", UsbAddress{}},     {"isa", IsaAddress{}}};
} // namespace

bool choose(std::string_view name, Address& address) {
    for (const auto& [kind, fresh] : address_kinds)
        if (kind == name) {
            address = fresh;
            return true;
        }
    auto other = from_name<OtherAddress::Type>(name);
    if (other) address = OtherAddress{.type = *other};
    return other.has_value();
}

std::vector<std::string> choices_of(const Address&) {
    std::vector<std::string> names;
    for (const auto& kind : address_kinds) names.emplace_back(kind.first);
    std::ranges::move(xml::names_in<OtherAddress::Type>(), std::back_inserter(names));
    return names;
}

std::string_view choice_name(const Address& address) {
    struct Names {
        std::string_view operator()(std::monostate) const { return ""; }
        std::string_view operator()(const PciAddress&) const { return "pci"; }
        std::string_view operator()(const DriveAddress&) const { return "drive"; }
        std::string_view operator()(const VirtioSerialAddress&) const { return "virtio-serial"; }
        std::string_view operator()(const CcidAddress&) const { return "ccid"; }
        std::string_view operator()(const UsbAddress&) const { return "usb"; }
        std::string_view operator()(const IsaAddress&) const { return "isa"; }
        std::string_view operator()(const OtherAddress& other) const { return name_of(other.type); }
    };
    return std::visit(Names{}, address);
}

} // namespace vireo::model::domain
