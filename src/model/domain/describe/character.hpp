// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/character.hpp"
#include "model/domain/describe/device_info.hpp"

// Character devices (libvirt's formatdomain, "Consoles, serial, parallel & channel devices").

namespace vireo::model::domain {

inline bool has_path(CharacterType type) {
    using enum CharacterType;
    return type == Pty || type == Dev || type == File || type == Pipe || type == Unix;
}

/// `type`, <source>, <protocol> and <log>: what all of them begin with.
template <class Node> void describe_type(Node& node, auto& source) {
    using enum CharacterType;
    node.attribute("type", source.type, xml::wrong_is_unsupported)
        .supports("type", source.type, {Null, Pty, File, Unix, Stdio});
}

template <class Node> void describe_host_side(Node& node, auto& source) {
    if constexpr (is_reader<Node>) {
        if (source.type != CharacterType::Udp) node.single("source");
        node.single("protocol").single("log");
    }
    if (has_path(source.type)) {
        auto host = node.child("source");
        if (source.type != CharacterType::Pty || node.live()) host.attribute("path", source.path);
        if (source.type == CharacterType::Unix) host.attribute("mode", source.mode);
        if (source.type == CharacterType::File) host.attribute("append", source.append);
        host.kept({"seclabel", "reconnect"}, source.kept);
    } else {
        node.kept("source", source.kept);
    }
    node.kept("protocol", source.kept);
    node.child("log").attribute("file", source.log_file).attribute("append", source.log_append);
}

/// `port` of a <target>: -1 asks for the next free one, as its absence does.
template <class Node> void describe_port(Node& target, auto& port) {
    if constexpr (is_reader<Node>) {
        std::optional<std::int32_t> number;
        target.attribute("port", number);
        if (number && *number >= 0) port = static_cast<std::uint32_t>(*number);
    } else {
        target.attribute("port", port);
    }
}

template <class Node> void describe(Node& node, Of<Serial> auto& serial) {
    describe_type(node, serial.source);
    describe_host_side(node, serial.source);
    {
        auto target = node.child("target");
        target.attribute("type", serial.target, xml::wrong_is_unsupported);
        describe_port(target, serial.port);
        target.child("model").attribute("name", serial.model);
    }
    describe_info(node, serial.info);
    if constexpr (is_reader<Node>) check(node, serial);
}

template <class Node> void describe(Node& node, Of<Console> auto& console) {
    describe_type(node, console.source);
    if constexpr (!is_reader<Node>) {
        if (node.live() && console.source.type == CharacterType::Pty)
            node.attribute("tty", console.source.path);
    }
    describe_host_side(node, console.source);
    {
        auto target = node.child("target");
        target.attribute("type", console.target, xml::wrong_is_unsupported);
        describe_port(target, console.port);
    }
    describe_info(node, console.info);
    if constexpr (is_reader<Node>) check_path(node, console.source);
}

template <class Node> void describe(Node& node, Of<Channel> auto& channel) {
    describe_type(node, channel.source);
    describe_host_side(node, channel.source);
    if constexpr (is_reader<Node>) {
        if (!node.child("target").exists())
            node.fail(nullptr, ErrorCode::XmlError, "a channel needs a <target>");
    }
    {
        auto target = node.child("target");
        target.attribute("type", channel.target, {ErrorCode::ConfigUnsupported, ErrorCode::ConfigUnsupported})
            .supports("type", channel.target, {ChannelTarget::Virtio})
            .attribute("name", channel.name);
        if (node.live()) target.attribute("state", channel.state);
        target.kept_attributes({"address", "port"}, channel.target_kept);
    }
    describe_info(node, channel.info);
}

} // namespace vireo::model::domain
