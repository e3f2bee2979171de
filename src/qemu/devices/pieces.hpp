// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "qemu/command_line/command_line.hpp"
#include "qemu/monitor/monitor.hpp"
#include "json/json.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// One thing that QEMU makes for a device while its guest runs: a command of its monitor, and the one that
/// takes it away again.
struct Piece {
    std::string command;
    json::object arguments;
    std::string undo; ///< empty: nothing is to be undone
    json::object undo_arguments;
    /// A descriptor that goes before, by this name.
    std::optional<PassedDescriptor> passed;
    std::string passed_name;
    bool is_device() const { return command == "device_add"; }
};

/// What the part of a command line means as commands, in the same order. Throws InternalError for an option
/// that only a start can have.
std::vector<Piece> pieces_of(const CommandLine& line);

/// `chardev-add`'s arguments for the value of `-chardev` (QAPI, ChardevBackend). Throws InternalError for a
/// kind that it does not know.
json::object character_arguments(std::string_view option);

/// The descriptors that pieces need, by the names that they have there.
using LentFiles = std::map<std::string, Fd>;

/// Makes them one by one. Where one fails, those before it are taken away again, the last one first, and the
/// failure is thrown.
awaitable<void> make_pieces(std::shared_ptr<Monitor> monitor, std::vector<Piece> pieces, LentFiles files,
                            std::chrono::milliseconds deadline);
/// Takes away what stands behind a device that has gone, the last one first. What QEMU refuses was not there.
awaitable<void> remove_backends(std::shared_ptr<Monitor> monitor, std::vector<Piece> pieces,
                                std::chrono::milliseconds deadline);

} // namespace vireo::qemu
