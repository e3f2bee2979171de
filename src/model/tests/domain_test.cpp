// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

/// A small domain with `more` in it, and `devices` among its devices.
std::string document(std::string_view more = "", std::string_view devices = "") {
    return fmt::format("<domain type='qemu'><name>web</name><memory>1024</memory><os><type>hvm</type></os>{}"
                       "<devices>{}</devices></domain>",
                       more, devices);
}

std::string disk(std::string_view target, std::string_view more = "") {
    return fmt::format("<disk><source file='/{0}'/><target dev='{0}'/>{1}</disk>", target, more);
}

TEST(Parse, FillsInWhatEveryDomainHas) {
    auto domain = parse(document());
    EXPECT_FALSE(domain.uuid.is_nil());
    EXPECT_EQ(domain.memory, MemorySize::mib(1));
    EXPECT_EQ(domain.current_memory, domain.memory);
    EXPECT_EQ(domain.vcpus.maximum, 1u);
    EXPECT_EQ(domain.clock.offset, ClockOffset::Utc);
    EXPECT_EQ(domain.on_poweroff, LifecycleAction::Destroy);
    EXPECT_EQ(domain.on_reboot, LifecycleAction::Restart);
    EXPECT_EQ(domain.on_crash, CrashAction::Destroy);
    EXPECT_EQ(domain.os.boot, std::vector{BootDevice::Disk});
}

TEST(Parse, GivesInterfacesDifferentAddresses) {
    auto domain = parse(document("", "<interface type='user'/><interface type='user'/>"));
    ASSERT_EQ(domain.devices.interfaces.size(), 2u);
    EXPECT_NE(domain.devices.interfaces[0].mac, MacAddress{});
    EXPECT_NE(domain.devices.interfaces[0].mac, domain.devices.interfaces[1].mac);
}

TEST(Parse, RoundsMemoryUpToKib) {
    auto domain =
        parse("<domain type='qemu'><name>a</name><memory unit='b'>1025</memory><currentMemory unit='GiB'>9"
              "</currentMemory><os><type>hvm</type></os></domain>");
    EXPECT_EQ(domain.memory, MemorySize::kib(2));
    EXPECT_EQ(domain.current_memory, MemorySize::kib(2)) << "never more than there is";
}

TEST(Parse, OrdersTheDisksOfABus) {
    auto domain = parse(document("", disk("vdaa") + disk("sdb") + disk("vdb") + disk("sda")));
    std::vector<std::string> targets;
    for (const auto& each : domain.devices.disks) targets.push_back(each.target);
    EXPECT_EQ(targets, (std::vector<std::string>{"vdb", "vdaa", "sda", "sdb"}));
}

TEST(Parse, LeavesTheBusesOfDisksInTheOrderOfTheirFirst) {
    auto domain = parse(document("", disk("hdc") + disk("hda") + disk("sdb") + disk("vda")));
    std::string order;
    for (const auto& each : domain.devices.disks) order += each.target + " ";
    EXPECT_EQ(order, "hda hdc sdb vda ");
}

TEST(Parse, DoesNotGuessABootDeviceWhereDevicesHaveAnOrder) {
    EXPECT_TRUE(parse(document("", disk("vda", "<boot order='1'/>"))).os.boot.empty());
}

TEST(Console, IsTheFirstSerialPortSeenAgain) {
    for (auto devices :
         {"<serial type='pty'/>", "<console type='pty'/>", "<serial type='pty'/><console type='pty'/>"}) {
        auto domain = parse(document("", devices));
        ASSERT_EQ(domain.devices.serials.size(), 1u) << devices;
        ASSERT_EQ(domain.devices.consoles.size(), 1u) << devices;
        EXPECT_EQ(domain.devices.consoles[0].source, domain.devices.serials[0].source);
        EXPECT_EQ(domain.devices.consoles[0].target, ConsoleTarget::Serial);
    }
}

TEST(Console, OfVirtioStandsAlone) {
    auto domain = parse(document("", "<console type='pty'><target type='virtio'/></console>"));
    EXPECT_TRUE(domain.devices.serials.empty());
    EXPECT_EQ(domain.devices.consoles[0].port, 0u);
}

TEST(Serial, PortsFollowTheHighestGiven) {
    auto domain = parse(document("", "<serial type='null'/><serial type='null'><target port='0'/></serial>"));
    EXPECT_EQ(domain.devices.serials[0].port, 1u);
    EXPECT_EQ(domain.devices.serials[1].port, 0u);
}

