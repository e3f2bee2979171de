// SPDX-License-Identifier: Apache-2.0
// Where each PCI device sits.
//
// The places that users of libvirt know, so that a guest finds its devices again: on i440fx the board's own
// functions are in slot 1, the primary display is in slot 2, and the rest fills the slots from there; on q35
// each device has a root port for itself, eight of which share a slot of the root complex, and one spare port
// waits for a hot-plugged device. Devices are taken kind by kind, controllers of PCI first.
//
// Which bridges and ports are missing is found by doing it once on a copy of the domain, where they grow as
// needed; they are then added to the domain, and all is assigned for good.
#include "qemu/defaults/pci_topology.hpp"
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::string_view root_port = "pcie-root-port";

struct PciDevice {
    DeviceInfo* info;
    PciPlug plug;
    std::string what; ///< for error messages
};

PciPlug plug_of_bridge(std::string_view model) {
    if (model == root_port) return PciPlug::RootPort;
    if (model == "pci-expander-bus" || model == "pcie-expander-bus") return PciPlug::Expander;
    if (model == "dmi-to-pci-bridge") return PciPlug::DmiBridge;
    if (model == "pcie-to-pci-bridge") return PciPlug::ExpressBridge;
    if (model == "pcie-switch-upstream-port") return PciPlug::UpstreamPort;
    if (model == "pcie-switch-downstream-port") return PciPlug::DownstreamPort;
    return PciPlug::Bridge;
}

bool is_root(const Controller& controller) {
    return controller.model == "pci-root" || controller.model == "pcie-root";
}
bool is_companion(const Controller& controller) { return controller.model.starts_with("ich9-"); }

/// The others are soldered on, on USB, or on ISA.
bool is_on_pci(SoundModel model) {
    return model != SoundModel::Pcspk && model != SoundModel::Sb16 && model != SoundModel::Usb;
}

bool is_on_pci(const Hostdev& hostdev) {
    return hostdev.type == HostdevType::Pci || hostdev.type == HostdevType::ScsiHost ||
           hostdev.mediated_model == MediatedModel::VfioPci;
}

bool is_usb(const Interface& interface) {
    return interface.type == InterfaceType::Hostdev &&
           std::holds_alternative<UsbHostSource>(interface.source.hostdev);
}

/// On a bus of another kind, where the user has put it.
bool is_elsewhere(const DeviceInfo& info) {
    const auto* other = std::get_if<OtherAddress>(&info.address);
    return other != nullptr;
}

/// One attempt to place all devices of a domain.
class PciAssignment {
public:
    /// Missing bridges are imagined, and listed in `added`.
    explicit PciAssignment(Domain& domain) : PciAssignment{domain, true, {}} {}
    /// No bridge is missing: the domain has those of the list too.
    PciAssignment(Domain& domain, std::map<std::uint32_t, std::string> added)
        : PciAssignment{domain, false, std::move(added)} {}

    std::map<std::uint32_t, std::string> run();

private:
    PciAssignment(Domain& domain, bool grow, std::map<std::uint32_t, std::string> added)
        : devices_{domain.devices}, grow_{grow}, board_{board_of(domain.os.machine)},
          q35_{board_ == Board::Q35}, express_{has_express(board_)}, added_{std::move(added)} {}
    PciPlug express() const { return express_ ? PciPlug::Express : PciPlug::Conventional; }
    PciPlug plug_of_virtio(std::string_view model) const {
        return model.ends_with("-transitional") && !model.ends_with("-non-transitional")
                   ? PciPlug::Conventional
                   : express();
    }
    PciPlug plug_of(const Interface& interface) const;
    PciPlug plug_of(const Controller& controller) const;
    std::vector<PciDevice> list_devices();
    void make_buses();
    void reserve_board();
    void place_sound_chip();
    void place_companions();
    void place(const PciDevice& device);
    std::optional<PciAddress> take(PciPlug plug);
    bool add_bridge_for(PciPlug plug);
    void add_bus(std::string_view model);
    /// From PCI Express to PCI: others may be behind it.
    bool has_bridge() const;
    void reserve_spare(std::size_t given_buses);
    Video* primary_video();
    void give(DeviceInfo& info, std::uint8_t slot, std::uint8_t function);
    void settle(Controller& controller, std::uint8_t slot, std::uint8_t function);
    void set_multifunction(const std::vector<PciDevice>& devices) const;
    void number_for_s390(const std::vector<PciDevice>& devices);

