// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

std::string document(std::string_view parts) {
    return fmt::format("<domain type='qemu'><name>x</name><memory>1048576</memory><vcpu>4</vcpu>"
                       "<os><type arch='x86_64' machine='q35'>hvm</type></os>{}</domain>",
                       parts);
}

/// A part that cannot be, and libvirt's code for it.
struct Fault {
    std::string_view part;
    ErrorCode code;
};
class FaultyTuning : public testing::TestWithParam<Fault> {};
TEST_P(FaultyTuning, IsRefusedWithItsCode) {
    try {
        parse(document(GetParam().part));
        FAIL() << GetParam().part;
    } catch (const Error& refusal) { EXPECT_EQ(refusal.code, GetParam().code) << refusal.what(); }
}

constexpr auto xml_error = ErrorCode::XmlError, unsupported_value = ErrorCode::ConfigUnsupported,
               detail = ErrorCode::XmlDetail, invalid = ErrorCode::InvalidArgument;

INSTANTIATE_TEST_SUITE_P(
    Threads, FaultyTuning,
    testing::Values(
        Fault{"<cputune><vcpusched vcpus='0' scheduler='fifo'/></cputune>", xml_error},
        Fault{"<cputune><vcpusched scheduler='idle'/></cputune>", xml_error},
        Fault{"<cputune><vcpusched vcpus='x' scheduler='idle'/></cputune>", invalid},
        Fault{"<cputune><vcpusched vcpus='9' scheduler='idle'/></cputune>", unsupported_value},
        Fault{"<cputune><vcpusched vcpus='0-1' scheduler='idle'/><vcpusched vcpus='1' "
              "scheduler='batch'/></cputune>",
              detail},
        Fault{"<cputune><emulatorsched scheduler='idle'/><emulatorsched scheduler='idle'/></cputune>",
              xml_error},
        Fault{"<cputune><vcpupin vcpu='0' cpuset='1,^1'/></cputune>", unsupported_value},
        Fault{"<cputune><period>999</period></cputune>", unsupported_value},
        Fault{"<cputune><quota>-x</quota></cputune>", xml_error},
        Fault{"<cputune><cachetune vcpus='0'><cache id='0' level='3' type='both' size='1'/><cache id='0' "
              "level='3' type='data' size='1'/></cachetune></cputune>",
              xml_error},
        Fault{"<cputune><cachetune vcpus='0'><monitor level='3' vcpus='1'/></cachetune></cputune>", invalid},
        Fault{"<cputune><memorytune vcpus='0'><node id='0' bandwidth='1'/><node id='0' "
              "bandwidth='2'/></memorytune></cputune>",
              xml_error},
        Fault{"<iothreadids><iothread id='1'/></iothreadids><iothreadids><iothread id='1'/></iothreadids>",
              xml_error},
        Fault{"<defaultiothread thread_pool_min='1'/>", unsupported_value},
        Fault{"<perf><event name='luck' enabled='yes'/></perf>", xml_error}));

INSTANTIATE_TEST_SUITE_P(
    Disks, FaultyTuning,
    testing::Values(Fault{"<blkiotune><device><weight>1</weight></device></blkiotune>", unsupported_value},
                    Fault{"<blkiotune><device><path>/a</path><weight>x</weight></device></blkiotune>",
                          unsupported_value},
                    Fault{"<blkiotune><device><path>/a</path></device><device><path>/a</path></device></"
                          "blkiotune>",
                          unsupported_value}));

