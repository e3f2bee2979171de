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

/// QEMU's name of a processor feature that libvirt calls `name`: hyphens, and a few of its own.
std::string qemu_feature(std::string name) {
    constexpr auto renamed =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"pclmuldq", "pclmulqdq"},
                                                                      {"ffxsr", "fxsr-opt"},
                                                                      {"fxsr_opt", "fxsr-opt"},
                                                                      {"cmp_legacy", "cmp-legacy"},
                                                                      {"tsc_adjust", "tsc-adjust"}});
    for (auto [ours, theirs] : renamed)
        if (name == ours) return std::string{theirs};
    std::ranges::replace(name, '_', '-');
    return name;
}

std::string cpu_model(const Cpu& cpu) {
    auto migratable = [&](std::string name) {
        if (cpu.migratable) name += fmt::format(",migratable={}", name_of(*cpu.migratable));
        return name;
    };
    switch (cpu.mode.value_or(CpuMode::Custom)) {
    case CpuMode::Custom: return cpu.model;
    case CpuMode::HostPassthrough: return migratable("host");
    case CpuMode::Maximum: return migratable("max");
    case CpuMode::HostModel: break;
    }
    throw error(ErrorCode::ConfigUnsupported, "CPU mode 'host-model' cannot be started by this version; take "
                                              "'maximum', 'host-passthrough' (kvm) or a "
                                              "model of `vireo cpu-models`");
}

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

void CommandLineBuilder::add_machine() {
    auto machine = fmt::format("{},usb=off", domain_.os.machine);
    if (domain_.features && domain_.features->vmport)
        machine += fmt::format(",vmport={}", name_of(*domain_.features->vmport));
    option("-machine", machine + ",dump-guest-core=off,memory-backend=pc.ram");
    option("-accel", domain_.type == VirtType::Kvm ? "kvm" : "tcg");
}

void CommandLineBuilder::add_cpu() {
    if (!domain_.cpu) return;
    auto value = cpu_model(*domain_.cpu);
    auto set = [&](std::string_view feature, bool on) {
        value += fmt::format(",{}={}", feature, on_off(on));
    };
    if (domain_.features && domain_.features->apic && domain_.features->apic->eoi)
        set("kvm-pv-eoi", *domain_.features->apic->eoi == Switch::On);
    if (domain_.features && domain_.features->pvspinlock)
        set("kvm-pv-unhalt", *domain_.features->pvspinlock == Switch::On);
    for (const auto& timer : domain_.clock.timers) {
        if (timer.name == TimerName::Kvmclock && timer.present)
            set("kvmclock", *timer.present == Answer::Yes);
        if (timer.name == TimerName::Hypervclock && timer.present == Answer::Yes) set("hv-time", true);
        if (timer.name == TimerName::Tsc && timer.frequency)
            value += fmt::format(",tsc-frequency={}", *timer.frequency);
    }
    for (const auto& feature : domain_.cpu->features) {
        auto policy = feature.policy.value_or(FeaturePolicy::Require);
        if (policy == FeaturePolicy::Optional) continue;
        set(qemu_feature(feature.name), policy == FeaturePolicy::Require || policy == FeaturePolicy::Force);
    }
    if (domain_.features && domain_.features->pmu) set("pmu", *domain_.features->pmu == Switch::On);
    option("-cpu", value);
}

/// QEMU counts memory in MiB: what the user gave is rounded up.
void CommandLineBuilder::add_memory() {
    constexpr std::uint64_t unit = 1U << 20;
    auto mib = (domain_.memory.in_bytes() + unit - 1) / unit;
    option("-m", std::to_string(mib));
    option("-object",
           json::object{{"qom-type", "memory-backend-ram"}, {"id", "pc.ram"}, {"size", mib * unit}});
    option("-overcommit", "mem-lock=off");
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
    if (!domain_.features || !domain_.features->acpi) option("-no-acpi");
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
    if (!os.kernel.empty()) option("-kernel", os.kernel);
    if (!os.initrd.empty()) option("-initrd", os.initrd);
    if (!os.cmdline.empty()) option("-append", os.cmdline);
}

} // namespace vireo::qemu
