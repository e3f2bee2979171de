// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/character.hpp"

namespace vireo::model::domain {

enum class InputType { Mouse, Tablet, Keyboard, Passthrough, Evdev };
constexpr auto names_of(InputType) {
    using enum InputType;
    return std::to_array<std::pair<InputType, std::string_view>>({{Mouse, "mouse"},
                                                                  {Tablet, "tablet"},
                                                                  {Keyboard, "keyboard"},
                                                                  {Passthrough, "passthrough"},
                                                                  {Evdev, "evdev"}});
}

enum class InputBus { Ps2, Usb, Xen, Parallels, Virtio, None };
constexpr auto names_of(InputBus) {
    using enum InputBus;
    return std::to_array<std::pair<InputBus, std::string_view>>({{Ps2, "ps2"},
                                                                 {Usb, "usb"},
                                                                 {Xen, "xen"},
                                                                 {Parallels, "parallels"},
                                                                 {Virtio, "virtio"},
                                                                 {None, "none"}});
}

struct Input {
    InputType type = InputType::Mouse;
    std::optional<InputBus> bus;   ///< absent until completed
    std::string model;             ///< of virtio: "virtio", "virtio-transitional", …
    std::string source;            ///< the host's device, of passthrough and evdev
    std::string grab, grab_toggle; ///< of evdev
    std::optional<Switch> repeat;  ///< of evdev
    VirtioOptions virtio;
    DeviceInfo info;
    xml::Kept kept;
    friend bool operator==(const Input&, const Input&) = default;
};

enum class RngBackend { Random, Egd, Builtin };
constexpr auto names_of(RngBackend) {
    using enum RngBackend;
    return std::to_array<std::pair<RngBackend, std::string_view>>(
        {{Random, "random"}, {Egd, "egd"}, {Builtin, "builtin"}});
}

/// <rng>: `rate_bytes` may be read in each `rate_period` milliseconds.
struct Rng {
    VirtioModel model = VirtioModel::Virtio;
    std::optional<std::uint32_t> rate_bytes, rate_period;
    RngBackend backend = RngBackend::Random;
    std::string path;       ///< of backend random: the host's device; empty: QEMU's default
    CharacterSource source; ///< of backend egd
    VirtioOptions virtio;
    DeviceInfo info;
    friend bool operator==(const Rng&, const Rng&) = default;
};

enum class BalloonModel { Virtio, Xen, None, VirtioTransitional, VirtioNonTransitional };
constexpr auto names_of(BalloonModel) {
    using enum BalloonModel;
    return std::to_array<std::pair<BalloonModel, std::string_view>>(
        {{Virtio, "virtio"},
         {Xen, "xen"},
         {None, "none"},
         {VirtioTransitional, "virtio-transitional"},
         {VirtioNonTransitional, "virtio-non-transitional"}});
}

struct MemoryBalloon {
    BalloonModel model = BalloonModel::Virtio;
    std::optional<Switch> autodeflate, free_page_reporting;
    std::optional<std::uint32_t> stats_period; ///< seconds
    VirtioOptions virtio;
    DeviceInfo info;
    friend bool operator==(const MemoryBalloon&, const MemoryBalloon&) = default;
};

enum class AudioType { None, Alsa, Coreaudio, Jack, Oss, Pulseaudio, Sdl, Spice, File, Dbus };
constexpr auto names_of(AudioType) {
    using enum AudioType;
    return std::to_array<std::pair<AudioType, std::string_view>>({{None, "none"},
                                                                  {Alsa, "alsa"},
                                                                  {Coreaudio, "coreaudio"},
                                                                  {Jack, "jack"},
                                                                  {Oss, "oss"},
                                                                  {Pulseaudio, "pulseaudio"},
                                                                  {Sdl, "sdl"},
                                                                  {Spice, "spice"},
                                                                  {File, "file"},
                                                                  {Dbus, "dbus"}});
}

enum class AudioFormat { S8, U8, S16, U16, S32, U32, F32 };
constexpr auto names_of(AudioFormat) {
    using enum AudioFormat;
    return std::to_array<std::pair<AudioFormat, std::string_view>>(
        {{S8, "s8"}, {U8, "u8"}, {S16, "s16"}, {U16, "u16"}, {S32, "s32"}, {U32, "u32"}, {F32, "f32"}});
}

/// What SDL plays by.
enum class SdlDriver { Esd, Alsa, Arts, Pulseaudio };
constexpr auto names_of(SdlDriver) {
    using enum SdlDriver;
    return std::to_array<std::pair<SdlDriver, std::string_view>>(
        {{Esd, "esd"}, {Alsa, "alsa"}, {Arts, "arts"}, {Pulseaudio, "pulseaudio"}});
}

/// <input> or <output> of <audio>.
struct AudioStream {
    std::optional<Answer> mixing_engine, fixed_settings;
    std::optional<std::uint32_t> frequency, channels, voices, buffer_length;
    std::optional<AudioFormat> format;
    std::optional<std::uint32_t> buffer_count, latency;
    std::string device, name, server_name, client_name, connect_ports;
    std::optional<Answer> try_poll, exact_name;
    friend bool operator==(const AudioStream&, const AudioStream&) = default;
};

/// <audio>: the host's end of sound devices.
struct Audio {
    std::uint32_t id = 0; ///< from 1
    AudioType type = AudioType::None;
    std::optional<std::uint32_t> timer_period;
    std::string path, server_name;
    std::optional<SdlDriver> driver;
    std::optional<Answer> try_mmap, exclusive;
    std::optional<std::uint32_t> dsp_policy;
    AudioStream input, output;
    friend bool operator==(const Audio&, const Audio&) = default;
};

} // namespace vireo::model::domain
