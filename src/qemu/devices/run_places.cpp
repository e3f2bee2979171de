// SPDX-License-Identifier: Apache-2.0
#include "qemu/devices/run_places.hpp"

#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <ctime>
#include <map>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// Whether it is a pty of the kernel's; QEMU, which is not trusted, could name any file for us to open.
bool is_pty_path(std::string_view path) {
    constexpr std::string_view directory = "/dev/pts/";
    return path.starts_with(directory) && path.size() > directory.size() &&
           path.find_first_not_of("0123456789", directory.size()) == std::string_view::npos;
}

/// "pty:/dev/pts/3" of each character device that has one.
std::map<std::string, std::string, std::less<>> ptys_of(const json::value& answer) {
    std::map<std::string, std::string, std::less<>> ptys;
    constexpr std::string_view prefix = "pty:";
    const auto* devices = answer.if_array();
    if (devices == nullptr) return ptys;
    for (const auto& device : *devices) {
        const auto* object = device.if_object();
        if (object == nullptr) continue;
        auto label = json::find_text(*object, "label"), file = json::find_text(*object, "filename");
        if (label && file && file->starts_with(prefix) && is_pty_path(file->substr(prefix.size())))
            ptys[std::string{*label}] = file->substr(prefix.size());
    }
    return ptys;
}

/// Calls `visit` with the character devices that a guest can have a pty for.
void for_each_character(auto& devices, auto visit) {
    for (auto& serial : devices.serials) visit(serial);
    for (auto& console : devices.consoles) visit(console);
    for (auto& channel : devices.channels) visit(channel);
    for (auto& parallel : devices.parallels) visit(parallel);
}

/// "2024-12-24T18:00:00" (UTC) as QEMU counts it, in seconds since 1970.
std::string expiry_of(const std::string& time) {
    std::tm parts{};
    if (::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("passwdValidTo '{}' is not a time such as 2024-12-24T18:00:00", time));
    return std::to_string(::timegm(&parts));
}
} // namespace

bool has_pty(const Domain& domain) {
    bool has = false;
    for_each_character(domain.devices,
                       [&](const auto& device) { has = has || device.source.type == CharacterType::Pty; });
    return has;
}

void set_ptys(Domain& domain, const json::value& characters) {
    auto ptys = ptys_of(characters);
    for_each_character(domain.devices, [&](auto& device) {
        if (device.source.type != CharacterType::Pty) return;
        auto found = ptys.find("char" + device.info.alias);
        if (found == ptys.end())
            throw error(ErrorCode::OperationFailed,
                        fmt::format("QEMU made no pty for '{}'", device.info.alias));
        device.source.path = found->second;
    });
}

void set_channel_paths(Domain& domain, const std::filesystem::path& directory) {
    for (auto& channel : domain.devices.channels) {
        auto& source = channel.source;
        bool ours = source.type == CharacterType::Unix && source.path.empty() &&
                    channel.name.find('/') == std::string::npos;
        if (!ours) continue;
        source.path = (directory / (channel.name.empty() ? channel.info.alias : channel.name)).native();
        source.mode = SocketMode::Bind;
    }
}

void close_ports(Domain& domain) {
    for (auto& channel : domain.devices.channels)
        if (channel.target == ChannelTarget::Virtio && !channel.state)
            channel.state = ChannelState::Disconnected;
}

awaitable<void> set_display_password(std::shared_ptr<Monitor> monitor, const Graphics& graphics,
                                     std::chrono::milliseconds deadline) {
    bool has_protocol = graphics.type == GraphicsType::Vnc || graphics.type == GraphicsType::Spice;
    if (!has_protocol || !graphics.password) co_return;
    auto protocol = name_of(graphics.type);
    json::object password{{"protocol", protocol}, {"password", *graphics.password}};
    if (!graphics.connected.empty()) password["connected"] = graphics.connected;
    auto time = graphics.password_valid_to.empty() ? "never" : expiry_of(graphics.password_valid_to);
    co_await monitor->execute("set_password", std::move(password), deadline);
    json::object expiry{{"protocol", protocol}, {"time", time}};
    co_await monitor->execute("expire_password", std::move(expiry), deadline);
}

} // namespace vireo::qemu
