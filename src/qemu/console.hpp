// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/byte_channel.hpp"
#include "model/domain/domain.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace vireo::qemu {

/// The host's end of a guest's console, serial port or channel.
struct ConsoleSource {
    model::domain::CharacterType type;
    std::string path;
    std::string_view kind; ///< "console" or "channel", for messages
};

/// Throws OperationUnsupported when the device's other end takes no visitors.
ConsoleSource source_of(const model::domain::CharacterSource& source, std::string_view kind,
                        std::string_view domain);

/// The device with this alias; the first console, or else serial port, when it is empty. Throws
/// InvalidArgument when there is none, OperationUnsupported when its other end takes no visitors.
ConsoleSource require_console(const model::domain::Domain& domain, std::string_view alias);
/// The virtio channel with this alias, or the name that the guest knows it by; the first one when it is
/// empty. Throws InvalidArgument when there is none.
const model::domain::Channel& require_channel(const model::domain::Domain& domain, std::string_view name);

/// Opens a pty or connects to a unix socket. Throws system_error.
std::shared_ptr<async::ByteChannel> open_console_channel(const asio::any_io_executor& executor,
                                                         const ConsoleSource& source);

/// Lets a channel be closed by others than its owner: `shared` ends with the result.
std::unique_ptr<async::ByteChannel> own_channel(std::shared_ptr<async::ByteChannel> shared);

} // namespace vireo::qemu
