// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

namespace vireo::cli {

/// How the commands that change devices say for which description of the domain.
constexpr Option persistent_option{"persistent", OptionKind::Flag,
                                   "from its next start on, and now if it runs"},
    config_option{"config", OptionKind::Flag, "from its next start on"},
    live_option{"live", OptionKind::Flag, "of the running guest"},
    current_option{"current", OptionKind::Flag, "whichever it is in now"},
    print_xml_option{"print-xml", OptionKind::Flag, "show the XML instead of sending it"};

/// What becomes of a device. The numbers of its flags are those of virDomainDeviceModifyFlags.
enum class DeviceVerb { Attach, Detach, Update };

/// Sends a device's XML for the description that the options say. Throws Error with `failure` above the
/// daemon's reason.
awaitable<void> change_device(client::Domain domain, DeviceVerb verb, std::string xml,
                              const Arguments& arguments, std::string failure);
/// The domain's XML that the options are about: of its definition where only that is changed.
awaitable<std::string> changed_description(client::Domain domain, const Arguments& arguments);

} // namespace vireo::cli
