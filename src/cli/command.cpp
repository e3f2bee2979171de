// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <array>

namespace vireo::cli {

bool takes_position(OptionKind kind) {
    return kind != OptionKind::Flag && kind != OptionKind::NamedText && kind != OptionKind::NamedNumber &&
           kind != OptionKind::NamedTexts;
}

bool is_rest(OptionKind kind) {
    return kind == OptionKind::Rest || kind == OptionKind::RequiredRest || kind == OptionKind::Verbatim;
}

bool is_required(OptionKind kind) {
    return kind == OptionKind::Positional || kind == OptionKind::PositionalNumber ||
           kind == OptionKind::RequiredRest;
}

const Option* Command::find_option(std::string_view wanted) const {
    auto found = std::ranges::find_if(options, [&](const Option& option) {
        return option.name == wanted || (!option.also.empty() && option.also == wanted);
    });
    return found == options.end() ? nullptr : &*found;
}

std::span<const Group> command_table() {
    static const std::array groups{domain_commands(), monitor_commands(), event_commands(),
                                   host_commands(),   launch_commands(),  shell_commands()};
    return groups;
}

const Command* find_command(std::string_view name) {
    for (const auto& group : command_table())
        if (auto found = std::ranges::find(group.commands, name, &Command::name);
            found != group.commands.end())
            return &*found;
    return nullptr;
}

std::string_view nearest_command(std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& group : command_table())
        for (const auto& command : group.commands) names.push_back(command.name);
    return nearest(name, names);
}

namespace {
/// The parts of a group as one list, by name.
std::vector<Command> joined(std::initializer_list<std::vector<Command>> parts) {
    std::vector<Command> all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    std::ranges::sort(all, {}, &Command::name);
    return all;
}
} // namespace

Group domain_commands() {
    return {"Domain Management", "domain",
            joined({lifecycle_commands(), change_commands(), text_commands(), display_commands(),
                    vcpu_commands(), pin_commands(), save_commands(), device_change_commands(),
                    attachment_commands(), detachment_commands(), input_commands(), agent_commands(),
                    hypervisor_commands(), job_commands(), block_job_commands(), explain_commands()})};
}

Group monitor_commands() {
    return {"Domain Monitoring", "monitor",
            joined({list_commands(), device_commands(), statistics_commands()})};
}

Group launch_commands() {
    return {"Launching", "launch", joined({making_commands(), access_commands(), ending_commands()})};
}

} // namespace vireo::cli
