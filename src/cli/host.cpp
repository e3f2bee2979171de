// SPDX-License-Identifier: Apache-2.0
// The commands about the host and the daemon.
#include "cli/typed_parameters.hpp"
#include "cli/version.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain.hpp"
#include "protocol/node.hpp"

#include <algorithm>
#include <array>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// Versions are one number: a million for the first part, a thousand for the second.
std::string version_text(std::uint64_t version) {
    return fmt::format("{}.{}.{}", version / 1'000'000, version / 1'000 % 1'000, version % 1'000);
}

awaitable<void> version(Shell& shell, const Arguments& arguments) {
    auto daemon = co_await shell.connection();
    auto type = (co_await daemon->call(protocol::connect_get_type)).type;
    Record record;
    record.add(
        "library", interface_version,
        fmt::format("Compiled against library: libvirt {0}\nUsing library: libvirt {0}", interface_version));
    record.add("api", type, fmt::format("Using API: {} {}", type, interface_version));
    auto hypervisor = (co_await daemon->call(protocol::connect_get_version)).hv_ver;
    if (hypervisor == 0)
        record.add("hypervisor", {}, fmt::format("Cannot extract running {} hypervisor version", type));
    else
        record.add("hypervisor", version_text(hypervisor),
                   fmt::format("Running hypervisor: {} {}", type, version_text(hypervisor)));
    if (arguments.has("daemon")) {
        auto own = version_text((co_await daemon->call(protocol::connect_get_lib_version)).lib_ver);
        record.add("daemon", own, fmt::format("Running against daemon: {}", own));
    }
    shell.show(record);
}

awaitable<void> nodeinfo(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto info = co_await explain("failed to get facts about the host", daemon->call(protocol::node_get_info));
    Record record;
    auto add = [&](std::string_view key, std::string_view name, Value value, const auto& text) {
        record.add(key, std::move(value), fmt::format("{:<20} {}", name, text));
    };
    std::string model{info.model.begin(), std::ranges::find(info.model, '\0')};
    add("cpu_model", "CPU model:", model, model);
    add("cpus", "CPU(s):", info.cpus, info.cpus);
    add("cpu_mhz", "CPU frequency:", info.mhz, fmt::format("{} MHz", info.mhz));
    add("sockets", "CPU socket(s):", info.sockets, info.sockets);
    add("cores_per_socket", "Core(s) per socket:", info.cores, info.cores);
    add("threads_per_core", "Thread(s) per core:", info.threads, info.threads);
    add("numa_cells", "NUMA cell(s):", info.nodes, info.nodes);
    add("memory_kib", "Memory size:", info.memory, fmt::format("{} KiB", info.memory));
    shell.show(record);
}

awaitable<void> uri(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto shown = shell.options().uri;
    if (shown.empty()) shown = (co_await daemon->call(protocol::connect_get_uri)).uri;
    shell.show("uri", shown, shown + '\n');
}

awaitable<void> hostname(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto answer =
        co_await explain("failed to get the host's name", daemon->call(protocol::connect_get_hostname));
    shell.show("hostname", answer.hostname, answer.hostname + '\n');
}

awaitable<void> capabilities(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto answer =
        co_await explain("failed to get the capabilities", daemon->call(protocol::connect_get_capabilities));
    shell.show("xml", answer.capabilities, answer.capabilities + '\n');
}

awaitable<std::string> domain_capabilities_of(Shell& shell, Arguments arguments) {
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(
        protocol::connect_get_domain_capabilities, arguments.optional_text("emulatorbin"),
        arguments.optional_text("arch"), arguments.optional_text("machine"),
        arguments.optional_text("virttype"), 0U);
    co_return answer.capabilities;
}

awaitable<void> domcapabilities(Shell& shell, const Arguments& arguments) {
    auto xml = co_await explain("failed to get the capabilities of domains",
                                domain_capabilities_of(shell, arguments));
    shell.show("xml", xml, xml + '\n');
}

awaitable<void> maxvcpus(Shell& shell, const Arguments& arguments) {
    auto daemon = co_await shell.connection();
    auto type = arguments.optional_text("type");
    std::int32_t most = 0;
    auto wanted = type ? arguments.with("virttype", *type) : arguments;
    if (auto xml = co_await if_supported(domain_capabilities_of(shell, std::move(wanted))))
        most = parsed_xml(*xml).child("domainCapabilities").child("vcpu").attribute("max").as_int();
    if (most <= 0) most = (co_await daemon->call_with(protocol::connect_get_max_vcpus, type)).max_vcpus;
    shell.show("max_vcpus", most, fmt::format("{}\n", most));
}

awaitable<void> sysinfo(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto answer = co_await explain("failed to get what the firmware tells",
                                   daemon->call_with(protocol::connect_get_sysinfo, 0U));
    shell.show_text("xml", answer.sysinfo);
}

awaitable<void> nodesevinfo(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto headline = "failed to get what the host can do with SEV";
    auto count = co_await explain(headline, daemon->call_with(protocol::node_get_sev_info, 0, 0U));
    auto answer =
        co_await explain(headline, daemon->call_with(protocol::node_get_sev_info, count.nparams, 0U));
    Record record;
    for (const auto& [field, value] : answer.params)
        record.add(field, value_of(value), fmt::format("{:<18}: {}", field, text_of(value)));
    shell.show(record);
}

awaitable<void> nodesuspend(Shell& shell, const Arguments& arguments) {
    constexpr std::array<std::string_view, 3> targets{"mem", "disk", "hybrid"}; // virNodeSuspendTarget
    auto target = std::ranges::find(targets, arguments.text("target"));
    if (target == targets.end())
        throw usage_error(
            fmt::format("there is no target '{}': it is mem, disk or hybrid", arguments.text("target")));
    auto duration = arguments.count("duration").value_or(0);
    auto daemon = co_await shell.connection();
    co_await explain("the host was not suspended",
                     daemon->call_with(protocol::node_suspend_for_duration,
                                       static_cast<std::uint32_t>(target - targets.begin()), duration, 0U));
}
} // namespace

