// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/character.hpp"
#include "model/domain/device_info.hpp"

#include <vector>

// Devices that few guests have: sound, watchdogs, cards and hubs; and those that are only kept so far.

namespace vireo::model::domain {

enum class SoundModel { Sb16, Es1370, Pcspk, Ac97, Ich6, Ich9, Usb };
constexpr auto names_of(SoundModel) {
    using enum SoundModel;
    return std::to_array<std::pair<SoundModel, std::string_view>>({{Sb16, "sb16"},
                                                                   {Es1370, "es1370"},
                                                                   {Pcspk, "pcspk"},
                                                                   {Ac97, "ac97"},
                                                                   {Ich6, "ich6"},
                                                                   {Ich9, "ich9"},
                                                                   {Usb, "usb"}});
}

enum class CodecType { Duplex, Micro, Output };
constexpr auto names_of(CodecType) {
    using enum CodecType;
    return std::to_array<std::pair<CodecType, std::string_view>>(
        {{Duplex, "duplex"}, {Micro, "micro"}, {Output, "output"}});
}

/// <sound>: a sound card; `codecs` are what an HDA card plays with.
struct Sound {
    SoundModel model = SoundModel::Ich6;
    std::vector<CodecType> codecs;
    std::optional<std::uint32_t> audio_id;
    DeviceInfo info;
    friend bool operator==(const Sound&, const Sound&) = default;
};

enum class WatchdogModel { I6300esb, Ib700, Diag288 };
constexpr auto names_of(WatchdogModel) {
    using enum WatchdogModel;
    return std::to_array<std::pair<WatchdogModel, std::string_view>>(
        {{I6300esb, "i6300esb"}, {Ib700, "ib700"}, {Diag288, "diag288"}});
}

enum class WatchdogAction { Reset, Shutdown, Poweroff, Pause, None, Dump, InjectNmi };
constexpr auto names_of(WatchdogAction) {
    using enum WatchdogAction;
    return std::to_array<std::pair<WatchdogAction, std::string_view>>({{Reset, "reset"},
                                                                       {Shutdown, "shutdown"},
                                                                       {Poweroff, "poweroff"},
                                                                       {Pause, "pause"},
                                                                       {None, "none"},
                                                                       {Dump, "dump"},
                                                                       {InjectNmi, "inject-nmi"}});
}

struct Watchdog {
    WatchdogModel model = WatchdogModel::I6300esb;
    WatchdogAction action = WatchdogAction::Reset;
    DeviceInfo info;
    friend bool operator==(const Watchdog&, const Watchdog&) = default;
};

enum class PanicModel { Isa, Pseries, Hyperv, S390 };
constexpr auto names_of(PanicModel) {
    using enum PanicModel;
    return std::to_array<std::pair<PanicModel, std::string_view>>(
        {{Isa, "isa"}, {Pseries, "pseries"}, {Hyperv, "hyperv"}, {S390, "s390"}});
}

/// <panic>: tells the host that the guest's system has crashed.
struct Panic {
    std::optional<PanicModel> model; ///< absent until completed
    DeviceInfo info;
    friend bool operator==(const Panic&, const Panic&) = default;
};

/// <vsock>: sockets between guest and host; `cid` is the guest's address.
struct Vsock {
    std::optional<VirtioModel> model; ///< absent until completed
    std::optional<Answer> automatic;
    std::optional<std::uint32_t> cid;
    VirtioOptions virtio;
    DeviceInfo info;
    friend bool operator==(const Vsock&, const Vsock&) = default;
};

/// <hub> of USB.
struct Hub {
    std::string type; ///< "usb"
    DeviceInfo info;
    friend bool operator==(const Hub&, const Hub&) = default;
};

enum class SmartcardMode { Host, HostCertificates, Passthrough };
constexpr auto names_of(SmartcardMode) {
    using enum SmartcardMode;
    return std::to_array<std::pair<SmartcardMode, std::string_view>>(
        {{Host, "host"}, {HostCertificates, "host-certificates"}, {Passthrough, "passthrough"}});
}

struct Smartcard {
    SmartcardMode mode = SmartcardMode::Host;
    std::vector<std::string> certificates; ///< three, of mode host-certificates
    std::string database;
    std::optional<CharacterSource> source; ///< of mode passthrough
    DeviceInfo info;
    friend bool operator==(const Smartcard&, const Smartcard&) = default;
};

/// <redirdev>: a USB device that a client brings.
struct RedirectedDevice {
    CharacterSource source;
    std::string bus; ///< "usb"
    DeviceInfo info;
    friend bool operator==(const RedirectedDevice&, const RedirectedDevice&) = default;
};

/// <usbdev> of <redirfilter>: absent parts match any device.
struct RedirectRule {
    std::optional<std::uint32_t> usb_class, vendor, product;
    std::optional<std::uint32_t> version; ///< binary-coded decimal: 0x0256 for "2.56"
    bool allow = false;
    friend bool operator==(const RedirectRule&, const RedirectRule&) = default;
};
/// <redirfilter>: which devices a client may bring; the first rule that matches counts.
struct RedirectFilter {
    std::vector<RedirectRule> rules;
    friend bool operator==(const RedirectFilter&, const RedirectFilter&) = default;
};

} // namespace vireo::model::domain
