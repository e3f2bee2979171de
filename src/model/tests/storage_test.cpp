// SPDX-License-Identifier: Apache-2.0
// What is refused of disks, file systems, memory devices and the platform, and with which of libvirt's
// errors.
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

struct Refusal {
    std::string devices;
    ErrorCode code;
};
class RefusedStorage : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedStorage, WithLibvirtsCode) {
    try {
        parse_devices(GetParam().devices);
        FAIL() << GetParam().devices;
    } catch (const Error& refusal) { EXPECT_EQ(refusal.code, GetParam().code) << refusal.what(); }
}

std::string network(std::string_view attributes, std::string_view more = "<host name='h'/>") {
    return fmt::format("<disk type='network'><source {}>{}</source><target dev='vda'/></disk>", attributes,
                       more);
}
std::string file(std::string_view in_source, std::string_view more = "") {
    return fmt::format("<disk><source file='/a'>{}</source><target dev='vda'/>{}</disk>", in_source, more);
}
std::string memory(std::string_view model, std::string_view target, std::string_view more = "") {
    return fmt::format("<memory model='{}'>{}<target>{}</target></memory>", model, more, target);
}
constexpr std::string_view size = "<size unit='KiB'>524288</size>", nv = "<source><path>/nv</path></source>";
constexpr auto xml = ErrorCode::XmlError, detail = ErrorCode::XmlDetail, invalid = ErrorCode::InvalidArgument,
               unsupported_ = ErrorCode::ConfigUnsupported;

INSTANTIATE_TEST_SUITE_P(
    Images, RefusedStorage,
    testing::Values(
        Refusal{network("protocol='http'"), xml}, Refusal{network("protocol='rbd' name='image'"), xml},
        Refusal{network("protocol='nbd'", "<host name='h' port='x'/>"), invalid},
        Refusal{network("protocol='nbd'", "<host name='h' transport='x'/>"), unsupported_},
        Refusal{network("protocol='nbd'", "<host transport='unix'/>"), xml},
        Refusal{network("protocol='nbd'", "<host name='h' socket='/s'/>"), xml},
        Refusal{network("protocol='nbd'", "<host/>"), xml},
        Refusal{"<disk type='network'><target dev='vda'/></disk>", ErrorCode::NoSource},
        Refusal{file("<auth username='u'/>"), xml},
        Refusal{file("<auth username='u'><secret type='ceph'/></auth>"), xml},
        Refusal{file("<auth username='u'><secret usage='u'/></auth>"), unsupported_},
        Refusal{file("<auth username='u'><secret type='ceph' usage='u'/></auth>",
                     "<auth username='u'><secret type='ceph' usage='u'/></auth>"),
                unsupported_},
        Refusal{file("<encryption format='x'/>"), unsupported_}, Refusal{file("<encryption/>"), xml},
        Refusal{file("<encryption format='luks'><secret type='passphrase'/></encryption>"), xml},
        Refusal{file("<slices><slice type='storage' size='1'/></slices>"), xml},
        Refusal{file("<reservations/>"), xml},
        Refusal{file("<reservations managed='no'><source type='unix' path='/p'/></reservations>"), xml},
        Refusal{"<disk model='x'><source file='/a'/><target dev='vda'/></disk>", xml},
        Refusal{"<disk snapshot='default'><source file='/a'/><target dev='vda'/></disk>", xml},
        Refusal{"<disk type='volume'><source pool='p'/><target dev='vda'/></disk>", xml},
        Refusal{"<disk type='nvme'><source type='pci' namespace='1'/><target dev='vda'/></disk>", xml},
        Refusal{"<disk type='vhostuser'><source type='unix'/><target dev='vda'/></disk>", xml},
        Refusal{file("", "<backingStore type='file'><source file='/b'/></backingStore>"), xml},
        Refusal{file("", "<backingStore type='file'><format type='raw'/></backingStore>"), xml},
        Refusal{"<controller type='pci' index='1' model='pci-bridge'><model name='x'/></controller>", xml}));

