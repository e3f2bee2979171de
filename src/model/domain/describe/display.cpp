// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

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

/// A VNC display at a path: before there was <listen>, its attribute said all.
inline bool has_socket_attribute(const Graphics& graphics) {
    return graphics.type == GraphicsType::Vnc && !graphics.listens.empty() &&
           !graphics.listens.front().socket.empty();
}

/// The two ports of a SPICE display: -1 asks for any, and 0 is no port.
template <class Node> void read_spice_ports(Node& node, auto& graphics) {
    std::optional<Answer> autoport;
    auto& tls = graphics.spice.tls_port;
    node.attribute("port", graphics.port).attribute("tlsPort", tls);
    node.attribute("autoport", autoport);
    graphics.autoport = autoport == Answer::Yes || (graphics.port == -1 && tls == -1);
    auto drop = [&](auto& port) {
        if (port == 0 || (graphics.autoport && !node.live())) port.reset();
    };
    drop(graphics.port);
    drop(tls);
    auto& listens = graphics.listens;
    bool is_silent = !graphics.port && !tls && !graphics.autoport;
    if (is_silent && !listens.empty() && listens.front().type == ListenType::Address) {
        listens.front() = {};
        listens.front().type = ListenType::None;
    }
}

/// The display's port; without a port one is chosen at start, and shown while the guest runs.
template <class Node> void describe_port(Node& node, Of<Graphics> auto& graphics) {
    if constexpr (is_reader<Node>) {
        if (graphics.type == GraphicsType::Spice) return read_spice_ports(node, graphics);
        std::optional<Answer> autoport;
        node.attribute("port", graphics.port, xml::wrong_is_internal);
        std::optional<std::string> given;
        node.attribute("autoport", given);
        if (given) autoport = *given == "yes" ? Answer::Yes : Answer::No;
        bool is_open = !graphics.port || *graphics.port == -1;
        graphics.autoport = autoport ? *autoport == Answer::Yes : is_open;
        if (graphics.port && (*graphics.port == -1 || (graphics.autoport && !node.live())))
            graphics.port.reset();
    } else if (graphics.listens.empty() || graphics.listens.front().type == ListenType::Address ||
               graphics.listens.front().type == ListenType::Network) {
        bool is_known = graphics.port && (!graphics.autoport || node.live());
        if (is_known)
            node.attribute("port", graphics.port);
        else if (graphics.autoport && graphics.type == GraphicsType::Vnc)
            node.attribute("port", -1);
        if (graphics.type == GraphicsType::Spice) node.attribute("tlsPort", graphics.spice.tls_port);
        node.attribute("autoport", graphics.autoport ? Answer::Yes : Answer::No);
    }
}

template <class Node> void describe(Node& node, Of<SpiceChannel> auto& channel) {
    node.attribute("name", channel.name, xml::required).attribute("mode", channel.mode, xml::required);
}

/// An element that is there for its attribute.
template <class Node> void describe_setting(Node element, const char* name, auto& value) {
    if (element.exists()) element.attribute(name, value, xml::required);
}

/// The elements of a SPICE display.
template <class Node> void describe_spice(Node& node, auto& spice) {
    node.children("channel", spice.channels);
    if constexpr (is_reader<Node>)
        std::erase_if(spice.channels,
                      [](const auto& channel) { return channel.mode == SpiceChannelMode::Any; });
    describe_setting(node.child("image"), "compression", spice.image);
    describe_setting(node.child("jpeg"), "compression", spice.jpeg);
    describe_setting(node.child("zlib"), "compression", spice.zlib);
    describe_setting(node.child("playback"), "compression", spice.playback);
    describe_setting(node.child("streaming"), "mode", spice.streaming);
    describe_setting(node.child("mouse"), "mode", spice.mouse);
    describe_setting(node.child("clipboard"), "copypaste", spice.clipboard);
    describe_setting(node.child("filetransfer"), "enable", spice.file_transfer);
}

