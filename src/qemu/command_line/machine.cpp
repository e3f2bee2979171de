// SPDX-License-Identifier: Apache-2.0
// The board: machine type, processors, memory, clock, power, what it boots.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::string_view on_off(bool on) { return on ? "on" : "off"; }

std::string text_of(std::time_t seconds) { return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(seconds)); }

/// Seconds of <clock adjustment=…>; "reset" and nothing are none.
std::chrono::seconds adjustment_of(const Clock& clock) {
    std::int64_t seconds = 0;
    auto text = clock.adjustment.value_or("0");
    auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds{failure == std::errc{} && rest == text.data() + text.size() ? seconds : 0};
}

/// What `localtime` adds to UTC at this moment.
std::chrono::seconds local_offset(std::chrono::system_clock::time_point now) {
    auto seconds = std::chrono::system_clock::to_time_t(now);
    return std::chrono::seconds{fmt::localtime(seconds).tm_gmtoff};
}

std::string rtc_base(const Clock& clock, std::chrono::system_clock::time_point now) {
    switch (clock.offset) {
    case ClockOffset::Utc: return "utc";
    case ClockOffset::Localtime:
    case ClockOffset::Timezone: return "localtime";
    case ClockOffset::Absolute: return text_of(static_cast<std::time_t>(clock.start));
    case ClockOffset::Variable: break;
    }
    bool local = clock.basis == ClockBasis::Localtime;
    auto shifted = now + adjustment_of(clock) + (local ? local_offset(now) : std::chrono::seconds{0});
    return text_of(std::chrono::system_clock::to_time_t(shifted));
}

std::string_view rtc_clock(TimerTrack track) {
    switch (track) {
    case TimerTrack::Boot:
    case TimerTrack::Realtime: return "rt";
    case TimerTrack::Guest: return "vm";
    case TimerTrack::Wall: return "host";
    }
    return "host";
}
} // namespace

namespace {
/// What only pseries has.
std::string capabilities_of_pseries(const Features& features) {
    std::string options;
    auto set = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) options += fmt::format(",{}={}", name, value);
    };
    auto set_switch = [&](std::string_view name, const std::optional<Switch>& value) {
        if (value) set(name, name_of(*value));
    };
    set("resize-hpt", features.hpt_resizing);
    if (features.hpt_max_page)
        set("cap-hpt-max-page-size", fmt::format("{}k", features.hpt_max_page->in_kib()));
    set_switch("cap-htm", features.htm);
    set_switch("cap-nested-hv", features.nested_hv);
    set_switch("cap-ccf-assist", features.ccf_assist);
    set("cap-cfpc", features.cfpc);
    set("cap-sbbc", features.sbbc);
    set("cap-ibs", features.ibs);
    return options;
}
} // namespace

std::string CommandLineBuilder::machine_features() const {
    if (!domain_.features) return {};
    const auto& features = *domain_.features;
    std::string options;
    if (features.vmport) options += fmt::format(",vmport={}", name_of(*features.vmport));
    if (features.smm && features.smm->state) options += fmt::format(",smm={}", name_of(*features.smm->state));
    if (features.ioapic)
        options += fmt::format(",kernel_irqchip={}", *features.ioapic == IoapicDriver::Qemu ? "split" : "on");
    if (board_ == Board::Virt && domain_.os.arch == "aarch64" && features.has_gic)
        options += ",gic-version=" + features.gic_version;
    return options + capabilities_of_pseries(features);
}

/// That of the device which is booted first.
std::string CommandLineBuilder::load_parameter() const {
    auto find = [](const auto& devices) -> std::string {
        for (const auto& device : devices)
            if (device.info.boot_order == 1U && !device.info.load_parameter.empty())
                return ",loadparm=" + device.info.load_parameter;
        return {};
    };
    auto found = find(devices_.disks);
    if (found.empty()) found = find(devices_.interfaces);
    return found.empty() ? find(devices_.hostdevs) : found;
}

void CommandLineBuilder::add_machine() {
    auto machine = fmt::format("{},usb=off", domain_.os.machine) + machine_features() + key_wrapping();
    machine += fmt::format(",dump-guest-core={}", name_of(domain_.dump_core.value_or(Switch::Off)));
    if (domain_.memory_backing && domain_.memory_backing->no_share_pages) machine += ",mem-merge=off";
    bool has_nodes = domain_.cpu && !domain_.cpu->numa.empty(); // they have the memory
    if (has_nodes && has_memory_attributes(*domain_.cpu)) machine += ",hmat=on";
    if (!has_nodes) machine += ",memory-backend=" + ram_id();
    machine += platform_of_machine();
    for (const auto& flash : flashes_) machine += fmt::format(",{}=libvirt-{}-format", flash, flash);
    if (domain_.launch_security) machine += ",confidential-guest-support=lsec0";
    option("-machine", machine + load_parameter());
    option("-accel", accelerator());
    if (domain_.features && domain_.features->smm && domain_.features->smm->tseg) {
        constexpr std::uint64_t mib = 1U << 20;
        option("-global",
               fmt::format("mch.extended-tseg-mbytes={}", domain_.features->smm->tseg->in_bytes() / mib));
    }
}

