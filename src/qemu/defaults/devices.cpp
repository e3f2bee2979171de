// SPDX-License-Identifier: Apache-2.0
// Devices that are there unless the user says otherwise, and what he left open about those that he named.
#include "model/domain/normalise.hpp"
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
SerialTarget default_serial(const Domain& domain) {
    auto board = board_of(domain.os.machine);
    if (board == Board::Pseries) return SerialTarget::SpaprVio;
    if (board == Board::S390) return SerialTarget::Sclp;
    bool on_chip = is_arm(domain.os.arch) || domain.os.arch.starts_with("riscv");
    return on_chip ? SerialTarget::System : SerialTarget::Isa;
}

SerialTarget target_of_address(const Domain& domain, const Serial& serial) {
    if (std::holds_alternative<UsbAddress>(serial.info.address)) return SerialTarget::Usb;
    return default_serial(domain);
}

void complete_serial(const Domain& domain, Serial& serial, std::uint32_t number) {
    bool compatible = serial.target == SerialTarget::Isa && serial.model.empty() && !is_x86(domain.os.arch);
    if (compatible) serial.target.reset(); // what older documents say of any port
    if (!serial.target) serial.target = target_of_address(domain, serial);
    if (!serial.port) serial.port = number;
    if (!serial.model.empty()) return;
    switch (*serial.target) {
    case SerialTarget::Isa: serial.model = "isa-serial"; break;
    case SerialTarget::Pci: serial.model = "pci-serial"; break;
    case SerialTarget::Usb: serial.model = "usb-serial"; break;
    case SerialTarget::IsaDebug: serial.model = "isa-debugcon"; break;
    case SerialTarget::SpaprVio: serial.model = "spapr-vty"; break;
    case SerialTarget::Sclp: serial.model = "sclpconsole"; break;
    case SerialTarget::System: serial.model = domain.os.arch.starts_with("riscv") ? "16550a" : "pl011"; break;
    }
}

/// The first console is the first serial port seen again: who gives one of the two has both.
void pair_console_and_serial(Devices& devices) {
    auto& consoles = devices.consoles;
    auto& serials = devices.serials;
    if (!consoles.empty() && !consoles.front().target) consoles.front().target = ConsoleTarget::Serial;
    bool console_is_serial = !consoles.empty() && consoles.front().target == ConsoleTarget::Serial;
    if (console_is_serial && serials.empty())
        serials.push_back(Serial{consoles.front().source, {}, 0, {}, {}});
    bool shown = !serials.empty() && shows_as_console(serials.front());
    if (shown && !console_is_serial)
        consoles.insert(consoles.begin(), Console{serials.front().source, ConsoleTarget::Serial, 0, {}});
    std::uint32_t number = 0;
    for (auto& console : consoles) {
        if (!console.target) console.target = ConsoleTarget::Serial;
        if (!console.port) console.port = number;
        ++number;
    }
}

/// A display is of no use without a keyboard and a mouse.
void add_usb_inputs(Domain& domain) {
    auto& devices = domain.devices;
    if (devices.graphics.empty()) return;
    for (auto type : {InputType::Keyboard, InputType::Mouse}) {
        bool there =
            std::ranges::any_of(devices.inputs, [&](const Input& input) { return input.type == type; });
        if (there) continue;
        auto& input = devices.inputs.emplace_back();
        input.type = type;
        input.bus = InputBus::Usb;
    }
}

InputBus default_bus(const Domain& domain, const Input& input) {
    if (input.type == InputType::Evdev) return InputBus::None; // which is not shown
    if (input.type == InputType::Passthrough) return InputBus::Virtio;
    bool on_board = is_x86(domain.os.arch) && input.type != InputType::Tablet;
    if (!on_board && board_of(domain.os.machine) == Board::S390) return InputBus::Virtio;
    return on_board ? InputBus::Ps2 : InputBus::Usb;
}

void complete_inputs(Domain& domain) {
    auto& inputs = domain.devices.inputs;
    for (auto& input : inputs)
        if (!input.bus) input.bus = default_bus(domain, input);
    if (!is_x86(domain.os.arch)) {
        if (board_of(domain.os.machine) == Board::Pseries) add_usb_inputs(domain);
        return;
    }
    for (auto type : {InputType::Mouse, InputType::Keyboard}) {
        bool there = std::ranges::any_of(
            inputs, [&](const auto& input) { return input.type == type && input.bus == InputBus::Ps2; });
        if (there) continue;
        auto& input = inputs.emplace_back();
        input.type = type;
        input.bus = InputBus::Ps2;
    }
}

