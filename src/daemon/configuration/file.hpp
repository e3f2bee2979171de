// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vireo::daemon::configuration {

using List = std::vector<std::string>;
/// 5, "text" or ["a", "b"].
using Value = std::variant<std::int64_t, std::string, List>;

/// One `key = value` of a file.
struct Entry {
    std::string key;
    Value value;
    int line; // where it begins, from 1

    bool operator==(const Entry& other) const { return key == other.key && value == other.value; }
};

/// Reads the syntax of libvirt's .conf files: a number, a text in single, double or triple double quotes (no
/// escapes), or a list of texts in brackets that may go over many lines; comments begin with #. `file` is for
/// messages. Throws Error (ConfSyntax) that begins with FILE:LINE.
std::vector<Entry> parse(std::string_view text, std::string_view file);

} // namespace vireo::daemon::configuration
