// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/elements.hpp"

// <source> of an image, whatever device it is for (libvirt's formatdomain, "Hard drives, floppy disks,
// CDROMs").

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<NetworkHost> auto& host) {
    node.attribute("transport", host.transport, xml::wrong_is_unsupported)
        .attribute("name", host.name)
        .attribute("port", host.port, {ErrorCode::InvalidArgument})
        .attribute("socket", host.socket);
    if constexpr (is_reader<Node>) check(node, host);
}

template <class Node> void describe(Node& node, Of<HttpCookie> auto& cookie) {
    node.attribute("name", cookie.name, xml::required).text(cookie.value);
    if constexpr (is_reader<Node>) check(node, cookie);
}

/// What only some protocols have.
template <class Node> void describe_protocol(Node& node, auto& network) {
    node.child("initiator").child("iqn").attribute("name", network.initiator);
    node.child("snapshot").attribute("name", network.snapshot);
    node.child("config").attribute("file", network.config);
    node.child("cookies").children("cookie", network.cookies);
    node.child("ssl").attribute("verify", network.verify_ssl);
    node.child("readahead").attribute("size", network.readahead);
    node.child("timeout").attribute("seconds", network.timeout);
    node.child("identity")
        .attribute("user", network.identity_user)
        .attribute("group", network.identity_group);
}

template <class Node> void describe_network_name(Node& node, auto& network) {
    node.attribute("protocol", network.protocol, xml::required)
        .attribute("name", network.name)
        .attribute("query", network.query)
        .attribute("tls", network.tls)
        .attribute("tlsHostname", network.tls_hostname);
}

template <class Node> void describe_secret(Node& node, auto& secret) {
    node.attribute("usage", secret.usage).attribute("uuid", secret.uuid);
    if constexpr (is_reader<Node>) check(node, secret);
}

template <class Node> void describe(Node& node, Of<Authentication> auto& auth) {
    node.attribute("username", auth.user, xml::required);
    auto secret = node.child("secret");
    if constexpr (is_reader<Node>) {
        if (!secret.exists()) node.fail(nullptr, ErrorCode::XmlError, "an <auth> needs a <secret>");
    }
    secret.attribute("type", auth.use, {ErrorCode::ConfigUnsupported, ErrorCode::ConfigUnsupported});
    describe_secret(secret, auth.secret);
    if constexpr (requires { node.unsupported(); }) node.unsupported(); // nobody keeps secrets yet
}

template <class Node> void describe(Node& node, Of<EncryptionSecret> auto& secret) {
    node.attribute("type", secret.kind, {ErrorCode::ConfigUnsupported, ErrorCode::XmlError});
    describe_secret(node, secret.secret);
}

template <class Node> void describe(Node& node, Of<Encryption> auto& encryption) {
    node.attribute("format", encryption.format, {ErrorCode::ConfigUnsupported, ErrorCode::XmlError})
        .attribute("engine", encryption.engine)
        .children("secret", encryption.secrets)
        .kept({"cipher", "ivgen"}, encryption.kept);
    if constexpr (requires { node.unsupported(); }) node.unsupported(); // nobody keeps secrets yet
}

template <class Node> void describe(Node& node, Of<StorageSlice> auto& slice) {
    std::string type = "storage";
    node.attribute("type", type)
        .attribute("offset", slice.offset, xml::required)
        .attribute("size", slice.size, xml::required);
}

/// Of the <slice> elements, the one of type storage counts.
template <class Node> void describe_slices(Node node, auto& slice) {
    if constexpr (is_reader<Node>) {
        node.for_each_child("slice", [&](xml::Reader part) {
            std::string type;
            part.attribute("type", type);
            if (type == "storage" && !slice) describe(part, slice.emplace());
        });
    } else {
        node.child("slice", slice);
    }
}

template <class Node> void describe(Node& node, Of<Reservations> auto& reservations) {
    node.attribute("managed", reservations.managed, xml::required);
    if (reservations.managed == Answer::No) {
        std::string type = "unix", mode = "client";
        auto source = node.child("source");
        source.attribute("type", type, xml::required)
            .attribute("path", reservations.socket, xml::required)
            .attribute("mode", mode, xml::required);
        if constexpr (is_reader<Node>) check_reservations(source, type, mode);
    }
    if constexpr (requires { node.unsupported(); }) {
        // the helper is a program of its own, which nobody watches over yet
        if (reservations.managed == Answer::Yes) node.unsupported();
    }
}