    Devices& devices_;
    bool grow_;
    Board board_;
    bool q35_, express_; ///< the board is q35; its root is PCI Express
    PciTopology topology_;
    std::map<std::uint32_t, std::string> added_;
};

PciPlug PciAssignment::plug_of(const Interface& interface) const {
    if (interface.is_virtio()) return plug_of_virtio(interface.model);
    if (interface.type == InterfaceType::Hostdev) return express();
    return interface.model == "e1000e" || interface.model == "vmxnet3" ? express() : PciPlug::Conventional;
}

PciPlug PciAssignment::plug_of(const Controller& controller) const {
    if (controller.type == ControllerType::Pci) return plug_of_bridge(controller.model);
    if (controller.type == ControllerType::VirtioSerial || controller.model.starts_with("virtio"))
        return plug_of_virtio(controller.model);
    return controller.model.ends_with("-xhci") ? express() : PciPlug::Conventional;
}

/// What the board has itself needs no place: IDE, the floppy controller, the first SATA controller of q35 and
/// (without a model of its own) the first USB controller of i440fx are given theirs by `reserve_board`.
std::vector<PciDevice> PciAssignment::list_devices() {
    std::vector<PciDevice> list;
    auto add = [&](DeviceInfo& info, PciPlug plug, std::string what) {
        list.push_back({&info, plug, std::move(what)});
    };
    auto add_controller = [&](Controller& controller) {
        auto what = fmt::format("{} controller {}", name_of(controller.type), *controller.index);
        add(controller.info, plug_of(controller), what);
    };
    for (auto& controller : devices_.controllers)
        if (controller.type == ControllerType::Pci && !is_root(controller)) add_controller(controller);
    for (auto& filesystem : devices_.filesystems)
        add(filesystem.info,
            plug_of_virtio(filesystem.model ? name_of(*filesystem.model) : std::string_view{}),
            "the file system");
    for (auto& interface : devices_.interfaces)
        if (!is_usb(interface))
            add(interface.info, plug_of(interface), fmt::format("interface {}", interface.mac.text()));
    for (auto& sound : devices_.sounds)
        if (is_on_pci(sound.model)) add(sound.info, PciPlug::Conventional, "the sound card");
    for (auto& controller : devices_.controllers) {
        bool on_pci = controller.type == ControllerType::Scsi || controller.type == ControllerType::Sata ||
                      controller.type == ControllerType::VirtioSerial ||
                      controller.type == ControllerType::Usb ||
                      (controller.type == ControllerType::Ide && !q35_);
        bool on_vio = controller.model == "ibmvscsi";
        if (on_pci && !on_vio && controller.model != "none") add_controller(controller);
    }
    for (auto& disk : devices_.disks)
        if (disk.bus == DiskBus::Virtio) {
            add(disk.info, plug_of_virtio(disk.model), fmt::format("disk {}", disk.target));
        }
    for (auto& hostdev : devices_.hostdevs)
        if (is_on_pci(hostdev))
            add(hostdev.info, hostdev.vhost_model ? plug_of_virtio(name_of(*hostdev.vhost_model)) : express(),
                "the host's device");
    if (devices_.memory_balloon && devices_.memory_balloon->model != BalloonModel::None)
        add(devices_.memory_balloon->info, plug_of_virtio(name_of(devices_.memory_balloon->model)),
            "the memory balloon");
    for (auto& rng : devices_.rngs) add(rng.info, plug_of_virtio(name_of(rng.model)), "the rng");
    for (auto& watchdog : devices_.watchdogs)
        if (watchdog.model == WatchdogModel::I6300esb)
            add(watchdog.info, PciPlug::Conventional, "the watchdog");
    for (auto& video : devices_.videos) {
        bool absent = video.type == VideoType::None || video.type == VideoType::Ramfb;
        bool primary = &video == &devices_.videos.front();
        auto plug = video.type == VideoType::Virtio ? express() : PciPlug::Conventional;
        if (!absent) add(video.info, primary && q35_ ? PciPlug::Integrated : plug, "the video device");
    }
    for (auto& shmem : devices_.shared_memories) add(shmem.info, PciPlug::Conventional, "the shared memory");
    for (auto& input : devices_.inputs)
        if (input.bus == InputBus::Virtio)
            add(input.info, plug_of_virtio(input.model), fmt::format("the {}", name_of(input.type)));
    for (auto& serial : devices_.serials)
        if (serial.target == SerialTarget::Pci) add(serial.info, PciPlug::Conventional, "the serial port");
    if (devices_.vsock)
        add(devices_.vsock->info, plug_of_virtio(name_of(*devices_.vsock->model)), "the vsock");
    for (auto& crypto : devices_.cryptos) add(crypto.info, express(), "the crypto device");
    for (auto& memory : devices_.memories)
        if (memory.is_virtio()) add(memory.info, express(), "the memory device");
    for (auto& iommu : devices_.iommus)
        if (iommu.model == IommuModel::Virtio && express_) add(iommu.info, PciPlug::RootPort, "the IOMMU");
    std::erase_if(list, [](const PciDevice& device) { return is_elsewhere(*device.info); });
    return list;
}

