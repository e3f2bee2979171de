// SPDX-License-Identifier: Apache-2.0
#include "rpc/error_reply.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <system_error>

namespace vireo::rpc {

namespace {
constexpr log::Source log{"rpc"};
/// Of a message. It may quote what a client sent, which may be as long as a string of the wire can be; an
/// error that does not fit its reply would leave the call without any.
constexpr std::size_t longest_message = 16U << 10;

std::string shortened(std::string message) {
    if (message.size() <= longest_message) return message;
    auto end = longest_message;
    auto continues_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; };
    while (end > 0 && continues_character(message[end])) --end;
    message.resize(end);
    return message + "…";
}

protocol::RemoteError body(ErrorCode code, ErrorDomain domain, std::string message) {
    message = shortened(std::move(message));
    protocol::RemoteError error;
    error.code = static_cast<std::int32_t>(code);
    error.domain = static_cast<std::int32_t>(domain);
    error.level = protocol::error_level;
    error.text1 = message;
    error.message = std::move(message);
    error.number1 = error.number2 = -1;
    return error;
}
} // namespace

protocol::RemoteError error_body(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        return body(error.code, error.domain, error.what());
    } catch (const std::system_error& error) {
        return body(ErrorCode::SystemError, ErrorDomain::None, error.what());
    } catch (const std::exception& error) {
        log.error("bug: a call ended by {}", error.what());
        return body(ErrorCode::InternalError, ErrorDomain::None, error.what());
    }
}

} // namespace vireo::rpc
