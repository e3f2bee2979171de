// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

inline bool has_path(CharacterType type) {
    using enum CharacterType;
    return type == Pty || type == Dev || type == File || type == Pipe || type == Unix;
}

template <class Node> void describe_type(Node& node, auto& source) {
    using enum CharacterType;
    node.attribute("type", source.type, xml::wrong_is_unsupported)
        .supports(
            "type", source.type,
            {Null, Vc, Pty, Dev, File, Pipe, Stdio, Udp, Tcp, Unix, Spicevmc, Spiceport, QemuVdagent, Dbus});
}

/// <source> of tcp, and of udp, where one says what to bind and one where to send to.
template <class Node> void describe_network_end(Node& node, auto& source) {
    if constexpr (is_reader<Node>) {
        read_ends(node, source);
    } else if (source.type == CharacterType::Udp) {
        if (!source.bind_host.empty() || !source.bind_service.empty())
            node.child("source")
                .attribute("mode", SocketMode::Bind)
                .attribute("host", source.bind_host)
                .attribute("service", source.bind_service);
        node.child("source")
            .attribute("mode", SocketMode::Connect)
            .attribute("host", source.host)
            .attribute("service", source.service);
    } else {
        auto host = node.child("source");
        host.attribute("mode", source.mode.value_or(SocketMode::Connect))
            .attribute("host", source.host)
            .attribute("service", source.service)
            .attribute("tls", source.tls);
        describe_reconnect(host, source);
    }
}

template <class Node> void describe_reconnect(Node& host, auto& source) {
    auto reconnect = host.child("reconnect");
    reconnect.attribute("enabled", source.reconnect);
    if (source.reconnect == Answer::Yes) reconnect.attribute("timeout", source.reconnect_timeout);
}

/// An element that is there for its attribute.
template <class Node>
void describe_required(Node& node, const char* element, const char* attribute, auto& value) {
    if (node.exists() && (!is_reader<Node> || node.child(element).exists()))
        node.child(element).attribute(attribute, value, xml::required);
}

template <class Node> void describe_host_side(Node& node, auto& source) {
    using enum CharacterType;
    if constexpr (is_reader<Node>) {
        if (source.type != Udp) node.single("source");
        node.single("protocol").single("log");
    }
    if (source.type == Tcp || source.type == Udp) {
        describe_network_end(node, source);
    } else {
        auto host = node.child("source");
        bool shown = has_path(source.type) && (source.type != Pty || node.live());
        if (shown) host.attribute("path", source.path);
        if (source.type == Unix) {
            host.attribute("mode", source.mode);
            if constexpr (is_reader<Node>) source.mode = source.mode.value_or(SocketMode::Connect);
            describe_reconnect(host, source);
        }
        if (source.type == File) host.attribute("append", source.append);
        if (source.type == Spiceport || source.type == Dbus) host.attribute("channel", source.channel);
        if (source.type == Nmdm) host.attribute("master", source.master).attribute("slave", source.slave);
        if (source.type == QemuVdagent) {
            describe_required(host, "clipboard", "copypaste", source.clipboard);
            describe_required(host, "mouse", "mode", source.mouse);
        }
        host.children("seclabel", source.labels);
        if constexpr (is_reader<Node>) settle_labels(host, source.labels);
    }
    if (source.type == Tcp) node.child("protocol").attribute("type", source.protocol);
    node.child("log").attribute("file", source.log_file).attribute("append", source.log_append);
    if constexpr (is_reader<Node>) {
        if (source.log_file.empty()) source.log_append.reset();
    }
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
    if constexpr (is_reader<Node>) {
        check(node, serial.source);
        require_path(node, serial.source);
    }
    {
        auto target = node.child("target");
        target.attribute("type", serial.target, xml::wrong_is_unsupported);
        describe_port(target, serial.port);
        target.child("model").attribute("name", serial.model);
    }
    describe_info(node, serial.info);
    if constexpr (is_reader<Node>) check(node, serial);
}

