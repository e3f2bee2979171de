// SPDX-License-Identifier: Apache-2.0
#include "model/domain/device_change.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

Domain make(std::string_view devices = "", std::string_view more = "") {
    return parse(
        fmt::format("<domain type='qemu'><name>web</name><memory>2048</memory>{}<os><type>hvm</type></os>"
                    "<devices>{}</devices></domain>",
                    more, devices));
}

constexpr std::string_view disk = "<disk><source file='/a'/><target dev='vda'/></disk>";
constexpr std::string_view serial = "<serial type='file'><source path='/log'/><target port='0'/></serial>";
constexpr std::string_view channel = "<channel type='unix'><target type='virtio' name='org.port'/></channel>";

/// The code that the change is refused with; it must leave the domain as it was, and where it is accepted
/// make one that is read again as it is.
ErrorCode outcome(Domain& domain, auto change) {
    auto before = domain;
    try {
        change();
    } catch (const Error& error) {
        EXPECT_EQ(domain, before);
        return error.code;
    }
    EXPECT_EQ(parse(format(domain, {.secure = true})), domain);
    return ErrorCode::Ok;
}
ErrorCode attach(Domain& domain, std::string_view xml) {
    return outcome(domain, [&] { attach_device(domain, xml); });
}
ErrorCode detach(Domain& domain, std::string_view xml) {
    return outcome(domain, [&] { detach_device(domain, xml); });
}
ErrorCode update(Domain& domain, std::string_view xml) {
    return outcome(domain, [&] { update_device(domain, xml); });
}

TEST(AttachDevice, PutsItBesideTheOthersOfItsKind) {
    auto domain = make(disk);
    EXPECT_EQ(attach(domain, "<disk><source file='/b'/><target dev='vdb'/></disk>"), ErrorCode::Ok);
    EXPECT_EQ(attach(domain, "<interface type='user'/>"), ErrorCode::Ok);
    ASSERT_EQ(domain.devices.disks.size(), 2U);
    EXPECT_EQ(domain.devices.disks[1].source, "/b");
    ASSERT_EQ(domain.devices.interfaces.size(), 1U);
    EXPECT_NE(domain.devices.interfaces[0].mac, MacAddress{});
}

TEST(AttachDevice, LetsTheHypervisorCompleteAndRefuse) {
    auto domain = make();
    ChangeContext context;
    context.complete = [](Domain& changed) { changed.devices.emulator = "/bin/emulator"; };
    attach_device(domain, disk, context);
    EXPECT_EQ(domain.devices.emulator, "/bin/emulator");
    context.complete = [](Domain&) { throw Error(ErrorCode::NoMemory, ErrorDomain::Domain, "no"); };
    EXPECT_EQ(outcome(domain, [&] { attach_device(domain, channel, context); }), ErrorCode::NoMemory);
}

struct Case {
    const char* name;
    std::string_view devices, xml;
    ErrorCode code;
};
void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name; }

class RefusedAttachment : public testing::TestWithParam<Case> {};
TEST_P(RefusedAttachment, HasLibvirtsCode) {
    auto domain = make(GetParam().devices);
    EXPECT_EQ(attach(domain, GetParam().xml), GetParam().code);
}
constexpr std::string_view usb =
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/>"
    "</source></hostdev>";
INSTANTIATE_TEST_SUITE_P(
    Devices, RefusedAttachment,
    testing::Values(
        Case{"no_xml", "", "<disk>", ErrorCode::XmlDetail},
        Case{"no_device", "", "<domain/>", ErrorCode::ConfigUnsupported},
        Case{"a_wrong_value", "", "<disk device='x'><target dev='vda'/></disk>", ErrorCode::XmlError},
        Case{"the_same_target", disk, disk, ErrorCode::OperationInvalid},
        Case{"the_same_port", channel, channel, ErrorCode::OperationInvalid},
        Case{"the_same_device_of_the_host", usb, usb, ErrorCode::OperationInvalid},
        Case{"the_same_controller", "<controller type='scsi' index='0'/>",
             "<controller type='scsi' index='0'/>", ErrorCode::OperationInvalid},
        Case{"a_second_vsock", "<vsock><cid address='4'/></vsock>", "<vsock><cid address='5'/></vsock>",
             ErrorCode::OperationInvalid},
        Case{"the_same_address",
             "<rng model='virtio'><backend model='random'/><address type='pci' slot='0x07'/></rng>",
             "<rng model='virtio'><backend model='random'/><address type='pci' slot='0x07'/></rng>",
             ErrorCode::ConfigUnsupported},
        Case{"the_console_of_a_serial_port", "", "<console type='pty'/>", ErrorCode::OperationUnsupported},
        Case{"graphics", "", "<graphics type='vnc'/>", ErrorCode::OperationUnsupported},
        Case{"a_balloon", "", "<memballoon model='virtio'/>", ErrorCode::OperationUnsupported}),
    [](const auto& shown) { return shown.param.name; });

