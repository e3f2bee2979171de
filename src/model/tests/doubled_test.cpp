// SPDX-License-Identifier: Apache-2.0
// What libvirt makes of documents that say things twice, or in words of an earlier run.
#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

Domain parse_devices(std::string_view devices) {
    return parse(
        fmt::format("<domain type='qemu'><name>web</name><memory>1024</memory><os><type>hvm</type></os>"
                    "<devices>{}</devices></domain>",
                    devices));
}

void expect_refused(std::string_view devices, ErrorCode code) {
    try {
        parse_devices(devices);
        ADD_FAILURE() << devices;
    } catch (const Error& refusal) { EXPECT_EQ(refusal.code, code) << refusal.what(); }
}

TEST(Doubled, ContainersAreOne) {
    auto domain = parse("<domain type='qemu'><name>a</name><memory>1024</memory><os><type>hvm</type>"
                        "<boot dev='hd'/></os><os><boot dev='cdrom'/></os><devices><sound model='ich6'/>"
                        "</devices><devices><sound model='ich9'/></devices></domain>");
    EXPECT_EQ(domain.os.boot, (std::vector{BootDevice::Disk, BootDevice::Cdrom}));
    EXPECT_EQ(domain.devices.sounds.size(), 2U);
    expect_refused("<memballoon model='none'/></devices><devices><memballoon model='none'/>",
                   ErrorCode::InternalError);
}

TEST(Doubled, TheFirstConsoleIsTheSerialPortWhateverItSays) {
    auto domain = parse_devices("<serial type='tcp'><source mode='bind' host='h' service='1'/></serial>"
                                "<console type='tcp'><source mode='bind'/></console>");
    EXPECT_EQ(domain.devices.consoles.front().source, domain.devices.serials.front().source);
    expect_refused("<console type='tcp'><source mode='bind'/></console>", ErrorCode::InternalError);
}

TEST(Labels, ThatChangeNothingAreDropped) {
    auto labels_of = [](std::string_view labels) {
        auto domain = parse_devices(
            fmt::format("<disk><source file='/a'>{}</source><target dev='vda'/></disk>", labels));
        return domain.devices.disks.front().details.labels;
    };
    EXPECT_TRUE(labels_of("<seclabel model='dac'/><seclabel relabel='yes' labelskip='yes'/>").empty());
    EXPECT_EQ(labels_of("<seclabel model='dac' relabel='no'/>").size(), 1U);
    EXPECT_EQ(labels_of("<seclabel model='dac'><label>a:b</label></seclabel>").front().label, "a:b");
}

TEST(Labels, AreOneOfAModel) {
    auto serial = [](std::string_view labels) {
        return fmt::format("<serial type='file'><source path='/a'>{}</source></serial>", labels);
    };
    expect_refused(serial("<seclabel model='dac'/><seclabel model='dac'/>"), ErrorCode::XmlDetail);
    expect_refused(serial("<seclabel model='dac' relabel='no'><label>a:b</label></seclabel>"),
                   ErrorCode::XmlError);
}

struct Socket {
    std::string_view path;
    bool is_of_user;
};
class ChannelSocket : public testing::TestWithParam<Socket> {};

TEST_P(ChannelSocket, IsForgottenWhereADriverMadeIt) {
    auto domain = parse_devices(fmt::format("<channel type='unix'><source mode='connect' path='{}'/>"
                                            "<target type='virtio' name='agent.0'/></channel>",
                                            GetParam().path));
    EXPECT_EQ(domain.devices.channels.front().source.path, GetParam().is_of_user ? GetParam().path : "");
}
INSTANTIATE_TEST_SUITE_P(
    Paths, ChannelSocket,
    testing::Values(Socket{"/run/channel/domain-3-web/agent.0", false}, Socket{"domain-web/agent.0", false},
                    Socket{"/run/domain-/agent.0", true}, Socket{"/run/domain-web/sub/agent.0", true},
                    Socket{"/run/domain-web/agent.1", true},
                    Socket{"/var/lib/libvirt/qemu/channel/target/web.agent.0", false},
                    Socket{"/var/lib/libvirt/qemu/channel/target/domain-web/agent", true}));

TEST(Nvram, IsInTheNetworkToo) {
    auto nvram = [](std::string_view source) {
        return fmt::format(
            "<domain type='qemu'><name>a</name><memory>1024</memory><os><type>hvm</type>"
            "<loader readonly='yes' type='pflash'>/code</loader><nvram type='network'>{}</nvram>"
            "</os></domain>",
            source);
    };
    auto text = format(parse(nvram("<source protocol='iscsi' name='iqn.a'><host name='h'/></source>")));
    EXPECT_NE(text.find("<source protocol='iscsi' name='iqn.a/0'>"), text.npos) << text;
    EXPECT_NE(text.find("<host name='h' port='3260'/>"), text.npos) << text;
    EXPECT_THROW(parse(nvram("<source name='iqn.a'><host name='h'/></source>")), Error);
}

TEST(VirtualPort, OfANetworkIsCompletedByIt) {
    auto port = [](std::string_view interface) {
        return *parse_devices(interface).devices.interfaces.front().virtual_port;
    };
    auto open = port("<interface type='network'><source network='n'/><virtualport/></interface>");
    EXPECT_TRUE(open.instance_id && open.interface_id);
    auto qbh =
        port("<interface type='network'><source network='n'/><virtualport type='802.1Qbh'/></interface>");
    EXPECT_FALSE(qbh.instance_id || qbh.interface_id);
    expect_refused("<interface type='bridge'><source bridge='b'/><virtualport type='802.1Qbh'/></interface>",
                   ErrorCode::XmlError);
}

} // namespace
} // namespace vireo::model::domain
