// SPDX-License-Identifier: Apache-2.0
// The value of `-chardev` says the same as `chardev-add`, but for the form: there a list of words, here an
// object with types.
#include "qemu/devices/pieces.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace vireo::qemu {

namespace {
/// "socket,id=x,path=/a,,b": its first word, then keys and values, where two commas are one of the value's.
class Option {
public:
    explicit Option(std::string_view text) {
        std::string word;
        for (std::size_t i = 0; i <= text.size(); ++i) {
            bool doubled = i + 1 < text.size() && text[i] == ',' && text[i + 1] == ',';
            if (i < text.size() && (text[i] != ',' || doubled)) {
                word += text[i];
                i += doubled ? 1 : 0;
                continue;
            }
            take(std::exchange(word, {}));
        }
    }
    const std::string& kind() const { return kind_; }
    bool has(const std::string& key) const { return values_.contains(key); }
    std::string text(const std::string& key) const {
        auto found = values_.find(key);
        return found == values_.end() ? std::string{} : found->second;
    }
    bool flag(const std::string& key) const { return text(key) == "on"; }
    std::int64_t number(const std::string& key) const { return std::strtoll(text(key).c_str(), nullptr, 10); }

private:
    void take(std::string word) {
        auto sign = word.find('=');
        if (kind_.empty())
            kind_ = std::move(word);
        else if (sign != std::string::npos)
            values_[word.substr(0, sign)] = word.substr(sign + 1);
    }
    std::string kind_;
    std::map<std::string, std::string> values_;
};

json::object internet(const std::string& host, const std::string& port) {
    json::object place{{"host", host}, {"port", port}};
    return {{"type", "inet"}, {"data", std::move(place)}};
}

json::object socket_data(const Option& option) {
    json::object data;
    if (option.has("path")) {
        json::object place{{"path", option.text("path")}};
        data["addr"] = json::object{{"type", "unix"}, {"data", std::move(place)}};
    } else {
        data["addr"] = internet(option.text("host"), option.text("port"));
    }
    bool listens = option.flag("server");
    data["server"] = listens;
    if (listens) data["wait"] = option.text("wait") != "off";
    if (option.flag("telnet")) data["telnet"] = true;
    if (option.has("reconnect")) data["reconnect"] = option.number("reconnect");
    return data;
}

json::object datagram_data(const Option& option) {
    json::object data{{"remote", internet(option.text("host"), option.text("port"))}};
    if (option.has("localaddr") || option.has("localport"))
        data["local"] = internet(option.text("localaddr"), option.text("localport"));
    return data;
}

json::object data_of(const Option& option) {
    const auto& kind = option.kind();
    if (kind == "pty" || kind == "null" || kind == "vc" || kind == "stdio") return {};
    if (kind == "socket") return socket_data(option);
    if (kind == "udp") return datagram_data(option);
    if (kind == "serial" || kind == "parallel" || kind == "pipe") return {{"device", option.text("path")}};
    if (kind == "spicevmc") return {{"type", option.text("name")}};
    if (kind == "spiceport") return {{"fqdn", option.text("name")}};
    if (kind == "dbus") return {{"name", option.text("name")}};
    if (kind == "qemu-vdagent")
        return {{"mouse", option.flag("mouse")}, {"clipboard", option.flag("clipboard")}};
    if (kind != "file")
        throw error(ErrorCode::InternalError,
                    fmt::format("character devices of kind '{}' have no form for the monitor", kind));
    json::object data{{"out", option.text("path")}};
    if (option.has("append")) data["append"] = option.flag("append");
    return data;
}
} // namespace

json::object character_arguments(std::string_view text) {
    Option option{text};
    auto data = data_of(option);
    if (option.has("logfile")) data["logfile"] = option.text("logfile");
    if (option.has("logappend")) data["logappend"] = option.flag("logappend");
    json::object backend{{"type", option.kind()}, {"data", std::move(data)}};
    return {{"id", option.text("id")}, {"backend", std::move(backend)}};
}

} // namespace vireo::qemu
