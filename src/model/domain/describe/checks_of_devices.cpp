// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/checks.hpp"

#include <algorithm>

namespace vireo::model::domain {

namespace {
/// One <source> of udp: what to bind, or where to send to.
void read_datagram_end(const xml::Reader& node, CharacterSource& source) {
    auto end = node;
    std::optional<SocketMode> mode;
    std::string host, service;
    end.attribute("mode", mode).attribute("host", host).attribute("service", service);
    bool binds = mode == SocketMode::Bind;
    (binds ? source.bind_host : source.host) = host;
    (binds ? source.bind_service : source.service) = service;
}
} // namespace

void read_ends(const xml::Reader& node, CharacterSource& source) {
    if (source.type == CharacterType::Udp) {
        node.for_each_child("source", [&](const xml::Reader& end) { read_datagram_end(end, source); });
        return;
    }
    auto end = node.child("source");
    end.attribute("mode", source.mode)
        .attribute("host", source.host)
        .attribute("service", source.service)
        .attribute("tls", source.tls);
    if (!source.mode) source.mode = SocketMode::Connect;
    end.child("reconnect")
        .attribute("enabled", source.reconnect)
        .attribute("timeout", source.reconnect_timeout);
}

void check(const xml::Reader& node, const CharacterSource& source) {
    using enum CharacterType;
    auto fail = [&](std::string_view what) {
        node.fail(nullptr, ErrorCode::InternalError,
                  fmt::format("a character device of type '{}' needs {}", name_of(source.type), what));
    };
    bool needs_path = source.type == Dev || source.type == File || source.type == Pipe;
    if (needs_path && source.path.empty()) fail("<source path=…>");
    if (source.type == Tcp && source.host.empty()) fail("<source host=…>");
    if (source.type == Tcp && source.service.empty()) fail("<source service=…>");
    if (source.type == Udp && source.service.empty()) fail("<source mode='connect' service=…>");
    if (source.type == Spiceport && source.channel.empty()) fail("<source channel=…>");
    if (source.type == Nmdm && (source.master.empty() || source.slave.empty()))
        fail("<source master=… slave=…>");
    bool listens = source.mode == SocketMode::Bind;
    if (source.reconnect == Answer::Yes && listens)
        node.fail(nullptr, ErrorCode::InternalError, "only a source that connects can connect again");
    if (source.reconnect == Answer::Yes && !source.reconnect_timeout)
        node.fail(nullptr, ErrorCode::XmlError, "<reconnect> needs a timeout");
    if (source.reconnect == Answer::Yes && source.reconnect_timeout.value_or(0) == 0)
        node.fail(nullptr, ErrorCode::InvalidArgument, "the timeout of <reconnect> starts at 1 second");
    if (source.type == Tcp && !source.protocol.empty() && !is_protocol(source.protocol))
        node.child("protocol")
            .fail("type", ErrorCode::ConfigUnsupported, "known are raw, telnet, telnets and tls");
}

void require_path(const xml::Reader& node, const CharacterSource& source) {
    if (source.type == CharacterType::Unix && source.path.empty())
        node.fail(nullptr, ErrorCode::InternalError,
                  "a character device of type 'unix' needs <source path=…>");
}

bool is_protocol(std::string_view name) {
    return name == "raw" || name == "telnet" || name == "telnets" || name == "tls";
}

void check(const xml::Reader& node, const Channel& channel) {
    bool is_ours = channel.source.type == CharacterType::Unix && channel.source.path.empty();
    if (is_ours && channel.source.reconnect == Answer::Yes)
        node.fail(nullptr, ErrorCode::InternalError,
                  "a socket that the driver makes is connected to, not from");
    if (channel.target != ChannelTarget::Guestfwd) return;
    if (channel.guest_address.empty())
        node.child("target").fail(nullptr, ErrorCode::XmlError, "guestfwd needs an address");
    if (channel.guest_port.empty())
        node.child("target").fail(nullptr, ErrorCode::XmlError, "guestfwd needs a port");
}

void check(const xml::Reader& node, const Graphics& graphics) {
    constexpr std::string_view actions[]{"fail", "disconnect", "keep"};
    if (!graphics.connected.empty() && std::ranges::find(actions, graphics.connected) == std::end(actions))
        node.fail("connected", ErrorCode::XmlError, "known are 'fail', 'disconnect' and 'keep'");
}

void check(const xml::Reader& node, const Video& video) {
    if (video.heads == 0U) node.child("model").fail("heads", ErrorCode::ConfigUnsupported, "it starts at 1");
    bool has_ram = video.type == VideoType::Qxl;
    if (video.ram && !has_ram)
        node.child("model").fail("ram", ErrorCode::XmlError, "only a card of type 'qxl' has it");
    if (video.vram64 && !has_ram)
        node.child("model").fail("vram64", ErrorCode::XmlError, "only a card of type 'qxl' has it");
    if (video.vgamem && !has_ram)
        node.child("model").fail("vgamem", ErrorCode::XmlError, "only a card of type 'qxl' has it");
}

void check(const xml::Reader& node, const IoTune& tune) {
    auto value = [&](std::string_view name) {
        auto found = std::ranges::find(tune.limits, name, &IoTune::Limit::name);
        return found == tune.limits.end() ? 0 : found->value;
    };
    for (std::string_view unit : {"bytes", "iops"})
        for (std::string_view suffix : {"_sec", "_sec_max"}) {
            bool total = value(fmt::format("total_{}{}", unit, suffix)) != 0;
            bool parts = value(fmt::format("read_{}{}", unit, suffix)) != 0 ||
                         value(fmt::format("write_{}{}", unit, suffix)) != 0;
            if (total && parts)
                node.fail(nullptr, ErrorCode::ConfigUnsupported,
                          fmt::format("total_{0}{1} and read_{0}{1} or write_{0}{1} exclude each other", unit,
                                      suffix));
        }
}

} // namespace vireo::model::domain
