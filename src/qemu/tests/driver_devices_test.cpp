// SPDX-License-Identifier: Apache-2.0
// Devices that come to running guests, go and change. The fake QEMU writes down what it is told, and refuses,
// forgets or keeps what its guest's name says.
#include "qemu/tests/driver_fixture.hpp"

#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

class DriverDevices : public DriverTest {
protected:
    static constexpr std::string_view disk =
        "<disk type='file'><source file='/images/data'/><target dev='vdb' bus='virtio'/></disk>";
    static constexpr std::string_view ports =
        "<controller type='pci' model='pcie-root'/><controller type='pci' model='pcie-root-port'/>"
        "<controller type='pci' model='pcie-root-port'/><controller type='pci' model='pcie-root-port'/>"
        "<controller type='pci' model='pcie-root-port'/><controller type='pci' model='pcie-to-pci-bridge'/>"
        "<controller type='usb' model='none'/>"
        "<memballoon model='none'/>";
    static constexpr Impact live_only{true, false}, both{true, true};

    DriverDevices() { start_daemon(); }
    void start_with(std::string_view name_of_guest, std::string_view devices = "") {
        name = name_of_guest;
        await(driver->define(xml(name, 1, "", std::string{ports} + std::string{devices}), {}));
        start(name);
        listen();
    }
    void listen() {
        all = driver->events().subscribe([this](const DomainEvent& event) { collected.push_back(event); });
    }
    awaitable<void> change(DeviceAction action, std::string_view device, Impact impact = live_only) {
        DeviceChange what{action, std::string{device}, false};
        return driver->change_device(uuid_of(1), name, std::move(what), impact);
    }
    std::string live() const { return driver->domains().find(uuid_of(1))->live_definition->open; }
    std::string definition() const { return driver->domains().find(uuid_of(1))->persistent_definition->open; }
    bool shows(std::string_view text) const { return live().find(text) != std::string::npos; }
    std::string heard() const {
        std::ifstream file{folder / "log/qemu" / (name + ".log")};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    /// How many commands of this name it was told, with this text in them.
    std::size_t told(std::string_view command, std::string_view text = "") const {
        std::istringstream lines{heard()};
        std::size_t count = 0;
        auto wanted = fmt::format(R"("execute":"{}")", command);
        for (std::string line; std::getline(lines, line);)
            if (line.find(wanted) != line.npos && line.find(text) != line.npos) ++count;
        return count;
    }
    /// Another process writes it down, which nothing in our loop tells of.
    bool hears(std::string_view command) {
        auto end = std::chrono::steady_clock::now() + patience;
        while (told(command) == 0 && std::chrono::steady_clock::now() < end) {
            loop.restart();
            loop.run_for(std::chrono::milliseconds{5});
        }
        return told(command) > 0;
    }
    template <class Kind> const Kind* last() const {
        for (auto event = collected.rbegin(); event != collected.rend(); ++event)
            if (const auto* what = std::get_if<Kind>(&event->what)) return what;
        return nullptr;
    }

    std::string name;
    std::vector<DomainEvent> collected;
    EventHub::Subscription all;
};

TEST_F(DriverDevices, ComeAndGoLiveAndInTheDefinition) {
    start_with("web");
    await(change(DeviceAction::Attach, disk, both));
    EXPECT_TRUE(shows("<alias name='virtio-disk1'/>")) << live();
    EXPECT_TRUE(shows("index='1'")) << live();
    EXPECT_NE(definition().find("/images/data"), std::string::npos);
    ASSERT_NE(last<DomainDeviceAdded>(), nullptr);
    EXPECT_EQ(last<DomainDeviceAdded>()->device, "virtio-disk1");
    EXPECT_EQ(code_of(change(DeviceAction::Attach, disk)), ErrorCode::XmlError);

    await(change(DeviceAction::Detach, disk, both));
    EXPECT_FALSE(shows("/images/data"));
    EXPECT_EQ(definition().find("/images/data"), std::string::npos);
    ASSERT_NE(last<DomainDeviceRemoved>(), nullptr);
    EXPECT_EQ(told("blockdev-del", "libvirt-1-format"), 1U);
    EXPECT_EQ(told("blockdev-del", "libvirt-1-storage"), 1U);
    EXPECT_EQ(code_of(change(DeviceAction::Detach, disk)), ErrorCode::DeviceMissing);
}

TEST_F(DriverDevices, AreTakenBackWhenALaterStepIsRefused) {
    start_with("choosy");
    auto before = live();
    EXPECT_EQ(code_of(change(DeviceAction::Attach, disk, both)), ErrorCode::OperationFailed);
    EXPECT_NE(message.find("not this one"), std::string::npos) << message;
    EXPECT_EQ(live(), before);
    EXPECT_EQ(definition().find("/images/data"), std::string::npos);
    EXPECT_EQ(told("blockdev-add"), 2U);
    EXPECT_EQ(told("blockdev-del"), 2U);
    EXPECT_EQ(last<DomainDeviceAdded>(), nullptr);
}

TEST_F(DriverDevices, AreNotTouchedWhenTheDefinitionRefusesThem) {
    start_with("web");
    await(change(DeviceAction::Attach, disk, {false, true}));
    EXPECT_EQ(code_of(change(DeviceAction::Attach, disk, both)), ErrorCode::OperationInvalid);
    EXPECT_EQ(told("device_add"), 0U);
    EXPECT_FALSE(shows("/images/data"));
}

TEST_F(DriverDevices, StayWhenTheGuestKeepsThem) {
    start_with("keeping");
    await(change(DeviceAction::Attach, disk));
    EXPECT_EQ(code_of(change(DeviceAction::Detach, disk)), ErrorCode::OperationFailed);
    EXPECT_TRUE(shows("/images/data"));
    ASSERT_NE(last<DomainDeviceRemovalFailed>(), nullptr);
    EXPECT_EQ(last<DomainDeviceRemovalFailed>()->device, "virtio-disk1");
    EXPECT_EQ(told("blockdev-del"), 0U);
}

TEST_F(DriverDevices, GoByAliasWhenTheGuestLetsThemGo) {
    start_with("web");
    await(change(DeviceAction::Attach, disk));
    await(change(DeviceAction::DetachAlias, "virtio-disk1"));
    ASSERT_TRUE(until([&] { return last<DomainDeviceRemoved>() != nullptr; }));
    EXPECT_FALSE(shows("/images/data"));
    EXPECT_EQ(code_of(change(DeviceAction::DetachAlias, "virtio-disk1")), ErrorCode::InternalError);
}

TEST_F(DriverDevices, BringTheirControllerWhichIsBusyThen) {
    start_with("web");
    await(change(DeviceAction::Attach,
                 "<disk type='file'><source file='/images/data'/><target dev='sda' bus='scsi'/></disk>"));
    EXPECT_EQ(told("device_add"), 2U);
    EXPECT_EQ(code_of(change(DeviceAction::Detach, "<controller type='scsi' index='0'/>")),
              ErrorCode::OperationFailed);
    EXPECT_NE(message.find("busy"), std::string::npos) << message;
}

/// A daemon that ends while QEMU has not answered.
class DriverDevicesLeft : public DriverDevices, public testing::WithParamInterface<bool> {};

TEST_P(DriverDevicesLeft, AreFoundOutByTheNextDaemon) {
    bool arrives = GetParam();
    start_with(arrives ? "late" : "stalling");
    auto call = asio::co_spawn(loop, change(DeviceAction::Attach, disk), asio::use_future);
    ASSERT_TRUE(hears("device_add"));
    restart_daemon();
    EXPECT_ANY_THROW(call.get());
    listen();
    ASSERT_TRUE(hears("qom-list"));
    await(driver->set_autostart(uuid_of(1), name, true)); // has its turn when that is settled
    EXPECT_EQ(shows("/images/data"), arrives) << live();
    EXPECT_EQ(told("blockdev-del", "libvirt-1-format"), arrives ? 0U : 1U);
    EXPECT_EQ(code_of(change(DeviceAction::Detach, disk)),
              arrives ? ErrorCode::Ok : ErrorCode::DeviceMissing);
}
INSTANTIATE_TEST_SUITE_P(Ways, DriverDevicesLeft, testing::Bool());

TEST_F(DriverDevices, ThatWentWhileNoDaemonRanAreGone) {
    start_with("web");
    await(change(DeviceAction::Attach, disk));
    std::vector<Fd> none;
    await(driver->monitor_command(uuid_of(1), name, "lose virtio-disk1", true, std::move(none)));
    EXPECT_TRUE(shows("/images/data"));
    restart_daemon();
    listen();
    ASSERT_TRUE(until([&] { return last<DomainDeviceRemoved>() != nullptr; }));
    EXPECT_FALSE(shows("/images/data"));
    EXPECT_EQ(told("blockdev-del"), 2U);
}

TEST_F(DriverDevices, ChangeAsFarAsAGuestCanFollow) {
    constexpr std::string_view nic = "<interface type='user'><mac address='52:54:00:00:00:07'/>"
                                     "<model type='virtio'/><link state='{}'/></interface>";
    start_with("web",
               "<interface type='user'><mac address='52:54:00:00:00:07'/><model type='virtio'/></interface>"
               "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>");
    await(change(DeviceAction::Update, fmt::format(fmt::runtime(nic), "down"), both));
    EXPECT_EQ(told("set_link", R"("up":false)"), 1U);
    EXPECT_TRUE(shows("<link state='down'/>"));
    EXPECT_NE(definition().find("<link state='down'/>"), std::string::npos);
    EXPECT_EQ(code_of(change(DeviceAction::Update, "<interface type='user'><mac address='52:54:00:00:00:07'/>"
                                                   "<model type='e1000e'/></interface>")),
              ErrorCode::OperationUnsupported);
    EXPECT_NE(message.find("model/@type"), std::string::npos) << message;
    EXPECT_TRUE(shows("<link state='down'/>"));

    await(change(DeviceAction::Update, "<disk type='file' device='cdrom'><source file='/images/a.iso'/>"
                                       "<target dev='sda' bus='sata'/><readonly/></disk>"));
    EXPECT_EQ(told("blockdev-insert-medium", "libvirt-1-format"), 1U);
    EXPECT_TRUE(shows("/images/a.iso"));
    await(change(DeviceAction::Update,
                 "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"));
    EXPECT_FALSE(shows("/images/a.iso"));
    EXPECT_EQ(told("blockdev-del", "libvirt-1-format"), 1U);
}

TEST_F(DriverDevices, KeepTheirMediumWhenTheTrayIsLocked) {
    start_with("locked", "<disk type='file' device='cdrom'><source file='/images/a.iso'/>"
                         "<target dev='sda' bus='sata'/></disk>");
    EXPECT_EQ(
        code_of(change(DeviceAction::Update, "<disk type='file' device='cdrom'><source file='/images/b.iso'/>"
                                             "<target dev='sda' bus='sata'/><readonly/></disk>")),
        ErrorCode::OperationFailed);
    EXPECT_TRUE(shows("/images/a.iso"));
    EXPECT_EQ(told("blockdev-del"), 2U); // the new one's
}

} // namespace vireo::qemu
