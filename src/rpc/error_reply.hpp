// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/frame.hpp"

#include <exception>

namespace vireo::rpc {

/// What a client is told about a failure: an Error as it is; a system_error as libvirt's SystemError;
/// anything else is a bug of ours, logged, and told as an internal error.
protocol::RemoteError error_body(const std::exception_ptr& failure);

} // namespace vireo::rpc