TEST(Format, HidesPasswordsUnlessAsked) {
    auto domain = parse(document("", "<graphics type='vnc' passwd='secret'/>"));
    EXPECT_EQ(format(domain).find("secret"), std::string::npos);
    EXPECT_NE(format(domain, {.secure = true, .live = false}).find("passwd='secret'"), std::string::npos);
}

TEST(Format, ShowsWhatRunsOnlyWhenAsked) {
    auto domain = parse(document("", disk("vda") + "<serial type='pty'/><graphics type='vnc'/>"));
    domain.id = 7;
    domain.devices.disks[0].info.alias = "virtio-disk0";
    domain.devices.serials[0].source.path = domain.devices.consoles[0].source.path = "/dev/pts/3";
    domain.devices.graphics[0].port = 5901;
    auto at_rest = format(domain);
    EXPECT_EQ(at_rest.find("id='7'"), std::string::npos);
    EXPECT_EQ(at_rest.find("alias"), std::string::npos);
    EXPECT_EQ(at_rest.find("pts"), std::string::npos);
    EXPECT_NE(at_rest.find("port='-1' autoport='yes'"), std::string::npos);
    auto live = format(domain, {.secure = false, .live = true});
    EXPECT_NE(live.find("<domain type='qemu' id='7'>"), std::string::npos);
    EXPECT_NE(live.find("<alias name='virtio-disk0'/>"), std::string::npos);
    EXPECT_NE(live.find("<console type='pty' tty='/dev/pts/3'>"), std::string::npos);
    EXPECT_NE(live.find("port='5901' autoport='yes'"), std::string::npos);
    EXPECT_EQ(parse(live, Scope::Live), domain);
    EXPECT_EQ(parse(live).id, std::nullopt);
    EXPECT_EQ(parse(live).devices.disks[0].info.alias, "");
}

TEST(Parse, ForgetsTheTapOfAnEarlierRun) {
    auto text = document("", "<interface type='user'><target dev='vnet3'/></interface>");
    EXPECT_EQ(parse(text).devices.interfaces[0].target, "");
    EXPECT_EQ(parse(text, Scope::Live).devices.interfaces[0].target, "vnet3");
}

TEST(Format, KeepsAliasesOfUsers) {
    auto domain =
        parse(document("", disk("vda", "<alias name='ua-root'/>") + disk("vdb", "<alias name='disk1'/>")));
    EXPECT_EQ(domain.devices.disks[0].info.alias, "ua-root");
    EXPECT_EQ(domain.devices.disks[1].info.alias, "");
    EXPECT_NE(format(domain).find("ua-root"), std::string::npos);
}

TEST(Unsupported, IsEmptyForADomainOfThisStep) {
    auto devices =
        disk("vda", "<serial>1</serial>") +
        "<interface type='bridge'><source bridge='br0'/></interface><serial type='file'><source path='/s'/>"
        "</serial><graphics type='vnc'/><video><model type='vga'/></video><memballoon model='virtio'/>"
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
    EXPECT_EQ(unsupported(parse(document("<features><acpi/></features>", devices))),
              std::vector<std::string>{});
}

TEST(Unsupported, NamesEachPart) {
    auto domain = parse(document(
        "<cputune><shares>1</shares></cputune><bootloader>/b</bootloader>",
        disk("vda") + disk("vdb", "<transient/>") +
            "<filesystem type='mount'><driver type='virtiofs'/><source dir='/a'/><target dir='b'/>"
            "</filesystem><interface type='network'><source network='n'/></interface><sound model='ich9'/>"));
    EXPECT_EQ(unsupported(domain), (std::vector<std::string>{"/domain/cputune/shares", "/domain/bootloader",
                                                             "/domain/devices/disk[2]/transient",
                                                             "/domain/devices/filesystem/binary",
                                                             "/domain/devices/interface/@type='network'"}));
}

TEST(Unsupported, LeavesOutWhatChangesNothing) {
    auto harmless =
        document("<seclabel type='dynamic' model='dac' relabel='yes'/><resource><partition>/p</partition>"
                 "</resource>",
                 disk("vda", "<backingStore/>"));
    EXPECT_EQ(unsupported(parse(harmless)), std::vector<std::string>{});
    auto label =
        document("<seclabel type='static' model='dac' relabel='yes'><label>1:1</label></seclabel>", "");
    EXPECT_EQ(unsupported(parse(label)), std::vector<std::string>{"/domain/seclabel"});
}

