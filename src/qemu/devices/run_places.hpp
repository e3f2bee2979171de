// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "model/domain/domain.hpp"
#include "qemu/monitor/monitor.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

// What a run chooses for devices, or learns from QEMU about them: at the start, and when a device comes
// later.

namespace vireo::qemu {

/// Whether a character device's end on the host is a pty, which QEMU opens.
bool has_pty(const model::domain::Domain& domain);
/// Which ptys QEMU has opened, from the answer of `query-chardev`. Throws OperationFailed where one is
/// missing.
void set_ptys(model::domain::Domain& domain, const json::value& characters);

/// Where the sockets of channels are that nobody named: there clients of ours find them too. A name that can
/// be no file's is refused when the command line is built.
void set_channel_paths(model::domain::Domain& domain, const std::filesystem::path& directory);
/// Ports that nothing is known of: nobody has opened them yet.
void close_ports(model::domain::Domain& domain);

/// Tells QEMU a display's password and until when it counts. Throws as the monitor, and ConfigUnsupported for
/// what is no time.
awaitable<void> set_display_password(std::shared_ptr<Monitor> monitor,
                                     const model::domain::Graphics& graphics,
                                     std::chrono::milliseconds deadline);

} // namespace vireo::qemu
