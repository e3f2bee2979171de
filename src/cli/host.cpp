// SPDX-License-Identifier: Apache-2.0
// The commands about the host and the daemon.
#include "cli/shell.hpp"
#include "cli/version.hpp"
#include "protocol/connect.hpp"
#include "protocol/node.hpp"

#include <algorithm>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// Versions are one number: a million for the first part, a thousand for the second.
std::string version_text(std::uint64_t version) {
    return fmt::format("{}.{}.{}", version / 1'000'000, version / 1'000 % 1'000, version % 1'000);
}

awaitable<void> version(Shell& shell, const Arguments& arguments) {
    auto daemon = co_await shell.connection();
    auto type = co_await daemon->call(protocol::connect_get_type);
    shell.print("Compiled against library: libvirt {}\n", interface_version);
    shell.print("Using library: libvirt {}\n", interface_version);
    shell.print("Using API: {} {}\n", type.type, interface_version);
    auto hypervisor = co_await daemon->call(protocol::connect_get_version);
    if (hypervisor.hv_ver == 0)
        shell.print("Cannot extract running {} hypervisor version\n", type.type);
    else
        shell.print("Running hypervisor: {} {}\n", type.type, version_text(hypervisor.hv_ver));
    if (!arguments.has("daemon")) co_return;
    auto own = co_await daemon->call(protocol::connect_get_lib_version);
    shell.print("Running against daemon: {}\n", version_text(own.lib_ver));
}

awaitable<void> nodeinfo(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto info = co_await explain("failed to get facts about the host", daemon->call(protocol::node_get_info));
    auto line = [&](std::string_view name, const auto& value) { shell.print("{:<20} {}\n", name, value); };
    line("CPU model:", std::string_view{info.model.begin(), std::ranges::find(info.model, '\0')});
    line("CPU(s):", info.cpus);
    line("CPU frequency:", fmt::format("{} MHz", info.mhz));
    line("CPU socket(s):", info.sockets);
    line("Core(s) per socket:", info.cores);
    line("Thread(s) per core:", info.threads);
    line("NUMA cell(s):", info.nodes);
    line("Memory size:", fmt::format("{} KiB", info.memory));
}

awaitable<void> uri(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    if (!shell.options().uri.empty()) co_return shell.print("{}\n", shell.options().uri);
    auto answer = co_await daemon->call(protocol::connect_get_uri);
    shell.print("{}\n", answer.uri);
}

awaitable<void> hostname(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto answer =
        co_await explain("failed to get the host's name", daemon->call(protocol::connect_get_hostname));
    shell.print("{}\n", answer.hostname);
}

awaitable<void> capabilities(Shell& shell, const Arguments&) {
    auto daemon = co_await shell.connection();
    auto answer =
        co_await explain("failed to get the capabilities", daemon->call(protocol::connect_get_capabilities));
    shell.print("{}\n", answer.capabilities);
}
} // namespace

Group host_commands() {
    return {"Host and Hypervisor",
            "host",
            {
                {"capabilities", "what host and hypervisor can do", "Shows it as XML.", {}, capabilities},
                {"hostname", "the name of the host", "", {}, hostname},
                {"nodeinfo", "CPUs and memory of the host", "", {}, nodeinfo},
                {"uri", "the URI of the connection", "", {}, uri},
                {"version",
                 "versions of interface, hypervisor and daemon",
                 "",
                 {{"daemon", Flag, "the version of the daemon too"}},
                 version},
            }};
}

} // namespace vireo::cli