TEST(Unsupported, OfACommandLineIsWhatQemuIsTold) {
    auto domain = parse(document("<cputune><shares>1</shares></cputune><bootloader>/b</bootloader>", ""));
    EXPECT_EQ(unsupported(domain, Concern::CommandLine), std::vector<std::string>{"/domain/bootloader"});
}

TEST(Parse, RefusesUnknownPartsWhenAsked) {
    auto refused = [](const std::string& text) -> std::string {
        try {
            parse(text, Scope::Definition, Unknown::Refuse);
            return "";
        } catch (const Error& error) {
            EXPECT_EQ(error.code, ErrorCode::XmlInvalidSchema);
            return error.what();
        }
    };
    EXPECT_EQ(refused(document("<metadata><a:b xmlns:a='urn:a' c='d'/></metadata>", disk("vda"))), "");
    auto message = refused(document("<wheels/>", disk("vda", "<serial kind='x'>1</serial><brake/>")));
    EXPECT_NE(message.find("/domain/wheels"), std::string::npos) << message;
    EXPECT_NE(message.find("/domain/devices/disk/brake"), std::string::npos) << message;
    EXPECT_NE(message.find("/domain/devices/disk/serial/@kind"), std::string::npos) << message;
    EXPECT_NO_THROW(parse(document("<wheels/>", "")));
}

TEST(Parse, CountsTheMemoryOfNumaNodes) {
    auto domain = parse(
        document("<vcpu>2</vcpu><cpu><numa><cell cpus='0' memory='1' unit='GiB'/><cell cpus='1' memory='512' "
                 "unit='MiB'/></numa></cpu>",
                 ""));
    EXPECT_EQ(domain.memory, MemorySize::kib(1536U << 10));
    EXPECT_EQ(domain.cpu->numa[1].id, 1U);
}

TEST(Parse, ReadsWhatItShowsOfSourcesThatSayNothing) {
    auto domain = parse(document(
        "", "<hostdev type='usb'><source/></hostdev>" +
                disk("vda", "<backingStore type='file'><format type='raw'/><source/></backingStore>")));
    EXPECT_EQ(parse(format(domain)), domain);
}

struct Fault {
    std::string text;
    ErrorCode code;
};
class Faults : public testing::TestWithParam<Fault> {};
TEST_P(Faults, HaveLibvirtsCode) {
    try {
        parse(GetParam().text);
        ADD_FAILURE() << "was accepted: " << GetParam().text;
    } catch (const Error& error) {
        EXPECT_EQ(error.code, GetParam().code) << error.what() << GetParam().text;
    }
}
/// An interface that forwards a range of ports.
std::string forward(std::string_view rule, std::string_view range) {
    return fmt::format("<interface type='user'><portForward {}><range {}/></portForward></interface>", rule,
                       range);
}