Group host_commands() {
    std::vector<Command> commands{
        {"capabilities", "what host and hypervisor can do", "Shows it as XML.", {}, capabilities},
        {"domcapabilities",
         "what domains can have here",
         "Shows it as XML.",
         {{"virttype", Text, "kind of virtualization, such as kvm"},
          {"emulatorbin", Text, "path of the emulator"},
          {"arch", Text, "architecture"},
          {"machine", Text, "machine type"}},
         domcapabilities},
        {"hostname", "the name of the host", "", {}, hostname},
        {"maxvcpus",
         "how many virtual processors a domain can have",
         "",
         {{"type", Text, "kind of virtualization, such as kvm"}},
         maxvcpus},
        {"nodeinfo", "CPUs and memory of the host", "", {}, nodeinfo},
        {"nodesevinfo", "what the host can do with AMD SEV", "", {}, nodesevinfo},
        {"nodesuspend",
         "suspend the host for a while",
         "",
         {{"target", Positional, "where its state goes: mem, disk or hybrid"},
          {"duration", PositionalNumber, "seconds until it wakes up, at least 60"}},
         nodesuspend},
        {"sysinfo", "what the firmware tells about the host", "Shows it as XML.", {}, sysinfo},
        {"uri", "the URI of the connection", "", {}, uri},
        {"version",
         "versions of interface, hypervisor and daemon",
         "",
         {{"daemon", Flag, "the version of the daemon too"}},
         version},
    };
    for (const auto& part : {host_memory_commands(), host_cpu_commands()})
        commands.insert(commands.end(), part.begin(), part.end());
    std::ranges::sort(commands, {}, &Command::name);
    return {"Host and Hypervisor", "host", std::move(commands)};
}

} // namespace vireo::cli
