// SPDX-License-Identifier: Apache-2.0
// Serial ports, consoles and channels: a guest's device, and what stands behind it on the host.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string reconnect_of(const CharacterSource& source) {
    if (!source.reconnect) return {};
    bool again = *source.reconnect == Answer::Yes;
    return fmt::format(",reconnect={}", again ? source.reconnect_timeout.value_or(0) : 0);
}

std::string tcp_backend(const CharacterSource& source, std::string_view id) {
    if (source.protocol == "telnets" || source.protocol == "tls" || source.tls == Answer::Yes)
        throw error(ErrorCode::ConfigUnsupported,
                    "TLS of character devices cannot be started by this version");
    auto backend = fmt::format("socket,{},host={},port={}", id, escape(source.host), escape(source.service));
    if (source.protocol == "telnet") backend += ",telnet=on";
    if (source.mode == SocketMode::Bind) backend += ",server=on,wait=off";
    return backend + reconnect_of(source);
}

std::string udp_backend(const CharacterSource& source, std::string_view id) {
    auto backend = fmt::format("udp,{},host={},port={}", id, escape(source.host), escape(source.service));
    if (source.bind_host.empty() && source.bind_service.empty()) return backend;
    auto port = source.bind_service.empty() ? std::string{"0"} : source.bind_service;
    return backend + fmt::format(",localaddr={},localport={}", escape(source.bind_host), escape(port));
}

std::string unix_backend(const CharacterSource& source, std::string_view id, const std::string& file) {
    auto backend = fmt::format("socket,{},path={}", id, file);
    if (source.mode == SocketMode::Bind) backend += ",server=on,wait=off";
    return backend + reconnect_of(source);
}
} // namespace

/// `use` is what SPICE calls the device ("vdagent"), or tells a parallel port.
void CommandLineBuilder::add_character_backend(const CharacterSource& source, std::string_view alias,
                                               const std::string& path, std::string_view use) {
    auto id = fmt::format("id=char{}", alias);
    auto file = escape(path);
    std::string backend;
    switch (source.type) {
    case CharacterType::Pty: backend = "pty," + id; break;
    case CharacterType::Null: backend = "null," + id; break;
    case CharacterType::Vc: backend = "vc," + id; break;
    case CharacterType::Stdio: backend = "stdio," + id; break;
    case CharacterType::Dev:
        backend = fmt::format("{},{},path={}", use == "parallel" ? "parallel" : "serial", id, file);
        break;
    case CharacterType::Pipe: backend = fmt::format("pipe,{},path={}", id, file); break;
    case CharacterType::File:
        backend = fmt::format("file,{},path={}", id, file);
        if (source.append) backend += fmt::format(",append={}", name_of(*source.append));
        break;
    case CharacterType::Tcp: backend = tcp_backend(source, id); break;
    case CharacterType::Udp: backend = udp_backend(source, id); break;
    case CharacterType::Unix: backend = unix_backend(source, id, file); break;
    case CharacterType::Spicevmc: backend = fmt::format("spicevmc,{},name={}", id, use); break;
    case CharacterType::Spiceport:
        backend = fmt::format("spiceport,{},name={}", id, escape(source.channel));
        break;
    case CharacterType::Dbus: backend = fmt::format("dbus,{},name={}", id, escape(source.channel)); break;
    case CharacterType::QemuVdagent:
        backend = fmt::format("qemu-vdagent,{},name={},clipboard={},mouse={}", id, use,
                              source.clipboard == Answer::Yes ? "on" : "off",
                              source.mouse == MouseMode::Client ? "on" : "off");
        break;
    default:
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{}: source type '{}' cannot be started by this version", alias,
                                name_of(source.type)));
    }
    if (!source.log_file.empty()) {
        backend += ",logfile=" + escape(source.log_file);
        if (source.log_append) backend += fmt::format(",logappend={}", name_of(*source.log_append));
    }
    option("-chardev", backend);
}

void CommandLineBuilder::add_parallel(const Parallel& parallel) {
    add_character_backend(parallel.source, parallel.info.alias, parallel.source.path, "parallel");
    require_device("isa-parallel");
    json::object device{
        {"driver", "isa-parallel"}, {"chardev", "char" + parallel.info.alias}, {"id", parallel.info.alias}};
    put_address(device, parallel.info);
    option("-device", device);
}

void CommandLineBuilder::add_smartcard(const Smartcard& card) {
    json::object device;
    switch (card.mode) {
    case SmartcardMode::Host: device = {{"driver", "ccid-card-emulated"}, {"backend", "nss-emulated"}}; break;
    case SmartcardMode::HostCertificates:
        device = {{"driver", "ccid-card-emulated"}, {"backend", "certificates"}};
        for (std::size_t number = 0; number < card.certificates.size(); ++number)
            device[fmt::format("cert{}", number + 1)] = card.certificates[number];
        device["db"] = card.database.empty() ? "/etc/pki/nssdb" : card.database;
        break;
    case SmartcardMode::Passthrough:
        if (!card.source) return;
        auto source = *card.source;
        if (source.type == CharacterType::Unix && !source.mode) source.mode = SocketMode::Connect;
        add_character_backend(source, card.info.alias, source.path, "smartcard");
        device = {{"driver", "ccid-card-passthru"}, {"chardev", "char" + card.info.alias}};
        break;
    }
    device["id"] = card.info.alias;
    put_address(device, card.info);
    option("-device", device);
}

