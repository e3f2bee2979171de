// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"

#include <string>
#include <string_view>

namespace vireo::log {

/// What the log shows and where to, in the words of libvirtd.conf. Changed by the main thread only; threads
/// that write meanwhile use what they found. All of them throw Error (InvalidArgument) with what is wrong,
/// and leave things as they were then.

/// Of sources that no filter names.
Level level() noexcept;
void set_level(Level level);

/// "1:qemu 3:rpc": the first filter decides whose word is in the source's name, or whose pattern with * or ?
/// is the whole of it (`log_filters`). An empty text: no filters.
std::string filters();
void set_filters(std::string_view text);

/// "1:file:/var/log/x 3:stderr 2:syslog:vireod 4:journald": each takes messages from its level on
/// (`log_outputs`). An empty text: all to standard error.
std::string outputs();
void set_outputs(std::string_view text);
/// All three at once, or none. Files are opened again, as is needed when they were moved away.
void configure(Level level, std::string_view filters, std::string_view outputs);

} // namespace vireo::log
