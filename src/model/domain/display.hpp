// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/character.hpp"

#include <vector>

namespace vireo::model::domain {

enum class GraphicsType { Sdl, Vnc, Rdp, Desktop, Spice, EglHeadless, Dbus };
constexpr auto names_of(GraphicsType) {
    using enum GraphicsType;
    return std::to_array<std::pair<GraphicsType, std::string_view>>({{Sdl, "sdl"},
                                                                     {Vnc, "vnc"},
                                                                     {Rdp, "rdp"},
                                                                     {Desktop, "desktop"},
                                                                     {Spice, "spice"},
                                                                     {EglHeadless, "egl-headless"},
                                                                     {Dbus, "dbus"}});
}

enum class ListenType { Address, Network, Socket, None };
constexpr auto names_of(ListenType) {
    using enum ListenType;
    return std::to_array<std::pair<ListenType, std::string_view>>(
        {{Address, "address"}, {Network, "network"}, {Socket, "socket"}, {None, "none"}});
}

enum class SharePolicy { AllowExclusive, ForceShared, Ignore };
constexpr auto names_of(SharePolicy) {
    using enum SharePolicy;
    return std::to_array<std::pair<SharePolicy, std::string_view>>(
        {{AllowExclusive, "allow-exclusive"}, {ForceShared, "force-shared"}, {Ignore, "ignore"}});
}

/// <listen>: where a display server accepts connections.
struct GraphicsListen {
    ListenType type = ListenType::Address;
    std::string address; ///< empty: what the driver's configuration says
    std::string network;
    std::string socket; ///< empty: a path that the driver chooses
    friend bool operator==(const GraphicsListen&, const GraphicsListen&) = default;
};

enum class SpiceChannelName { Main, Display, Inputs, Cursor, Playback, Record, Smartcard, Usbredir };
constexpr auto names_of(SpiceChannelName) {
    using enum SpiceChannelName;
    return std::to_array<std::pair<SpiceChannelName, std::string_view>>({{Main, "main"},
                                                                         {Display, "display"},
                                                                         {Inputs, "inputs"},
                                                                         {Cursor, "cursor"},
                                                                         {Playback, "playback"},
                                                                         {Record, "record"},
                                                                         {Smartcard, "smartcard"},
                                                                         {Usbredir, "usbredir"}});
}

enum class SpiceChannelMode { Any, Secure, Insecure };
constexpr auto names_of(SpiceChannelMode) {
    using enum SpiceChannelMode;
    return std::to_array<std::pair<SpiceChannelMode, std::string_view>>(
        {{Any, "any"}, {Secure, "secure"}, {Insecure, "insecure"}});
}

struct SpiceChannel {
    SpiceChannelName name = SpiceChannelName::Main;
    SpiceChannelMode mode = SpiceChannelMode::Any;
    friend bool operator==(const SpiceChannel&, const SpiceChannel&) = default;
};

/// QEMU has the same names.
enum class SpiceImage { AutoGlz, AutoLz, Quic, Glz, Lz, Off };
constexpr auto names_of(SpiceImage) {
    using enum SpiceImage;
    return std::to_array<std::pair<SpiceImage, std::string_view>>(
        {{AutoGlz, "auto_glz"}, {AutoLz, "auto_lz"}, {Quic, "quic"}, {Glz, "glz"}, {Lz, "lz"}, {Off, "off"}});
}
enum class SpiceCompression { Auto, Never, Always };
constexpr auto names_of(SpiceCompression) {
    using enum SpiceCompression;
    return std::to_array<std::pair<SpiceCompression, std::string_view>>(
        {{Auto, "auto"}, {Never, "never"}, {Always, "always"}});
}
enum class SpiceStreaming { Filter, All, Off };
constexpr auto names_of(SpiceStreaming) {
    using enum SpiceStreaming;
    return std::to_array<std::pair<SpiceStreaming, std::string_view>>(
        {{Filter, "filter"}, {All, "all"}, {Off, "off"}});
}

/// What only a SPICE display has; the names of its compressions are QEMU's too.
struct SpiceOptions {
    std::optional<std::int32_t> tls_port; ///< absent: none, or with `autoport` any
    std::optional<SpiceChannelMode> default_mode;
    std::vector<SpiceChannel> channels;
    std::optional<SpiceImage> image;
    std::optional<SpiceCompression> jpeg, zlib;
    std::optional<SpiceStreaming> streaming;
    std::optional<MouseMode> mouse;
    std::optional<Switch> playback;
    std::optional<Answer> clipboard, file_transfer;
    friend bool operator==(const SpiceOptions&, const SpiceOptions&) = default;
};

/// <graphics>. The parts that only other types than vnc and spice have are kept.
struct Graphics {
    GraphicsType type = GraphicsType::Vnc;
    std::optional<std::int32_t> port; ///< absent with `autoport`; live: the chosen one
    bool autoport = false;
    std::optional<std::int32_t> websocket; ///< -1: any
    std::string keymap;
    std::optional<SharePolicy> share_policy;
    std::optional<std::string> password; ///< a secret
    std::string password_valid_to;       ///< UTC, "2024-12-24T18:00:00"
    std::optional<Answer> power_control;
    std::vector<GraphicsListen> listens;
    SpiceOptions spice;
    std::string display, xauth;        ///< of sdl
    std::optional<Answer> full_screen; ///< of sdl and desktop
    std::string connected;             ///< what happens to a client that is there: "keep", "fail", …
    std::optional<Answer> gl;
    std::string render_node;
    std::optional<std::uint32_t> audio_id;
    std::string dbus_address;           ///< of dbus
    std::optional<Answer> peer_to_peer; ///< of dbus
    DeviceInfo info;
    xml::Kept kept;
    friend bool operator==(const Graphics&, const Graphics&) = default;
};

enum class VideoType {
    Default,
    Vga,
    Cirrus,
    Vmvga,
    Xen,
    Vbox,
    Qxl,
    Parallels,
    Virtio,
    Gop,
    None,
    Bochs,
    Ramfb
};
constexpr auto names_of(VideoType) {
    using enum VideoType;
    return std::to_array<std::pair<VideoType, std::string_view>>({{Default, "default"},
                                                                  {Vga, "vga"},
                                                                  {Cirrus, "cirrus"},
                                                                  {Vmvga, "vmvga"},
                                                                  {Xen, "xen"},
                                                                  {Vbox, "vbox"},
                                                                  {Qxl, "qxl"},
                                                                  {Parallels, "parallels"},
                                                                  {Virtio, "virtio"},
                                                                  {Gop, "gop"},
                                                                  {None, "none"},
                                                                  {Bochs, "bochs"},
                                                                  {Ramfb, "ramfb"}});
}

/// Who draws: QEMU, or a process beside it.
enum class VideoDriver { Qemu, Vhostuser };
constexpr auto names_of(VideoDriver) {
    using enum VideoDriver;
    return std::to_array<std::pair<VideoDriver, std::string_view>>(
        {{Qemu, "qemu"}, {Vhostuser, "vhostuser"}});
}

/// <video>: a graphics card. Its memories are counted in KiB.
struct Video {
    VideoType type = VideoType::Default;
    std::optional<std::uint32_t> ram, vram, vram64, vgamem, heads;
    std::optional<Answer> primary;
    std::optional<Answer> accel3d, accel2d;
    std::string accel_node; ///< the host's device of acceleration
    std::optional<std::uint32_t> width, height;
    std::optional<VideoDriver> driver;
    VirtioOptions virtio;
    DeviceInfo info;
    friend bool operator==(const Video&, const Video&) = default;
};

} // namespace vireo::model::domain
