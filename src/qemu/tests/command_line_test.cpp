// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/command_line.hpp"

#include "async/child_process.hpp"
#include "base/error.hpp"
#include "model/domain/xml.hpp"
#include "qemu/capabilities/probe.hpp"
#include "qemu/command_line/aliases.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/monitor/monitor.hpp"
#include "qemu/tests/fixture.hpp"
#include "json/json.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace vireo::qemu {

using namespace std::chrono_literals;
using namespace model::domain;
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

/// Compares with the file that says what is right; VIREO_UPDATE_GOLDEN=1 writes it instead.
void expect_golden(const fs::path& file, const std::string& actual) {
    if (std::getenv("VIREO_UPDATE_GOLDEN") != nullptr) std::ofstream{file} << actual;
    EXPECT_EQ(read_file(file), actual) << file;
}

LaunchContext make_context() {
    LaunchContext context;
    context.directory = "/var/lib/libvirt/qemu/domain-1-test";
    context.channel_directory = "/var/lib/libvirt/qemu/channel/target/domain-1-test";
    context.master_key = context.directory / "master-key.aes";
    context.now = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 12h;
    return context;
}

std::string text_of(const CommandLine& line) {
    std::string text;
    for (const auto& variable : line.environment) text += variable + "\n";
    for (const auto& argument : line.arguments)
        text += (argument.starts_with('-') ? "" : "  ") + argument + "\n";
    for (const auto& descriptor : line.descriptors)
        text += descriptor.kind == PassedDescriptor::Kind::Monitor
                    ? std::string{"descriptor: monitor\n"}
                    : fmt::format("descriptor: tap of interface {}\n", descriptor.interface);
    return text;
}

class GoldenDomain : public testing::TestWithParam<const char*> {
protected:
    fs::path file(const char* extension) const {
        return fs::path{TEST_DATA} / "domains" / (std::string{GetParam()} + extension);
    }
    Domain completed() const {
        auto domain = parse(read_file(file(".xml")));
        complete(domain, make_emulator());
        return domain;
    }
};

TEST_P(GoldenDomain, IsCompletedAndStaysSo) {
    auto domain = completed();
    expect_golden(file(".completed.xml"), format(domain, {}));
    auto again = parse(format(domain, {.secure = true}));
    complete(again, make_emulator());
    EXPECT_EQ(format(again, {}), format(domain, {}));
}

TEST_P(GoldenDomain, HasItsCommandLine) {
    auto domain = completed();
    assign_aliases(domain);
    expect_golden(file(".args"), text_of(build_command_line(domain, make_emulator(), make_context())));
}

INSTANTIATE_TEST_SUITE_P(Domains, GoldenDomain,
                         testing::Values("direct_kernel", "machine", "pc_old", "q35_conventional",
                                         "q35_desktop", "q35_images", "q35_platform", "q35_workshop"));

/// What QEMU is told of devices that are the host's, or another process's.
class PassedOn : public testing::TestWithParam<const char*> {
protected:
    static std::string arguments() {
        auto domain = parse(read_file(fs::path{TEST_DATA} / "passthrough.xml"));
        complete(domain, make_emulator());
        assign_aliases(domain);
        return text_of(build_command_line(domain, make_emulator(), make_context()));
    }
};

TEST_P(PassedOn, IsAnArgument) {
    EXPECT_NE(arguments().find(GetParam()), std::string::npos) << arguments();
    EXPECT_EQ(arguments().find("65:12.6"), std::string::npos); // it has no place in the guest
}

INSTANTIATE_TEST_SUITE_P(
    Devices, PassedOn,
    testing::Values(
        R"("hostdevice":"/dev/bus/usb/014/006","guest-reset":true,"guest-resets-all":false)",
        R"({"driver":"vfio-pci","host":"0000:65:12.5","id":"hostdev1")", R"("rombar":0)",
        R"({"driver":"iscsi","portal":"san.example.org:3261","target":"iqn.2020-01.org.example:disks")",
        R"("lun":3,"transport":"tcp","initiator-name":"iqn.2020-01.org.example:guest")",
        R"("sysfsdev":"/sys/bus/mdev/devices/53764d0e-85a0-42b4-af5c-2046b460b1dc","display":"on")",
        R"({"driver":"vfio-pci-nohotplug")", R"("filter":"0x08:0x1234:0xBEEF:0x0256:1|-1:-1:-1:-1:0")",
        R"("guest-cid":7)", R"("net":"172.17.2.0/24","ipv6-prefix":"2001:db8:ac10:fd01::")",
        R"("udp":"127.0.0.1:5558","localaddr":"127.0.0.1:5559")",
        "socket,id=charnet2,path=/run/switch.sock,reconnect=10",
        R"({"type":"vhost-user","chardev":"charnet2","queues":2)",
        "qemu-vdagent,id=charchannel0,name=vdagent,clipboard=on,mouse=on", "dbus,p2p=on,audiodev=audio1"));