INSTANTIATE_TEST_SUITE_P(
    Devices, RefusedStorage,
    testing::Values(
        Refusal{"<filesystem><target dir='t'/></filesystem>", ErrorCode::NoSource},
        Refusal{"<filesystem><source dir='/a'/></filesystem>", ErrorCode::NoTarget},
        Refusal{"<filesystem fmode='9'><source dir='/a'/><target dir='t'/></filesystem>", xml},
        Refusal{"<filesystem fmode='1777'><source dir='/a'/><target dir='t'/></filesystem>", xml},
        Refusal{"<filesystem><source dir='/a'/><target dir='t'/><boot order='1'/></filesystem>",
                unsupported_},
        Refusal{"<shmem name='a/b'/>", unsupported_}, Refusal{"<shmem/>", xml},
        Refusal{"<shmem name='a'><msi/></shmem>", xml},
        Refusal{"<shmem name='a'><size unit='x'>1</size></shmem>", invalid}, Refusal{"<tpm/>", xml},
        Refusal{"<tpm><backend type='x'/></tpm>", xml}, Refusal{"<tpm><backend type='external'/></tpm>", xml},
        Refusal{"<tpm><backend type='emulator' "
                "version='1.2'><active_pcr_banks><sha1/></active_pcr_banks></backend>"
                "</tpm>",
                xml},
        Refusal{"<iommu/>", xml}, Refusal{"<iommu model='intel'/><iommu model='intel'/>", xml},
        Refusal{"<iommu model='smmuv3'><driver iotlb='on'/></iommu>", xml},
        Refusal{"<iommu model='intel'><driver eim='on'/></iommu>", unsupported_},
        Refusal{"<lease><lockspace>a</lockspace><target path='/a'/></lease>", xml},
        Refusal{"<lease><lockspace>a</lockspace><key>k</key></lease>", xml},
        Refusal{"<memory model='dimm'/>", xml}, Refusal{memory("dimm", ""), xml},
        Refusal{memory("dimm", size, "<source><nodemask>x</nodemask></source>"), invalid},
        Refusal{memory("nvdimm", size), detail},
        Refusal{memory("nvdimm", "<size>524288</size><label><size>64</size></label>", nv), xml},
        Refusal{memory("virtio-pmem", "<size>524288</size><node>0</node>", nv), unsupported_},
        Refusal{memory("virtio-mem", size), detail},
        Refusal{memory("virtio-mem", "<size>524288</size><block>2048</block><requested>3000</requested>"),
                detail}));

TEST(Parse, FillsInThePortsOfServers) {
    auto domain =
        parse_devices(network("protocol='nbd'") +
                      "<disk type='network'><source protocol='rbd' name='p/i'><host name='h'/></source>"
                      "<target dev='vdb'/></disk>");
    EXPECT_EQ(domain.devices.disks[0].network.hosts[0].port, 10809);
    EXPECT_EQ(domain.devices.disks[1].network.hosts[0].port, std::nullopt);
}

TEST(Parse, TakesADriveWithoutMediumForAFile) {
    auto domain = parse_devices("<disk type='volume' device='cdrom'><target dev='sda' bus='sata'/></disk>"
                                "<disk type='network' device='cdrom'><target dev='sdb' bus='sata'/></disk>");
    for (const auto& disk : domain.devices.disks) EXPECT_EQ(disk.type, DiskType::File) << disk.target;
}

TEST(Unsupported, OfADiskIsWhatNobodyKeepsYet) {
    auto secret = file("<encryption format='luks'><secret type='passphrase' usage='u'/></encryption>");
    auto domain = parse_devices(secret);
    EXPECT_EQ(unsupported(domain), std::vector<std::string>{"/domain/devices/disk/source/encryption"});
    EXPECT_EQ(unsupported(domain, Concern::CommandLine), std::vector<std::string>{});
    auto below = parse_devices(file(
        "", "<backingStore type='volume'><format type='raw'/><source pool='p' volume='v'/></backingStore>"));
    EXPECT_EQ(unsupported(below), std::vector<std::string>{"/domain/devices/disk/backingStore/source"});
    EXPECT_EQ(unsupported(below, Concern::CommandLine), std::vector<std::string>{});
}

} // namespace
} // namespace vireo::model::domain
