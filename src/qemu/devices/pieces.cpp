// SPDX-License-Identifier: Apache-2.0
#include "qemu/devices/pieces.hpp"

#include "base/log.hpp"
#include "qemu/error.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <ranges>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu.devices"};

/// An option of the command line and the commands that do the same. Their arguments name the thing by
/// `made_as`, and `undo` by `undone_as`.
struct Counterpart {
    std::string_view option, command, made_as, undo, undone_as;
};
constexpr Counterpart counterparts[] = {
    {"-object", "object-add", "id", "object-del", "id"},
    {"-blockdev", "blockdev-add", "node-name", "blockdev-del", "node-name"},
    {"-netdev", "netdev_add", "id", "netdev_del", "id"},
    {"-device", "device_add", "id", "device_del", "id"},
    {"-chardev", "chardev-add", "id", "chardev-remove", "id"},
};

json::object object_of(std::string_view text) {
    auto document = json::parse(text);
    if (!document || !document->is_object())
        throw error(ErrorCode::InternalError, fmt::format("'{}' is no option that QMP knows", text));
    return std::move(document->get_object());
}

/// A network's tap comes by its number on the command line, and by a name over the monitor.
void lend(Piece& piece, const CommandLine& line, std::string_view id) {
    constexpr int first = 3; // descriptors 0 to 2 are its input and outputs
    auto number = json::find_text(piece.arguments, "fd");
    if (!number) return;
    piece.passed = line.descriptors.at(std::strtoul(std::string{*number}.c_str(), nullptr, 10) - first);
    piece.passed_name = fmt::format("fd-{}", id);
    piece.arguments["fd"] = piece.passed_name;
}

Piece piece_of(const CommandLine& line, const std::string& option, const std::string& value) {
    if (option == "-watchdog-action") return {"watchdog-set-action", {{"action", value}}, {}, {}, {}, {}};
    auto found = std::ranges::find(counterparts, option, &Counterpart::option);
    if (found == std::end(counterparts))
        throw error(ErrorCode::InternalError, fmt::format("{} cannot be added while a guest runs", option));
    Piece piece;
    piece.command = found->command;
    piece.arguments = option == "-chardev" ? character_arguments(value) : object_of(value);
    auto id = std::string{json::find_text(piece.arguments, found->made_as).value_or("")};
    if (id.empty()) throw error(ErrorCode::InternalError, fmt::format("{} '{}' has no name", option, value));
    piece.undo = found->undo;
    piece.undo_arguments[found->undone_as] = id;
    if (option == "-netdev") lend(piece, line, id);
    return piece;
}
} // namespace

std::vector<Piece> pieces_of(const CommandLine& line) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i + 1 < line.arguments.size(); i += 2)
        pieces.push_back(piece_of(line, line.arguments[i], line.arguments[i + 1]));
    return pieces;
}

awaitable<void> remove_backends(std::shared_ptr<Monitor> monitor, std::vector<Piece> pieces,
                                std::chrono::milliseconds deadline) {
    for (auto& piece : pieces | std::views::reverse) {
        if (piece.undo.empty() || piece.is_device()) continue;
        std::string failure;
        try {
            co_await monitor->execute(piece.undo, piece.undo_arguments, deadline);
        } catch (const Error& error) { failure = error.what(); }
        if (!failure.empty()) log.debug("{}", failure);
        if (!monitor->is_open()) co_return;
    }
}

namespace {
awaitable<void> make(std::shared_ptr<Monitor> monitor, const Piece& piece, LentFiles& files,
                     std::chrono::milliseconds deadline) {
    if (piece.passed)
        co_await monitor->lend(piece.passed_name, std::move(files.at(piece.passed_name)), deadline);
    co_await monitor->execute(piece.command, piece.arguments, deadline);
}

awaitable<void> undo(std::shared_ptr<Monitor> monitor, const Piece& piece,
                     std::chrono::milliseconds deadline) {
    if (piece.undo.empty()) co_return;
    std::string failure;
    try {
        co_await monitor->execute(piece.undo, piece.undo_arguments, deadline);
    } catch (const Error& error) { failure = error.what(); }
    if (!failure.empty()) log.warning("cannot take back '{}': {}", piece.command, failure);
}

/// A descriptor that the command did not take stays QEMU's until it is closed.
awaitable<void> close_lent(std::shared_ptr<Monitor> monitor, const Piece& piece,
                           std::chrono::milliseconds deadline) {
    if (!piece.passed) co_return;
    std::string failure;
    try {
        json::object arguments{{"fdname", piece.passed_name}};
        co_await monitor->execute("closefd", std::move(arguments), deadline);
    } catch (const Error& error) { failure = error.what(); }
    if (!failure.empty()) log.debug("{}", failure);
}
} // namespace

awaitable<void> make_pieces(std::shared_ptr<Monitor> monitor, std::vector<Piece> pieces, LentFiles files,
                            std::chrono::milliseconds deadline) {
    std::size_t made = 0;
    std::exception_ptr failure;
    try {
        for (; made < pieces.size(); ++made) co_await make(monitor, pieces[made], files, deadline);
    } catch (const Error&) { failure = std::current_exception(); }
    if (!failure) co_return;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (monitor->is_open()) co_await close_lent(monitor, pieces[made], deadline);
    while (made > 0 && monitor->is_open()) co_await undo(monitor, pieces[--made], deadline);
    std::rethrow_exception(failure);
}

} // namespace vireo::qemu