/// What cannot be started, and a part of what the user is told.
struct Refusal {
    const char* devices;
    const char* told;
};
class RefusedDomain : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedDomain, SaysWhy) {
    auto text = fmt::format("<domain type='qemu'><name>x</name><memory>65536</memory><os><type arch='x86_64' "
                            "machine='q35'>hvm</type></os><devices>{}</devices></domain>",
                            GetParam().devices);
    try {
        auto domain = parse(text);
        complete(domain, make_emulator());
        assign_aliases(domain);
        build_command_line(domain, make_emulator(), make_context());
        FAIL();
    } catch (const Error& refusal) {
        EXPECT_EQ(refusal.code, ErrorCode::ConfigUnsupported);
        EXPECT_NE(std::string{refusal.what()}.find(GetParam().told), std::string::npos) << refusal.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Devices, RefusedDomain,
    testing::Values(
        Refusal{"<interface type='network'><source network='n'/></interface>", "type 'network'"},
        Refusal{"<interface type='user'><mtu size='1400'/></interface>", "type 'user' has no <mtu>"},
        Refusal{"<interface type='user'><ip address='10.0.0.0' prefix='30'/></interface>", "prefix"},
        Refusal{
            "<hostdev type='pci'><source writeFiltering='no'><address bus='1' slot='2'/></source></hostdev>",
            "filter"},
        Refusal{"<hostdev type='scsi_host'><source protocol='vhost' wwpn='naa.5123456789abcde0'/><boot "
                "order='1'/></hostdev>",
                "boot"},
        Refusal{"<serial type='spiceport'><source channel='a'/></serial>", "needs graphics of type 'spice'"},
        Refusal{"<graphics type='dbus'/>", "needs an address or p2p"},
        Refusal{"<disk type='network'><source protocol='sheepdog' name='n'><host name='h'/></source><target "
                "dev='vda'/></disk>",
                "disk vda: this QEMU has no protocol 'sheepdog'"},
        Refusal{"<filesystem type='bind'><source dir='/a'/><target dir='t'/></filesystem>", "type 'mount'"},
        Refusal{"<filesystem><driver type='virtiofs'/><source dir='/a'/><target dir='t'/></filesystem>",
                "memory that is shared"},
        Refusal{"<memory model='dimm'><target><size>524288</size><node>0</node></target></memory>",
                "<maxMemory slots=…>"},
        Refusal{"<iommu model='smmuv3'/>", "machine type virt of ARM"},
        Refusal{"<iommu model='intel'><driver intremap='on'/></iommu>", "<ioapic driver='qemu'/>"},
        Refusal{"<shmem name='a'/>", "no model 'ivshmem'"},
        Refusal{"<tpm model='tpm-spapr'><backend type='passthrough'/></tpm>", "no TPM of model 'tpm-spapr'"},
        Refusal{"<nvram/>", "ppc64 only"},
        Refusal{"<disk><source file='/a'><encryption format='luks2'><secret type='passphrase' usage='u'/>"
                "</encryption></source><target dev='vda'/></disk>",
                "engine='librbd'"},
        Refusal{"<disk><driver type='raw' io='native'/><source file='/a'/><target dev='vda'/></disk>",
                "cache='none'"},
        Refusal{"<disk device='lun'><source file='/a'/><target dev='sda' bus='scsi'/></disk>",
                "device 'lun'"},
        Refusal{"<disk><source file='/a'/><target dev='vda'/><readonly/><transient/></disk>", "read-only"},
        Refusal{
            "<serial type='tcp'><source mode='connect' host='h' service='1'/><protocol type='tls'/></serial>",
            "TLS"},
        Refusal{"<graphics type='rdp'/>", "type 'rdp'"},
        Refusal{"</devices><cpu><model>qemu64,x=on</model></cpu><devices>", "no CPU model 'qemu64,x=on'"},
        Refusal{"</devices><cpu mode='host-passthrough'/><devices>", "needs a domain of type 'kvm'"},
        Refusal{"</devices><on_poweroff>preserve</on_poweroff><devices>", "only on_crash"},
        Refusal{"<graphics type='spice'><gl enable='yes'/></graphics><graphics type='egl-headless'/>",
                "OpenGL for one display"},
        Refusal{"<disk device='cdrom'><target dev='sda' bus='sd'/></disk>", "ejected on bus 'sd'"},
        Refusal{"<disk><source file='/a'/><target dev='sda' bus='sd'/><geometry cyls='1' heads='1' secs='1'/>"
                "</disk>",
                "<geometry>"},
        Refusal{"<serial type='pty'><address type='pci' slot='9'/></serial>", "no such address"},
        Refusal{"<controller type='scsi' model='buslogic'/>", "no SCSI controller of model 'buslogic'"},
        Refusal{"<controller type='scsi' model='lsilogic'/><disk><source file='/a'/><target dev='sda' "
                "bus='scsi'/>"
                "<address type='drive' controller='0' bus='0' target='1' unit='0'/></disk>",
                "target 0 only"},
        Refusal{"<controller type='scsi' model='lsisas1068'/>", "model 'lsisas1068'"}));

/// Starts a real QEMU with the command line of a domain, asks it for its state and ends it.
awaitable<std::string> start_and_ask(CommandLine line, fs::path socket) {
    auto executor = co_await asio::this_coro::executor;
    asio::local::stream_protocol::acceptor listener{executor,
                                                    asio::local::stream_protocol::endpoint{socket.native()}};
    std::vector<int> descriptors{-1, -1, 2, listener.native_handle()};
    auto child = async::ChildProcess::spawn(executor, line.arguments, descriptors);
    std::string state;
    try {
        listener.close();
        MonitorListener nobody;
        auto monitor = co_await Monitor::connect(socket.native(), std::move(nobody), 20s);
        auto answer = co_await monitor->execute("query-status");
        state = json::print(answer.as_object().at("status"));
    } catch (const Error& failure) { state = failure.what(); }
    child.kill(SIGKILL);
    co_await child.wait();
    co_return state;
}

awaitable<std::string> run_real(std::string machine, fs::path folder) {
    const std::string emulator = "/usr/bin/qemu-system-x86_64";
    auto capabilities = co_await probe_capabilities(emulator, 20s);
    auto domain = parse(fmt::format(
        "<domain type='qemu'><name>real</name><memory>65536</memory><os><type arch='x86_64' "
        "machine='{}'>hvm</type></os>"
        "<features><acpi/></features><devices><disk><source file='{}'/><target dev='vda'/></disk>"
        "<disk device='cdrom'><target dev='sda' bus='sata'/></disk>"
        "<interface type='user'><model type='virtio'/></interface><serial type='pty'/>"
        "<channel type='unix'><target type='virtio' name='a.0'/></channel><input type='tablet'/>"
        "<graphics type='vnc'><listen type='socket' socket='{}'/></graphics><rng model='virtio'><backend "
        "model='random'/></rng></devices></domain>",
        machine, (folder / "disk.img").native(), (folder / "vnc.sock").native()));
    complete(domain, capabilities);
    assign_aliases(domain);
    LaunchContext context;
    context.directory = context.channel_directory = folder;
    auto line = build_command_line(domain, capabilities, context);
    co_return co_await start_and_ask(std::move(line), folder / "monitor.sock");
}

class RealQemu : public testing::TestWithParam<const char*> {};

TEST_P(RealQemu, TakesTheCommandLine) {
    if (!fs::exists("/usr/bin/qemu-system-x86_64")) GTEST_SKIP() << "qemu-system-x86_64 is not installed";
    std::string name = (fs::temp_directory_path() / "vireo-qemu-XXXXXX").native();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    std::ofstream{fs::path{name} / "disk.img"} << std::string(1U << 20, '\0');
    asio::io_context loop;
    auto result = asio::co_spawn(loop, run_real(GetParam(), name), asio::use_future);
    loop.run();
    EXPECT_EQ(result.get(), "\"prelaunch\"");
    fs::remove_all(name);
}

INSTANTIATE_TEST_SUITE_P(Machines, RealQemu, testing::Values("q35", "pc"));

/// A guest of some architecture, without a disk: what QEMU says to its command line.
struct OtherGuest {
    const char* target; ///< QEMU's name of the architecture
    const char* machine;
    const char* parts; ///< of the domain, before its <devices>
    const char* devices;
};
awaitable<std::string> run_other(OtherGuest guest, fs::path folder) {
    auto emulator = fmt::format("/usr/bin/qemu-system-{}", guest.target);
    auto capabilities = co_await probe_capabilities(emulator, 20s);
    auto domain = parse(fmt::format(
        "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>other</name>"
        "<memory unit='MiB'>512</memory><vcpu>2</vcpu><os><type arch='{}' machine='{}'>hvm</type></os>{}"
        "<devices><emulator>{}</emulator><serial type='null'/>{}</devices></domain>",
        capabilities.arch, guest.machine, guest.parts, emulator, guest.devices));
    complete(domain, capabilities);
    assign_aliases(domain);
    LaunchContext context;
    context.directory = context.channel_directory = folder;
    auto line = build_command_line(domain, capabilities, context);
    co_return co_await start_and_ask(std::move(line), folder / "monitor.sock");
}

class RealGuest : public testing::TestWithParam<OtherGuest> {};

TEST_P(RealGuest, TakesTheCommandLine) {
    auto emulator = fmt::format("/usr/bin/qemu-system-{}", GetParam().target);
    if (!fs::exists(emulator)) GTEST_SKIP() << emulator << " is not installed";
    std::string name = (fs::temp_directory_path() / "vireo-qemu-XXXXXX").native();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    std::ofstream{fs::path{name} / "table"} << std::string(64, '\0');
    asio::io_context loop;
    auto result = asio::co_spawn(loop, run_other(GetParam(), name), asio::use_future);
    loop.run();
    EXPECT_EQ(result.get(), "\"prelaunch\"");
    fs::remove_all(name);
}

INSTANTIATE_TEST_SUITE_P(
    Architectures, RealGuest,
    testing::Values(
        OtherGuest{"aarch64", "virt", "", "<rng model='virtio'><backend model='random'/></rng>"},
        OtherGuest{"aarch64", "virt", "",
                   "<rng model='virtio'><backend model='random'/><address type='virtio-mmio'/></rng>"},
        OtherGuest{"riscv64", "virt", "", "<rng model='virtio'><backend model='random'/></rng>"},
        OtherGuest{"s390x", "s390-ccw-virtio", "", "<rng model='virtio'><backend model='random'/></rng>"},
        OtherGuest{"ppc64", "pseries",
                   "<features><htm state='off'/><cfpc value='broken'/><sbbc value='broken'/>"
                   "<ibs value='broken'/></features>",
                   "<controller type='pci' index='1' model='pci-root'/><controller type='scsi'/>"
                   "<rng model='virtio'><backend model='random'/><address type='pci' bus='1' "
                   "slot='1'/></rng>"}));

INSTANTIATE_TEST_SUITE_P(
    Machine, RealGuest,
    testing::Values(
        OtherGuest{"x86_64", "q35",
                   "<numatune><memory mode='preferred' nodeset='0'/></numatune>"
                   "<cpu><numa><cell cpus='0' memory='256' unit='MiB'><cache level='1' "
                   "associativity='full' policy='writeback'><size value='8' unit='KiB'/><line value='64'/>"
                   "</cache></cell><cell cpus='1' memory='256' unit='MiB'/><interconnects><latency "
                   "initiator='0' target='1' type='access' value='20'/><latency initiator='0' target='0' "
                   "type='access' value='5'/><bandwidth initiator='0' target='0' type='access' value='10' "
                   "unit='GiB'/><bandwidth initiator='0' target='1' type='access' value='5' "
                   "unit='GiB'/></interconnects></numa></cpu>",
                   ""},
        OtherGuest{"x86_64", "q35",
                   "<iothreads>2</iothreads><defaultiothread thread_pool_min='1' thread_pool_max='4'/>"
                   "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
                   "<sysinfo type='fwcfg'><entry name='opt/org.example/a'>b, c</entry></sysinfo>"
                   "<qemu:deprecation behavior='omit'/><qemu:override><qemu:device alias='ua-a'>"
                   "<qemu:frontend><qemu:property name='period' type='unsigned' value='2000'/>"
                   "</qemu:frontend></qemu:device></qemu:override>",
                   "<rng model='virtio'><backend model='random'/><alias name='ua-a'/></rng>"}));

} // namespace vireo::qemu