template <class Node> void describe_gl(Node gl, auto& graphics) {
    using enum GraphicsType;
    if (graphics.type != EglHeadless && gl.exists()) gl.attribute("enable", graphics.gl, xml::required);
    if (graphics.type != Sdl) gl.attribute("rendernode", graphics.render_node);
}

/// <audio id=…>: which backend plays.
template <class Node> void describe_audio_id(Node audio, auto& id) {
    if (!is_reader<Node> || audio.exists()) describe_positive(audio, "id", id, xml::required);
}

/// <graphics> (libvirt's formatdomain, "Graphical framebuffers").
template <class Node> void describe(Node& node, Of<Graphics> auto& graphics) {
    using enum GraphicsType;
    auto& kept = graphics.kept;
    node.attribute("type", graphics.type, xml::required)
        .supports("type", graphics.type, {Vnc, Spice, Sdl, EglHeadless, Dbus});
    if (graphics.type == Vnc || graphics.type == Spice) {
        describe_port(node, graphics);
        describe_first_listen(node, graphics);
        if (graphics.type == Spice) node.attribute("defaultMode", graphics.spice.default_mode);
    } else {
        node.kept_attributes({"port", "autoport", "replaceUser", "multiUser"}, kept);
        if (graphics.type == Rdp) describe_first_listen(node, graphics);
    }
    node.attribute("websocket", graphics.websocket)
        .attribute("display", graphics.display)
        .attribute("xauth", graphics.xauth)
        .attribute("fullscreen", graphics.full_screen)
        .attribute("p2p", graphics.peer_to_peer);
    if (graphics.type == Dbus) node.attribute("address", graphics.dbus_address);
    node.attribute("keymap", graphics.keymap);
    if (node.secure()) node.attribute("passwd", graphics.password);
    node.attribute("passwdValidTo", graphics.password_valid_to).attribute("connected", graphics.connected);
    node.attribute("sharePolicy", graphics.share_policy).attribute("powerControl", graphics.power_control);
    if constexpr (!is_reader<Node>) {
        if (!(node.migratable() && has_socket_attribute(graphics))) node.children("listen", graphics.listens);
    }
    if (graphics.type == Spice) describe_spice(node, graphics.spice);
    describe_gl(node.child("gl"), graphics);
    describe_audio_id(node.child("audio"), graphics.audio_id);
    if constexpr (is_reader<Node>) {
        if (!graphics.password) { // what is said of it says nothing then
            graphics.password_valid_to.clear();
            graphics.connected.clear();
        }
        check(node, graphics);
    }
}

template <class Node> void describe_acceleration(Node node, auto& video) {
    node.attribute("accel3d", video.accel3d)
        .attribute("accel2d", video.accel2d)
        .attribute("rendernode", video.accel_node);
}

template <class Node> void describe_resolution(Node size, auto& video) {
    if (is_reader<Node> && !size.exists()) return;
    size.attribute("x", video.width, xml::required).attribute("y", video.height, xml::required);
}

/// <video> (libvirt's formatdomain, "Video devices").
template <class Node> void describe(Node& node, Of<Video> auto& video) {
    using enum VideoType;
    {
        auto driver = node.child("driver");
        driver.attribute("name", video.driver);
        describe_virtio(driver, video.virtio);
    }
    {
        auto model = node.child("model");
        model.attribute("type", video.type, xml::wrong_is_unsupported)
            .supports("type", video.type, {Default, Vga, Cirrus, Vmvga, Qxl, Virtio, None, Bochs, Ramfb});
        describe_or_zero(model, "ram", video.ram);
        describe_or_zero(model, "vram", video.vram);
        describe_or_zero(model, "vram64", video.vram64);
        describe_or_zero(model, "vgamem", video.vgamem);
        describe_or_zero(model, "heads", video.heads, xml::wrong_is_internal);
        if constexpr (is_reader<Node>)
            describe_lenient(model, "primary", video.primary);
        else
            model.attribute("primary", video.primary);
        describe_acceleration(model.child("acceleration"), video);
        describe_resolution(model.child("resolution"), video);
    }
    describe_info(node, video.info);
    if constexpr (is_reader<Node>) check(node, video);
}