TEST(AttachDevice, KeepsTheFirstSerialPortAsConsole) {
    auto domain = make();
    EXPECT_EQ(attach(domain, serial), ErrorCode::Ok);
    ASSERT_EQ(domain.devices.consoles.size(), 1U);
    EXPECT_EQ(domain.devices.consoles[0].source.path, "/log");
    EXPECT_EQ(detach(domain, serial), ErrorCode::Ok);
    EXPECT_TRUE(domain.devices.serials.empty());
    EXPECT_TRUE(domain.devices.consoles.empty());
}

TEST(AttachDevice, AddsTheMemoryOfAModule) {
    auto domain = make("", "<maxMemory slots='4' unit='MiB'>64</maxMemory>"
                           "<cpu><numa><cell id='0' cpus='0' memory='2' unit='MiB'/></numa></cpu>");
    constexpr std::string_view module =
        "<memory model='dimm'><target><size unit='MiB'>4</size><node>0</node></target>"
        "</memory>";
    EXPECT_EQ(attach(domain, module), ErrorCode::Ok);
    EXPECT_EQ(domain.memory, MemorySize::kib(6 << 10));
    EXPECT_EQ(domain.current_memory, MemorySize::kib(6 << 10));
    EXPECT_EQ(detach(domain, module), ErrorCode::Ok);
    EXPECT_EQ(domain.memory, MemorySize::kib(2 << 10));
    EXPECT_EQ(domain.current_memory, MemorySize::kib(2 << 10));
}

TEST(DetachDevice, FindsItByWhatTellsItApart) {
    auto domain =
        make("<disk><source file='/a'/><target dev='vda'/></disk><disk><source file='/b'/><target dev='vdb'/>"
             "</disk><interface type='user'><mac address='52:54:00:00:00:01'/></interface>"
             "<interface type='user'><mac address='52:54:00:00:00:02'/></interface>"
             "<sound model='ich6'/><sound model='ac97'/>");
    EXPECT_EQ(detach(domain, "<disk type='block'><source dev='/other'/><target dev='vdb'/></disk>"),
              ErrorCode::Ok);
    EXPECT_EQ(detach(domain, "<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='b'/>"
                             "</interface>"),
              ErrorCode::Ok);
    EXPECT_EQ(detach(domain, "<sound model='ac97'/>"), ErrorCode::Ok);
    ASSERT_EQ(domain.devices.disks.size(), 1U);
    EXPECT_EQ(domain.devices.disks[0].target, "vda");
    ASSERT_EQ(domain.devices.interfaces.size(), 1U);
    EXPECT_EQ(domain.devices.interfaces[0].mac.text(), "52:54:00:00:00:01");
    ASSERT_EQ(domain.devices.sounds.size(), 1U);
    EXPECT_EQ(domain.devices.sounds[0].model, SoundModel::Ich6);
}