/// The memories (KiB) of a card that the user left to us.
void complete_video_memory(Video& video) {
    constexpr std::uint32_t small = 16384, large = 65536;
    switch (video.type) {
    case VideoType::Vga:
    case VideoType::Cirrus:
    case VideoType::Vmvga:
    case VideoType::Bochs:
        if (!video.vram) video.vram = small;
        break;
    case VideoType::Qxl:
        if (!video.ram) video.ram = large;
        if (!video.vram) video.vram = large;
        if (!video.vgamem) video.vgamem = small;
        break;
    default: break;
    }
    if (!video.heads && video.type != VideoType::None && video.type != VideoType::Ramfb) video.heads = 1;
}

VideoType default_video(const Domain& domain, const Capabilities& capabilities) {
    if (board_of(domain.os.machine) == Board::Pseries) return VideoType::Vga;
    if (!is_x86(domain.os.arch)) return VideoType::Virtio;
    return capabilities.has_device("cirrus-vga") ? VideoType::Cirrus : VideoType::Vga;
}

void complete_videos(Domain& domain, const Capabilities& capabilities) {
    auto& videos = domain.devices.videos;
    if (videos.empty() && !domain.devices.graphics.empty()) videos.emplace_back();
    for (auto& video : videos) {
        if (video.type == VideoType::Default) video.type = default_video(domain, capabilities);
        complete_video_memory(video);
    }
    if (videos.empty()) return;
    auto is_primary = [](const Video& video) { return video.primary == Answer::Yes; };
    auto chosen = std::ranges::find_if(videos, is_primary);
    if (chosen != videos.end())
        std::rotate(videos.begin(), chosen, chosen + 1); // the primary one comes first
    if (videos.front().type != VideoType::None) videos.front().primary = Answer::Yes;
    constexpr auto secondary =
        std::to_array({VideoType::Qxl, VideoType::Virtio, VideoType::Bochs, VideoType::Ramfb});
    for (std::size_t number = 1; number < videos.size(); ++number) {
        if (videos.front().type == VideoType::None || videos[number].type == VideoType::None)
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        "a video device of type 'none' must be the only one");
        if (std::ranges::find(secondary, videos[number].type) == secondary.end())
            throw error(
                ErrorCode::ConfigUnsupported,
                fmt::format("video type '{}' works as the primary device only; as another one take 'virtio', "
                            "'qxl' or 'bochs'",
                            name_of(videos[number].type)));
    }
}

void complete_graphics(Graphics& graphics) {
    if (graphics.type != GraphicsType::Vnc) return;
    if (graphics.listens.empty()) graphics.listens.emplace_back();
}

std::string default_interface_model(const Domain& domain, const Capabilities& capabilities) {
    auto board = board_of(domain.os.machine);
    if (board == Board::S390 || board == Board::Virt) return "virtio";
    if (is_arm(domain.os.arch)) return domain.os.machine == "versatilepb" ? "smc91c111" : "lan9118";
    for (const char* device : {"rtl8139", "e1000"})
        if (capabilities.has_device(device)) return device;
    return "virtio";
}
void complete_panics(Domain& domain) {
    auto& panics = domain.devices.panics;
    auto board = board_of(domain.os.machine);
    bool implicit = board == Board::Pseries || board == Board::S390;
    if (implicit && panics.empty()) panics.emplace_back();
    for (auto& panic : panics) {
        if (panic.model) continue;
        panic.model = board == Board::Pseries ? PanicModel::Pseries
                      : board == Board::S390  ? PanicModel::S390
                                              : PanicModel::Isa;
    }
}

void complete_gic(Domain& domain) {
    if (board_of(domain.os.machine) != Board::Virt || !is_arm(domain.os.arch)) return;
    if (!domain.features) domain.features.emplace();
    auto& features = *domain.features;
    if (features.has_gic && !features.gic_version.empty()) return;
    features.has_gic = true;
    features.gic_version = "2";
}

void complete_hostdevs(std::vector<Hostdev>& hostdevs, const Capabilities& capabilities) {
    for (auto& hostdev : hostdevs) {
        if (!hostdev.mediated_model) continue;
        auto driver = name_of(*hostdev.mediated_model);
        if (!capabilities.has_device(driver))
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("{} has no device '{}', which a <hostdev type='mdev'> asks for",
                                    capabilities.emulator, driver));
        if (hostdev.mediated_model == MediatedModel::VfioPci && !hostdev.display)
            hostdev.display = Switch::Off;
    }
}

