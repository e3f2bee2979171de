// SPDX-License-Identifier: Apache-2.0
#include "rpc/error_reply.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <system_error>

namespace vireo::rpc {

namespace {
constexpr log::Source log{"rpc"};

protocol::RemoteError body(ErrorCode code, ErrorDomain domain, std::string message) {
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
