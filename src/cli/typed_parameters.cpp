// SPDX-License-Identifier: Apache-2.0
#include "cli/typed_parameters.hpp"

#include <fmt/format.h>

#include <type_traits>

namespace vireo::cli {

namespace {
struct ToText {
    std::string operator()(const protocol::Boolean& value) const { return value.value ? "yes" : "no"; }
    std::string operator()(double value) const { return fmt::format("{:.6f}", value); }
    std::string operator()(const auto& value) const { return fmt::format("{}", value); }
};
struct ToValue {
    Value operator()(const protocol::Boolean& value) const { return value.value != 0; }
    Value operator()(const auto& value) const { return value; }
};
struct ToCount {
    template <class T> std::optional<std::uint64_t> operator()(const T& value) const {
        if constexpr (std::is_integral_v<T>) return static_cast<std::uint64_t>(value);
        return std::nullopt;
    }
};
} // namespace

std::string text_of(const protocol::TypedValue& value) { return std::visit(ToText{}, value); }
Value value_of(const protocol::TypedValue& value) { return std::visit(ToValue{}, value); }
std::optional<std::uint64_t> count_of(const protocol::TypedValue& value) {
    return std::visit(ToCount{}, value);
}

} // namespace vireo::cli
