// SPDX-License-Identifier: Apache-2.0
#include "json/json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace vireo::json {

std::expected<value, std::string> parse(std::string_view text) {
    boost::system::error_code failure;
    auto document = boost::json::parse({text.data(), text.size()}, failure);
    if (failure) return std::unexpected(failure.message());
    return document;
}

std::string print(const value& document) { return boost::json::serialize(document); }

std::optional<std::string_view> find_text(const object& from, std::string_view key) {
    const auto* member = from.if_contains({key.data(), key.size()});
    if (member == nullptr || !member->is_string()) return std::nullopt;
    const auto& text = member->get_string();
    return std::string_view{text.data(), text.size()};
}

std::optional<std::int64_t> find_number(const object& from, std::string_view key) {
    const auto* member = from.if_contains({key.data(), key.size()});
    if (member == nullptr) return std::nullopt;
    boost::system::error_code other; // built values may be unsigned, which is another kind to Boost
    auto number = member->to_number<std::int64_t>(other);
    if (other) return std::nullopt;
    return number;
}

std::optional<bool> find_flag(const object& from, std::string_view key) {
    const auto* member = from.if_contains({key.data(), key.size()});
    if (member == nullptr || !member->is_bool()) return std::nullopt;
    return member->get_bool();
}

const object* find_object(const object& from, std::string_view key) {
    const auto* member = from.if_contains({key.data(), key.size()});
    return member == nullptr ? nullptr : member->if_object();
}

const array* find_array(const object& from, std::string_view key) {
    const auto* member = from.if_contains({key.data(), key.size()});
    return member == nullptr ? nullptr : member->if_array();
}

} // namespace vireo::json