void PciAssignment::add_bus(std::string_view model) {
    constexpr std::size_t most = 256;
    if (topology_.bus_count() == most)
        throw Error(ErrorCode::InternalError, ErrorDomain::Domain, "a domain has at most 256 PCI buses");
    added_.emplace(static_cast<std::uint32_t>(topology_.bus_count()), model);
    topology_.add_bus(model);
}

/// The buses of the domain's controllers, and those that addresses or gaps in the numbers ask for.
void PciAssignment::make_buses() {
    std::map<std::uint32_t, std::string_view> models;
    for (const auto& controller : devices_.controllers)
        if (controller.type == ControllerType::Pci) models[controller.index.value()] = controller.model;
    auto count = models.empty() ? 0U : models.rbegin()->first + 1;
    constexpr std::uint32_t most = 256;
    if (count > most)
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    "the number of a PCI controller is at most 255");
    for (const auto& device : list_devices())
        if (const auto* given = std::get_if<PciAddress>(&device.info->address))
            count = std::max(count, std::uint32_t{given->bus} + 1);
    for (std::uint32_t index = 0; index < count; ++index) {
        auto known = models.find(index);
        if (known == models.end())
            add_bus(express_ ? root_port : board_ == Board::Pseries ? "pci-root" : "pci-bridge");
        else
            topology_.add_bus(known->second);
    }
}

Video* PciAssignment::primary_video() {
    if (devices_.videos.empty()) return nullptr;
    auto& first = devices_.videos.front();
    return first.type == VideoType::None || first.type == VideoType::Ramfb ? nullptr : &first;
}

bool is_open(const DeviceInfo& info) {
    const auto* given = std::get_if<PciAddress>(&info.address);
    return std::holds_alternative<std::monostate>(info.address) || (given != nullptr && given->is_empty());
}

void PciAssignment::give(DeviceInfo& info, std::uint8_t slot, std::uint8_t function) {
    PciAddress address;
    if (const auto* given = std::get_if<PciAddress>(&info.address)) address = *given; // keeps `multifunction`
    address.slot = slot;
    address.function = function;
    info.address = address;
}

/// A controller that the board has at this place; nothing else can be there.
void PciAssignment::settle(Controller& controller, std::uint8_t slot, std::uint8_t function) {
    give(controller.info, slot, function);
    topology_.reserve(std::get<PciAddress>(controller.info.address), PciPlug::Integrated,
                      fmt::format("the board's {} controller", name_of(controller.type)));
}

/// The functions that the board has built in, and the slots where users expect the rest of it.
void PciAssignment::reserve_board() {
    constexpr std::uint8_t i440fx_slot = 1, i440fx_display = 2, q35_display = 1, q35_slot = 0x1f,
                           q35_dmi = 0x1e;
    for (auto& controller : devices_.controllers) {
        if (!is_open(controller.info)) continue;
        bool first = controller.index == 0U;
        bool i440fx = board_ == Board::I440fx;
        if (i440fx && first && controller.type == ControllerType::Ide)
            settle(controller, i440fx_slot, 1);
        else if (i440fx && first && controller.type == ControllerType::Usb &&
                 controller.model == "piix3-uhci")
            settle(controller, i440fx_slot, 2);
        else if (q35_ && first && controller.type == ControllerType::Sata)
            settle(controller, q35_slot, 2);
        if (q35_ && controller.model == "dmi-to-pci-bridge" && topology_.is_slot_free(0, q35_dmi)) {
            give(controller.info, q35_dmi, 0);
            topology_.reserve(std::get<PciAddress>(controller.info.address), PciPlug::DmiBridge,
                              "the PCI bridge");
        }
    }
    if (q35_ || board_ == Board::I440fx) topology_.reserve_slot(0, q35_ ? q35_slot : i440fx_slot);
    if (q35_) place_sound_chip();
    if (!q35_ && board_ != Board::I440fx) return;
    auto* video = primary_video();
    auto display = q35_ ? q35_display : i440fx_display;
    if (video != nullptr && is_open(video->info) && topology_.is_slot_free(0, display)) {
        give(video->info, display, 0);
        topology_.reserve(std::get<PciAddress>(video->info.address), PciPlug::Integrated, "the video device");
    }
}