template <class Node> void describe(Node& node, Of<Parallel> auto& parallel) {
    describe_type(node, parallel.source);
    describe_host_side(node, parallel.source);
    if constexpr (is_reader<Node>) {
        check(node, parallel.source);
        require_path(node, parallel.source);
    }
    {
        auto target = node.child("target");
        describe_port(target, parallel.port);
    }
    describe_info(node, parallel.info);
}

template <class Node> void describe(Node& node, Of<Console> auto& console) {
    describe_type(node, console.source);
    if constexpr (!is_reader<Node>) {
        if (node.live() && console.source.type == CharacterType::Pty)
            node.attribute("tty", console.source.path);
    }
    describe_host_side(node, console.source);
    if constexpr (is_reader<Node>) {
        if (!is_mirror(node)) {
            check(node, console.source);
            require_path(node, console.source);
        }
    }
    {
        auto target = node.child("target");
        target.attribute("type", console.target, xml::wrong_is_unsupported);
        describe_port(target, console.port);
    }
    describe_info(node, console.info);
}

template <class Node> void describe(Node& node, Of<Channel> auto& channel) {
    describe_type(node, channel.source);
    describe_host_side(node, channel.source);
    if constexpr (is_reader<Node>) {
        check(node, channel.source);
        if (!node.child("target").exists())
            node.fail(nullptr, ErrorCode::XmlError, "a channel needs a <target>");
    }
    {
        auto target = node.child("target");
        target.attribute("type", channel.target, {ErrorCode::ConfigUnsupported, ErrorCode::ConfigUnsupported})
            .supports("type", channel.target, {ChannelTarget::Virtio, ChannelTarget::Guestfwd})
            .attribute("name", channel.name);
        if (node.live()) target.attribute("state", channel.state);
        if (channel.target == ChannelTarget::Guestfwd)
            target.attribute("address", channel.guest_address).attribute("port", channel.guest_port);
    }
    describe_info(node, channel.info);
    if constexpr (is_reader<Node>) {
        if (!node.live()) forget_generated(channel);
        check(node, channel);
    }
}

/// The text of a <certificate>.
struct CertificateName {
    std::string text;
};
template <class Node> void describe(Node& node, Of<CertificateName> auto& name) { node.text(name.text); }

/// <smartcard> (libvirt's formatdomain, "Smartcard devices").
template <class Node> void describe(Node& node, Of<Smartcard> auto& card) {
    node.attribute("mode", card.mode, {ErrorCode::XmlError, ErrorCode::XmlError});
    if (card.mode == SmartcardMode::HostCertificates) {
        if constexpr (is_reader<Node>) {
            std::vector<CertificateName> names;
            node.children("certificate", names);
            for (auto& name : names) card.certificates.push_back(std::move(name.text));
            if (card.certificates.size() != 3)
                node.fail(nullptr, ErrorCode::XmlError, "three <certificate> are needed");
        } else {
            for (const auto& name : card.certificates) node.child("certificate", name);
        }
        node.child("database", card.database);
    }
    if (card.mode == SmartcardMode::Passthrough) {
        if constexpr (is_reader<Node>) {
            card.source.emplace();
            require_type(node, ErrorCode::XmlError);
        }
        if (card.source) {
            describe_type(node, *card.source);
            describe_host_side(node, *card.source);
            if constexpr (is_reader<Node>) {
                check(node, *card.source);
                require_path(node, *card.source);
            }
        }
    }
    describe_info(node, card.info);
}

/// <redirdev> (libvirt's formatdomain, "Redirected devices").
template <class Node> void describe(Node& node, Of<RedirectedDevice> auto& device) {
    node.attribute("bus", device.bus);
    if constexpr (is_reader<Node>) check_bus(node, device);
    describe_type(node, device.source);
    describe_host_side(node, device.source);
    if constexpr (is_reader<Node>) {
        check(node, device.source);
        require_path(node, device.source);
    }
    describe_info(node, device.info);
}

/// A number of <usbdev>; -1 is any.
template <class Node> void describe_usb_number(Node& node, const char* name, auto& value, int digits) {
    if constexpr (is_reader<Node>) {
        std::string text;
        node.attribute(name, text);
        if (text != "-1") node.hex_attribute(name, value, 1);
    } else if (value) {
        node.attribute(name, fmt::format("0x{:0{}X}", *value, digits));
    }
}

