// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vireo::storm {

constexpr std::uint32_t remote_program = 0x20008086;
constexpr std::int32_t open_procedure = 1, lib_version_procedure = 157, auth_list_procedure = 66;
constexpr std::int32_t call_type = 0;

/// What stands before a message's body, in libvirt's order. `length` is that of the whole message, unless it
/// is told otherwise.
struct Header {
    std::uint32_t program = remote_program, version = 1;
    std::int32_t procedure = lib_version_procedure, type = call_type;
    std::uint32_t serial = 0;
    std::int32_t status = 0;
    std::optional<std::uint32_t> length{};
};

void append_number(std::string& out, std::uint32_t number);
void append_text(std::string& out, std::string_view text);
void append_message(std::string& out, const Header& header, std::string_view body);

/// A connection that takes the bytes apart by itself.
class Client {
public:
    /// Throws system_error.
    explicit Client(const std::string& path);
    /// Asks for `qemu:///system`, and waits for the answers. False when the connection was closed.
    bool open();
    /// False when the connection is gone. Whatever comes meanwhile is taken.
    bool send(std::string_view bytes);
    /// The serial of the next answer; nothing when the connection is gone, or nothing comes in 30 s.
    std::optional<std::uint32_t> receive();
    int descriptor() const { return socket_.get(); }

private:
    bool fill();
    Fd socket_;
    std::string input_;
};

} // namespace vireo::storm
