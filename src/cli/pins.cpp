// SPDX-License-Identifier: Apache-2.0
// The commands about which processors of the host a domain may use.
#include "cli/cpu_set.hpp"
#include "cli/shell.hpp"
#include "protocol/domain_tuning.hpp"

namespace vireo::cli {

namespace {
using enum OptionKind;

/// "0-3,^2", or "r" for all.
std::string require_bitmap(const std::string& list, std::size_t cpus) {
    auto bitmap = cpu_bitmap(list, cpus);
    if (!bitmap)
        throw usage_error(
            fmt::format("'{}' is no list of this host's {} processors such as 0-1,^1", list, cpus));
    return *bitmap;
}

awaitable<void> show_vcpu_pins(Shell& shell, client::Domain domain, std::optional<std::int32_t> only,
                               std::uint32_t flags) {
    constexpr std::uint32_t live = 1, maximum = 4; // virDomainVcpuFlags
    auto cpus = co_await host_cpus(shell);
    auto bytes = static_cast<std::int32_t>((cpus + 7) / 8);
    auto of_which = (flags & live) == 0 && !domain.id() ? 2U : flags;
    auto count = (co_await domain.call(protocol::domain_get_vcpus_flags, of_which | maximum)).num;
    if (only && *only >= count)
        throw usage_error(fmt::format("there is no virtual processor {}: the domain has {}", *only, count));
    auto answer = co_await domain.call(protocol::domain_get_vcpu_pin_info, count, bytes, flags);
    Table table{{"VCPU", "CPU Affinity"}};
    for (std::int32_t vcpu = 0; vcpu < answer.num; ++vcpu) {
        if (only && vcpu != *only) continue;
        auto place = std::min(static_cast<std::size_t>(vcpu) * static_cast<std::size_t>(bytes),
                              answer.cpumaps.data.size());
        auto map = std::string_view{answer.cpumaps.data}.substr(place, static_cast<std::size_t>(bytes));
        table.add_row({Cell{std::to_string(vcpu), vcpu}, cpu_list(map, cpus)});
    }
    shell.show(table);
}

awaitable<void> vcpupin(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto vcpu = arguments.number("vcpu", 0);
    auto list = arguments.optional_text("cpulist");
    if (list && !vcpu) throw usage_error("option --cpulist needs --vcpu too");
    auto domain = co_await shell.domain_of(arguments);
    if (!list) co_return co_await show_vcpu_pins(shell, domain, vcpu, flags);
    auto cpus = co_await host_cpus(shell);
    decltype(protocol::DomainPinVcpuFlagsArgs::cpumap) map{require_bitmap(*list, cpus)};
    co_await domain.call(protocol::domain_pin_vcpu_flags, static_cast<std::uint32_t>(*vcpu), std::move(map),
                         flags);
}

awaitable<void> emulatorpin(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto list = arguments.optional_text("cpulist");
    auto domain = co_await shell.domain_of(arguments);
    auto cpus = co_await host_cpus(shell);
    if (list) {
        decltype(protocol::DomainPinEmulatorArgs::cpumap) map{require_bitmap(*list, cpus)};
        co_await domain.call(protocol::domain_pin_emulator, std::move(map), flags);
        co_return;
    }
    auto answer = co_await domain.call(protocol::domain_get_emulator_pin_info,
                                       static_cast<std::int32_t>((cpus + 7) / 8), flags);
    auto affinity = cpu_list(answer.cpumaps.data, cpus);
    shell.show("affinity", affinity,
               fmt::format("emulator: CPU Affinity\n{:-<34}\n       *: {}\n", "", affinity));
}
awaitable<void> iothreadpin(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto thread = arguments.number("iothread", 1).value_or(0);
    auto domain = co_await shell.domain_of(arguments);
    auto cpus = co_await host_cpus(shell);
    decltype(protocol::DomainPinIothreadArgs::cpumap) map{require_bitmap(arguments.text("cpulist"), cpus)};
    co_await domain.call(protocol::domain_pin_iothread, static_cast<std::uint32_t>(thread), std::move(map),
                         flags);
}
} // namespace

std::vector<Command> pin_commands() {
    const Option live{"live", Flag, "of the running guest"}, config{"config", Flag, "from its next start on"},
        current{"current", Flag, "whichever it is in now"};
    const Option list{"cpulist", Text, "these, as in 0-1,3; r for all"};
    return {
        {"emulatorpin",
         "the processors of the host for a domain's emulator",
         "Shows on which it may run, or changes them.",
         {domain_option, list, config, live, current},
         emulatorpin},
        {"iothreadpin",
         "the processors of the host for a thread of a domain's disks",
         "Changes on which it may run.",
         {domain_option,
          {"iothread", PositionalNumber, "its number"},
          {"cpulist", Positional, "these, as in 0-1,3; r for all"},
          config,
          live,
          current},
         iothreadpin},
        {"vcpupin",
         "the processors of the host for virtual ones",
         "Shows on which each may run, or changes them for one.",
         {domain_option, {"vcpu", Number, "this one"}, list, config, live, current},
         vcpupin},
    };
}

} // namespace vireo::cli
