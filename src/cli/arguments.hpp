// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "cli/command.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::cli {

/// What the user did wrong on the command line.
Error usage_error(const std::string& message);

/// The options of one call of a command, by name.
class Arguments {
public:
    /// Takes `words` (without the command's name) apart. Throws Error when they do not fit the command.
    static Arguments parse(const Command& command, const std::vector<std::string>& words);

    bool has(std::string_view option) const { return flags_or_texts_.contains(option); }
    /// The text of an option that was given. Throws Error when it is empty.
    const std::string& text(std::string_view option) const;
    std::optional<std::string> optional_text(std::string_view option) const;
    /// A number of at least `minimum`. Throws Error when the text is none.
    std::optional<int> number(std::string_view option, int minimum) const;
    const std::vector<std::string>& rest() const { return rest_; }

    /// `bit` of each flag that was given, together.
    std::uint32_t bits(std::initializer_list<std::pair<std::string_view, std::uint32_t>> flags) const;
    /// Throws Error when both were given.
    void exclude(std::string_view one, std::string_view other) const;
    /// Throws Error when one of them was given: the daemon or this program cannot do it yet.
    void refuse_unsupported(std::initializer_list<std::string_view> options) const;

private:
    std::map<std::string, std::string, std::less<>> flags_or_texts_;
    std::vector<std::string> rest_;
};

} // namespace vireo::cli
