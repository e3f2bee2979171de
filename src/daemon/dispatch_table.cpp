// SPDX-License-Identifier: Apache-2.0
#include "daemon/dispatch_table.hpp"

#include "protocol/programs.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

DispatchTable::DispatchTable(const Drivers& drivers, std::string host_name)
    : connect_calls_{drivers, std::move(host_name)} {
    connect_calls_.bind(hypervisor_);
    event_calls_.bind(hypervisor_);
    node_calls_.bind(hypervisor_);
    domain_queries_.bind(hypervisor_);
    domain_commands_.bind(hypervisor_);
    graphics_calls_.bind(hypervisor_);
    qemu_calls_.bind(hypervisor_);
    admin_calls_.bind(admin_);
    guest_calls_.bind(hypervisor_);
    guest_system_calls_.bind(hypervisor_);
    setting_calls_.bind(hypervisor_);
    device_calls_.bind(hypervisor_);
    iothread_calls_.bind(hypervisor_);
    statistics_calls_.bind(hypervisor_);
    native_calls_.bind(hypervisor_);
    inspection_calls_.bind(hypervisor_);
    save_calls_.bind(hypervisor_);
    block_job_calls_.bind(hypervisor_);
}

std::string DispatchTable::list_procedures() const {
    struct Listed {
        std::string_view name;
        protocol::Program program;
        const rpc::Dispatcher& dispatcher;
    };
    const Listed programs[] = {{"remote", protocol::Program::Remote, hypervisor_},
                               {"qemu", protocol::Program::Qemu, hypervisor_},
                               {"lxc", protocol::Program::Lxc, hypervisor_},
                               {"admin", protocol::Program::Admin, admin_}};
    std::string lines;
    for (const auto& [name, program, dispatcher] : programs)
        for (const auto& procedure : protocol::procedures_of(program)) {
            // The server sends events: one that is in the table can be sent.
            bool implemented = procedure.is_event || dispatcher.implements(program, procedure.number);
            lines += fmt::format("{}  {{\"program\": \"{}\", \"number\": {}, \"name\": \"{}\", \"kind\": "
                                 "\"{}\", \"implemented\": {}}}",
                                 lines.empty() ? "" : ",\n", name, procedure.number, procedure.name,
                                 procedure.is_event ? "event" : "call", implemented);
        }
    return fmt::format("[\n{}\n]\n", lines);
}

} // namespace vireo::daemon
