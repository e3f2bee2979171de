// SPDX-License-Identifier: Apache-2.0
// What people see, type and hear: VNC, video cards, input devices, audio.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

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
            throw error(ErrorCode::NoNetwork, fmt::format("there is no network '{}'", listen.network));
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

void CommandLineBuilder::add_vnc(const Graphics& graphics) {
    auto vnc = vnc_address(graphics, context_);
    if (graphics.websocket) // "on" takes the display's number plus 5700
        vnc += *graphics.websocket < 0 ? ",websocket=on" : fmt::format(",websocket={}", *graphics.websocket);
    if (graphics.share_policy) vnc += fmt::format(",share={}", name_of(*graphics.share_policy));
    if (graphics.power_control)
        vnc += fmt::format(",power-control={}", *graphics.power_control == Answer::Yes ? "on" : "off");
    if (graphics.password) vnc += ",password=on";
    if (auto audio = audio_of(graphics.audio_id); !audio.empty()) vnc += ",audiodev=" + audio;
    option("-vnc", vnc);
    if (!graphics.keymap.empty()) option("-k", graphics.keymap);
}

/// QEMU has one display of a type.
void CommandLineBuilder::require_one_of_each() const {
    for (auto graphics = devices_.graphics.begin(); graphics != devices_.graphics.end(); ++graphics)
        if (std::ranges::find(std::next(graphics), devices_.graphics.end(), graphics->type,
                              &Graphics::type) != devices_.graphics.end())
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("QEMU has one display of type '{}' at most", name_of(graphics->type)));
}

/// QEMU shows the display on a bus: the given one, that of one client (p2p), or one made for the guest.
void CommandLineBuilder::add_dbus(const Graphics& graphics) {
    std::string display = "dbus";
    if (graphics.peer_to_peer == Answer::Yes) {
        display += ",p2p=on";
    } else if (!graphics.dbus_address.empty()) {
        display += ",addr=" + escape(graphics.dbus_address);
    } else if (!context_.dbus_socket.empty()) {
        display += ",addr=unix:path=" + escape(context_.dbus_socket.native());
    } else {
        throw error(ErrorCode::ConfigUnsupported,
                    "graphics of type 'dbus' needs an address or p2p='yes': this version starts no bus");
    }
    if (graphics.gl) {
        display += fmt::format(",gl={}", *graphics.gl == Answer::Yes ? "on" : "off");
        if (!graphics.render_node.empty()) display += ",rendernode=" + escape(graphics.render_node);
    }
    if (graphics.audio_id) display += ",audiodev=" + audio_of(graphics.audio_id);
    option("-display", display);
}

void CommandLineBuilder::add_graphics(const Graphics& graphics) {
    switch (graphics.type) {
    case GraphicsType::Vnc: return add_vnc(graphics);
    case GraphicsType::Spice: return add_spice(graphics);
    case GraphicsType::EglHeadless: {
        std::string display = "egl-headless";
        if (!graphics.render_node.empty()) display += ",rendernode=" + escape(graphics.render_node);
        return option("-display", display);
    }
    case GraphicsType::Sdl: {
        if (!graphics.xauth.empty()) line_.environment.push_back("XAUTHORITY=" + graphics.xauth);
        if (!graphics.display.empty()) line_.environment.push_back("DISPLAY=" + graphics.display);
        if (graphics.full_screen == Answer::Yes) option("-full-screen");
        std::string display = "sdl";
        if (graphics.gl) display += fmt::format(",gl={}", *graphics.gl == Answer::Yes ? "on" : "off");
        return option("-display", display);
    }
    case GraphicsType::Dbus: return add_dbus(graphics);
    default:
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("graphics of type '{}' cannot be started by this version", name_of(graphics.type)));
    }
}

void CommandLineBuilder::add_video(const Video& video, bool primary) {
    if (video.type == VideoType::None) return;
    auto driver = std::string{card_of(video.type, primary)};
    if (video.driver == VideoDriver::Vhostuser)
        throw error(ErrorCode::ConfigUnsupported,
                    "video of driver 'vhostuser' cannot be started by this version");
    if (driver.empty())
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("video type '{}' is not there on QEMU's x86 machines; take virtio, vga, qxl, cirrus, "
                        "vmvga, bochs or ramfb",
                        name_of(video.type)));
    bool has_vga = capabilities_.has_device("virtio-vga");
    if (video.type == VideoType::Virtio && !has_vga) driver = virtio_device("virtio-gpu", "", video.info);
    if (video.type == VideoType::Virtio && has_vga && video.accel3d == Answer::Yes)
        driver = primary ? "virtio-vga-gl" : "virtio-gpu-gl-pci";
    require_device(driver);
    json::object card{{"driver", driver}, {"id", video.info.alias}};
    put_virtio(card, video.virtio);
    put_memory(card, video);
    if (video.width) card["xres"] = *video.width;
    if (video.height) card["yres"] = *video.height;
    put_address(card, video.info);
    option("-device", card);
}

/// All that an input device of the host says goes to the guest's own ones.
void CommandLineBuilder::add_evdev(const Input& input) {
    json::object object{{"qom-type", "input-linux"}, {"id", input.info.alias}, {"evdev", input.source}};
    if (input.repeat) object["repeat"] = *input.repeat == Switch::On;
    if (input.grab == "all") object["grab_all"] = true;
    if (!input.grab_toggle.empty()) object["grab-toggle"] = input.grab_toggle;
    option("-object", object);
}

void CommandLineBuilder::add_input(const Input& input) {
    if (input.bus == InputBus::Ps2) return; // the board's
    auto refuse = [&] {
        return error(ErrorCode::ConfigUnsupported,
                     fmt::format("input '{}' on bus '{}' cannot be started by this version",
                                 name_of(input.type), name_of(*input.bus)));
    };
    bool on_usb = input.bus == InputBus::Usb;
    if (input.type == InputType::Evdev) return add_evdev(input);
    if (!on_usb && input.bus != InputBus::Virtio) throw refuse();
    auto virtio = [&](std::string_view base) { return virtio_device(base, input.model, input.info); };
    std::string driver;
    switch (input.type) {
    case InputType::Mouse: driver = on_usb ? "usb-mouse" : virtio("virtio-mouse"); break;
    case InputType::Tablet: driver = on_usb ? "usb-tablet" : virtio("virtio-tablet"); break;
    case InputType::Keyboard: driver = on_usb ? "usb-kbd" : virtio("virtio-keyboard"); break;
    case InputType::Passthrough:
        if (on_usb) throw refuse();
        driver = virtio("virtio-input-host");
        break;
    default: throw refuse();
    }
    require_device(driver);
    json::object device{{"driver", driver}, {"id", input.info.alias}};
    if (input.type == InputType::Passthrough) device["evdev"] = input.source;
    put_virtio(device, input.virtio);
    put_address(device, input.info);
    option("-device", device);
}

} // namespace vireo::qemu
