// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace vireo::cli {

namespace {
Error no_such_option(const Command& command, std::string_view name) {
    std::vector<std::string_view> known{"help", "output"};
    for (const auto& option : command.options) known.push_back(option.name);
    return usage_error(
        fmt::format("command '{}' has no option --{}{}", command.name, name, hint(nearest(name, known))));
}

Error no_number(std::string_view option, std::string_view text) {
    return usage_error(fmt::format("option --{} wants a number, not '{}'", option, text));
}

/// One call of a command while its words are sorted.
class Sorting {
public:
    Sorting(const Command& command, std::map<std::string, std::string, std::less<>>& given,
            std::vector<std::pair<std::string_view, std::string>>& repeated, std::vector<std::string>& rest)
        : command_{command}, given_{given}, repeated_{repeated}, rest_{rest} {}

    /// A word that begins with --. Whether the next word is its value.
    const Option* take_option(std::string_view word) {
        auto equals = word.find('=');
        auto name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
        const auto* option = command_.find_option(name);
        if (!option) throw no_such_option(command_, name);
        if (given_.contains(option->name) && !is_rest(option->kind))
            throw usage_error(fmt::format("option --{} was given twice", name));
        if (option->kind == OptionKind::Flag) {
            if (equals != word.npos) throw usage_error(fmt::format("option --{} takes no value", name));
            given_.emplace(option->name, "");
            return nullptr;
        }
        if (equals == word.npos) return option;
        take_value(*option, word.substr(equals + 1));
        return nullptr;
    }
    void take_value(const Option& option, std::string_view value) {
        if (is_rest(option.kind))
            rest_.emplace_back(value);
        else if (option.kind == OptionKind::NamedTexts)
            repeated_.emplace_back(option.name, value);
        else
            given_.emplace(option.name, value);
    }
    /// Whether all further words are values.
    bool take_word(std::string_view word) {
        auto next = std::ranges::find_if(command_.options, [&](const Option& option) {
            return takes_position(option.kind) && (is_rest(option.kind) || !given_.contains(option.name));
        });
        if (next == command_.options.end())
            throw usage_error(fmt::format("'{}' is one argument too many", word));
        take_value(*next, word);
        return next->kind == OptionKind::Verbatim;
    }
    void check_complete() const {
        for (const auto& option : command_.options)
            if (is_required(option.kind) &&
                !(is_rest(option.kind) ? !rest_.empty() : given_.contains(option.name)))
                throw usage_error(fmt::format("command '{}' needs <{}>", command_.name, option.name));
    }

private:
    const Command& command_;
    std::map<std::string, std::string, std::less<>>& given_;
    std::vector<std::pair<std::string_view, std::string>>& repeated_;
    std::vector<std::string>& rest_;
};

/// The factor of a unit's name: "M" and "MiB" are 1024², "MB" is 1000²; nothing for another word.
std::optional<std::uint64_t> factor_of(std::string_view unit) {
    if (unit == "b" || unit == "B" || unit == "bytes") return 1;
    constexpr std::string_view letters = "KMGTPE", small = "kmgtpe";
    auto power = unit.empty() ? letters.npos : letters.find(unit.front());
    if (power == letters.npos && !unit.empty()) power = small.find(unit.front());
    if (power == letters.npos) return std::nullopt;
    auto rest = unit.substr(1);
    if (!rest.empty() && rest != "iB" && rest != "ib" && rest != "B" && rest != "b") return std::nullopt;
    std::uint64_t base = rest == "B" || rest == "b" ? 1000 : 1024, factor = base;
    while (power-- > 0) factor *= base;
    return factor;
}
} // namespace

Error usage_error(const std::string& message) {
    return {ErrorCode::InvalidArgument, ErrorDomain::None, message};
}

Arguments Arguments::parse(const Command& command, const std::vector<std::string>& words) {
    Arguments result;
    Sorting sorting{command, result.flags_or_texts_, result.repeated_, result.rest_};
    bool only_values = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (!only_values && word == "--") {
            only_values = true;
        } else if (!only_values && word.size() > 2 && word.starts_with("--")) {
            const auto* option = sorting.take_option(word);
            if (!option) continue;
            if (++i == words.size())
                throw usage_error(fmt::format("option --{} needs a value", option->name));
            sorting.take_value(*option, words[i]);
        } else if (sorting.take_word(word)) {
            only_values = true;
        }
    }
    sorting.check_complete();
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

std::vector<std::string> Arguments::texts(std::string_view option) const {
    std::vector<std::string> values;
    for (const auto& [name, value] : repeated_) {
        if (name != option) continue;
        if (value.empty()) throw usage_error(fmt::format("the value of option '{}' is empty", option));
        values.push_back(value);
    }
    return values;
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

std::optional<std::int64_t> Arguments::integer(std::string_view option) const {
    if (!has(option)) return std::nullopt;
    const auto& digits = text(option);
    char* end = nullptr;
    errno = 0;
    auto value = std::strtoll(digits.c_str(), &end, 0);
    if (errno != 0 || end == digits.c_str() || *end != '\0') throw no_number(option, digits);
    return value;
}

std::optional<std::uint64_t> Arguments::count(std::string_view option) const {
    if (!has(option)) return std::nullopt;
    const auto& digits = text(option);
    char* end = nullptr;
    errno = 0;
    auto value = std::strtoull(digits.c_str(), &end, 0);
    if (errno != 0 || end == digits.c_str() || *end != '\0' || digits.find('-') != digits.npos)
        throw no_number(option, digits);
    return value;
}

std::optional<MemorySize> Arguments::amount(std::string_view option, MemorySize most,
                                            std::uint64_t plain) const {
    if (!has(option)) return std::nullopt;
    const auto& given = text(option);
    std::uint64_t number = 0;
    auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), number);
    std::string_view unit{end, given.data() + given.size()};
    auto factor = unit.empty() ? std::optional{plain} : factor_of(unit);
    if (failure != std::errc{} || !factor)
        throw usage_error(
            fmt::format("option --{} wants an amount such as 512M or 1GiB, not '{}'", option, given));
    if (number > most.in_bytes() / *factor)
        throw usage_error(fmt::format("option --{}: '{}' is too much", option, given));
    return MemorySize::bytes(number * *factor);
}

Arguments Arguments::with(std::string_view option, std::string value) const {
    auto copy = *this;
    copy.flags_or_texts_.insert_or_assign(std::string{option}, std::move(value));
    return copy;
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

void Arguments::require_with(std::string_view one, std::string_view other) const {
    if (has(one) && !has(other))
        throw usage_error(fmt::format("option --{} needs option --{} too", one, other));
}

std::uint32_t Arguments::impact() const {
    exclude("current", "live");
    exclude("current", "config");
    return bits({{"live", 1}, {"config", 2}});
}

void Arguments::refuse_unsupported(std::initializer_list<std::string_view> options) const {
    for (auto option : options)
        if (has(option))
            throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::None,
                        fmt::format("option --{} is not supported yet", option));
}

} // namespace vireo::cli
