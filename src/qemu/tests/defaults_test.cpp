// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "model/domain/xml.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/defaults/pci_topology.hpp"
#include "qemu/defaults/steps.hpp"
#include "qemu/tests/fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::qemu {

using namespace model::domain;

Domain completed(std::string_view machine, std::string_view devices, std::string_view more = "") {
    auto domain =
        parse(fmt::format("<domain type='qemu'><name>x</name><memory>65536</memory>{}<os><type arch='x86_64' "
                          "machine='{}'>hvm</type></os><devices>{}</devices></domain>",
                          more, machine, devices));
    complete(domain, make_emulator());
    return domain;
}

std::string text_of(const Address& address) {
    const auto* pci = std::get_if<PciAddress>(&address);
    return pci == nullptr ? "none" : fmt::format("{:02x}:{:02x}.{}", pci->bus, pci->slot, pci->function);
}

TEST(DiskIndex, CountsAsNamesDo) {
    EXPECT_EQ(disk_index("vda"), 0U);
    EXPECT_EQ(disk_index("sdz"), 25U);
    EXPECT_EQ(disk_index("sdaa"), 26U);
    EXPECT_EQ(disk_index("hdb1"), 1U);
    for (const char* bad : {"", "vd", "vdA", "disk0", "vdaaaaa", "x"})
        EXPECT_EQ(disk_index(bad), std::nullopt) << bad;
}

TEST(Board, IsKnownByTheMachinesName) {
    EXPECT_EQ(board_of("q35"), Board::Q35);
    EXPECT_EQ(board_of("pc-q35-2.11"), Board::Q35);
    EXPECT_EQ(board_of("pc"), Board::I440fx);
    EXPECT_EQ(board_of("pc-i440fx-7.2"), Board::I440fx);
    EXPECT_EQ(board_of("microvm"), Board::Other);
}

TEST(Complete, GroupsDisksByBusInTheOrderOfTheirNames) {
    auto domain = completed("q35", "<disk><source file='/3'/><target dev='vdb'/></disk>"
                                   "<disk><source file='/1'/><target dev='sda' bus='sata'/></disk>"
                                   "<disk><source file='/2'/><target dev='vda'/></disk>");
    std::string order;
    for (const auto& disk : domain.devices.disks) order += disk.target + " ";
    EXPECT_EQ(order, "vda vdb sda ");
}

TEST(Complete, GivesCompanionsTheNumberOfTheirUsb2Controller) {
    auto domain =
        completed("pc", "<controller type='usb' model='ich9-ehci1'/>"
                        "<controller type='usb' model='ich9-uhci1'><master startport='0'/></controller>"
                        "<controller type='usb' model='ich9-uhci2'><master startport='2'/></controller>"
                        "<controller type='usb' model='ich9-ehci1'/>"
                        "<controller type='usb' model='ich9-uhci1'><master startport='0'/></controller>");
    std::vector<std::uint32_t> numbers;
    for (const auto& controller : domain.devices.controllers)
        if (controller.type == ControllerType::Usb) numbers.push_back(controller.index.value());
    EXPECT_EQ(numbers, (std::vector<std::uint32_t>{0, 0, 0, 1, 1}));
}

TEST(Complete, FillsOneRootPortPerDeviceAndKeepsASpareOne) {
    auto domain = completed("q35", "<disk><source file='/1'/><target dev='vda'/></disk>");
    EXPECT_EQ(text_of(domain.devices.disks[0].info.address), "02:00.0");
    auto ports = std::ranges::count(domain.devices.controllers, "pcie-root-port", &Controller::model);
    EXPECT_EQ(ports, 4); // usb, disk, balloon, spare
}

