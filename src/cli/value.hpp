// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vireo::cli {

/// One value of an answer, as programs want it (`--output json`).
class Value {
public:
    Value() = default; ///< there is none
    template <std::integral Number> Value(Number number) : value_{widened(number)} {}
    Value(double number) : value_{number} {}
    Value(std::string text) : value_{std::move(text)} {}
    Value(std::string_view text) : value_{std::string{text}} {}
    Value(const char* text) : value_{std::string{text}} {}
    Value(std::vector<std::string> texts) : value_{std::move(texts)} {}

    const auto& content() const { return value_; }

private:
    template <std::integral Number> static auto widened(Number number) {
        if constexpr (std::same_as<Number, bool>)
            return number;
        else if constexpr (std::signed_integral<Number>)
            return static_cast<std::int64_t>(number);
        else
            return static_cast<std::uint64_t>(number);
    }
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
                 std::vector<std::string>>
        value_;
};

/// How a terminal that has colours shows something.
enum class Style { Plain, Good, Paused, Faint, Bad };

/// Facts about one thing, in an order. Each has a key for programs and a line for people; what belongs to
/// one of them only has the other empty.
class Record {
public:
    struct Fact {
        std::string key;
        Value value;
        std::string line;
    };
    /// `line` has no end of line; an empty one is not shown.
    Record& add(std::string_view key, Value value, std::string line) {
        facts_.push_back({std::string{key}, std::move(value), std::move(line)});
        return *this;
    }
    /// A line that says nothing to a program.
    Record& add_line(std::string line) { return add("", {}, std::move(line)); }
    const std::vector<Fact>& facts() const { return facts_; }
    bool empty() const { return facts_.empty(); }

private:
    std::vector<Fact> facts_;
};

} // namespace vireo::cli
