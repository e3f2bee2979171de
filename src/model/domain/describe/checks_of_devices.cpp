// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/checks.hpp"

#include <arpa/inet.h>

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
    auto& to_host = binds ? source.bind_host : source.host;
    auto& to_service = binds ? source.bind_service : source.service;
    if (to_host.empty()) to_host = host; // the first one counts
    if (to_service.empty()) to_service = service;
}
} // namespace

void read_ends(const xml::Reader& node, CharacterSource& source) {
    if (source.type == CharacterType::Udp) {
        std::size_t ends = 0;
        node.for_each_child("source", [&](const xml::Reader& end) {
            if (++ends > 2) end.fail(nullptr, ErrorCode::XmlError, "there are two at most");
            read_datagram_end(end, source);
        });
        return;
    }
    auto end = node.child("source");
    end.attribute("mode", source.mode)
        .attribute("host", source.host)
        .attribute("service", source.service)
        .attribute("tls", source.tls);
    if (!source.mode) source.mode = SocketMode::Connect;
    auto reconnect = end.child("reconnect");
    reconnect.attribute("enabled", source.reconnect);
    if (source.reconnect == Answer::Yes) reconnect.attribute("timeout", source.reconnect_timeout);
}

bool is_mirror(const xml::Reader& console) {
    std::string target;
    auto element = console.child("target");
    element.attribute("type", target);
    return console.is_first_beside("serial") && (target.empty() || target == "serial");
}

void check(const xml::Reader& node, const CharacterSource& source) {
    using enum CharacterType;
    auto fail = [&](std::string_view what) {
        node.fail(nullptr, ErrorCode::InternalError,
                  fmt::format("a character device of type '{}' needs {}", name_of(source.type), what));
    };
    if (source.type == Dbus && source.channel.empty())
        node.fail(nullptr, ErrorCode::ConfigUnsupported,
                  "a character device of type 'dbus' needs <source channel=…>");
    bool needs_path = source.type == Dev || source.type == File || source.type == Pipe;
    if (needs_path && source.path.empty()) fail("<source path=…>");
    if (source.type == Tcp && source.host.empty()) fail("<source host=…>");
    if (source.type == Tcp && source.service.empty()) fail("<source service=…>");
    if (source.type == Udp && source.service.empty()) fail("<source mode='connect' service=…>");
    if (source.type == Spiceport && source.channel.empty()) fail("<source channel=…>");
    if (source.type == Nmdm && (source.master.empty() || source.slave.empty()))
        fail("<source master=… slave=…>");
    bool listens = source.mode == SocketMode::Bind;
    if (source.reconnect && listens)
        node.fail(nullptr, ErrorCode::InternalError, "only a source that connects can connect again");
    if (source.reconnect == Answer::Yes && !source.reconnect_timeout)
        node.fail(nullptr, ErrorCode::XmlError, "<reconnect> needs a timeout");
    if (source.reconnect == Answer::Yes && source.reconnect_timeout.value_or(0) == 0)
        node.fail(nullptr, ErrorCode::InvalidArgument, "the timeout of <reconnect> starts at 1 second");
    if (source.type == Tcp && !source.protocol.empty() && !is_protocol(source.protocol))
        node.child("protocol")
            .fail("type", ErrorCode::ConfigUnsupported, "known are raw, telnet, telnets and tls");
}

void require_type(const xml::Reader& node, ErrorCode missing) {
    std::string type;
    auto from = node;
    from.attribute("type", type, {.missing = missing});
}

void check_bus(const xml::Reader& node, RedirectedDevice& device) {
    std::optional<std::string> given;
    auto from = node;
    from.attribute("bus", given);
    if (given.value_or("usb") != "usb")
        node.fail("bus", ErrorCode::ConfigUnsupported, "what is redirected is on 'usb'");
    device.bus = "usb";
    require_type(node, ErrorCode::InternalError);
}