/// The sound of the real chip has a slot that users expect it in.
void PciAssignment::place_sound_chip() {
    constexpr std::uint8_t slot = 0x1b;
    auto chip = std::ranges::find(devices_.sounds, SoundModel::Ich9, &Sound::model);
    if (chip == devices_.sounds.end() || !is_open(chip->info) || !topology_.is_slot_free(0, slot)) return;
    give(chip->info, slot, 0);
    topology_.reserve(std::get<PciAddress>(chip->info.address), PciPlug::Integrated, "the sound card");
}

/// The four controllers that make one ICH9 USB bus share a slot: on q35 one of the two of the real chip while
/// free.
void PciAssignment::place_companions() {
    auto function_of = [](const Controller& controller) -> std::uint8_t {
        if (controller.model == "ich9-uhci2") return 1;
        if (controller.model == "ich9-uhci3") return 2;
        return controller.model == "ich9-ehci1" ? 7 : 0;
    };
    for (auto& controller : devices_.controllers) {
        if (controller.type != ControllerType::Usb || !is_companion(controller) || !is_open(controller.info))
            continue;
        std::optional<PciAddress> slot;
        for (const auto& other : devices_.controllers)
            if (other.type == ControllerType::Usb && other.index == controller.index && is_companion(other) &&
                !is_open(other.info))
                slot = std::get<PciAddress>(other.info.address);
        bool is_whole = std::ranges::any_of(devices_.controllers, [&](const Controller& other) {
            return other.index == controller.index && other.model == "ich9-uhci1";
        });
        for (std::uint8_t number : {0x1d, 0x1a})
            if (!slot && q35_ && is_whole && topology_.is_slot_free(0, number)) {
                slot.emplace();
                slot->slot = number;
            }
        if (!slot) {
            slot = take(PciPlug::Conventional);
            if (slot) topology_.release(*slot); // all of it is for the group
        }
        if (!slot) continue; // `place` reports it
        slot->multifunction.reset();
        slot->function = function_of(controller);
        if (slot->function == 0) slot->multifunction = Switch::On;
        controller.info.address = *slot;
        topology_.reserve(*slot, PciPlug::Conventional, "USB controller");
    }
}

bool PciAssignment::has_bridge() const {
    auto is_bridge = [](const Controller& controller) {
        return controller.type == ControllerType::Pci &&
               (controller.model == "pcie-to-pci-bridge" || controller.model == "dmi-to-pci-bridge");
    };
    auto is_new = [](const auto& added) { return added.second == "pcie-to-pci-bridge"; };
    return std::ranges::any_of(devices_.controllers, is_bridge) || std::ranges::any_of(added_, is_new);
}

bool PciAssignment::add_bridge_for(PciPlug plug) {
    if (!grow_) return false;
    switch (plug) {
    case PciPlug::Express:
    case PciPlug::UpstreamPort:
    case PciPlug::ExpressBridge:
        if (!express_) return false;
        add_bus(root_port);
        return true;
    case PciPlug::Conventional:
    case PciPlug::Bridge:
        if (board_ == Board::Pseries) {
            add_bus("pci-root");
            return true;
        }
        if (!express_) {
            add_bus("pci-bridge");
            return true;
        }
        if (has_bridge()) {
            add_bus("pci-bridge");
            return true;
        }
        add_bus(root_port); // even beside a free one, which the bridge may then take
        topology_.take(PciPlug::ExpressBridge);
        add_bus("pcie-to-pci-bridge");
        return true;
    default: return false;
    }
}

std::optional<PciAddress> PciAssignment::take(PciPlug plug) {
    auto address = topology_.take(plug);
    if (!address && add_bridge_for(plug)) address = topology_.take(plug);
    return address;
}

