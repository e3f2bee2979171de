// SPDX-License-Identifier: Apache-2.0
#include "launcher/plan.hpp"

#include <charconv>

namespace vireo::launcher {

namespace {
void put(std::string& text, std::string_view key, std::string_view value) {
    if (value.find('\0') != value.npos)
        throw std::invalid_argument("the launch plan's '" + std::string{key} + "' holds a NUL byte");
    text.append(key).append("=").append(value).push_back('\0');
}

void put(std::string& text, std::string_view key, const std::vector<std::string>& values) {
    for (const auto& value : values) put(text, key, value);
}

template <class Number> Number number(std::string_view text) {
    Number value{};
    auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || rest != text.data() + text.size())
        throw std::invalid_argument("'" + std::string{text} + "' in the launch plan is not a number");
    return value;
}

/// Cuts off what stands before the next `end`, and that too.
std::string_view take(std::string_view& text, char end) {
    auto length = text.find(end);
    if (length == text.npos) throw std::invalid_argument("the launch plan is cut short");
    auto part = text.substr(0, length);
    text.remove_prefix(length + 1);
    return part;
}

Limit limit(std::string_view text) {
    auto resource = take(text, ':');
    auto soft = take(text, ':');
    return {number<int>(resource), number<std::uint64_t>(soft), number<std::uint64_t>(text)};
}

void apply(Plan& plan, std::string_view key, std::string_view value) {
    if (key == "argument")
        plan.arguments.emplace_back(value);
    else if (key == "environment")
        plan.environment.emplace_back(value);
    else if (key == "working_directory")
        plan.working_directory = value;
    else if (key == "pid_file")
        plan.pid_file = value;
    else if (key == "identity_file")
        plan.identity_file = value;
    else if (key == "cgroup")
        plan.cgroup = value;
    else if (key == "user")
        plan.user = number<uid_t>(value);
    else if (key == "group")
        plan.group = number<gid_t>(value);
    else if (key == "supplementary")
        plan.groups.push_back(number<gid_t>(value));
    else if (key == "processor")
        plan.processors.push_back(number<std::uint32_t>(value));
    else if (key == "limit")
        plan.limits.push_back(limit(value));
    else if (key == "umask")
        plan.umask = number<mode_t>(value);
    else if (key == "descriptor")
        plan.descriptors.push_back({-1, number<int>(value)});
    else if (key == "parent")
        plan.parent = number<pid_t>(value);
    else
        throw std::invalid_argument("the launch plan has an unknown entry '" + std::string{key} + "'");
}
} // namespace

std::string encode(const Plan& plan) {
    std::string text;
    put(text, "argument", plan.arguments);
    put(text, "environment", plan.environment);
    put(text, "working_directory", plan.working_directory);
    put(text, "pid_file", plan.pid_file);
    put(text, "identity_file", plan.identity_file);
    put(text, "cgroup", plan.cgroup);
    if (plan.user) put(text, "user", std::to_string(*plan.user));
    if (plan.group) put(text, "group", std::to_string(*plan.group));
    for (auto group : plan.groups) put(text, "supplementary", std::to_string(group));
    for (auto processor : plan.processors) put(text, "processor", std::to_string(processor));
    for (const auto& limit : plan.limits)
        put(text, "limit",
            std::to_string(limit.resource) + ":" + std::to_string(limit.soft) + ":" +
                std::to_string(limit.hard));
    put(text, "umask", std::to_string(plan.umask));
    for (const auto& descriptor : plan.descriptors)
        put(text, "descriptor", std::to_string(descriptor.target));
    put(text, "parent", std::to_string(plan.parent));
    return text;
}

Plan decode(std::string_view text) {
    Plan plan;
    while (!text.empty()) {
        auto value = take(text, '\0');
        auto key = take(value, '=');
        apply(plan, key, value);
    }
    if (plan.arguments.empty()) throw std::invalid_argument("the launch plan names no program");
    return plan;
}

} // namespace vireo::launcher
