// SPDX-License-Identifier: Apache-2.0
// What people see, type and hear: VNC, video cards, input devices, audio.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// VNC counts displays, clients count ports.
constexpr std::int32_t first_vnc_port = 5900;

std::string vnc_address(const Graphics& graphics, const LaunchContext& context) {
    static const GraphicsListen anywhere;
    const auto& listen = graphics.listens.empty() ? anywhere : graphics.listens.front();
    switch (listen.type) {
    case ListenType::None: return "none";
    case ListenType::Socket: {
        auto path = listen.socket.empty() ? (context.directory / "vnc.sock").native() : listen.socket;
        return "vnc=unix:" + escape(path);
    }
    case ListenType::Network:
        if (listen.address.empty())
            throw error(ErrorCode::ConfigUnsupported,
                        "listening on a network cannot be started by this version");
        break;
    case ListenType::Address: break;
    }
    auto address = listen.address.empty() ? context.vnc_listen : listen.address;
    if (address.find(':') != address.npos) address = fmt::format("[{}]", address);
    return fmt::format("{}:{}", escape(address), graphics.port.value_or(first_vnc_port) - first_vnc_port);
}

/// QEMU's card for a type; the first one has a VGA part, which firmware needs.
std::string_view card_of(VideoType type, bool primary) {
    switch (type) {
    case VideoType::Vga: return "VGA";
    case VideoType::Cirrus: return "cirrus-vga";
    case VideoType::Vmvga: return "vmware-svga";
    case VideoType::Qxl: return primary ? "qxl-vga" : "qxl";
    case VideoType::Virtio: return primary ? "virtio-vga" : "virtio-gpu-pci";
    case VideoType::Bochs: return "bochs-display";
    case VideoType::Ramfb: return "ramfb";
    default: return {};
    }
}

constexpr std::uint32_t kib_per_mib = 1024;

void put_memory(json::object& card, const Video& video) {
    switch (video.type) {
    case VideoType::Vga:
        if (video.vram) card["vgamem_mb"] = *video.vram / kib_per_mib;
        break;
    case VideoType::Vmvga:
        if (video.vram) card["vgamem_mb"] = *video.vram / kib_per_mib;
        break;
    case VideoType::Bochs:
        if (video.vram) card["vgamem"] = std::uint64_t{*video.vram} * 1024;
        break;
    case VideoType::Qxl:
        if (video.heads) card["max_outputs"] = *video.heads;
        card["ram_size"] = std::uint64_t{video.ram.value_or(0)} * 1024;
        card["vram_size"] = std::uint64_t{video.vram.value_or(0)} * 1024;
        card["vram64_size_mb"] = video.vram64.value_or(0) / kib_per_mib;
        card["vgamem_mb"] = video.vgamem.value_or(0) / kib_per_mib;
        break;
    case VideoType::Virtio:
        if (video.heads) card["max_outputs"] = *video.heads;
        break;
    default: break;
    }
}
} // namespace

void CommandLineBuilder::add_graphics(const Graphics& graphics) {
    if (graphics.type != GraphicsType::Vnc)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("graphics of type '{}' cannot be started by this version; it starts 'vnc'",
                                name_of(graphics.type)));
    auto vnc = vnc_address(graphics, context_);
    if (graphics.websocket) // "on" takes the display's number plus 5700
        vnc += *graphics.websocket < 0 ? ",websocket=on" : fmt::format(",websocket={}", *graphics.websocket);
    if (graphics.share_policy) vnc += fmt::format(",share={}", name_of(*graphics.share_policy));
    if (graphics.power_control)
        vnc += fmt::format(",power-control={}", *graphics.power_control == Answer::Yes ? "on" : "off");
    if (graphics.password) vnc += ",password=on";
    if (!devices_.audios.empty()) vnc += fmt::format(",audiodev=audio{}", devices_.audios.front().id);
    option("-vnc", vnc);
    if (!graphics.keymap.empty()) option("-k", graphics.keymap);
}

void CommandLineBuilder::add_video(const Video& video, bool primary) {
    if (video.type == VideoType::None) return;
    auto driver = card_of(video.type, primary);
    if (driver.empty())
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("video type '{}' is not there on QEMU's x86 machines; take virtio, vga, qxl, cirrus, "
                        "vmvga, bochs or ramfb",
                        name_of(video.type)));
    require_device(driver);
    json::object card{{"driver", driver}, {"id", video.info.alias}};
    put_memory(card, video);
    put_address(card, video.info);
    option("-device", card);
}

void CommandLineBuilder::add_input(const Input& input) {
    if (input.bus == InputBus::Ps2) return; // the board's
    auto refuse = [&] {
        return error(ErrorCode::ConfigUnsupported,
                     fmt::format("input '{}' on bus '{}' cannot be started by this version",
                                 name_of(input.type), name_of(*input.bus)));
    };
    bool on_usb = input.bus == InputBus::Usb;
    if (!on_usb && input.bus != InputBus::Virtio) throw refuse();
    std::string driver;
    switch (input.type) {
    case InputType::Mouse: driver = on_usb ? "usb-mouse" : "virtio-mouse-pci"; break;
    case InputType::Tablet: driver = on_usb ? "usb-tablet" : "virtio-tablet-pci"; break;
    case InputType::Keyboard: driver = on_usb ? "usb-kbd" : "virtio-keyboard-pci"; break;
    default: throw refuse();
    }
    require_device(driver);
    json::object device{{"driver", driver}, {"id", input.info.alias}};
    put_address(device, input.info);
    option("-device", device);
}

void CommandLineBuilder::add_audio(const Audio& audio) {
    if (audio.type != AudioType::None)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("audio of type '{}' cannot be started by this version; it starts 'none'",
                                name_of(audio.type)));
    option("-audiodev", json::object{{"id", fmt::format("audio{}", audio.id)}, {"driver", "none"}});
}

} // namespace vireo::qemu