class RefusedDetachment : public testing::TestWithParam<Case> {};
TEST_P(RefusedDetachment, HasLibvirtsCode) {
    auto domain = make(GetParam().devices);
    EXPECT_EQ(detach(domain, GetParam().xml), GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(
    Devices, RefusedDetachment,
    testing::Values(Case{"another_target", disk, "<disk><source file='/a'/><target dev='vdc'/></disk>",
                         ErrorCode::DeviceMissing},
                    Case{"another_port", channel,
                         "<channel type='unix'><target type='virtio' name='other'/></channel>",
                         ErrorCode::InvalidArgument},
                    Case{"a_serial_port_without_number", serial,
                         "<serial type='file'><source path='/log'/></serial>", ErrorCode::InvalidArgument},
                    Case{"an_interface_that_may_be_two", "<interface type='user'/><interface type='user'/>",
                         "<interface type='user'/>", ErrorCode::OperationFailed},
                    Case{"another_address", "<sound model='ac97'><address type='pci' slot='0x05'/></sound>",
                         "<sound model='ac97'><address type='pci' slot='0x06'/></sound>",
                         ErrorCode::DeviceMissing},
                    Case{"graphics", "<graphics type='vnc'/>", "<graphics type='vnc'/>",
                         ErrorCode::OperationUnsupported}),
    [](const auto& shown) { return shown.param.name; });

TEST(DetachDevice, ByAlias) {
    auto domain = make("<disk><source file='/a'/><target dev='vda'/><alias name='ua-data'/></disk>");
    auto by_alias = [&](std::string_view alias) {
        return outcome(domain, [&] { detach_device_by_alias(domain, alias); });
    };
    EXPECT_EQ(by_alias("ua-other"), ErrorCode::InternalError);
    EXPECT_EQ(by_alias("ua-data"), ErrorCode::Ok);
    EXPECT_TRUE(domain.devices.disks.empty());
}

TEST(UpdateDevice, PutsTheNewOneInItsPlace) {
    auto domain = make("<disk device='cdrom'><source file='/a'/><target dev='sda' bus='sata'/></disk>"
                       "<graphics type='vnc'/><sound model='ac97'/>");
    EXPECT_EQ(update(domain, "<disk device='cdrom'><source file='/b'/><target dev='sda' bus='sata'/></disk>"),
              ErrorCode::Ok);
    EXPECT_EQ(domain.devices.disks[0].source, "/b");
    EXPECT_EQ(update(domain, "<graphics type='vnc' passwd='secret'/>"), ErrorCode::Ok);
    EXPECT_EQ(domain.devices.graphics[0].password, "secret");
    EXPECT_EQ(update(domain, "<graphics type='spice'/>"), ErrorCode::InvalidArgument);
    EXPECT_EQ(update(domain, "<sound model='ac97'/>"), ErrorCode::OperationUnsupported);
}

/// As a running domain: with the names that QEMU has for its devices.
Domain make_running() {
    return parse(
        "<domain type='qemu' id='1'><name>web</name><memory>2048</memory><os><type>hvm</type></os><devices>"
        "<disk device='cdrom'><target dev='sda' bus='sata' tray='open'/><alias name='sata0-0-0'/></disk>"
        "<interface type='user'><mac address='52:54:00:00:00:01'/><target dev='vnet3'/><model type='e1000'/>"
        "<alias name='net0'/></interface></devices></domain>",
        Scope::Live);
}

TEST(DeviceChange, OfARunningDomainFindsTheAlias) {
    auto live = make_running();
    auto interface = [](int last) {
        return fmt::format("<interface type='user'><mac address='52:54:00:00:00:{:02}'/></interface>", last);
    };
    EXPECT_EQ(find_device_alias(live, interface(1)), "net0");
    EXPECT_EQ(outcome(live, [&] { find_device_alias(live, interface(2)); }), ErrorCode::DeviceMissing);
}

TEST(DeviceChange, OfARunningDomainKeepsWhatItIs) {
    auto live = make_running();
    ChangeContext context{.scope = Scope::Live};
    update_device(live,
                  "<interface type='user'><mac address='52:54:00:00:00:01'/><link state='down'/></interface>",
                  context);
    const auto& interface = live.devices.interfaces.front();
    EXPECT_EQ(interface.info.alias, "net0");
    EXPECT_EQ(interface.model, "e1000");
    EXPECT_EQ(interface.target, "vnet3");
    auto before = live.devices.disks.front();
    update_device(live, "<disk device='cdrom'><source file='/a'/><target dev='sda' bus='sata'/></disk>",
                  context);
    EXPECT_EQ(live.devices.disks.front().info.alias, "sata0-0-0");
    EXPECT_FALSE(find_difference(before, live.devices.disks.front()).empty());
    EXPECT_EQ(find_difference(before, before), "");
    auto after = before;
    after.driver.emplace().cache = DiskCache::None;
    EXPECT_TRUE(find_difference(before, after).starts_with("driver")) << find_difference(before, after);
}

TEST(DeviceChange, GivesAnInterfaceOneAddressForAllDescriptions) {
    auto settled = settle_device("<interface type='user'/>");
    EXPECT_NE(settled.find("<mac address=\"52:54:00:"), settled.npos) << settled;
    EXPECT_EQ(settle_device(settled), settled);
    EXPECT_EQ(settle_device(disk), disk);
}

} // namespace
} // namespace vireo::model::domain
