// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/device_info.hpp"
#include "model/domain/security.hpp"

#include <vector>

namespace vireo::model::domain {

/// What stands behind a character device on the host.
enum class CharacterType {
    Null,
    Vc,
    Pty,
    Dev,
    File,
    Pipe,
    Stdio,
    Udp,
    Tcp,
    Unix,
    Spicevmc,
    Spiceport,
    Nmdm,
    QemuVdagent,
    Dbus
};
constexpr auto names_of(CharacterType) {
    using enum CharacterType;
    return std::to_array<std::pair<CharacterType, std::string_view>>({{Null, "null"},
                                                                      {Vc, "vc"},
                                                                      {Pty, "pty"},
                                                                      {Dev, "dev"},
                                                                      {File, "file"},
                                                                      {Pipe, "pipe"},
                                                                      {Stdio, "stdio"},
                                                                      {Udp, "udp"},
                                                                      {Tcp, "tcp"},
                                                                      {Unix, "unix"},
                                                                      {Spicevmc, "spicevmc"},
                                                                      {Spiceport, "spiceport"},
                                                                      {Nmdm, "nmdm"},
                                                                      {QemuVdagent, "qemu-vdagent"},
                                                                      {Dbus, "dbus"}});
}

enum class SocketMode { Connect, Bind };
constexpr auto names_of(SocketMode) {
    using enum SocketMode;
    return std::to_array<std::pair<SocketMode, std::string_view>>({{Connect, "connect"}, {Bind, "bind"}});
}

/// Who draws the pointer of a guest with an agent.
enum class MouseMode { Server, Client };
constexpr auto names_of(MouseMode) {
    using enum MouseMode;
    return std::to_array<std::pair<MouseMode, std::string_view>>({{Server, "server"}, {Client, "client"}});
}

/// The host's end of a character device: <source>, <protocol> and <log>.
struct CharacterSource {
    CharacterType type = CharacterType::Pty;
    std::string path;                    ///< of a pty: live only
    std::optional<Switch> append;        ///< of a file
    std::optional<SocketMode> mode;      ///< of a unix socket
    std::string host, service;           ///< of tcp; where udp sends to
    std::string bind_host, bind_service; ///< of udp
    std::string protocol;                ///< of tcp: "raw" or "telnet", …; empty until completed
    std::optional<Answer> tls;
    std::optional<Answer> reconnect;
    std::optional<std::uint32_t> reconnect_timeout; ///< seconds
    std::string channel;                            ///< of spiceport and dbus
    std::string master, slave;                      ///< of nmdm
    std::optional<MouseMode> mouse;                 ///< of qemu-vdagent
    std::optional<Answer> clipboard;                ///< of qemu-vdagent
    std::string log_file;
    std::optional<Switch> log_append;
    std::vector<DeviceLabel> labels;
    friend bool operator==(const CharacterSource&, const CharacterSource&) = default;
};

enum class SerialTarget { Isa, Usb, Pci, SpaprVio, System, Sclp, IsaDebug };
constexpr auto names_of(SerialTarget) {
    using enum SerialTarget;
    return std::to_array<std::pair<SerialTarget, std::string_view>>({{Isa, "isa-serial"},
                                                                     {Usb, "usb-serial"},
                                                                     {Pci, "pci-serial"},
                                                                     {SpaprVio, "spapr-vio-serial"},
                                                                     {System, "system-serial"},
                                                                     {Sclp, "sclp-serial"},
                                                                     {IsaDebug, "isa-debug"}});
}

/// <serial>: a UART of the guest.
struct Serial {
    CharacterSource source;
    std::optional<SerialTarget> target; ///< absent until completed
    std::optional<std::uint32_t> port;  ///< absent until numbered
    std::string model;                  ///< "isa-serial", "16550a", "pl011", …; empty until completed
    DeviceInfo info;
    friend bool operator==(const Serial&, const Serial&) = default;
};

/// <parallel>: a parallel port of the guest.
struct Parallel {
    CharacterSource source;
    std::optional<std::uint32_t> port; ///< absent until numbered
    DeviceInfo info;
    friend bool operator==(const Parallel&, const Parallel&) = default;
};

enum class ConsoleTarget { Serial, Xen, Uml, Virtio, Lxc, Openvz, Sclp, Sclplm };
constexpr auto names_of(ConsoleTarget) {
    using enum ConsoleTarget;
    return std::to_array<std::pair<ConsoleTarget, std::string_view>>({{Serial, "serial"},
                                                                      {Xen, "xen"},
                                                                      {Uml, "uml"},
                                                                      {Virtio, "virtio"},
                                                                      {Lxc, "lxc"},
                                                                      {Openvz, "openvz"},
                                                                      {Sclp, "sclp"},
                                                                      {Sclplm, "sclplm"}});
}

/// <console>. The first one with target `serial` is the first <serial> seen again, as libvirt shows it.
struct Console {
    CharacterSource source;
    std::optional<ConsoleTarget> target; ///< absent until completed
    std::optional<std::uint32_t> port;   ///< absent until numbered
    DeviceInfo info;
    friend bool operator==(const Console&, const Console&) = default;
};

enum class ChannelTarget { Guestfwd, Virtio, Xen };
constexpr auto names_of(ChannelTarget) {
    using enum ChannelTarget;
    return std::to_array<std::pair<ChannelTarget, std::string_view>>(
        {{Guestfwd, "guestfwd"}, {Virtio, "virtio"}, {Xen, "xen"}});
}

enum class ChannelState { Connected, Disconnected };
constexpr auto names_of(ChannelState) {
    using enum ChannelState;
    return std::to_array<std::pair<ChannelState, std::string_view>>(
        {{Connected, "connected"}, {Disconnected, "disconnected"}});
}

/// <channel>: a named byte channel between guest and host, such as the guest agent's.
struct Channel {
    CharacterSource source;
    ChannelTarget target = ChannelTarget::Virtio;
    std::string name;                      ///< of a virtio channel, "org.qemu.guest_agent.0"
    std::optional<ChannelState> state;     ///< live only
    std::string guest_address, guest_port; ///< of a guestfwd channel
    DeviceInfo info;
    friend bool operator==(const Channel&, const Channel&) = default;
};

} // namespace vireo::model::domain