namespace {
/// The rules in QEMU's form: numbers with colons between, '|' between rules.
std::string text_of(const RedirectFilter& filter) {
    std::string text;
    auto hex = [](const std::optional<std::uint32_t>& value, int digits) {
        return value ? fmt::format("0x{:0{}X}", *value, digits) : std::string{"-1"};
    };
    for (const auto& rule : filter.rules) {
        if (!text.empty()) text += '|';
        text += fmt::format("{}:{}:{}:{}:{}", hex(rule.usb_class, 2), hex(rule.vendor, 4),
                            hex(rule.product, 4), hex(rule.version, 4), rule.allow ? 1 : 0);
    }
    return text;
}
} // namespace

void CommandLineBuilder::add_redirected(const RedirectedDevice& redirected) {
    add_character_backend(redirected.source, redirected.info.alias, redirected.source.path, "usbredir");
    require_device("usb-redir");
    json::object device{{"driver", "usb-redir"}, {"chardev", "char" + redirected.info.alias}};
    device["id"] = redirected.info.alias;
    if (devices_.redirect_filter) device["filter"] = text_of(*devices_.redirect_filter);
    put_boot_index(device, redirected.info);
    put_address(device, redirected.info);
    option("-device", device);
}

void CommandLineBuilder::add_serial(const Serial& serial) {
    if (serial.target == SerialTarget::System) return add_system_serial(serial);
    add_character_backend(serial.source, serial.info.alias, serial.source.path, "serial");
    auto driver = serial.model == "16550a" ? std::string{"isa-serial"} : serial.model;
    require_device(driver);
    json::object device{
        {"driver", driver}, {"chardev", "char" + serial.info.alias}, {"id", serial.info.alias}};
    if (driver == "isa-serial") device["index"] = serial.port.value_or(0);
    put_address(device, serial.info);
    option("-device", device);
}

/// A port of the board, which only `-serial` reaches.
void CommandLineBuilder::add_system_serial(const Serial& serial) {
    add_character_backend(serial.source, serial.info.alias, serial.source.path, "serial");
    option("-serial", "chardev:char" + serial.info.alias);
}

void CommandLineBuilder::add_console(const Console& console) {
    if (console.target == ConsoleTarget::Serial) return; // the serial port seen again
    if (console.target == ConsoleTarget::Sclp || console.target == ConsoleTarget::Sclplm)
        return add_sclp(console);
    if (console.target != ConsoleTarget::Virtio)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{}: a console has target 'serial' or 'virtio'", console.info.alias));
    add_character_backend(console.source, console.info.alias, console.source.path, "console");
    json::object device{{"driver", "virtconsole"}};
    put_address(device, console.info);
    device["chardev"] = "char" + console.info.alias;
    device["id"] = console.info.alias;
    option("-device", device);
}

/// The console of a mainframe's service processor.
void CommandLineBuilder::add_sclp(const Console& console) {
    add_character_backend(console.source, console.info.alias, console.source.path, "console");
    auto driver = console.target == ConsoleTarget::Sclp ? "sclpconsole" : "sclplmconsole";
    option("-device", json::object{{"driver", driver},
                                   {"chardev", "char" + console.info.alias},
                                   {"id", console.info.alias}});
}

/// An address of QEMU's own network that leads to the host's end.
void CommandLineBuilder::add_guest_forward(const Channel& channel) {
    add_character_backend(channel.source, channel.info.alias, channel.source.path, "guestfwd");
    auto rule = fmt::format("tcp:{}:{}-chardev:char{}", channel.guest_address, channel.guest_port,
                            channel.info.alias);
    json::object network{{"type", "user"}, {"guestfwd", json::array{json::object{{"str", rule}}}}};
    network["id"] = channel.info.alias;
    option("-netdev", network);
}

void CommandLineBuilder::add_channel(const Channel& channel) {
    if (channel.target == ChannelTarget::Guestfwd) return add_guest_forward(channel);
    if (channel.target != ChannelTarget::Virtio)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{}: target '{}' cannot be started by this version; it starts 'virtio'",
                                channel.info.alias, name_of(channel.target)));
    auto source = channel.source;
    const auto* place = std::get_if<VirtioSerialAddress>(&channel.info.address);
    if (source.type == CharacterType::Unix && source.path.empty()) { // ours to choose: QEMU listens there
        auto name = channel.name;
        if (name.empty() && place != nullptr)
            name = fmt::format("vioser-{:02}-{:02}-{:02}.sock", place->controller, place->bus,
                               place->port.value_or(0));
        if (name.find('/') != name.npos)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("channel '{}': the socket of this name needs a path of its own", name));
        source.path = (context_.channel_directory / name).native();
        source.mode = SocketMode::Bind;
    }
    add_character_backend(source, channel.info.alias, source.path, "vdagent");
    json::object device{{"driver", "virtserialport"}};
    put_address(device, channel.info);
    device["chardev"] = "char" + channel.info.alias;
    device["id"] = channel.info.alias;
    bool is_agent = channel.name.empty() && (channel.source.type == CharacterType::Spicevmc ||
                                             channel.source.type == CharacterType::QemuVdagent);
    if (is_agent) device["name"] = "com.redhat.spice.0";
    if (!channel.name.empty()) device["name"] = channel.name;
    option("-device", device);
}

} // namespace vireo::qemu
