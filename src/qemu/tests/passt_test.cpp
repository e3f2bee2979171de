// SPDX-License-Identifier: Apache-2.0
#include "qemu/passt.hpp"

#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

using namespace model::domain;

using Words = std::vector<std::string>;

Interface make_interface() {
    Interface interface;
    interface.type = InterfaceType::User;
    interface.backend = NetworkBackend::Passt;
    return interface;
}

TEST(PasstWords, NameTheConnectionAlone) {
    EXPECT_EQ(passt_words(make_interface(), 3), (Words{"passt", "--one-off", "--fd", "3"}));
}

TEST(PasstWords, ForwardPortsInItsOwnNotation) {
    auto interface = make_interface();
    PortForward tcp;
    tcp.address = "127.0.0.1";
    tcp.ranges = {{40022, std::nullopt, 22, std::nullopt},
                  {80, 90, 8080, std::nullopt},
                  {85, 86, std::nullopt, Answer::Yes}};
    interface.port_forwards = {tcp};
    EXPECT_EQ(passt_words(interface, 3),
              (Words{"passt", "--one-off", "--fd", "3", "--tcp-ports",
                     "127.0.0.1/40022:22,80-90:8080-8090,~85-86", "--udp-ports", "none"}));
    PortForward udp;
    udp.protocol = ForwardProtocol::Udp;
    udp.device = "eth0";
    udp.ranges = {{53, std::nullopt, std::nullopt, std::nullopt}};
    interface.port_forwards = {udp, {}};
    EXPECT_EQ(passt_words(interface, 3),
              (Words{"passt", "--one-off", "--fd", "3", "--udp-ports", "%eth0/53", "--tcp-ports", "all"}));
}

TEST(PasstWords, TellTheHostsDeviceTheLogAndTheGuestsAddress) {
    auto interface = make_interface();
    interface.source.device = "eth0";
    interface.backend_log = "/tmp/passt.log";
    auto& ip = interface.ips.emplace_back();
    ip.address = "172.17.2.4";
    ip.prefix = 24;
    EXPECT_EQ(passt_words(interface, 5),
              (Words{"passt", "--one-off", "--fd", "5", "--log-file", "/tmp/passt.log", "--interface", "eth0",
                     "--address", "172.17.2.4", "--netmask", "24"}));
}

TEST(PasstWords, AreThoseOfTheDomainsXml) {
    const std::string described = R"(<interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <source dev='eth0'/>
      <portForward proto='udp' address='::1' dev='eth1'>
        <range start='53' to='5353'/>
      </portForward>
      <model type='virtio'/>
      <backend type='passt' logFile='/tmp/passt.log'/>)";
    auto xml = "<domain type='qemu'><name>a</name><memory>65536</memory><os><type>hvm</type></os><devices>" +
               described + "</interface></devices></domain>";
    auto domain = parse(xml);
    EXPECT_NE(format(domain).find("    " + described), std::string::npos) << format(domain);
    EXPECT_EQ(passt_words(domain.devices.interfaces.at(0), 3),
              (Words{"passt", "--one-off", "--fd", "3", "--log-file", "/tmp/passt.log", "--interface", "eth0",
                     "--udp-ports", "::1%eth1/53:5353"}));
    EXPECT_EQ(unsupported(domain), std::vector<std::string>{});
}

TEST(PasstWords, RefuseAllPortsOfOneAddress) {
    auto interface = make_interface();
    interface.port_forwards.emplace_back().address = "127.0.0.1";
    EXPECT_THROW(passt_words(interface, 3), Error);
}

} // namespace vireo::qemu