void read_rest(const xml::Reader& node, RedirectRule& rule) {
    std::optional<std::string> version;
    Answer allow{};
    auto from = node;
    from.attribute("version", version).attribute("allow", allow, xml::required);
    rule.allow = allow == Answer::Yes;
    if (!version || *version == "-1") return;
    auto dot = version->find('.');
    std::uint64_t major = 0, minor = 0;
    bool reads = dot != std::string::npos &&
                 xml::read_c_number("0x" + version->substr(0, dot), 0xff, major) &&
                 xml::read_c_number("0x" + version->substr(dot + 1), 0xff, minor);
    if (!reads) node.fail("version", ErrorCode::XmlError, "a version such as '2.10' is needed");
    rule.version = static_cast<std::uint32_t>(major << 8 | minor);
}

void require_path(const xml::Reader& node, const CharacterSource& source) {
    if (source.type == CharacterType::Unix && source.path.empty())
        node.fail(nullptr, ErrorCode::InternalError,
                  "a character device of type 'unix' needs <source path=…>");
}

bool is_protocol(std::string_view name) {
    return name == "raw" || name == "telnet" || name == "telnets" || name == "tls";
}

void forget_generated(Channel& channel) {
    bool is_socket = channel.source.type == CharacterType::Unix && channel.target == ChannelTarget::Virtio;
    if (!is_socket) return;
    std::string_view path = channel.source.path;
    constexpr std::string_view older =
        "/var/lib/libvirt/qemu/channel/target/"; // "…/web.org.qemu.guest_agent.0"
    auto name = path.starts_with(older) ? path.substr(older.size()) : std::string_view{};
    auto dot = name.substr(0, name.find('/')).find('.', 1);
    bool is_older = !name.empty() && name.front() != '/' && dot != name.npos;
    bool is_newer = false; // "…/domain-3-web/org.qemu.guest_agent.0"
    if (path.ends_with(channel.name)) {
        path.remove_suffix(channel.name.size());
        constexpr std::string_view folder = "domain-";
        auto last = path.substr(0, path.size() - (path.ends_with('/') ? 1 : 0)).rfind('/');
        auto parent = last == path.npos ? path : path.substr(last + 1);
        is_newer = parent.starts_with(folder) && parent.ends_with('/') && parent.size() > folder.size() + 1;
    }
    if (is_older || is_newer) channel.source.path.clear();
}

void check(const xml::Reader& node, const Channel& channel) {
    bool is_ours = channel.source.type == CharacterType::Unix && channel.source.path.empty();
    if (is_ours && channel.source.reconnect)
        node.fail(nullptr, ErrorCode::InternalError,
                  "a socket that the driver makes is connected to, not from");
    if (channel.target != ChannelTarget::Guestfwd) return;
    require_path(node, channel.source);
    auto target = node.child("target");
    if (channel.guest_address.empty()) target.fail(nullptr, ErrorCode::XmlError, "guestfwd needs an address");
    if (channel.guest_port.empty()) target.fail(nullptr, ErrorCode::XmlError, "guestfwd needs a port");
    if (channel.guest_address.find(':') != std::string::npos)
        target.fail("address", ErrorCode::ConfigUnsupported, "guestfwd has an IPv4 address");
    in_addr address{};
    if (inet_aton(channel.guest_address.c_str(), &address) == 0)
        target.fail("address", ErrorCode::SystemError, "an IPv4 address is needed");
    std::uint32_t port = 0;
    if (!xml::read_value(std::string_view{channel.guest_port}, port))
        target.fail("port", ErrorCode::XmlError, "a number is needed");
}

namespace {
/// "2024-12-24T18:00:00", as strptime reads it.
bool is_time(const std::string& text) {
    tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    return rest != nullptr && *rest == '\0';
}
} // namespace

void check(const xml::Reader& node, const Graphics& graphics) {
    constexpr std::string_view actions[]{"fail", "disconnect", "keep"};
    constexpr std::size_t longest_vnc_password = 8; // of its protocol
    if (!graphics.connected.empty() && std::ranges::find(actions, graphics.connected) == std::end(actions))
        node.fail("connected", ErrorCode::ConfigUnsupported, "known are 'fail', 'disconnect' and 'keep'");
    bool is_vnc = graphics.type == GraphicsType::Vnc;
    if (is_vnc && graphics.password && graphics.password->size() > longest_vnc_password)
        node.fail("passwd", ErrorCode::ConfigUnsupported, "a VNC password has 8 characters at most");
    if (!graphics.password_valid_to.empty() && !is_time(graphics.password_valid_to))
        node.fail("passwdValidTo", ErrorCode::InternalError,
                  "a time such as '2024-12-24T18:00:00' is needed");
    if (graphics.peer_to_peer == Answer::Yes && !graphics.dbus_address.empty())
        node.fail("p2p", ErrorCode::XmlError, "a display for one client has no address");
}

