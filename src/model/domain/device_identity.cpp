// SPDX-License-Identifier: Apache-2.0
// What tells devices apart is said as paths in their XML, and compared there: so one rule serves every kind,
// and an element that gets a description later takes part without another line.
#include "model/domain/device_identity.hpp"

#include <algorithm>

namespace vireo::model::domain {

namespace {
using enum DeviceKind::Double;

const DeviceKind kinds[] = {
    {.element = "disk",
     .identity = {"target/@dev"},
     .twice = Refused,
     .twice_live_code = ErrorCode::XmlError,
     .can_update = true,
     .missing_at_update = ErrorCode::InvalidArgument,
     .missing_at_live_update = ErrorCode::InternalError},
    {.element = "controller",
     .identity = {"@type", "@index"},
     .required = {"@index"},
     .twice = Refused,
     .twice_live_code = ErrorCode::OperationFailed},
    {.element = "lease", .identity = {"lockspace", "key"}, .twice = Refused},
    {.element = "filesystem", .identity = {"target/@dir"}, .twice = Refused},
    {.element = "interface", .identity = {"mac/@address"}, .with_address = true, .can_update = true},
    {.element = "serial",
     .identity = {"@type", "source", "protocol", "target/@type", "target/@port"},
     .required = {"target/@port"},
     .twice = Refused,
     .missing = ErrorCode::InvalidArgument},
    {.element = "parallel",
     .identity = {"@type", "source", "protocol", "target/@port"},
     .required = {"target/@port"},
     .twice = Refused,
     .missing = ErrorCode::InvalidArgument},
    {.element = "console",
     .identity = {"@type", "source", "protocol", "target/@type", "target/@port"},
     .required = {"target/@port"},
     .twice = Refused,
     .missing = ErrorCode::InvalidArgument},
    {.element = "channel",
     .identity = {"@type", "source", "protocol", "target"},
     .twice = Refused,
     .missing = ErrorCode::InvalidArgument},
    {.element = "input", .identity = {"@type", "@bus", "@model", "source"}, .with_address = true},
    {.element = "sound", .identity = {"@model", "codec", "audio"}, .with_address = true},
    {.element = "hostdev", .identity = {"@mode", "@type", "source"}, .twice = Refused},
    {.element = "redirdev", .identity = {"@bus", "@type", "source"}, .with_address = true},
    {.element = "watchdog", .twice = KindTaken},
    {.element = "rng",
     .identity = {"@model", "rate", "backend"},
     .with_address = true,
     .twice = AddressTaken,
     .twice_code = ErrorCode::ConfigUnsupported},
    {.element = "shmem",
     .identity = {"@name", "@role", "model", "size", "server", "msi"},
     .with_address = true,
     .twice = Refused},
    {.element = "memory",
     .identity = {"@model", "source", "target"},
     .with_address = true,
     .twice = AddressTaken,
     .can_update = true,
     .missing_at_live_update = ErrorCode::ConfigUnsupported},
    {.element = "vsock",
     .identity = {"@model", "cid"},
     .twice = KindTaken,
     .missing = ErrorCode::OperationFailed},
    {.element = "graphics",
     .identity = {"@type"},
     .can_attach = false,
     .can_update = true,
     .missing_at_update = ErrorCode::InvalidArgument},
};
const DeviceKind fixed{.element = "", .can_attach = false};

/// The part of an element that a path leads to; an attribute as one that is alone.
struct Part {
    pugi::xml_node element;
    pugi::xml_attribute attribute;
    explicit operator bool() const { return element || attribute; }
};

Part part_at(pugi::xml_node element, std::string_view path) {
    while (!path.empty()) {
        auto name = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), name.size() + 1));
        if (name.starts_with('@')) return {{}, element.attribute(std::string{name.substr(1)}.c_str())};
        element = element.child(std::string{name}.c_str());
    }
    return {element, {}};
}

std::string_view text_of(pugi::xml_node element) { return element.child_value(); }

/// Whether all that stands in `asked` stands in `whole`, too.
bool is_part(pugi::xml_node asked, pugi::xml_node whole) {
    if (!whole) return false;
    for (auto attribute : asked.attributes())
        if (std::string_view{attribute.value()} != whole.attribute(attribute.name()).value()) return false;
    if (!asked.first_child()) return true;
    if (text_of(asked) != text_of(whole)) return false;
    for (auto child : asked.children()) {
        if (child.type() != pugi::node_element) continue;
        auto candidates = whole.children(child.name());
        if (std::ranges::none_of(candidates, [&](auto candidate) { return is_part(child, candidate); }))
            return false;
    }
    return true;
}

bool fits(pugi::xml_node asked, pugi::xml_node device, std::string_view path) {
    auto wanted = part_at(asked, path), found = part_at(device, path);
    if (!wanted) return true;
    if (wanted.element) return is_part(wanted.element, found.element);
    return std::string_view{wanted.attribute.value()} == found.attribute.value();
}
} // namespace

const DeviceKind& device_kind(std::string_view element) {
    auto found = std::ranges::find(kinds, element, &DeviceKind::element);
    return found == std::end(kinds) ? fixed : *found;
}

bool is_meant(const DeviceKind& kind, pugi::xml_node asked, pugi::xml_node device) {
    auto is_given = [&](std::string_view path) { return bool{part_at(asked, path)}; };
    auto is_same = [&](std::string_view path) { return fits(asked, device, path); };
    return std::ranges::all_of(kind.required, is_given) && std::ranges::all_of(kind.identity, is_same) &&
           (!kind.with_address || is_same("address"));
}

} // namespace vireo::model::domain
