// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/fwd.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace vireo::json {

/// Reads one document; the failure says in words what is wrong with it.
std::expected<value, std::string> parse(std::string_view text);
/// One line, no spaces, members in the order in which they were added.
std::string print(const value& document);

/// A member of this name and type, if there is one. For what a peer sent: nothing is taken for granted.
std::optional<std::string_view> find_text(const object& from, std::string_view key);
std::optional<std::int64_t> find_number(const object& from, std::string_view key);
std::optional<bool> find_flag(const object& from, std::string_view key);
const object* find_object(const object& from, std::string_view key);
const array* find_array(const object& from, std::string_view key);

} // namespace vireo::json
