// SPDX-License-Identifier: Apache-2.0
// Serial ports, consoles and channels: a guest's device, and what stands behind it on the host.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

void CommandLineBuilder::add_character_backend(const CharacterSource& source, std::string_view alias,
                                               const std::string& path) {
    auto id = fmt::format("id=char{}", alias);
    auto file = escape(path);
    std::string backend;
    switch (source.type) {
    case CharacterType::Pty: backend = "pty," + id; break;
    case CharacterType::Null: backend = "null," + id; break;
    case CharacterType::Dev: backend = fmt::format("serial,{},path={}", id, file); break;
    case CharacterType::Pipe: backend = fmt::format("pipe,{},path={}", id, file); break;
    case CharacterType::File:
        backend = fmt::format("file,{},path={}", id, file);
        if (source.append) backend += fmt::format(",append={}", name_of(*source.append));
        break;
    case CharacterType::Unix:
        backend = fmt::format("socket,{},path={}", id, file);
        if (source.mode == SocketMode::Bind) backend += ",server=on,wait=off";
        break;
    default:
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format(
                "{}: source type '{}' cannot be started by this version; it starts pty, file, unix, dev, "
                "pipe and null",
                alias, name_of(source.type)));
    }
    if (!source.log_file.empty()) {
        backend += ",logfile=" + escape(source.log_file);
        if (source.log_append) backend += fmt::format(",logappend={}", name_of(*source.log_append));
    }
    option("-chardev", backend);
}

void CommandLineBuilder::add_serial(const Serial& serial) {
    add_character_backend(serial.source, serial.info.alias, serial.source.path);
    auto driver = serial.model == "16550a" ? std::string{"isa-serial"} : serial.model;
    require_device(driver);
    json::object device{
        {"driver", driver}, {"chardev", "char" + serial.info.alias}, {"id", serial.info.alias}};
    if (driver == "isa-serial") device["index"] = serial.port.value_or(0);
    put_address(device, serial.info);
    option("-device", device);
}

void CommandLineBuilder::add_console(const Console& console) {
    if (console.target == ConsoleTarget::Serial) return; // the serial port seen again
    if (console.target != ConsoleTarget::Virtio)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{}: a console has target 'serial' or 'virtio'", console.info.alias));
    add_character_backend(console.source, console.info.alias, console.source.path);
    json::object device{{"driver", "virtconsole"}};
    put_address(device, console.info);
    device["chardev"] = "char" + console.info.alias;
    device["id"] = console.info.alias;
    option("-device", device);
}

void CommandLineBuilder::add_channel(const Channel& channel) {
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
    add_character_backend(source, channel.info.alias, source.path);
    json::object device{{"driver", "virtserialport"}};
    put_address(device, channel.info);
    device["chardev"] = "char" + channel.info.alias;
    device["id"] = channel.info.alias;
    if (!channel.name.empty()) device["name"] = channel.name;
    option("-device", device);
}

} // namespace vireo::qemu