std::string CommandLineBuilder::ram_id() const {
    const auto& id = capabilities_.require_machine(domain_.os.machine).ram_id;
    return id.empty() ? "pc.ram" : id;
}

std::string CommandLineBuilder::accelerator() const {
    std::string accel = domain_.type == VirtType::Kvm ? "kvm" : "tcg";
    if (!domain_.features) return accel;
    const auto& features = *domain_.features;
    constexpr std::uint64_t mib = 1U << 20;
    if (domain_.type == VirtType::Kvm && features.kvm && features.kvm->dirty_ring == Switch::On)
        accel += fmt::format(",dirty-ring-size={}", features.kvm->dirty_ring_size.value_or(0));
    if (domain_.type == VirtType::Qemu && features.tcg_cache)
        accel += fmt::format(",tb-size={}", features.tcg_cache->in_bytes() / mib);
    return accel;
}

void CommandLineBuilder::add_vcpus() {
    const auto& vcpus = domain_.vcpus;
    auto value = std::to_string(vcpus.current.value_or(vcpus.maximum));
    if (vcpus.current.value_or(vcpus.maximum) != vcpus.maximum)
        value += fmt::format(",maxcpus={}", vcpus.maximum);
    if (domain_.cpu && domain_.cpu->topology) {
        const auto& shape = *domain_.cpu->topology;
        value += fmt::format(",sockets={},dies={},cores={},threads={}", shape.sockets, shape.dies,
                             shape.cores, shape.threads);
    } else {
        value += fmt::format(",sockets={},cores=1,threads=1", vcpus.maximum);
    }
    option("-smp", value);
}

void CommandLineBuilder::add_clock() {
    auto rtc = "base=" + rtc_base(domain_.clock, context_.now);
    for (const auto& timer : domain_.clock.timers) {
        if (timer.name != TimerName::Rtc) continue;
        if (timer.track) rtc += fmt::format(",clock={}", rtc_clock(*timer.track));
        if (timer.tick_policy == TickPolicy::Catchup) rtc += ",driftfix=slew";
    }
    option("-rtc", rtc);
    for (const auto& timer : domain_.clock.timers) {
        bool kept = timer.tick_policy == TickPolicy::Delay || timer.tick_policy == TickPolicy::Discard;
        if (timer.name == TimerName::Pit && kept && capabilities_.has_kvm)
            option("-global", fmt::format("kvm-pit.lost_tick_policy={}", name_of(*timer.tick_policy)));
        if (timer.name == TimerName::Hpet && timer.present == Answer::No) option("-no-hpet");
    }
}

void CommandLineBuilder::add_power() {
    option("-no-shutdown");
    bool has_acpi = is_x86(domain_.os.arch) || domain_.os.arch == "aarch64";
    if (has_acpi && (!domain_.features || !domain_.features->acpi)) option("-no-acpi");
    if (!domain_.power_management) return;
    const char* chip = board_ == Board::Q35 ? "ICH9-LPC" : "PIIX4_PM";
    auto set = [&](std::string_view state, std::optional<Answer> offered) {
        if (offered)
            option("-global", fmt::format("{}.disable_{}={}", chip, state, *offered == Answer::No ? 1 : 0));
    };
    set("s3", domain_.power_management->suspend_to_mem);
    set("s4", domain_.power_management->suspend_to_disk);
}

void CommandLineBuilder::add_boot() {
    const auto& os = domain_.os;
    std::string boot;
    if (os.boot_menu) {
        bool shown = os.boot_menu->enable == Answer::Yes;
        boot += fmt::format("menu={},", on_off(shown));
        if (shown && os.boot_menu->timeout) boot += fmt::format("splash-time={},", *os.boot_menu->timeout);
    }
    if (os.bios && os.bios->reboot_timeout)
        boot += fmt::format("reboot-timeout={},", *os.bios->reboot_timeout);
    option("-boot", boot + "strict=on");
    add_acpi_table();
    if (!os.device_tree.empty()) option("-dtb", os.device_tree);
    if (!os.kernel.empty()) option("-kernel", os.kernel);
    if (!os.initrd.empty()) option("-initrd", os.initrd);
    if (!os.cmdline.empty()) option("-append", os.cmdline);
}

} // namespace vireo::qemu
