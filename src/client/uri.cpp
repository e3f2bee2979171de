// SPDX-License-Identifier: Apache-2.0
#include "client/uri.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace vireo::client {

namespace {
Error invalid(std::string_view text, std::string_view why) {
    return {ErrorCode::InvalidArgument, ErrorDomain::Uri,
            fmt::format("'{}' is no connection URI: {}", text, why)};
}

/// Cuts `text` at the first `mark`; the part behind it is returned, empty when there is none.
std::string_view cut(std::string_view& text, std::string_view mark) {
    auto at = text.find(mark);
    if (at == text.npos) return {};
    auto rest = text.substr(at + mark.size());
    text = text.substr(0, at);
    return rest;
}

/// Replaces %XX by the byte (RFC 3986, section 2.1).
std::string percent_decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size()) {
            auto [end, failure] = std::from_chars(&text[i + 1], &text[i] + 3, byte, 16);
            if (failure == std::errc{} && end == &text[i] + 3) {
                plain += static_cast<char>(byte);
                i += 2;
                continue;
            }
        }
        plain += text[i];
    }
    return plain;
}

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string session_socket() {
    if (auto runtime = from_environment("XDG_RUNTIME_DIR"); !runtime.empty())
        return runtime + "/libvirt/libvirt-sock";
    if (auto cache = from_environment("XDG_CACHE_HOME"); !cache.empty())
        return cache + "/libvirt/libvirt-sock";
    if (auto home = from_environment("HOME"); !home.empty()) return home + "/.cache/libvirt/libvirt-sock";
    throw Error(ErrorCode::InvalidArgument, ErrorDomain::Uri,
                "the daemon of this session cannot be found: neither XDG_RUNTIME_DIR nor HOME is set");
}
} // namespace

Uri Uri::parse(std::string_view text) {
    Uri uri;
    auto scheme = text;
    auto colon = text.find(':');
    if (colon == text.npos || colon == 0)
        throw invalid(text, "it must begin with a driver, as in 'qemu:///system'");
    scheme = text.substr(0, colon);
    auto rest = text.substr(colon + 1);
    uri.transport = cut(scheme, "+");
    uri.driver = scheme;
    cut(rest, "#");
    auto query = cut(rest, "?");
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        auto slash = std::min(rest.find('/'), rest.size());
        uri.server = rest.substr(0, slash);
        rest = rest.substr(slash);
    }
    uri.path = percent_decoded(rest);
    while (!query.empty()) {
        auto entry = query;
        query = cut(entry, "&");
        auto value = cut(entry, "=");
        if (entry.empty()) throw invalid(text, "a parameter has no name");
        uri.parameters[percent_decoded(entry)] = percent_decoded(value);
    }
    return uri;
}

std::string Uri::for_daemon() const {
    auto text = fmt::format("{}://{}", driver, path);
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        if (name == "socket" || name == "mode") continue;
        text += fmt::format("{}{}={}", std::exchange(separator, '&'), name, value);
    }
    return text;
}

std::string socket_path(const Uri& uri, bool read_only) {
    if (!uri.transport.empty() && uri.transport != "unix")
        throw Error(ErrorCode::NoSupport, ErrorDomain::Remote,
                    fmt::format("transport '{}' is not supported yet: only 'unix' is", uri.transport));
    if (!uri.server.empty())
        throw Error(ErrorCode::NoSupport, ErrorDomain::Remote,
                    fmt::format("host '{}' cannot be reached: only daemons of this machine can be opened yet",
                                uri.server));
    if (auto socket = uri.parameters.find("socket"); socket != uri.parameters.end()) return socket->second;
    if (uri.path == "/session") return session_socket();
    return read_only ? "/run/libvirt/libvirt-sock-ro" : "/run/libvirt/libvirt-sock";
}

std::string default_uri() { return ::geteuid() == 0 ? "qemu:///system" : "qemu:///session"; }

} // namespace vireo::client
