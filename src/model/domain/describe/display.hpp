// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/device_info.hpp"
#include "model/domain/display.hpp"

namespace vireo::model::domain {

/// <listen> (libvirt's formatdomain, "Graphical framebuffers").
template <class Node> void describe(Node& node, Of<GraphicsListen> auto& listen) {
    node.attribute("type", listen.type, xml::required);
    if (listen.type == ListenType::Address || (listen.type == ListenType::Network && node.live()))
        node.attribute("address", listen.address);
    if (listen.type == ListenType::Network)
        node.attribute("network", listen.network, xml::required).supports("type", listen.type, {});
    if (listen.type == ListenType::Socket) node.attribute("socket", listen.socket);
}

/// `listen` and `socket` of <graphics> repeat the first <listen>; older documents have only them.
template <class Node> void describe_first_listen(Node& node, auto& graphics) {
    if constexpr (is_reader<Node>) {
        std::string address, socket;
        node.attribute("listen", address).attribute("socket", socket).children("listen", graphics.listens);
        merge_first_listen(node, graphics, address, socket);
    } else if (!graphics.listens.empty()) {
        const auto& first = graphics.listens.front();
        node.attribute("listen", first.address).attribute("socket", first.socket);
    }
}

/// The display's port; without a port one is chosen at start, and shown while the guest runs.
template <class Node> void describe_port(Node& node, Of<Graphics> auto& graphics) {
    if constexpr (is_reader<Node>) {
        std::optional<Answer> autoport;
        node.attribute("port", graphics.port, xml::wrong_is_internal).attribute("autoport", autoport);
        bool is_open = !graphics.port || *graphics.port == -1;
        graphics.autoport = autoport ? *autoport == Answer::Yes : is_open;
        if (graphics.port && (*graphics.port == -1 || (graphics.autoport && !node.live())))
            graphics.port.reset();
    } else if (graphics.listens.empty() || graphics.listens.front().type == ListenType::Address ||
               graphics.listens.front().type == ListenType::Network) {
        bool is_known = graphics.port && (!graphics.autoport || node.live());
        if (is_known)
            node.attribute("port", graphics.port);
        else if (graphics.autoport)
            node.attribute("port", -1);
        node.attribute("autoport", graphics.autoport ? Answer::Yes : Answer::No);
    }
}

template <class Node> void describe(Node& node, Of<Graphics> auto& graphics) {
    auto& kept = graphics.kept;
    node.attribute("type", graphics.type, xml::required).supports("type", graphics.type, {GraphicsType::Vnc});
    if (graphics.type == GraphicsType::Vnc)
        describe_port(node, graphics);
    else
        node.kept_attributes({"port", "tlsPort", "autoport", "defaultMode"}, kept);
    node.attribute("websocket", graphics.websocket);
    describe_first_listen(node, graphics);
    node.kept_attributes({"display", "xauth", "fullscreen", "replaceUser", "multiUser", "address", "p2p"},
                         kept)
        .attribute("keymap", graphics.keymap);
    if (node.secure()) {
        node.attribute("passwd", graphics.password)
            .attribute("passwdValidTo", graphics.password_valid_to)
            .kept_attribute("connected", kept);
    }
    node.attribute("sharePolicy", graphics.share_policy).attribute("powerControl", graphics.power_control);
    if constexpr (!is_reader<Node>) node.children("listen", graphics.listens);
    node.kept({"channel", "gl", "image", "jpeg", "zlib", "playback", "streaming", "mouse", "clipboard",
               "filetransfer", "audio"},
              kept);
}

/// <video> (libvirt's formatdomain, "Video devices").
template <class Node> void describe(Node& node, Of<Video> auto& video) {
    using enum VideoType;
    node.kept("driver", video.kept);
    {
        auto model = node.child("model");
        model.attribute("type", video.type, xml::wrong_is_unsupported)
            .supports("type", video.type, {Default, Vga, Cirrus, Vmvga, Qxl, Virtio, None, Bochs, Ramfb})
            .attribute("ram", video.ram)
            .attribute("vram", video.vram)
            .attribute("vram64", video.vram64)
            .attribute("vgamem", video.vgamem)
            .attribute("heads", video.heads, xml::wrong_is_internal)
            .attribute("primary", video.primary)
            .kept_attributes({"blob", "device"}, video.model_kept)
            .kept({"acceleration", "resolution"}, video.model_kept);
    }
    describe_info(node, video.info);
}

} // namespace vireo::model::domain
