// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/capabilities_xml.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

HostDescription make_host() {
    HostDescription host;
    host.uuid = *Uuid::parse("8a1f2b3c-4d5e-4f60-8192-a3b4c5d6e7f8");
    host.topology = {"x86_64", "AuthenticAMD", "Made up", 2600, MemorySize::mib(64), {}};
    host.topology.cells.push_back(
        {0, MemorySize::mib(64), {{0, 0, 0, 0, {0, 1}}, {1, 0, 0, 0, {0, 1}}}, {10}});
    host.cpu.vendor = "AuthenticAMD";
    host.page_sizes = {MemorySize::kib(4), MemorySize::mib(2)};
    host.pages_of_cells = {{16384, 3}};
    host.cache_banks = {{0, 3, "both", MemorySize::mib(32), "0-1"}};
    host.security_models.push_back({"dac", "0", {{"qemu", "+64055:+64055"}}});
    return host;
}

std::shared_ptr<const Capabilities> make_emulator_of(std::string arch) {
    auto emulator = std::make_shared<Capabilities>();
    emulator->emulator = "/opt/a & b/qemu";
    emulator->arch = std::move(arch);
    emulator->has_tcg = emulator->has_kvm = true;
    emulator->machines = {{"none", "", 1, false, false, "", ""},
                          {"old", "", 4, false, true, "", ""},
                          {"new-2.0", "new", 8, true, false, "", ""}};
    return emulator;
}

TEST(FormatCapabilities, DescribesHostAndGuests) {
    EXPECT_EQ(format_capabilities(make_host(), {make_emulator_of("aarch64")}),
              R"(<capabilities>
  <host>
    <uuid>8a1f2b3c-4d5e-4f60-8192-a3b4c5d6e7f8</uuid>
    <cpu>
      <arch>x86_64</arch>
      <vendor>AMD</vendor>
      <topology sockets='1' dies='1' cores='1' threads='2'/>
      <pages unit='KiB' size='4'/>
      <pages unit='KiB' size='2048'/>
    </cpu>
    <power_management/>
    <iommu support='no'/>
    <migration_features>
      <live/>
      <uri_transports>
        <uri_transport>tcp</uri_transport>
      </uri_transports>
    </migration_features>
    <topology>
      <cells num='1'>
        <cell id='0'>
          <memory unit='KiB'>65536</memory>
          <pages unit='KiB' size='4'>16384</pages>
          <pages unit='KiB' size='2048'>3</pages>
          <distances>
            <sibling id='0' value='10'/>
          </distances>
          <cpus num='2'>
            <cpu id='0' socket_id='0' die_id='0' core_id='0' siblings='0,1'/>
            <cpu id='1' socket_id='0' die_id='0' core_id='0' siblings='0,1'/>
          </cpus>
        </cell>
      </cells>
    </topology>
    <cache>
      <bank id='0' level='3' type='both' size='32' unit='MiB' cpus='0-1'/>
    </cache>
    <secmodel>
      <model>dac</model>
      <doi>0</doi>
      <baselabel type='qemu'>+64055:+64055</baselabel>
    </secmodel>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='aarch64'>
      <wordsize>64</wordsize>
      <emulator>/opt/a &amp; b/qemu</emulator>
      <machine maxCpus='8'>new-2.0</machine>
      <machine canonical='new-2.0' maxCpus='8'>new</machine>
      <machine maxCpus='4' deprecated='yes'>old</machine>
      <domain type='qemu'/>
    </arch>
    <features>
      <acpi default='on' toggle='yes'/>
      <cpuselection/>
      <deviceboot/>
      <disksnapshot default='on' toggle='no'/>
    </features>
  </guest>
</capabilities>
)");
}

TEST(FormatCapabilities, NamesTheModelNearestToTheHost) {
    auto emulator = std::make_shared<Capabilities>(*make_emulator_of("x86_64"));
    emulator->cpu_models = {{"Opteron_G1", false, {}, true, "AuthenticAMD", {"fpu", "lm"}},
                            {"Opteron_G3", false, {}, true, "AuthenticAMD", {"fpu", "lm", "svm"}},
                            {"Penryn", false, {}, true, "GenuineIntel", {"fpu", "lm", "aes"}}};
    auto host = make_host();
    host.cpu.family = 26;
    host.cpu.model = 2;
    host.cpu.stepping = 1;
    host.cpu.flags = {"fpu", "lm", "aes"};
    auto document = format_capabilities(host, {emulator});
    for (const auto* line : {"<model>Opteron_G1</model>", "<feature name='aes'/>",
                             "<signature family='26' model='2' stepping='1'/>"})
        EXPECT_NE(document.find(line), std::string::npos) << line << document;
    EXPECT_EQ(document.find("<feature name='lm'/>"), std::string::npos) << "it is the model's own";
}

TEST(FormatCapabilities, LeavesOutGuestsWithoutAName) {
    auto document = format_capabilities(make_host(), {make_emulator_of("avr"), make_emulator_of("armv7l")});
    EXPECT_EQ(document.find("avr"), std::string::npos);
    EXPECT_NE(document.find("<arch name='armv7l'>"), std::string::npos);
    EXPECT_NE(document.find("<arch name='armv6l'>"), std::string::npos);
}

TEST(FormatCapabilities, OffersKvmOnlyWhereItWorks) {
    auto host = make_host();
    EXPECT_EQ(format_capabilities(host, {make_emulator_of("x86_64")}).find("type='kvm'"), std::string::npos);
    host.kvm_usable = true;
    EXPECT_NE(format_capabilities(host, {make_emulator_of("x86_64")}).find("type='kvm'"), std::string::npos);
}

} // namespace vireo::qemu
