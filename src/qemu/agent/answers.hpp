// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "json/fwd.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <string_view>

// What a guest's agent says is taken with care: the guest is hostile.

namespace vireo::qemu {

/// AgentUnresponsive: the answer to this command is not what the agent's protocol says.
Error nonsense(std::string_view command);

/// The answer as a list of at most so many. Throws `nonsense`.
const json::array& require_list(const json::value& answer, std::string_view command, std::size_t most);
const json::object& require_object(const json::value& answer, std::string_view command);

/// An agent's text, fit for a message of the wire and for XML: without control characters, at most 1024
/// bytes, which end with a whole character of UTF-8.
std::string clean(std::string_view text);
/// The same of a member; empty when there is none.
std::string find_clean(const json::object& from, std::string_view key);

} // namespace vireo::qemu
