// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "model/domain/xml.hpp"
#include "qemu/command_line/aliases.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/devices/attachment.hpp"
#include "qemu/tests/fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
struct CharacterForm {
    std::string_view option, arguments;
};
class CharacterForms : public testing::TestWithParam<CharacterForm> {};

TEST_P(CharacterForms, SayTheSame) {
    EXPECT_EQ(json::print(character_arguments(GetParam().option)), GetParam().arguments);
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, CharacterForms,
    testing::Values(
        CharacterForm{"pty,id=charserial0", R"({"id":"charserial0","backend":{"type":"pty","data":{}}})"},
        CharacterForm{"socket,id=c,path=/a,,b,server=on,wait=off",
                      R"({"id":"c","backend":{"type":"socket","data":{"addr":{"type":"unix","data":)"
                      R"({"path":"/a,b"}},"server":true,"wait":false}}})"},
        CharacterForm{"socket,id=c,host=::1,port=7,telnet=on,reconnect=5",
                      R"({"id":"c","backend":{"type":"socket","data":{"addr":{"type":"inet","data":)"
                      R"({"host":"::1","port":"7"}},"server":false,"telnet":true,"reconnect":5}}})"},
        CharacterForm{"udp,id=c,host=a,port=1,localaddr=,localport=2",
                      R"({"id":"c","backend":{"type":"udp","data":{"remote":{"type":"inet","data":)"
                      R"({"host":"a","port":"1"}},"local":{"type":"inet","data":{"host":"","port":"2"}}}}})"},
        CharacterForm{"file,id=c,path=/x,append=on,logfile=/l,logappend=off",
                      R"({"id":"c","backend":{"type":"file","data":{"out":"/x","append":true,)"
                      R"("logfile":"/l","logappend":false}}})"},
        CharacterForm{"spicevmc,id=c,name=vdagent",
                      R"({"id":"c","backend":{"type":"spicevmc","data":{"type":"vdagent"}}})"}));

TEST(CharacterForms, OfAnUnknownKindAreRefused) { EXPECT_THROW(character_arguments("braille,id=c"), Error); }
} // namespace

/// A running guest with room for two devices on PCI, one on USB, and memory modules.
class AttachmentTest : public testing::Test {
protected:
    AttachmentTest() : capabilities{std::make_shared<Capabilities>(make_emulator())} {
        live = parse(
            "<domain type='qemu' id='1'><name>web</name><maxMemory slots='4' unit='MiB'>1024</maxMemory>"
            "<memory unit='MiB'>64</memory>"
            "<os><type arch='x86_64' machine='q35'>hvm</type></os><cpu><numa><cell id='0' cpus='0' "
            "memory='64' unit='MiB'/></numa></cpu><devices><controller type='pci' model='pcie-root'/>"
            "<controller type='pci' model='pcie-root-port'/><controller type='pci' "
            "model='pcie-root-port'/><controller type='pci' model='pcie-root-port'/>"
            "<controller type='pci' model='pcie-root-port'/>"
            "<controller type='pci' model='pcie-to-pci-bridge'/>"
            "<controller type='usb' model='qemu-xhci'/><memballoon model='none'/>"
            "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/>"
            "</interface></devices></domain>");
        complete(live, *capabilities);
        assign_aliases(live);
    }
    Attachment attach(std::string_view xml) {
        Attachment plan;
        plan.capabilities = capabilities;
        plan.context.directory = plan.context.channel_directory = "/run/1";
        plan.node = 7;
        plan.decide(live, xml);
        return plan;
    }
    static std::string commands_of(const Attachment& plan) {
        std::string text;
        for (const auto& piece : plan.pieces) {
            auto made =
                json::find_text(piece.undo_arguments, piece.command == "blockdev-add" ? "node-name" : "id");
            text += fmt::format("{} {}\n", piece.command, made.value_or("-"));
        }
        return text;
    }
    ErrorCode code_of(std::string_view xml) {
        try {
            attach(xml);
        } catch (const Error& error) {
            message = error.what();
            return error.code;
        }
        return ErrorCode::Ok;
    }

    std::shared_ptr<const Capabilities> capabilities;
    Domain live;
    std::string message;
};

TEST_F(AttachmentTest, OfADiskMakesItsNodesFirst) {
    auto plan = attach("<disk type='file'><driver name='qemu' type='qcow2'/><source file='/a'/>"
                       "<target dev='vda' bus='virtio'/></disk>");
    EXPECT_EQ(commands_of(plan), "blockdev-add libvirt-7-storage\nblockdev-add libvirt-7-format\n"
                                 "device_add virtio-disk0\n");
    EXPECT_EQ(plan.live.devices.disks.front().source_index, 7U);
    EXPECT_EQ(plan.aliases, std::vector<std::string>{"virtio-disk0"});
}