TEST(Complete, AddsABridgeWhenTheBusOfI440fxIsFull) {
    std::string interfaces;
    for (int count = 0; count < 40; ++count)
        interfaces += "<interface type='user'><model type='e1000'/></interface>";
    auto domain = completed("pc", interfaces);
    ASSERT_NE(find_controller(domain, ControllerType::Pci, 1), nullptr);
    EXPECT_EQ(text_of(domain.devices.interfaces.back().info.address).substr(0, 2), "01");
}

TEST(Complete, KeepsGivenAddresses) {
    auto domain = completed("pc", "<interface type='user'><model type='virtio'/>"
                                  "<address type='pci' slot='0x1e'/></interface>"
                                  "<interface type='user'><model type='virtio'/></interface>");
    EXPECT_EQ(text_of(domain.devices.interfaces[0].info.address), "00:1e.0");
    EXPECT_EQ(text_of(domain.devices.interfaces[1].info.address), "00:02.0");
}

TEST(Complete, LeavesOtherBoardsAlone) {
    auto domain = completed("microvm", "<disk><source file='/1'/><target dev='vda'/></disk>");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(domain.devices.disks[0].info.address));
}

TEST(Complete, NamesTheMachinesCpuWhereLibvirtKnowsModels) {
    auto cpu_on = [](std::string_view arch) {
        auto domain = parse(fmt::format("<domain type='qemu'><name>x</name><memory>65536</memory><os><type "
                                        "arch='{}' machine='pc-i440fx-7.2'>hvm</type></os></domain>",
                                        arch));
        complete_cpu(domain, make_emulator());
        return domain.cpu.has_value();
    };
    EXPECT_TRUE(cpu_on("x86_64"));
    EXPECT_FALSE(cpu_on("riscv64"));
    EXPECT_FALSE(cpu_on("sparc"));
}

/// Documents that are refused when they are defined.
struct Fault {
    const char* machine;
    const char* devices;
    ErrorCode code;
    const char* told;
    const char* more = "";
};
class FaultyDomain : public testing::TestWithParam<Fault> {};

