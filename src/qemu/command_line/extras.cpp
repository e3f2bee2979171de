// SPDX-License-Identifier: Apache-2.0
// What the user knows better: QEMU's namespace in the domain XML.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vireo::qemu {

using namespace model::domain;

namespace {
template <class T> T number_of(const std::string& text) {
    T number{};
    std::from_chars(text.data(), text.data() + text.size(), number); // its form is checked when it is read
    return number;
}

json::value value_of(const DeviceOverride::Property& property) {
    switch (property.type) {
    case PropertyType::Signed: return number_of<std::int64_t>(property.value);
    case PropertyType::Unsigned: return number_of<std::uint64_t>(property.value);
    case PropertyType::Bool: return property.value == "true";
    case PropertyType::String:
    case PropertyType::Remove: break;
    }
    return json::value(property.value);
}
} // namespace

json::object CommandLineBuilder::overridden(json::object device) const {
    auto id = json::find_text(device, "id");
    if (!id) return device;
    auto found = std::ranges::find(domain_.overrides, *id, &DeviceOverride::alias);
    if (found == domain_.overrides.end()) return device;
    for (const auto& property : found->properties)
        if (property.type == PropertyType::Remove)
            device.erase(property.name);
        else
            device[property.name] = value_of(property);
    return device;
}

void CommandLineBuilder::add_deprecation() {
    auto behavior = domain_.deprecation.value_or(DeprecationBehavior::None);
    if (behavior == DeprecationBehavior::None) return;
    json::object compatibility{{"deprecated-output", "hide"}};
    if (behavior != DeprecationBehavior::Omit) compatibility["deprecated-input"] = name_of(behavior);
    option("-compat", compatibility);
}

/// What the user adds, after all that is ours: he may override it.
void CommandLineBuilder::add_extra_arguments() {
    for (const auto& argument : domain_.extra_arguments.arguments) option(argument.value);
    for (const auto& variable : domain_.extra_arguments.environment)
        line_.environment.push_back(fmt::format("{}={}", variable.name, variable.value));
}

} // namespace vireo::qemu
