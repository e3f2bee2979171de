// SPDX-License-Identifier: Apache-2.0
// The command line that a definition means, for people to read (virConnectDomainXMLToNative).
#include "async/blocking.hpp"
#include "host/topology.hpp"
#include "model/domain/xml.hpp"
#include "qemu/command_line/aliases.hpp"
#include "qemu/command_line/command_line.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/uefi.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// As a shell would take it back: quoted where it has to be.
void append_word(std::string& line, std::string_view word) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    if (!line.empty() && !line.ends_with("\n")) line += ' ';
    if (!word.empty() && word.find_first_not_of(plain) == word.npos) {
        line += word;
        return;
    }
    line += '\'';
    for (char character : word)
        if (character == '\'')
            line += "'\\''";
        else
            line += character;
    line += '\'';
}

/// An option with its value per line, as libvirt prints it.
std::string text_of(const CommandLine& command) {
    std::string text;
    for (const auto& variable : command.environment) {
        auto name = variable.substr(0, variable.find('='));
        std::string value;
        append_word(value, variable.substr(name.size() + 1));
        text += fmt::format("{}={} \\\n", name, value);
    }
    for (const auto& argument : command.arguments) {
        if (argument.starts_with('-') && !text.ends_with("\n")) text += " \\\n";
        append_word(text, argument);
    }
    return text + '\n';
}

/// What connects an interface to the host is made at start; here a tap stands for each of them, which gets
/// the place that is free when all other devices have theirs.
void simplify(Interface& interface) {
    Interface plain;
    plain.type = InterfaceType::Ethernet;
    plain.mac = interface.mac;
    plain.model = interface.model;
    interface = std::move(plain);
}

/// A port that a start chooses is shown by the first one that it may be.
void show_ports(Graphics& graphics) {
    constexpr std::int32_t first_spice_port = 5901;
    bool is_chosen = graphics.type == GraphicsType::Spice && graphics.autoport && !graphics.port;
    if (is_chosen) graphics.port = first_spice_port;
}
} // namespace

awaitable<std::string> QemuDriver::native_from_xml(std::string format, std::string xml) {
    if (format != "qemu-argv")
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("'{}' is no format that domains are converted to; 'qemu-argv' is", format));
    auto model = co_await read_definition(std::move(xml), false);
    for (auto& interface : model.devices.interfaces) simplify(interface);
    for (auto& graphics : model.devices.graphics) show_ports(graphics);
    require_supported(model, Concern::CommandLine);
    auto capabilities = co_await capabilities_.get(model.devices.emulator);
    complete(model, *capabilities); // the taps get places
    assign_aliases(model);
    LaunchContext context;
    context.directory = directories_.state / "qemu" / fmt::format("domain--1-{:.20}", model.name);
    context.channel_directory =
        directories_.state / "qemu" / "channel" / "target" / context.directory.filename();
    context.nvram_directory = directories_.state / "qemu" / "nvram";
    context.memory_directory = directories_.state / "qemu" / "ram" / fmt::format("-1-{:.20}", model.name);
    context.master_key = context.directory / "master-key.aes";
    context.pass_monitor = false;
    context.dbus_socket = directories_.run / "qemu" / "dbus" / fmt::format("-1-{:.20}-dbus.sock", model.name);
    context.now = std::chrono::system_clock::now();
    auto read = [] { return read_firmwares(); };
    auto installed = co_await async::blocking(std::move(read));
    auto read_nodes = [] { return host::read_numa_nodes(); };
    context.host_nodes = co_await async::blocking(std::move(read_nodes));
    choose_firmware(model, installed, context.nvram_directory);
    co_return text_of(build_command_line(model, *capabilities, context));
}

} // namespace vireo::qemu