TEST_P(FaultyDomain, IsRefusedWithLibvirtsCode) {
    try {
        completed(GetParam().machine, GetParam().devices, GetParam().more);
        FAIL() << GetParam().told;
    } catch (const Error& fault) {
        EXPECT_EQ(fault.code, GetParam().code) << fault.what();
        EXPECT_NE(std::string{fault.what()}.find(GetParam().told), std::string::npos) << fault.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultyDomain,
    testing::Values(
        Fault{"pc-q35-99", "", ErrorCode::ConfigUnsupported, "pc-q35-7.2 (q35)"},
        Fault{"q35", "<disk><source file='/1'/><target dev='hda'/></disk>", ErrorCode::ConfigUnsupported,
              "no IDE"},
        Fault{"pc", "<disk><source file='/1'/><target dev='hde'/></disk>", ErrorCode::ConfigUnsupported,
              "one IDE"},
        Fault{"pc", "<controller type='pci' index='0' model='pcie-root'/>", ErrorCode::XmlError,
              "'pci-root'"},
        Fault{"pc", "<controller type='ide' index='0'/><controller type='ide' index='0'/>",
              ErrorCode::XmlError, "index 0"},
        Fault{"q35", "<controller type='usb' model='none'/><input type='tablet' bus='usb'/>",
              ErrorCode::ConfigUnsupported, "needs USB"},
        Fault{"q35", "", ErrorCode::ConfigUnsupported, "at most 288", "<vcpu>300</vcpu>"},
        Fault{"pc",
              "<interface type='user'><address type='pci' slot='4'/></interface><interface "
              "type='user'><address "
              "type='pci' slot='4'/></interface>",
              ErrorCode::XmlError, "in use"},
        Fault{
            "q35",
            "<interface type='user'><model type='virtio'/><address type='pci' bus='1' slot='4'/></interface>",
            ErrorCode::XmlError, "outside of slots 0 to 0"},
        Fault{"pc", "<input type='tablet' bus='usb'><address type='usb' bus='3' port='1'/></input>",
              ErrorCode::XmlError, "no USB controller 3"}));

INSTANTIATE_TEST_SUITE_P(
    Machines, FaultyDomain,
    testing::Values(
        Fault{"pc",
              "<controller type='ide' index='0'/><interface type='user'><address type='pci' slot='1' "
              "function='1'/></interface>",
              ErrorCode::XmlError, "in use"},
        Fault{"pc", "<controller type='pci' index='1' model='pcie-expander-bus'/>",
              ErrorCode::ConfigUnsupported, "'pcie-expander-bus'"},
        Fault{"q35",
              "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' "
              "model='pcie-expander-bus'><address type='pci' bus='1'/></controller>",
              ErrorCode::XmlError, "takes no such device"},
        Fault{"q35", "<controller type='usb' model='none'/><controller type='usb' model='qemu-xhci'/>",
              ErrorCode::XmlDetail, "switched off"},
        Fault{"pc", "<iommu model='virtio'/>", ErrorCode::ConfigUnsupported, "IOMMU"},
        Fault{"q35", "", ErrorCode::ConfigUnsupported, "'hpt'",
              "<features><hpt resizing='enabled'/></features>"},
        Fault{"q35", "", ErrorCode::ConfigUnsupported, "'gic'", "<features><gic version='2'/></features>"},
        Fault{"q35", "", ErrorCode::ConfigUnsupported, "opt/",
              "<sysinfo type='fwcfg'><entry name='etc/a'>b</entry></sysinfo>"},
        Fault{"q35", "", ErrorCode::ConfigUnsupported, "'kvm'",
              "<cputune><cachetune vcpus='0'><cache id='0' level='3' type='both' "
              "size='1'/></cachetune></cputune>"},
        Fault{"q35", "", ErrorCode::ConfigUnsupported, "SEV",
              "<launchSecurity type='sev'><policy>1</policy></launchSecurity>"}));

TEST(Complete, PlacesMissingBusesAfterThoseOfTheUser) {
    auto domain = completed("pc", "<controller type='pci' index='3' model='pci-bridge'/>");
    auto place_of = [&](std::uint32_t index) {
        return text_of(find_controller(domain, ControllerType::Pci, index)->info.address);
    };
    EXPECT_EQ(place_of(3), "00:02.0");
    EXPECT_EQ(place_of(1), "00:03.0");
    EXPECT_EQ(place_of(2), "00:04.0");
}

TEST(Complete, FollowsTheUserOntoTheBoard) {
    auto domain =
        parse("<domain type='qemu'><name>x</name><memory>65536</memory><os><type arch='aarch64' "
              "machine='virt'>hvm</type></os><devices><memballoon model='none'/><rng model='virtio'>"
              "<backend model='random'/><address type='virtio-mmio'/></rng><interface type='user'>"
              "<model type='virtio'/></interface></devices></domain>");
    auto capabilities = make_emulator();
    capabilities.arch = "aarch64";
    capabilities.machines = {{"virt", "", 8, true, false, "cortex-a15-arm-cpu", "mach-virt.ram"}};
    complete(domain, capabilities);
    const auto* other = std::get_if<OtherAddress>(&domain.devices.interfaces[0].info.address);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(other->type, OtherAddress::Type::VirtioMmio);
}

TEST(PciTopology, FillsASlotWithRootPorts) {
    PciTopology topology;
    topology.add_bus("pcie-root");
    for (int count = 0; count < 8; ++count) EXPECT_EQ(topology.take(PciPlug::RootPort)->function, count);
    EXPECT_EQ(topology.take(PciPlug::RootPort)->slot, 2);
    EXPECT_EQ(topology.take(PciPlug::Express), std::nullopt);
    topology.add_bus("pcie-root-port");
    EXPECT_EQ(topology.take(PciPlug::Express)->bus, 1);
    EXPECT_EQ(topology.take(PciPlug::Express), std::nullopt);
}

} // namespace vireo::qemu
