// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"
#include "xdr/types.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vireo::protocol {

using xdr::Bytes;
using xdr::List;

/// The programs of the wire, by number. All have version 1.
enum class Program : std::uint32_t {
    Remote = 0x20008086,
    Qemu = 0x20008087,
    Lxc = 0x00068000,
    Admin = 0x06900690,
    Keepalive = 0x6b656570,
};
constexpr std::uint32_t program_version = 1;

/// A call without arguments, or an answer without results.
struct Nothing {};

/// A call: the struct that the client sends and the one that it gets back. `access` lists what the caller
/// must be allowed to do, as "object:permission", with ":FLAG" appended where only that flag needs it (see
/// rpc/access.hpp).
template <class Args, class Ret> struct Procedure {
    Program program;
    std::int32_t number;
    std::string_view name;
    std::string_view access;
};

/// A message that the server sends by itself.
template <class Message> struct Event {
    Program program;
    std::int32_t number;
    std::string_view name;
};

/// A procedure or event without its types: what lists and checks need.
struct ProcedureInfo {
    template <class Args, class Ret>
    constexpr ProcedureInfo(const Procedure<Args, Ret>& call)
        : number{call.number}, name{call.name}, access{call.access}, is_event{false} {}
    template <class Message>
    constexpr ProcedureInfo(const Event<Message>& event)
        : number{event.number}, name{event.name}, is_event{true} {}

    std::int32_t number;
    std::string_view name;
    std::string_view access;
    bool is_event;
};

/// How a client proves who it is (AUTH_LIST).
enum class AuthType : std::int32_t { None = 0, Sasl = 1, Polkit = 2 };

/// The alternatives stand in the order of their wire numbers (virTypedParameterType), which count from 1.
struct Boolean {
    std::int32_t value{};
    bool operator==(const Boolean&) const = default;
};
using TypedValue =
    std::variant<std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double, Boolean, std::string>;

/// A named value of a set that grows from version to version (virTypedParameter).
struct TypedParameter {
    std::string field;
    TypedValue value;
    bool operator==(const TypedParameter&) const = default;
};

} // namespace vireo::protocol
