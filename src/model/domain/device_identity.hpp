// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

#include <pugixml.hpp>

#include <initializer_list>
#include <string_view>

namespace vireo::model::domain {

/// What tells the devices of a kind apart, and what may be done with them by calls of their own (the rules of
/// libvirt's drivers).
struct DeviceKind {
    enum class Double {
        Allowed,
        Refused,      ///< one of the same identity
        AddressTaken, ///< any device with the same address
        KindTaken,    ///< any device of the kind
    };

    std::string_view element;
    /// Paths below the device's element ("target/@dev", "source"): what is given of them must be the same.
    std::initializer_list<std::string_view> identity = {};
    /// Those of them without which nothing is meant.
    std::initializer_list<std::string_view> required = {};
    bool with_address = false; ///< the address, where it is given, must be the same too
    Double twice = Double::Allowed;
    ErrorCode twice_code = ErrorCode::OperationInvalid;
    ErrorCode twice_live_code = twice_code; ///< of a running domain
    ErrorCode missing = ErrorCode::DeviceMissing;
    bool can_attach = true, can_update = false;
    ErrorCode missing_at_update = missing;
    ErrorCode missing_at_live_update = ErrorCode::DeviceMissing;
};

/// The rules of a kind. Those that no call changes have an entry, too: nothing is taken for another kind.
const DeviceKind& device_kind(std::string_view element);

/// Whether `device` is what `asked` names. Both are elements of the kind, as the definition has them.
bool is_meant(const DeviceKind& kind, pugi::xml_node asked, pugi::xml_node device);

} // namespace vireo::model::domain
