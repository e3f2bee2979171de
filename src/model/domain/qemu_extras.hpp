// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"

#include <optional>
#include <string>
#include <vector>

// What users of QEMU add to what libvirt's format knows (the namespace qemu).

namespace vireo::model::domain {

/// What the user adds to QEMU's command line (<qemu:commandline>).
struct ExtraArguments {
    struct Variable {
        std::string name, value;
        friend bool operator==(const Variable&, const Variable&) = default;
    };
    struct Argument {
        std::string value;
        friend bool operator==(const Argument&, const Argument&) = default;
    };
    std::vector<Argument> arguments;
    std::vector<Variable> environment;
    bool empty() const { return arguments.empty() && environment.empty(); }
    friend bool operator==(const ExtraArguments&, const ExtraArguments&) = default;
};

/// <qemu:capabilities>: what the driver is told that a binary can or cannot do, by libvirt's names.
struct CapabilityChanges {
    struct Name {
        std::string name;
        friend bool operator==(const Name&, const Name&) = default;
    };
    std::vector<Name> added, removed;
    bool empty() const { return added.empty() && removed.empty(); }
    friend bool operator==(const CapabilityChanges&, const CapabilityChanges&) = default;
};

enum class PropertyType { String, Signed, Unsigned, Bool, Remove };
constexpr auto names_of(PropertyType) {
    using enum PropertyType;
    return std::to_array<std::pair<PropertyType, std::string_view>>(
        {{String, "string"}, {Signed, "signed"}, {Unsigned, "unsigned"}, {Bool, "bool"}, {Remove, "remove"}});
}

/// <qemu:device> of <qemu:override>: properties of one device, whatever the driver gives it.
struct DeviceOverride {
    struct Property {
        std::string name;
        PropertyType type = PropertyType::String;
        std::string value;
        friend bool operator==(const Property&, const Property&) = default;
    };
    std::string alias;
    std::vector<Property> properties;
    friend bool operator==(const DeviceOverride&, const DeviceOverride&) = default;
};

/// What QEMU does when it meets what it will no longer know (<qemu:deprecation>).
enum class DeprecationBehavior { None, Omit, Reject, Crash };
constexpr auto names_of(DeprecationBehavior) {
    using enum DeprecationBehavior;
    return std::to_array<std::pair<DeprecationBehavior, std::string_view>>(
        {{None, "none"}, {Omit, "omit"}, {Reject, "reject"}, {Crash, "crash"}});
}

} // namespace vireo::model::domain