/// What an address without a place may say.
void keep_asked(PciAddress& address, const PciAddress& given) {
    address.multifunction = given.multifunction;
    address.zpci_uid = given.zpci_uid;
    address.zpci_fid = given.zpci_fid;
}

void PciAssignment::place(const PciDevice& device) {
    if (!is_open(*device.info)) return;
    auto address = take(device.plug == PciPlug::Integrated ? PciPlug::Express : device.plug);
    if (!address)
        throw Error(ErrorCode::InternalError, ErrorDomain::Domain,
                    fmt::format("there is no free PCI slot for {}", device.what));
    if (const auto* given = std::get_if<PciAddress>(&device.info->address)) keep_asked(*address, *given);
    device.info->address = *address;
}

/// Room for what is plugged in later: a port when the ports are ours to choose, a slot for one more bridge on
/// i440fx. (Not asked for when the user has filled all slots himself.)
void PciAssignment::reserve_spare(std::size_t given_buses) {
    if (!grow_) return;
    if (board_ == Board::Pseries) return;
    if (!express_)
        take(PciPlug::Bridge);
    else if (given_buses <= 1 && topology_.bus_count() > 1)
        take(PciPlug::Express);
}

/// The first function of a slot says that there are more.
void PciAssignment::set_multifunction(const std::vector<PciDevice>& devices) const {
    for (const auto& device : devices) {
        auto* address = std::get_if<PciAddress>(&device.info->address);
        if (address != nullptr && address->function == 0 && !address->multifunction &&
            topology_.shares_slot(*address))
            address->multifunction = Switch::On;
    }
}

std::map<std::uint32_t, std::string> PciAssignment::run() {
    make_buses();
    auto given_buses = static_cast<std::size_t>(
        std::ranges::count(devices_.controllers, ControllerType::Pci, &Controller::type));
    auto devices = list_devices();
    for (const auto& device : devices) {
        const auto* given = std::get_if<PciAddress>(&device.info->address);
        if (given == nullptr && !std::holds_alternative<std::monostate>(device.info->address))
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        fmt::format("{}: its address is of type 'pci'", device.what));
        if (given != nullptr && !is_open(*device.info)) topology_.reserve(*given, device.plug, device.what);
    }
    reserve_board();
    bool user_left_room = topology_.has_free_slot();
    auto is_bridge = [](PciPlug plug) {
        return plug != PciPlug::Conventional && plug != PciPlug::Express && plug != PciPlug::Integrated;
    };
    for (const auto& device : devices)
        if (is_bridge(device.plug)) place(device);
    place_companions();
    for (const auto& device : devices) place(device);
    if (user_left_room) reserve_spare(given_buses);
    set_multifunction(devices);
    if (board_ == Board::S390) number_for_s390(devices);
    return std::move(added_);
}

/// Bridges that were missing have no number until the next definition: so libvirt has it, and so the numbers
/// of the other devices stay.
void PciAssignment::number_for_s390(const std::vector<PciDevice>& devices) {
    std::set<const DeviceInfo*> bridges;
    for (const auto& controller : devices_.controllers)
        if (controller.type == ControllerType::Pci && added_.contains(*controller.index))
            bridges.insert(&controller.info);
    std::vector<DeviceInfo*> infos;
    for (const auto& device : devices)
        if (!bridges.contains(device.info)) infos.push_back(device.info);
    assign_zpci(infos);
}

} // namespace

namespace {
void check_expanders(const Domain& domain) {
    auto board = board_of(domain.os.machine);
    for (const auto& controller : domain.devices.controllers) {
        bool fits = controller.model == "pci-expander-bus"    ? board == Board::I440fx
                    : controller.model == "pcie-expander-bus" ? has_express(board)
                                                              : true;
        if (!fits)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("machine type {} has no controllers of model '{}'", domain.os.machine,
                                    controller.model));
    }
}
} // namespace

/// Buses that were missing come after those of the user, whatever their numbers: so they are placed.
void assign_pci_addresses(Domain& domain) {
    check_expanders(domain);
    auto attempt = domain;
    auto missing = PciAssignment{attempt}.run();
    for (const auto& [index, model] : missing) {
        auto& bus = domain.devices.controllers.emplace_back();
        bus.type = ControllerType::Pci;
        bus.index = index;
        bus.model = model;
    }
    PciAssignment{domain, std::move(missing)}.run();
    complete_bridges(domain);
}

} // namespace vireo::qemu