void check(const xml::Reader& node, const Video& video) {
    auto model = node.child("model");
    auto only = [&](bool holds, const char* attribute, const char* what) {
        if (!holds) model.fail(attribute, ErrorCode::ConfigUnsupported, what);
    };
    using enum VideoType;
    only(!video.ram || video.type == Qxl, "ram", "only a card of type 'qxl' has it");
    only(!video.vram64 || video.type == Qxl, "vram64", "only a card of type 'qxl' has it");
    only(!video.vgamem || video.type == Qxl, "vgamem", "only a card of type 'qxl' has it");
    only(video.virtio.is_empty() || video.type == Virtio, nullptr, "only virtio devices have these options");
    only(video.accel3d != Answer::Yes || video.type == Virtio, nullptr,
         "only a card of type 'virtio' accelerates");
    bool is_outside = video.driver == VideoDriver::Vhostuser;
    only(!is_outside || video.type == Virtio, nullptr, "driver 'vhostuser' is for cards of type 'virtio'");
    only(is_outside || video.accel_node.empty(), nullptr, "only driver 'vhostuser' has a rendernode");
    auto acceleration = model.child("acceleration");
    bool says_nothing = !video.accel3d && !video.accel2d && video.accel_node.empty();
    only(!acceleration.exists() || !says_nothing, nullptr, "<acceleration> is empty");
    bool has_size = video.type == Vga || video.type == Qxl || video.type == Virtio || video.type == Bochs;
    auto resolution = model.child("resolution");
    if (!resolution.exists()) return;
    if (!has_size) model.fail(nullptr, ErrorCode::XmlError, "a card of this type has no <resolution>");
    only(video.width != 0U && video.height != 0U, nullptr, "a resolution starts at 1x1");
}

void check(const xml::Reader& node, const Input& input) {
    auto fail = [&](ErrorCode code, const char* message) { node.fail("bus", code, message); };
    bool on_virtio = input.bus == InputBus::Virtio;
    if (input.type == InputType::Evdev && input.bus)
        fail(ErrorCode::ConfigUnsupported, "an input of type 'evdev' is on no bus");
    if (input.type == InputType::Passthrough && input.bus && !on_virtio)
        fail(ErrorCode::ConfigUnsupported, "an input of type 'passthrough' is on bus 'virtio'");
    if (!input.model.empty() && !on_virtio)
        fail(ErrorCode::ConfigUnsupported, "only an input on bus 'virtio' has a model");
    if (input.type == InputType::Tablet && input.bus == InputBus::Ps2)
        fail(ErrorCode::InternalError, "a tablet is not on bus 'ps2'");
}

void check(const xml::Reader& node, AudioType type, const AudioStream& stream) {
    bool has_settings = stream.frequency || stream.channels || stream.format;
    auto require = [&](bool holds, const char* what) {
        if (!holds) node.fail(nullptr, ErrorCode::ConfigUnsupported, what);
    };
    require(stream.fixed_settings != Answer::Yes || stream.mixing_engine == Answer::Yes,
            "fixed settings need the mixing engine");
    require(!has_settings || stream.fixed_settings == Answer::Yes, "<settings> need fixedSettings='yes'");
    bool has_buffers = type == AudioType::Oss || type == AudioType::Coreaudio || type == AudioType::Sdl;
    require(!stream.buffer_count || has_buffers, "audio of this type has no bufferCount");
}

void check(const xml::Reader& node, Vsock& vsock) {
    constexpr std::uint32_t first = 3; // the others are the kernel's
    if (vsock.cid && *vsock.cid < first)
        node.child("cid").fail("address", ErrorCode::XmlError, "guests have addresses from 3 on");
    if (!vsock.automatic) vsock.automatic = vsock.cid ? Answer::No : Answer::Yes;
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
