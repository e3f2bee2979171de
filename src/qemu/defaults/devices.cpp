// SPDX-License-Identifier: Apache-2.0
// Devices that are there unless the user says otherwise, and what he left open about those that he named.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
bool is_x86(const Domain& domain) { return domain.os.arch == "x86_64" || domain.os.arch == "i686"; }

void complete_serial(Serial& serial, std::uint32_t number) {
    if (!serial.target) serial.target = SerialTarget::Isa;
    if (!serial.port) serial.port = number;
    if (!serial.model.empty()) return;
    switch (*serial.target) {
    case SerialTarget::Isa: serial.model = "isa-serial"; break;
    case SerialTarget::Pci: serial.model = "pci-serial"; break;
    case SerialTarget::Usb: serial.model = "usb-serial"; break;
    case SerialTarget::IsaDebug: serial.model = "isa-debugcon"; break;
    default: break; // of other boards
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
    bool shown = !serials.empty() && serials.front().target != SerialTarget::IsaDebug;
    if (shown && !console_is_serial)
        consoles.insert(consoles.begin(), Console{serials.front().source, ConsoleTarget::Serial, 0, {}});
    std::uint32_t number = 0;
    for (auto& console : consoles) {
        if (!console.target) console.target = ConsoleTarget::Serial;
        if (!console.port) console.port = number;
        ++number;
    }
}

void complete_inputs(Domain& domain) {
    auto& inputs = domain.devices.inputs;
    for (auto& input : inputs)
        if (!input.bus) input.bus = input.type == InputType::Tablet ? InputBus::Usb : InputBus::Ps2;
    if (!is_x86(domain)) return;
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

void complete_videos(Domain& domain, const Capabilities& capabilities) {
    auto& videos = domain.devices.videos;
    if (videos.empty() && !domain.devices.graphics.empty()) videos.emplace_back();
    for (auto& video : videos) {
        if (video.type == VideoType::Default)
            video.type = capabilities.has_device("cirrus-vga") ? VideoType::Cirrus : VideoType::Vga;
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
    bool on_port = graphics.listens.front().type == ListenType::Address ||
                   graphics.listens.front().type == ListenType::Network;
    if (on_port && !graphics.port) graphics.autoport = true;
}

/// Sound goes where the display goes; only VNC and SPICE carry it, and a guest without any display discards
/// it.
void add_audio(Devices& devices) {
    auto shown_by = [&](GraphicsType type) {
        return std::ranges::find(devices.graphics, type, &Graphics::type) != devices.graphics.end();
    };
    if (!devices.audios.empty()) return;
    if (!devices.graphics.empty() && !shown_by(GraphicsType::Vnc) && !shown_by(GraphicsType::Spice)) return;
    auto& audio = devices.audios.emplace_back();
    audio.id = 1;
    audio.type = shown_by(GraphicsType::Spice) ? AudioType::Spice : AudioType::None;
}

std::string default_interface_model(const Capabilities& capabilities) {
    for (const char* device : {"rtl8139", "e1000"})
        if (capabilities.has_device(device)) return device;
    return "virtio";
}
} // namespace

void complete_devices(Domain& domain, const Capabilities& capabilities) {
    auto& devices = domain.devices;
    pair_console_and_serial(devices);
    std::uint32_t number = 0;
    for (auto& serial : devices.serials) complete_serial(serial, number++);
    complete_inputs(domain);
    for (auto& graphics : devices.graphics) complete_graphics(graphics);
    complete_videos(domain, capabilities);
    for (auto& interface : devices.interfaces)
        if (interface.model.empty())
            interface.model =
                interface.type == InterfaceType::Vdpa ? "virtio" : default_interface_model(capabilities);
    add_audio(devices);
    for (auto& rng : devices.rngs)
        if (rng.backend == RngBackend::Random && rng.path.empty()) rng.path = "/dev/random";
    if (!devices.memory_balloon) devices.memory_balloon.emplace();
}

} // namespace vireo::qemu
