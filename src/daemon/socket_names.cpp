// SPDX-License-Identifier: Apache-2.0
#include "daemon/socket_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vireo::daemon {

namespace {
/// libvirt's daemons whose sockets stock clients try before the one of libvirtd.
constexpr std::array<std::string_view, 8> modular_daemons{"virtqemud",     "virtlxcd",      "virtnetworkd",
                                                          "virtstoraged",  "virtnodedevd",  "virtsecretd",
                                                          "virtnwfilterd", "virtinterfaced"};
/// The one that serves libvirtd's own sockets; only its administrator's is another.
constexpr std::string_view proxy = "virtproxyd";

std::vector<SocketName> all_names() {
    using enum SocketKind;
    std::vector<SocketName> names{{"libvirt-sock", ReadWrite, false},
                                  {"libvirt-sock-ro", ReadOnly, false},
                                  {"libvirt-admin-sock", Admin, false},
                                  {fmt::format("{}-admin-sock", proxy), Admin, true}};
    for (auto daemon : modular_daemons) {
        names.push_back({fmt::format("{}-sock", daemon), ReadWrite, true});
        names.push_back({fmt::format("{}-sock-ro", daemon), ReadOnly, true});
        names.push_back({fmt::format("{}-admin-sock", daemon), Admin, true});
    }
    return names;
}
} // namespace

const std::vector<SocketName>& socket_names() {
    static const auto names = all_names();
    return names;
}

std::string_view socket_name(SocketKind kind) {
    return std::ranges::find_if(socket_names(),
                                [kind](const auto& each) { return each.kind == kind && !each.is_alias; })
        ->name;
}

bool is_modular_daemon(std::string_view name) {
    return name == proxy || std::ranges::find(modular_daemons, name) != modular_daemons.end();
}

} // namespace vireo::daemon
