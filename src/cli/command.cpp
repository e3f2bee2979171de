// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace vireo::cli {

namespace {
/// How many letters must be changed, added or taken away to turn one word into the other (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            auto replaced = diagonal + (from[i] != to[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}
} // namespace

const Option* Command::find_option(std::string_view wanted) const {
    auto found = std::ranges::find(options, wanted, &Option::name);
    return found == options.end() ? nullptr : &*found;
}

std::span<const Group> command_table() {
    static const std::array groups{domain_commands(), monitor_commands(), event_commands(), host_commands(),
                                   shell_commands()};
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
    std::string_view nearest;
    auto best = name.size() < 5 ? std::size_t{2} : std::size_t{3}; // further away is another word
    for (const auto& group : command_table())
        for (const auto& command : group.commands)
            if (auto far = distance(name, command.name); far < best) {
                best = far;
                nearest = command.name;
            }
    return nearest;
}

} // namespace vireo::cli
