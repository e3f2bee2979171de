// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/device_info.hpp"

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
    std::optional<InputBus> bus; ///< absent until completed
    DeviceInfo info;
    xml::Kept kept;
    friend bool operator==(const Input&, const Input&) = default;
};

/// The three forms of a virtio device on PCI (the plain one is what the machine's bus suggests).
enum class RngModel { Virtio, VirtioTransitional, VirtioNonTransitional };
constexpr auto names_of(RngModel) {
    using enum RngModel;
    return std::to_array<std::pair<RngModel, std::string_view>>(
        {{Virtio, "virtio"},
         {VirtioTransitional, "virtio-transitional"},
         {VirtioNonTransitional, "virtio-non-transitional"}});
}

enum class RngBackend { Random, Egd, Builtin };
constexpr auto names_of(RngBackend) {
    using enum RngBackend;
    return std::to_array<std::pair<RngBackend, std::string_view>>(
        {{Random, "random"}, {Egd, "egd"}, {Builtin, "builtin"}});
}

/// <rng>: `rate_bytes` may be read in each `rate_period` milliseconds.
struct Rng {
    RngModel model = RngModel::Virtio;
    std::optional<std::uint32_t> rate_bytes, rate_period;
    RngBackend backend = RngBackend::Random;
    std::string path; ///< of backend random: the host's device; empty: QEMU's default
    xml::Kept backend_kept;
    DeviceInfo info;
    xml::Kept kept;
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
    DeviceInfo info;
    xml::Kept kept;
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

/// <audio>: the host's end of sound devices. `none` is supported.
struct Audio {
    std::uint32_t id = 0; ///< from 1
    AudioType type = AudioType::None;
    xml::Kept kept;
    friend bool operator==(const Audio&, const Audio&) = default;
};

} // namespace vireo::model::domain
