// SPDX-License-Identifier: Apache-2.0
#include "qemu/agent/answers.hpp"

#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

Error nonsense(std::string_view command) {
    return error(ErrorCode::AgentUnresponsive,
                 fmt::format("the guest agent's answer to '{}' makes no sense", command));
}

const json::array& require_list(const json::value& answer, std::string_view command, std::size_t most) {
    const auto* list = answer.if_array();
    if (list == nullptr || list->size() > most) throw nonsense(command);
    return *list;
}

const json::object& require_object(const json::value& answer, std::string_view command) {
    const auto* object = answer.if_object();
    if (object == nullptr) throw nonsense(command);
    return *object;
}

std::string clean(std::string_view text) {
    constexpr std::size_t longest = 1024;
    auto is_inside_character = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
    };
    auto end = std::min(text.size(), longest);
    while (end < text.size() && end > 0 && is_inside_character(end)) --end;
    std::string result{text.substr(0, end)};
    std::erase_if(result, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    return result;
}

std::string find_clean(const json::object& from, std::string_view key) {
    return clean(json::find_text(from, key).value_or(""));
}

} // namespace vireo::qemu
