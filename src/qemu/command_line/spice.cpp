// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string_view on_off(Answer answer) { return answer == Answer::Yes ? "on" : "off"; }

/// Where the server listens; without ports it is reached through the daemon only.
std::string place_of(const Graphics& graphics, const LaunchContext& context) {
    static const GraphicsListen nowhere{ListenType::None, {}, {}, {}};
    const auto& listen = graphics.listens.empty() ? nowhere : graphics.listens.front();
    if (listen.type == ListenType::None) return "port=0";
    if (listen.type == ListenType::Socket) {
        auto path = listen.socket.empty() ? (context.directory / "spice.sock").native() : listen.socket;
        return "unix,addr=" + escape(path);
    }
    if (listen.type == ListenType::Network && listen.address.empty())
        throw error(ErrorCode::NoNetwork, fmt::format("there is no network '{}'", listen.network));
    auto address = listen.address.empty() ? context.vnc_listen : listen.address;
    return fmt::format("port={},addr={}", graphics.port.value_or(0), escape(address));
}

std::string channels_of(const SpiceOptions& spice) {
    std::string options;
    if (spice.default_mode == SpiceChannelMode::Secure || spice.tls_port)
        throw error(ErrorCode::ConfigUnsupported, "TLS of spice cannot be started by this version");
    if (spice.default_mode == SpiceChannelMode::Insecure) options += ",plaintext-channel=default";
    for (const auto& channel : spice.channels) {
        if (channel.mode == SpiceChannelMode::Secure)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("the secure spice channel '{}' cannot be started by this version",
                                    name_of(channel.name)));
        if (channel.mode == SpiceChannelMode::Insecure)
            options += fmt::format(",plaintext-channel={}", name_of(channel.name));
    }
    return options;
}

std::string media_of(const SpiceOptions& spice) {
    std::string options;
    auto put = [&](std::string_view name, const auto& value) {
        if (value) options += fmt::format(",{}={}", name, name_of(*value));
    };
    put("image-compression", spice.image);
    put("jpeg-wan-compression", spice.jpeg);
    put("zlib-glz-wan-compression", spice.zlib);
    if (spice.playback) options += fmt::format(",playback-compression={}", name_of(*spice.playback));
    put("streaming-video", spice.streaming);
    if (spice.mouse)
        options += fmt::format(",agent-mouse={}", *spice.mouse == MouseMode::Client ? "on" : "off");
    if (spice.clipboard == Answer::No) options += ",disable-copy-paste=on";
    if (spice.file_transfer == Answer::No) options += ",disable-agent-file-xfer=on";
    return options;
}
} // namespace

void CommandLineBuilder::add_spice(const Graphics& graphics) {
    auto spice = place_of(graphics, context_);
    if (!graphics.password) spice += ",disable-ticketing=on";
    spice += channels_of(graphics.spice) + media_of(graphics.spice);
    if (graphics.gl) {
        spice += fmt::format(",gl={}", on_off(*graphics.gl));
        if (!graphics.render_node.empty()) spice += ",rendernode=" + escape(graphics.render_node);
    }
    option("-spice", spice + ",seamless-migration=on");
    if (!graphics.keymap.empty()) option("-k", graphics.keymap);
}

} // namespace vireo::qemu