INSTANTIATE_TEST_SUITE_P(
    Nodes, FaultyTuning,
    testing::Values(
        Fault{"<numatune><memory mode='strict'/></numatune>", unsupported_value},
        Fault{"<numatune><memory nodeset='0,^0'/></numatune>", unsupported_value},
        Fault{"<numatune><memory nodeset='x'/></numatune>", invalid},
        Fault{"<numatune><memory placement='auto'/><memnode cellid='0' nodeset='0'/></numatune>"
              "<cpu><numa><cell memory='1024'/></numa></cpu>",
              unsupported_value},
        Fault{"<numatune><memnode cellid='1' nodeset='0'/></numatune><cpu><numa><cell "
              "memory='1024'/></numa></cpu>",
              xml_error},
        Fault{"<cpu><numa><cell cpus='0-3' memory='1024'/><interconnects><latency initiator='0' target='1' "
              "type='read' value='1'/></interconnects></numa></cpu>",
              xml_error},
        Fault{"<cpu><numa><cell cpus='0-3' memory='1024'/><interconnects><latency initiator='0' target='0' "
              "cache='1' type='read' value='1'/></interconnects></numa></cpu>",
              xml_error},
        Fault{"<cpu><numa><cell cpus='0-3' memory='1024'/><cell memory='1024'/><interconnects><latency "
              "initiator='1' target='0' type='read' value='1'/></interconnects></numa></cpu>",
              xml_error},
        Fault{"<cpu><numa><cell cpus='0-3' memory='1024'/><interconnects><bandwidth initiator='0' "
              "target='0' type='read' value='1' unit='miles'/></interconnects></numa></cpu>",
              invalid},
        Fault{"<cpu><numa><cell memory='1024'><cache level='1' associativity='odd' policy='none'/></cell>"
              "</numa></cpu>",
              xml_error}));

INSTANTIATE_TEST_SUITE_P(
    Protection, FaultyTuning,
    testing::Values(
        Fault{"<seclabel/>", xml_error}, Fault{"<seclabel type='none'/><seclabel type='none'/>", detail},
        Fault{"<seclabel type='static' model='selinux'/>", xml_error},
        Fault{"<seclabel type='dynamic' model='selinux' relabel='no'/>", unsupported_value},
        Fault{"<keywrap><cipher name='aes' state='on'/><cipher name='aes' state='off'/></keywrap>",
              ErrorCode::InternalError},
        Fault{"<launchSecurity type='sev'/>", xml_error}, Fault{"<resource/><resource/>", xml_error},
        Fault{"<genid/><genid/>", xml_error},
        Fault{"<sysinfo type='fwcfg'><entry name='opt/a'/></sysinfo>", xml_error},
        Fault{"<devices><disk><source file='/a'/><target dev='vda'/><boot order='1' "
              "loadparm='a?'/></disk></devices>",
              ErrorCode::InternalError}));

TEST(Tuning, ProcessorsWithoutANodeAreOfTheFirst) {
    auto domain = parse(document("<cpu><numa><cell cpus='1' memory='1024'/><cell cpus='2' "
                                 "memory='1024'/></numa></cpu>"));
    EXPECT_EQ(domain.cpu->numa[0].cpus, "0-1,3");
    EXPECT_EQ(domain.cpu->numa[1].cpus, "2");
}

TEST(Tuning, PlacedProcessorsAndPlacedMemoryGoTogether) {
    auto placed =
        parse("<domain type='qemu'><name>x</name><memory>1024</memory><vcpu placement='auto'>2</vcpu>"
              "<os><type>hvm</type></os></domain>");
    ASSERT_TRUE(placed.numa_tuning);
    EXPECT_TRUE(placed.numa_tuning->is_automatic());
    auto memory = parse(document("<numatune><memory placement='auto'/></numatune>"));
    EXPECT_EQ(memory.vcpus.placement, Placement::Auto);
}

TEST(Tuning, WhatTheHostHasToDoIsRefusedAtStartButNoPartOfACommandLine) {
    auto domain = parse(document("<cputune><shares>2048</shares></cputune><blkiotune><weight>10</weight>"
                                 "</blkiotune><perf><event name='cmt' enabled='yes'/></perf>"
                                 "<numatune><memory mode='restrictive' nodeset='0'/></numatune>"));
    EXPECT_EQ(unsupported(domain), (std::vector<std::string>{"/domain/blkiotune", "/domain/cputune/shares",
                                                             "/domain/numatune", "/domain/perf/event"}));
    EXPECT_EQ(unsupported(domain, Concern::CommandLine), std::vector<std::string>{});
    auto bound = parse(document("<numatune><memory mode='strict' nodeset='0'/></numatune>"
                                "<perf><event name='cmt' enabled='no'/></perf>"));
    EXPECT_EQ(unsupported(bound), std::vector<std::string>{});
}

} // namespace
} // namespace vireo::model::domain