/// <usbdev> of a <redirfilter>.
template <class Node> void describe(Node& node, Of<RedirectRule> auto& rule) {
    describe_usb_number(node, "class", rule.usb_class, 2);
    describe_usb_number(node, "vendor", rule.vendor, 4);
    describe_usb_number(node, "product", rule.product, 4);
    if constexpr (is_reader<Node>) {
        read_rest(node, rule);
    } else {
        if (rule.version)
            node.attribute("version", fmt::format("{:x}.{:02x}", *rule.version >> 8, *rule.version & 0xff));
        node.attribute("allow", rule.allow ? Answer::Yes : Answer::No);
    }
}

/// <redirfilter> (libvirt's formatdomain, "Redirected devices").
template <class Node> void describe(Node& node, Of<RedirectFilter> auto& filter) {
    node.children("usbdev", filter.rules);
}

/// A rate without bytes is none, and a period of zero is the usual one.
template <class Node> void describe_rate(Node rate, auto& rng) {
    describe_or_zero(rate, "bytes", rng.rate_bytes);
    describe_or_zero(rate, "period", rng.rate_period);
    if constexpr (is_reader<Node>) {
        if (!rng.rate_bytes) rng.rate_period.reset();
    }
}

/// <rng> (libvirt's formatdomain, "Random number generator device").
template <class Node> void describe(Node& node, Of<Rng> auto& rng) {
    constexpr xml::Rule named{ErrorCode::ConfigUnsupported, ErrorCode::XmlError};
    node.attribute("model", rng.model, named);
    describe_rate(node.child("rate"), rng);
    if constexpr (is_reader<Node>) {
        if (!node.single("backend").child("backend").exists())
            node.fail(nullptr, ErrorCode::XmlError, "an <rng> needs a <backend>");
    }
    {
        auto backend = node.child("backend");
        backend.attribute("model", rng.backend, named)
            .supports("model", rng.backend, {RngBackend::Random, RngBackend::Builtin, RngBackend::Egd});
        if (rng.backend == RngBackend::Random) backend.text(rng.path);
        if (rng.backend == RngBackend::Egd) {
            if constexpr (is_reader<Node>) require_type(backend, ErrorCode::XmlError);
            describe_type(backend, rng.source);
            describe_host_side(backend, rng.source);
            if constexpr (is_reader<Node>) check(backend, rng.source);
            if constexpr (is_reader<Node>) require_path(backend, rng.source);
        }
    }
    {
        auto driver = node.child("driver");
        describe_virtio(driver, rng.virtio);
    }
    describe_info(node, rng.info);
}

template void describe(xml::Reader&, Serial&);
template void describe(xml::Writer&, const Serial&);
template void describe(xml::Survey&, const Serial&);
template void describe(xml::Reader&, Parallel&);
template void describe(xml::Writer&, const Parallel&);
template void describe(xml::Survey&, const Parallel&);
template void describe(xml::Reader&, Console&);
template void describe(xml::Writer&, const Console&);
template void describe(xml::Survey&, const Console&);
template void describe(xml::Reader&, Channel&);
template void describe(xml::Writer&, const Channel&);
template void describe(xml::Survey&, const Channel&);
template void describe(xml::Reader&, Smartcard&);
template void describe(xml::Writer&, const Smartcard&);
template void describe(xml::Survey&, const Smartcard&);
template void describe(xml::Reader&, RedirectedDevice&);
template void describe(xml::Writer&, const RedirectedDevice&);
template void describe(xml::Survey&, const RedirectedDevice&);
template void describe(xml::Reader&, RedirectFilter&);
template void describe(xml::Writer&, const RedirectFilter&);
template void describe(xml::Survey&, const RedirectFilter&);
template void describe(xml::Reader&, Rng&);
template void describe(xml::Writer&, const Rng&);
template void describe(xml::Survey&, const Rng&);

} // namespace vireo::model::domain