/// The number of an NVMe namespace, which libvirt reads as C does: a negative one counts from the top.
template <class Node> void describe_namespace(Node& node, auto& number) {
    if constexpr (is_reader<Node>) {
        std::int64_t below = 0;
        std::string text;
        node.attribute("namespace", text);
        if (text.starts_with('-') && xml::read_value(std::string_view{text}, below)) {
            number = static_cast<std::uint64_t>(below);
            return;
        }
    }
    node.attribute("namespace", number, xml::required);
}

template <class Node> void describe_nvme(Node& node, auto& nvme) {
    std::string type = "pci";
    node.attribute("type", type, xml::required);
    if constexpr (is_reader<Node>) {
        if (type != "pci") node.fail("type", ErrorCode::XmlError, "an NVMe disk's source is of type 'pci'");
    }
    describe_namespace(node, nvme.disk_namespace);
    node.attribute("managed", nvme.managed);
    if constexpr (is_reader<Node>) nvme.managed = nvme.managed.value_or(Answer::No);
    if constexpr (requires { node.unsupported(); })
        node.unsupported(); // the host's driver has to let go first
}

template <class Node> void describe_vhost_user(Node& node, auto& source) {
    std::string type = "unix";
    node.attribute("type", type, xml::required).attribute("path", source.path, xml::required);
    if constexpr (is_reader<Node>) {
        if (type != "unix") node.fail("type", ErrorCode::XmlError, "a vhostuser source is of type 'unix'");
    }
}

template <class Node> void describe_volume(Node& node, auto& volume) {
    node.attribute("pool", volume.pool)
        .attribute("volume", volume.volume)
        .attribute("mode", volume.mode, xml::wrong_is_unsupported);
    if constexpr (is_reader<Node>) {
        if (volume.pool.empty() != volume.volume.empty())
            node.fail(nullptr, ErrorCode::XmlError, "a source of type 'volume' needs a pool and a volume");
    }
    if constexpr (requires { node.unsupported(); }) {
        if (!volume.pool.empty()) node.unsupported(); // there are no pools yet
    }
}

/// An image that is none of a disk, for the functions below.
template <class Path, class Network, class Details> struct ImageParts {
    Path& source;
    Network& network;
    Details& details;
};

/// The attributes of <source> that tell where the image is.
template <class Node> void describe_place(Node& node, DiskType type, auto& image) {
    auto& details = image.details;
    switch (type) {
    case DiskType::File:
        node.attribute("file", image.source).attribute("fdgroup", details.descriptor_group);
        break;
    case DiskType::Block: node.attribute("dev", image.source); break;
    case DiskType::Dir: node.attribute("dir", image.source); break;
    case DiskType::Network: describe_network_name(node, image.network); break;
    case DiskType::Nvme: describe_nvme(node, details.nvme); break;
    case DiskType::Vhostuser: describe_vhost_user(node, details.vhost_user); break;
    case DiskType::Volume: describe_volume(node, details.volume); break;
    }
    if constexpr (requires { node.unsupported(); }) {
        // clients cannot pass descriptors for a domain yet
        if (!details.descriptor_group.empty()) node.child("fdgroup").unsupported();
    }
}

/// The elements in <source>; those with secrets are `describe_secrets`.
template <class Node> void describe_parts(Node& node, DiskType type, auto& image) {
    auto& details = image.details;
    if (type == DiskType::Network) {
        node.children("host", image.network.hosts);
        describe_protocol(node, image.network);
        if constexpr (is_reader<Node>) check(node, image.network);
    }
    if (type == DiskType::Nvme) {
        node.child("address", details.nvme.address);
        if constexpr (is_reader<Node>) {
            if (!details.nvme.address)
                node.fail(nullptr, ErrorCode::XmlError, "an NVMe disk's source needs an <address>");
        }
    }
    if (type == DiskType::Vhostuser) {
        node.child("reconnect")
            .attribute("enabled", details.vhost_user.reconnect)
            .attribute("timeout", details.vhost_user.reconnect_timeout);
        if constexpr (is_reader<Node>) {
            check(node, details.vhost_user);
            if (details.vhost_user.reconnect != Answer::Yes) details.vhost_user.reconnect_timeout.reset();
        }
    }
    describe_slices(node.child("slices"), details.slice);
    node.child("reservations", details.reservations);
    node.children("seclabel", details.labels);
    if constexpr (is_reader<Node>) settle_labels(node, details.labels);
}

/// <auth> and <encryption>, in <source> or beside it.
template <class Node> void describe_secrets(Node& node, auto& details, bool with_auth, bool with_encryption) {
    if (with_auth) node.child("auth", details.auth);
    if (with_encryption) node.child("encryption", details.encryption);
}

} // namespace vireo::model::domain
