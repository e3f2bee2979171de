// SPDX-License-Identifier: Apache-2.0
// The form for older daemons: what is left out of it, and what a user's wish keeps in it.
#include "model/domain/xml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

std::string document(const std::string& devices, std::string_view arch = "x86_64",
                     std::string_view machine = "pc-i440fx-7.2") {
    return fmt::format("<domain type='qemu'><name>a</name><memory>1024</memory><os><type arch='{}' "
                       "machine='{}'>hvm</type></os><devices>{}</devices></domain>",
                       arch, machine, devices);
}

/// The migratable form of a document, and whether it still has a part.
struct Form {
    explicit Form(const std::string& xml) : text{format(parse(xml), {.secure = true, .migratable = true})} {}
    bool has(std::string_view part) const { return text.find(part) != text.npos; }
    std::string text;
};

constexpr const char* usb = "<controller type='usb' index='0' model='piix3-uhci'/>";
constexpr const char* root = "<controller type='pci' index='0' model='pci-root'/>";
constexpr const char* bridge = "<controller type='pci' index='1' model='pci-bridge'/>";

TEST(Migratable, LeavesOutTheControllersOfAPc) {
    Form form{document(std::string{usb} + root)};
    EXPECT_FALSE(form.has("<controller")) << form.text;
}

TEST(Migratable, KeepsAPciRootThatSomethingHangsOn) {
    Form form{document(std::string{usb} + root + bridge)};
    EXPECT_TRUE(form.has("pci-root"));
    EXPECT_FALSE(form.has("piix3-uhci"));
}

TEST(Migratable, KeepsControllersWithWishes) {
    EXPECT_TRUE(
        Form{document("<controller type='pci' index='0' model='pci-root'><pcihole64>1048576</pcihole64>"
                      "</controller>")}
            .has("pci-root"));
    EXPECT_TRUE(Form{document("<controller type='pci' index='0' model='pci-root'><alias name='ua-r'/>"
                              "</controller>")}
                    .has("pci-root"));
    EXPECT_TRUE(Form{document(std::string{root} +
                              "<controller type='usb' index='0' model='piix3-uhci'><alias name='ua-u'/>"
                              "</controller>")}
                    .has("piix3-uhci"));
    EXPECT_TRUE(Form{document(std::string{root} + "<controller type='usb' index='0' model='nec-xhci'/>")}.has(
        "nec-xhci"));
}

TEST(Migratable, KeepsAUsbControllerThatIsNotTheBoards) {
    auto q35 = document(std::string{"<controller type='pci' index='0' model='pcie-root'/>"} + usb, "x86_64",
                        "pc-q35-7.2");
    EXPECT_TRUE(Form{q35}.has("piix3-uhci"));
    EXPECT_TRUE(Form{q35}.has("pcie-root"));
    EXPECT_TRUE(Form{document(std::string{root} + usb, "ppc64", "pseries-7.2")}.has("piix3-uhci"));
    EXPECT_TRUE(
        Form{document(std::string{root} + usb + "<controller type='usb' index='1' model='ich9-ehci1'/>")}.has(
            "piix3-uhci"));
}

TEST(Migratable, GroupsControllersByType) {
    Form form{
        document("<controller type='pci' index='2' model='pci-bridge'/><controller type='ide' index='0'/>" +
                 std::string{root} + bridge)};
    auto at = [&](std::string_view part) { return form.text.find(part); };
    EXPECT_LT(at("type='pci' index='0'"), at("type='pci' index='1'"));
    EXPECT_LT(at("type='pci' index='1'"), at("type='pci' index='2'"));
    EXPECT_LT(at("type='pci' index='2'"), at("type='ide'")) << form.text;
}

TEST(Migratable, HasThePs2MouseAlone) {
    Form form{document("<input type='mouse' bus='ps2'/><input type='keyboard' bus='ps2'/>"
                       "<input type='keyboard' bus='usb'/>")};
    EXPECT_TRUE(form.has("<input type='mouse' bus='ps2'/>"));
    EXPECT_FALSE(form.has("<input type='keyboard' bus='ps2'/>"));
    EXPECT_TRUE(form.has("<input type='keyboard' bus='usb'/>"));
}