template <class Node> void describe_stream(Node node, AudioType type, auto& stream) {
    using enum AudioType;
    node.attribute("mixingEngine", stream.mixing_engine).attribute("fixedSettings", stream.fixed_settings);
    describe_positive(node, "voices", stream.voices);
    describe_positive(node, "bufferLength", stream.buffer_length);
    if (type == Alsa || type == Oss) node.attribute("dev", stream.device);
    if (type == Oss) node.attribute("tryPoll", stream.try_poll);
    if (type == Oss || type == Coreaudio || type == Sdl)
        describe_positive(node, "bufferCount", stream.buffer_count);
    if (type == Jack) {
        node.attribute("serverName", stream.server_name)
            .attribute("clientName", stream.client_name)
            .attribute("connectPorts", stream.connect_ports)
            .attribute("exactName", stream.exact_name);
    }
    if (type == Pulseaudio) {
        node.attribute("name", stream.name).attribute("streamName", stream.client_name);
        describe_positive(node, "latency", stream.latency);
    }
    {
        auto settings = node.child("settings");
        if (!is_reader<Node> && stream.fixed_settings == Answer::Yes) settings.open();
        describe_positive(settings, "frequency", stream.frequency);
        describe_positive(settings, "channels", stream.channels);
        settings.attribute("format", stream.format);
    }
    if constexpr (is_reader<Node>) check(node, type, stream);
}

/// <audio> (libvirt's formatdomain, "Audio backends").
template <class Node> void describe(Node& node, Of<Audio> auto& audio) {
    using enum AudioType;
    node.attribute("id", audio.id, xml::required)
        .attribute("type", audio.type, xml::required)
        .supports("type", audio.type, {None, Alsa, Jack, Oss, Pulseaudio, Sdl, Spice, File, Dbus})
        .attribute("path", audio.path)
        .attribute("serverName", audio.server_name)
        .attribute("driver", audio.driver)
        .attribute("tryMMap", audio.try_mmap)
        .attribute("exclusive", audio.exclusive)
        .attribute("dspPolicy", audio.dsp_policy);
    describe_positive(node, "timerPeriod", audio.timer_period);
    describe_stream(node.child("input"), audio.type, audio.input);
    describe_stream(node.child("output"), audio.type, audio.output);
    if constexpr (is_reader<Node>) {
        if (audio.id == 0) node.fail("id", ErrorCode::XmlError, "audio backends are numbered from 1");
    }
}

template <class Node> void describe(Node& node, Of<CodecType> auto& codec) {
    node.attribute("type", codec, {ErrorCode::ConfigUnsupported, ErrorCode::ConfigUnsupported});
}

/// <sound> (libvirt's formatdomain, "Sound devices").
template <class Node> void describe(Node& node, Of<Sound> auto& sound) {
    using enum SoundModel;
    node.attribute("model", sound.model, {ErrorCode::XmlError, ErrorCode::XmlError})
        .supports("model", sound.model, {Sb16, Es1370, Ac97, Ich6, Ich9, Usb});
    if (sound.model == Ich6 || sound.model == Ich9) node.children("codec", sound.codecs);
    describe_audio_id(node.child("audio"), sound.audio_id);
    describe_info(node, sound.info);
}

template void describe(xml::Reader&, Graphics&);
template void describe(xml::Writer&, const Graphics&);
template void describe(xml::Survey&, const Graphics&);
template void describe(xml::Reader&, Video&);
template void describe(xml::Writer&, const Video&);
template void describe(xml::Survey&, const Video&);
template void describe(xml::Reader&, Audio&);
template void describe(xml::Writer&, const Audio&);
template void describe(xml::Survey&, const Audio&);
template void describe(xml::Reader&, Sound&);
template void describe(xml::Writer&, const Sound&);
template void describe(xml::Survey&, const Sound&);

} // namespace vireo::model::domain
