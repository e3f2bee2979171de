// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "base/memory_size.hpp"
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
    /// Any number of that type: decimal, 0x… or 0… (octal). Throws Error when the text is none.
    std::optional<std::int64_t> integer(std::string_view option) const;
    std::optional<std::uint64_t> count(std::string_view option) const;
    /// An amount with a unit: 64M, 64MiB (1024²), 64MB (1000²), …; `plain` is the unit of a number
    /// alone. Throws Error
    /// when it is none, or more than `most`.
    std::optional<MemorySize> amount(std::string_view option, MemorySize most,
                                     std::uint64_t plain = 1024) const;
    /// The values of an option that may be given several times, in their order.
    std::vector<std::string> texts(std::string_view option) const;
    const std::vector<std::string>& rest() const { return rest_; }
    /// These arguments with one more option.
    Arguments with(std::string_view option, std::string value) const;

    /// `bit` of each flag that was given, together.
    std::uint32_t bits(std::initializer_list<std::pair<std::string_view, std::uint32_t>> flags) const;
    /// Throws Error when both were given.
    void exclude(std::string_view one, std::string_view other) const;
    /// Throws Error when the first was given without the second.
    void require_with(std::string_view one, std::string_view other) const;
    /// --live, --config and --current as virDomainModificationImpact. Throws Error for --current with one of
    /// the others.
    std::uint32_t impact() const;
    /// Throws Error when one of them was given: the daemon or this program cannot do it yet.
    void refuse_unsupported(std::initializer_list<std::string_view> options) const;

private:
    std::map<std::string, std::string, std::less<>> flags_or_texts_;
    std::vector<std::pair<std::string_view, std::string>> repeated_;
    std::vector<std::string> rest_;
};

} // namespace vireo::cli
