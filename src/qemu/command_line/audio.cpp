// SPDX-License-Identifier: Apache-2.0
// Sound cards, and where their sound goes.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string_view driver_of(AudioType type) {
    switch (type) {
    case AudioType::Pulseaudio: return "pa";
    case AudioType::File: return "wav";
    default: return name_of(type);
    }
}

void put_text(json::object& object, const char* name, const std::string& value) {
    if (!value.empty()) object[name] = value;
}
void put_number(json::object& object, const char* name, const std::optional<std::uint32_t>& value) {
    if (value) object[name] = *value;
}
void put_answer(json::object& object, const char* name, const std::optional<Answer>& value) {
    if (value) object[name] = *value == Answer::Yes;
}

/// One direction, by the names of QEMU's QAPI type AudiodevPerDirectionOptions and its kin.
json::object stream_of(const AudioStream& stream) {
    json::object object;
    put_answer(object, "mixing-engine", stream.mixing_engine);
    put_answer(object, "fixed-settings", stream.fixed_settings);
    put_number(object, "voices", stream.voices);
    put_number(object, "buffer-length", stream.buffer_length);
    put_number(object, "frequency", stream.frequency);
    put_number(object, "channels", stream.channels);
    if (stream.format) object["format"] = name_of(*stream.format);
    put_text(object, "dev", stream.device);
    put_number(object, "buffer-count", stream.buffer_count);
    put_answer(object, "try-poll", stream.try_poll);
    put_text(object, "server-name", stream.server_name);
    put_text(object, "client-name", stream.client_name);
    put_text(object, "connect-ports", stream.connect_ports);
    put_answer(object, "exact-name", stream.exact_name);
    put_text(object, "name", stream.name);
    put_number(object, "latency", stream.latency);
    return object;
}

std::string_view card_of(SoundModel model) {
    switch (model) {
    case SoundModel::Es1370: return "ES1370";
    case SoundModel::Ac97: return "AC97";
    case SoundModel::Ich6: return "intel-hda";
    case SoundModel::Ich9: return "ich9-intel-hda";
    case SoundModel::Usb: return "usb-audio";
    case SoundModel::Sb16: return "sb16";
    case SoundModel::Pcspk: break;
    }
    return {};
}

std::string_view codec_of(CodecType codec) {
    switch (codec) {
    case CodecType::Duplex: return "hda-duplex";
    case CodecType::Micro: return "hda-micro";
    case CodecType::Output: return "hda-output";
    }
    return {};
}
} // namespace

void CommandLineBuilder::add_audio(const Audio& audio) {
    json::object object{{"id", fmt::format("audio{}", audio.id)}, {"driver", driver_of(audio.type)}};
    put_number(object, "timer-period", audio.timer_period);
    put_text(object, "path", audio.path);
    put_text(object, "server", audio.server_name);
    put_answer(object, "try-mmap", audio.try_mmap);
    put_answer(object, "exclusive", audio.exclusive);
    put_number(object, "dsp-policy", audio.dsp_policy);
    // SDL takes its driver from there, for all of its users in the process
    if (audio.driver) line_.environment.push_back(fmt::format("SDL_AUDIODRIVER={}", name_of(*audio.driver)));
    if (auto in = stream_of(audio.input); !in.empty()) object["in"] = std::move(in);
    if (auto out = stream_of(audio.output); !out.empty()) object["out"] = std::move(out);
    option("-audiodev", object);
}

/// The backend with this number, else the first one.
std::string CommandLineBuilder::audio_of(std::optional<std::uint32_t> id) const {
    if (id) return fmt::format("audio{}", *id);
    return devices_.audios.empty() ? std::string{} : fmt::format("audio{}", devices_.audios.front().id);
}

void CommandLineBuilder::add_sound(const Sound& sound) {
    auto audio = audio_of(sound.audio_id);
    if (sound.model == SoundModel::Pcspk) return option("-soundhw", "pcspk"); // as QEMU had it until 7.0
    auto driver = card_of(sound.model);
    require_device(driver);
    bool has_codecs = sound.model == SoundModel::Ich6 || sound.model == SoundModel::Ich9;
    json::object card{{"driver", driver}, {"id", sound.info.alias}};
    if (!has_codecs && !audio.empty()) card["audiodev"] = audio;
    put_address(card, sound.info);
    option("-device", card);
    if (!has_codecs) return;
    auto codecs = sound.codecs;
    if (codecs.empty()) codecs.push_back(CodecType::Duplex);
    for (std::size_t number = 0; number < codecs.size(); ++number) {
        json::object codec{{"driver", codec_of(codecs[number])}};
        codec["id"] = fmt::format("{}-codec{}", sound.info.alias, number);
        codec["bus"] = sound.info.alias + ".0";
        codec["cad"] = number;
        if (!audio.empty()) codec["audiodev"] = audio;
        option("-device", codec);
    }
}

} // namespace vireo::qemu