void complete_filesystems(std::vector<Filesystem>& filesystems) {
    for (auto& filesystem : filesystems) {
        if (!filesystem.type) filesystem.type = FilesystemType::Mount;
        bool has_rights = filesystem.socket.empty(); // else the server behind it knows
        if (!filesystem.access && has_rights) filesystem.access = FilesystemAccess::Passthrough;
    }
}

void complete_shared_memories(std::vector<Shmem>& memories) {
    constexpr auto usual = MemorySize::kib(4096);
    for (auto& shmem : memories) {
        if (shmem.model == ShmemModel::Plain && !shmem.size) shmem.size = usual;
        if (shmem.model != ShmemModel::Doorbell) continue;
        if (!shmem.interrupts) shmem.interrupts.emplace();
        if (!shmem.interrupts->ioeventfd) shmem.interrupts->ioeventfd = Switch::On;
    }
}

void complete_tpms(const Domain& domain, std::vector<Tpm>& tpms) {
    for (auto& tpm : tpms) {
        if (!tpm.model) tpm.model = domain.os.arch.starts_with("ppc") ? TpmModel::Spapr : TpmModel::Tis;
        if (tpm.backend == TpmBackend::Passthrough && tpm.device.empty()) tpm.device = "/dev/tpm0";
        bool may_be_old = tpm.model == TpmModel::Tis && is_x86(domain.os.arch);
        if (tpm.backend == TpmBackend::Emulator && !tpm.version)
            tpm.version = may_be_old ? TpmVersion::V12 : TpmVersion::V20;
    }
}

void complete_protocol(CharacterSource& source) {
    if (source.type == CharacterType::Tcp && source.protocol.empty()) source.protocol = "raw";
}

void complete_protocols(Devices& devices) {
    auto all = [](auto& list) {
        for (auto& device : list) complete_protocol(device.source);
    };
    all(devices.serials);
    all(devices.parallels);
    all(devices.consoles);
    all(devices.channels);
    all(devices.redirected_devices);
    for (auto& card : devices.smartcards)
        if (card.source) complete_protocol(*card.source);
    for (auto& rng : devices.rngs)
        if (rng.backend == RngBackend::Egd) complete_protocol(rng.source);
}
} // namespace

void complete_devices(Domain& domain, const Capabilities& capabilities) {
    auto& devices = domain.devices;
    pair_console_and_serial(devices);
    std::uint32_t number = 0;
    for (auto& serial : devices.serials) complete_serial(domain, serial, number++);
    number = 0;
    for (auto& parallel : devices.parallels) {
        if (!parallel.port) parallel.port = number;
        ++number;
    }
    complete_inputs(domain);
    for (auto& graphics : devices.graphics) complete_graphics(graphics);
    complete_videos(domain, capabilities);
    for (auto& interface : devices.interfaces) {
        bool passed_through = interface.type == InterfaceType::Hostdev; // the device is what it is
        if (!interface.model.empty() || passed_through) continue;
        interface.model =
            interface.type == InterfaceType::Vdpa ? "virtio" : default_interface_model(domain, capabilities);
    }
    for (auto& interface : devices.interfaces)
        if (interface.type == InterfaceType::Direct && !interface.source.mode)
            interface.source.mode = DirectMode::Vepa;
    if (auto audio = implied_audio(devices); audio && devices.audios.empty())
        devices.audios.push_back(std::move(*audio));
    for (auto& rng : devices.rngs)
        if (rng.backend == RngBackend::Random && rng.path.empty()) rng.path = "/dev/random";
    if (devices.vsock && !devices.vsock->model) devices.vsock->model = VirtioModel::Virtio;
    complete_panics(domain);
    complete_gic(domain);
    complete_hostdevs(devices.hostdevs, capabilities);
    complete_filesystems(devices.filesystems);
    complete_shared_memories(devices.shared_memories);
    complete_tpms(domain, devices.tpms);
    complete_protocols(devices);
    bool has_balloon = !is_arm(domain.os.arch) && domain.os.arch != "sparc";
    if (!devices.memory_balloon && has_balloon) devices.memory_balloon.emplace();
}

} // namespace vireo::qemu