std::vector<Fault> all_faults() {
    using enum ErrorCode;
    auto os = [](std::string_view name, std::string_view memory, std::string_view type) {
        return fmt::format("<domain type='qemu'>{}{}<os>{}</os></domain>", name, memory, type);
    };
    std::string_view name = "<name>a</name>", memory = "<memory>9</memory>", type = "<type>hvm</type>";
    auto with = [](std::string_view devices) { return document("", devices); };
    return {
        {"<domain", XmlDetail},
        {"<network/>", XmlError},
        {"<domain><name>a</name></domain>", InternalError},
        {"<domain type='toaster'/>", ConfigUnsupported},
        {os("", memory, type), NoName},
        {os("<name/>", memory, type), NoName},
        {os("<name>a/b</name>", memory, type), XmlError},
        {os(name, "", type), XmlError},
        {os(name, "<memory>0</memory>", type), XmlError},
        {os(name, "<memory>lots</memory>", type), XmlError},
        {os(name, "<memory unit='lots'>1</memory>", type), InvalidArgument},
        {os(name, memory, ""), XmlError},
        {os(name, memory, "<type/>"), XmlError},
        {os(name, memory, "<type>dos</type>"), ConfigUnsupported},
        {os(name, memory, "<type arch='pdp11'>hvm</type>"), ConfigUnsupported},
        {"<domain type='qemu'><name>a</name><memory>9</memory></domain>", XmlError},
        {document("<uuid>short</uuid>"), InternalError},
        {document("<vcpu>0</vcpu>"), InternalError},
        {document("<vcpu>many</vcpu>"), XmlError},
        {document("<vcpu current='3'>2</vcpu>"), ConfigUnsupported},
        {document("<vcpu cpuset='a-b'>2</vcpu>"), InvalidArgument},
        {document("<on_crash>cry</on_crash>"), ConfigUnsupported},
        {document("<clock offset='lunar'/>"), ConfigUnsupported},
        {document("<clock offset='absolute'/>"), InternalError},
        {document("<cpu><topology sockets='0' cores='1' threads='1'/></cpu>"), XmlError},
        {document("<cpu><topology sockets='2' cores='1' threads='1'/></cpu>"), ConfigUnsupported},
        {document("<vcpu>1</vcpu><cpu><numa><cell cpus='5' memory='1'/></numa></cpu>"), InternalError},
        {document("<vcpu>2</vcpu><cpu><numa><cell cpus='0-1' memory='1'/><cell cpus='1' "
                  "memory='1'/></numa></cpu>"),
         ConfigUnsupported},
        {document("<cpu><feature policy='want' name='sse'/></cpu>"), ConfigUnsupported},
        {document("<cpu><feature name='sse'/><feature name='sse'/></cpu>"), XmlError},
        {with("<disk><source file='/a'/></disk>"), NoTarget},
        {with("<disk><target dev='vda'/></disk>"), NoSource},
        {with("<disk><source file='/a'/><target dev='abc'/></disk>"), InternalError},
        {with(disk("vda") + disk("vda")), XmlError},
        {with(disk("vda", "<driver name='qemu' type='tape'/>")), ConfigUnsupported},
        {with(disk("vda", "<address type='moon'/>")), ConfigUnsupported},
        {with(disk("vda", "<address/>")), InternalError},
        {with(disk("vda", "<address type='pci' slot='0x20'/>")), XmlError},
        {with(disk("vda", "<wwn>12</wwn>")), InternalError},
        {with(disk("vda", "<vendor>far too long</vendor>")), ConfigUnsupported},
        {with(disk("vda", "<boot order='0'/>")), XmlError},
        {with(disk("vda", "<boot order='1'/>") + disk("vdb", "<boot order='1'/>")), ConfigUnsupported},
        {with("<interface type='network'/>"), XmlError},
        {with("<interface type='udp'><source address='1.2.3.4' port='5'/></interface>"), XmlError},
        {with("<interface type='vhostuser'><source type='unix' path='/s' mode='client'/></interface>"),
         InternalError},
        {with("<interface type='hostdev'><source><address type='isa'/></source></interface>"),
         ConfigUnsupported},
        {with("<interface type='user'><virtualport type='openvswitch'/></interface>"), ConfigUnsupported},
        {with("<interface type='direct'><source dev='a'/><virtualport type='802.1Qbh'/></interface>"),
         XmlError},
        {with("<interface type='bridge'><source bridge='b'/><vlan><tag id='4096'/></vlan></interface>"),
         XmlError},
        {with(
             "<interface type='bridge'><source bridge='b'/><vlan trunk='no'><tag id='1'/><tag id='2'/></vlan>"
             "</interface>"),
         XmlError},
        {with("<interface type='bridge'><source bridge='b'/><bandwidth><inbound/></bandwidth></interface>"),
         XmlDetail},
        {with("<interface type='ethernet'><source><ip address='1.2.3.4' peer='x'/></source></interface>"),
         InvalidArgument},
        {with("<interface type='ethernet'><source><route address='10.0.0.1' prefix='8' gateway='10.0.0.9'/>"
              "</source></interface>"),
         XmlError},
        {with("<interface type='bridge'><source bridge='b'/><coalesce><rx><frames max='x'/></rx></coalesce>"
              "</interface>"),
         XmlDetail},
        {with("<interface type='user'><teaming type='transient'/></interface>"), ConfigUnsupported},
        {with("<hostdev type='usb'/>"), XmlError},
        {with("<hostdev type='floppy'><source/></hostdev>"), ConfigUnsupported},
        {with("<hostdev type='usb'><source><vendor id='0x1'/></source></hostdev>"), XmlError},
        {with("<hostdev type='usb' rawio='yes'><source/></hostdev>"), XmlError},
        {with("<hostdev type='scsi'><source><address bus='0' target='0' unit='0'/></source></hostdev>"),
         XmlError},
        {with("<hostdev type='scsi_host'><source protocol='vhost' wwpn='naa.12'/></hostdev>"), XmlError},
        {with("<hostdev type='mdev' model='vfio-pci'><source><address/></source></hostdev>"),
         ConfigUnsupported},
        {with("<hostdev type='mdev' model='vfio-pci'><source><address uuid='x'/></source></hostdev>"),
         InternalError},
        {with("<hostdev type='pci'><source><address bus='1'/></source></hostdev>"
              "<hostdev type='pci'><source><address bus='1'/></source></hostdev>"),
         XmlError},
        {with("<redirdev bus='pci' type='pty'/>"), ConfigUnsupported},
        {with("<redirfilter><usbdev class='0x08'/></redirfilter>"), XmlError},
        {with("<input type='tablet' bus='ps2'/>"), InternalError},
        {with("<input type='evdev'><source/></input>"), XmlError},
        {with("<graphics type='dbus' p2p='yes' address='unix:path=/b'/>"), XmlError},
        {with("<graphics type='vnc' passwd='longer than eight'/>"), ConfigUnsupported},
        {with("<graphics type='spice'><jpeg compression='some'/></graphics>"), XmlError},
        {with("<video><model type='cirrus'><resolution x='1' y='1'/></model></video>"), XmlError},
        {with("<audio id='1' type='none'/><audio id='1' type='none'/>"), XmlError},
        {with("<audio id='1' type='none'><input fixedSettings='yes'/></audio>"), ConfigUnsupported},
        {with("<sound model='ac97'><audio id='2'/></sound>"), XmlError},
        {with("<watchdog model='ib700'/><watchdog model='ib700'/>"), InternalError},
        {with("<panic model='loud'/>"), ConfigUnsupported},
        {with("<vsock><cid address='2'/></vsock>"), XmlError},
        {with("<channel type='pty'><target type='guestfwd' address='2001::1' port='1'/></channel>"),
         ConfigUnsupported},
        {with(forward("proto='icmp'", "start='1'")), XmlError},
        {with(forward("", "start='1'")), XmlError},
        {with(forward("proto='tcp' address='here'", "start='1'")), XmlError},
        {with(forward("proto='tcp'", "start='0'")), XmlError},
        {with(forward("proto='tcp'", "start='9' end='8'")), XmlError},
        {with(forward("proto='tcp'", "start='1' end='9' to='65530'")), XmlError},
        {with(forward("proto='tcp'", "start='1' to='2' exclude='yes'")), XmlError},
        {with("<controller type='usb' model='fast'/>"), ConfigUnsupported},
        {with("<controller type='sata' index='0'/><controller type='sata' index='0'/>"), XmlError},
        {with("<interface type='bridge'/>"), XmlError},
        {with("<interface type='user'><mac address='x'/></interface>"), XmlError},
        {with("<interface type='user'><mac address='01:00:00:00:00:01'/></interface>"), XmlError},
        {with("<serial type='drum'/>"), ConfigUnsupported},
        {with("<serial type='file'/>"), InternalError},
        {with("<serial type='unix'/>"), InternalError},
        {with("<serial type='tcp'><source mode='bind' host='::1'/></serial>"), InternalError},
        {with("<console type='pty'/><console type='pty'/>"), ConfigUnsupported},
        {with("<channel type='pty'/>"), XmlError},
        {with("<channel type='pty'><target/></channel>"), ConfigUnsupported},
        {with("<input/>"), InternalError},
        {with("<graphics/>"), XmlError},
        {with("<graphics type='vnc' port='a'/>"), InternalError},
        {with("<graphics type='vnc' listen='::1'><listen type='address' address='::2'/></graphics>"),
         ConfigUnsupported},
        {with("<video><model type='oil'/></video>"), ConfigUnsupported},
        {with("<memballoon model='none'/><memballoon model='none'/>"), InternalError},
        {with("<rng model='virtio'/>"), XmlError},
        {with("<rng model='virtio'><backend model='dice'/></rng>"), ConfigUnsupported},
    };
}
INSTANTIATE_TEST_SUITE_P(All, Faults, testing::ValuesIn(all_faults()));

} // namespace
} // namespace vireo::model::domain