TEST(Migratable, LeavesOutTheUsualAudioOnly) {
    const std::string none = "<audio id='1' type='none'/>", vnc = "<graphics type='vnc'/>";
    const std::string spice = "<graphics type='spice'/>", by_spice = "<audio id='1' type='spice'/>";
    EXPECT_FALSE(Form{document(none)}.has("<audio"));
    EXPECT_FALSE(Form{document(vnc + none)}.has("<audio"));
    EXPECT_FALSE(Form{document(spice + by_spice)}.has("<audio"));
    EXPECT_TRUE(Form{document(spice + none)}.has("<audio"));
    EXPECT_TRUE(Form{document(vnc + spice + by_spice)}.has("<audio"));
    EXPECT_TRUE(Form{document("<audio id='2' type='none'/>")}.has("<audio"));
    EXPECT_TRUE(Form{document(none + "<audio id='2' type='none'/>")}.has("<audio id='1'"));
    EXPECT_TRUE(Form{document("<audio id='1' type='none' timerPeriod='50'/>")}.has("<audio"));
}

TEST(Migratable, LeavesOutThePanicDevicesOfBoards) {
    EXPECT_FALSE(Form{document("<panic model='pseries'/>", "ppc64", "pseries-7.2")}.has("<panic"));
    EXPECT_FALSE(Form{document("<panic model='s390'/>", "s390x", "s390-ccw-virtio-7.2")}.has("<panic"));
    EXPECT_TRUE(Form{document("<panic model='isa'/>")}.has("<panic model='isa'/>"));
}

TEST(Migratable, NamesNoSerialPortOfTheBoard) {
    Form vio{document("<serial type='pty'><target type='spapr-vio-serial' port='0'><model name='spapr-vty'/>"
                      "</target></serial>",
                      "ppc64", "pseries-7.2")};
    EXPECT_FALSE(vio.has("spapr-v")) << vio.text;
    Form chip{
        document("<serial type='pty'><target type='system-serial' port='0'><model name='pl011'/></target>"
                 "</serial>",
                 "aarch64", "virt-7.2")};
    EXPECT_TRUE(chip.has("<target port='0'/>")) << chip.text;
    EXPECT_TRUE(
        Form{document("<serial type='pty'><target type='isa-serial' port='0'/></serial>")}.has("isa-serial"));
}

TEST(Migratable, NamesNoHostBridgeOfPseries) {
    Form form{
        document("<controller type='pci' index='0' model='pci-root'><model name='spapr-pci-host-bridge'/>"
                 "<target index='0'/></controller><controller type='pci' index='1' model='pci-root'>"
                 "<model name='spapr-pci-host-bridge'/><target index='1'/></controller>",
                 "ppc64", "pseries-7.2")};
    EXPECT_FALSE(form.has("spapr-pci-host-bridge"));
    EXPECT_TRUE(form.has("<target index='1'/>"));
}

TEST(Migratable, SaysWhereDisplaysListenByAttributes) {
    Form vnc{document("<graphics type='vnc'><listen type='socket' socket='/a'/></graphics>")};
    EXPECT_TRUE(vnc.has("<graphics type='vnc' socket='/a'")) << vnc.text;
    EXPECT_FALSE(vnc.has("<listen"));
    Form spice{document("<graphics type='spice'><listen type='none'/></graphics>")};
    EXPECT_TRUE(spice.has("<graphics type='spice' autoport='no'")) << spice.text;
    EXPECT_FALSE(spice.has("<listen"));
    EXPECT_TRUE(Form{document("<graphics type='vnc'><listen type='none'/></graphics>")}.has("<listen"));
}

TEST(Migratable, IsSaidOnRequestOnly) {
    auto domain = parse(document(std::string{usb} + root + "<panic model='s390'/>"));
    auto text = format(domain, {.secure = true});
    EXPECT_EQ(parse(text), domain);
    EXPECT_NE(text.find("<panic"), text.npos);
}

} // namespace
} // namespace vireo::model::domain
