// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vireo::cli {

Error usage_error(const std::string& message) {
    return {ErrorCode::InvalidArgument, ErrorDomain::None, message};
}

Arguments Arguments::parse(const Command& command, const std::vector<std::string>& words) {
    Arguments result;
    auto& given = result.flags_or_texts_;
    bool only_values = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (!only_values && word == "--") {
            only_values = true;
        } else if (!only_values && word.size() > 2 && word.starts_with("--")) {
            auto equals = word.find('=');
            auto name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
            const auto* option = command.find_option(name);
            if (!option || option->kind == OptionKind::Rest)
                throw usage_error(fmt::format("command '{}' has no option --{}", command.name, name));
            if (given.contains(name)) throw usage_error(fmt::format("option --{} was given twice", name));
            if (option->kind == OptionKind::Flag) {
                if (equals != word.npos) throw usage_error(fmt::format("option --{} takes no value", name));
                given.emplace(name, "");
            } else if (equals != word.npos) {
                given.emplace(name, word.substr(equals + 1));
            } else if (++i < words.size()) {
                given.emplace(name, words[i]);
            } else {
                throw usage_error(fmt::format("option --{} needs a value", name));
            }
        } else {
            auto next = std::ranges::find_if(command.options, [&](const Option& option) {
                return option.kind == OptionKind::Rest ||
                       (option.kind != OptionKind::Flag && !given.contains(option.name));
            });
            if (next == command.options.end())
                throw usage_error(fmt::format("'{}' is one argument too many", word));
            if (next->kind == OptionKind::Rest)
                result.rest_.emplace_back(word);
            else
                given.emplace(next->name, word);
        }
    }
    for (const auto& option : command.options)
        if (option.kind == OptionKind::Positional && !given.contains(option.name))
            throw usage_error(fmt::format("command '{}' needs <{}>", command.name, option.name));
    return result;
}

const std::string& Arguments::text(std::string_view option) const {
    auto found = flags_or_texts_.find(option);
    if (found == flags_or_texts_.end() || found->second.empty())
        throw usage_error(fmt::format("the value of option '{}' is empty", option));
    return found->second;
}

std::optional<std::string> Arguments::optional_text(std::string_view option) const {
    return has(option) ? std::optional{text(option)} : std::nullopt;
}

std::optional<int> Arguments::number(std::string_view option, int minimum) const {
    if (!has(option)) return std::nullopt;
    const auto& digits = text(option);
    int value = 0;
    auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc{} || end != digits.data() + digits.size() || value < minimum)
        throw usage_error(
            fmt::format("option --{} wants a number of at least {}, not '{}'", option, minimum, digits));
    return value;
}

std::uint32_t Arguments::bits(std::initializer_list<std::pair<std::string_view, std::uint32_t>> flags) const {
    std::uint32_t all = 0;
    for (auto [option, bit] : flags)
        if (has(option)) all |= bit;
    return all;
}

void Arguments::exclude(std::string_view one, std::string_view other) const {
    if (has(one) && has(other))
        throw usage_error(fmt::format("options --{} and --{} exclude each other", one, other));
}

void Arguments::refuse_unsupported(std::initializer_list<std::string_view> options) const {
    for (auto option : options)
        if (has(option))
            throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::None,
                        fmt::format("option --{} is not supported yet", option));
}

} // namespace vireo::cli
