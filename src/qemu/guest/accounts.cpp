// SPDX-License-Identifier: Apache-2.0
// The users of the system inside a guest: passwords and keys, which its agent sets.
#include "qemu/agent/answers.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::KeyChange;

namespace {
constexpr std::size_t most_keys = 2048;

/// RFC 4648, section 4: three bytes are four letters, and '=' stands for what is missing at the end.
std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        auto here = bytes.substr(at, 3);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < here.size() ? static_cast<unsigned char>(here[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= here.size() ? letters[group >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}
} // namespace

awaitable<void> QemuDriver::set_user_password(Uuid uuid, std::string name,
                                              hypervisor::UserPassword password) {
    json::object arguments{{"username", password.user},
                           {"password", base64(password.password)},
                           {"crypted", password.encrypted}};
    co_await ask_agent(require(uuid, name), "guest-set-user-password", std::move(arguments));
}

awaitable<std::vector<std::string>> QemuDriver::user_keys(Uuid uuid, std::string name, std::string user) {
    const std::string command = "guest-ssh-get-authorized-keys";
    json::object arguments{{"username", user}};
    auto answer = co_await ask_agent(require(uuid, name), command, std::move(arguments));
    const auto* list = json::find_array(require_object(answer, command), "keys");
    if (list == nullptr || list->size() > most_keys) throw nonsense(command);
    std::vector<std::string> keys;
    for (const auto& item : *list) {
        const auto* key = item.if_string();
        if (key == nullptr) throw nonsense(command);
        keys.emplace_back(key->begin(), key->end());
    }
    co_return keys;
}

awaitable<void> QemuDriver::change_user_keys(Uuid uuid, std::string name, std::string user,
                                             std::vector<std::string> keys, KeyChange change) {
    json::object arguments{{"username", user}, {"keys", json::array(keys.begin(), keys.end())}};
    if (change == KeyChange::Replace) arguments["reset"] = true;
    const auto* command =
        change == KeyChange::Remove ? "guest-ssh-remove-authorized-keys" : "guest-ssh-add-authorized-keys";
    co_await ask_agent(require(uuid, name), command, std::move(arguments));
}

} // namespace vireo::qemu