TEST_F(AttachmentTest, BringsTheControllerThatADiskNeeds) {
    auto plan = attach("<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/>"
                       "<iotune><read_bytes_sec>9</read_bytes_sec></iotune></disk>");
    EXPECT_TRUE(commands_of(plan).starts_with("device_add scsi0\nblockdev-add libvirt-7-storage\n"))
        << commands_of(plan);
    EXPECT_TRUE(commands_of(plan).ends_with("device_add scsi0-0-0\nblock_set_io_throttle -\n"))
        << commands_of(plan);
}

TEST_F(AttachmentTest, GivesNamesThatNobodyHas) {
    auto plan = attach("<interface type='user'><model type='virtio'/><link state='down'/></interface>");
    EXPECT_EQ(plan.live.devices.interfaces.front().info.alias, "net0");
    EXPECT_EQ(commands_of(plan), "netdev_add hostnet1\ndevice_add net1\nset_link -\n");
    live.devices.interfaces.front().info.alias = "net5"; // others have gone
    EXPECT_EQ(attach("<interface type='user'><model type='virtio'/></interface>").aliases,
              std::vector<std::string>{"net6"});
}

TEST_F(AttachmentTest, LendsATapByName) {
    auto plan = attach("<interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>");
    const auto& network = plan.pieces.front();
    ASSERT_TRUE(network.passed.has_value());
    EXPECT_EQ(network.passed->interface, 1U);
    EXPECT_EQ(json::find_text(network.arguments, "fd"), network.passed_name);
}

TEST_F(AttachmentTest, KnowsEveryKindThatCanCome) {
    struct Kind {
        const char *xml, *commands;
    };
    for (const auto& [xml, commands] : std::initializer_list<Kind>{
             {"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
              "object-add objrng0\ndevice_add rng0\n"},
             {"<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>",
              "object-add memdimm0\ndevice_add dimm0\n"},
             {"<memory model='virtio-mem'><target><size unit='MiB'>128</size><node>0</node><block "
              "unit='KiB'>2048"
              "</block><requested unit='MiB'>0</requested></target></memory>",
              "object-add memvirtiomem0\ndevice_add virtiomem0\n"},
             {"<input type='tablet' bus='usb'/>", "device_add input2\n"},
             {"<watchdog model='i6300esb' action='reset'/>", "device_add watchdog0\nwatchdog-set-action -\n"},
             {"<channel type='unix'><target type='virtio' name='org.example'/></channel>",
              "device_add virtio-serial0\nchardev-add charchannel0\ndevice_add channel0\n"},
             {"<controller type='scsi' index='0' model='virtio-scsi'/>", "device_add scsi0\n"},
             {"<controller type='virtio-serial' index='0'/>", "device_add virtio-serial0\n"},
             {"<redirdev bus='usb' type='tcp'><source mode='connect' host='::1' service='4000'/></redirdev>",
              "chardev-add charredir0\ndevice_add redir0\n"},
             {"<shmem name='both'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
              "object-add shmmem-shmem0\ndevice_add shmem0\n"}})
        EXPECT_EQ(commands_of(attach(xml)), commands) << xml;
}

TEST_F(AttachmentTest, RefusesWhatStaysFromStartToEnd) {
    for (const auto* xml :
         {"<disk type='file'><source file='/a'/><target dev='sda' bus='sata'/></disk>",
          "<controller type='usb' index='1' model='qemu-xhci'/>", "<input type='mouse' bus='ps2'/>",
          "<sound model='ich6'/>", "<serial type='null'/>", "<watchdog model='ib700'/>"})
        EXPECT_EQ(code_of(xml), ErrorCode::OperationUnsupported) << xml << message;
}

TEST_F(AttachmentTest, RefusesWhatTheHostLacks) {
    EXPECT_EQ(code_of("<hostdev mode='subsystem' type='usb'><source><address bus='251' device='99'/></source>"
                      "</hostdev>"),
              ErrorCode::SystemError);
    EXPECT_NE(message.find("/dev/bus/usb/251/099"), std::string::npos) << message;
    EXPECT_EQ(code_of("<hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/><source>"
                      "<address domain='0xfffe' bus='0xfe' slot='0x1f' function='0x7'/></source></hostdev>"),
              ErrorCode::SystemError);
    EXPECT_NE(message.find("/sys/bus/pci/devices/fffe:fe:1f.7"), std::string::npos) << message;
}

TEST_F(AttachmentTest, NeedsAFreePlace) {
    for (int i = 0; i < 8; ++i) {
        auto mac = fmt::format("52:54:00:00:01:{:02}", i);
        auto xml =
            fmt::format("<interface type='user'><mac address='{}'/><model type='virtio'/></interface>", mac);
        if (auto code = code_of(xml); code != ErrorCode::Ok) {
            EXPECT_EQ(code, ErrorCode::InternalError) << message;
            EXPECT_NE(message.find("pcie-root-port"), std::string::npos) << message;
            return;
        }
        live = attach(xml).live;
    }
    ADD_FAILURE() << "eight devices found a place on four ports";
}

} // namespace vireo::qemu
