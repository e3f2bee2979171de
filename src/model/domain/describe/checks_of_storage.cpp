// SPDX-License-Identifier: Apache-2.0
// What sources of images, file systems and memory must fulfil.
#include "model/domain/describe/checks.hpp"

#include <algorithm>

namespace vireo::model::domain {

void check(const xml::Reader& node, const NetworkHost& host) {
    bool is_socket = host.transport == NetworkTransport::Unix;
    if (is_socket && host.socket.empty())
        node.fail(nullptr, ErrorCode::XmlError, "a host of transport 'unix' needs a socket");
    if (!is_socket && !host.socket.empty())
        node.fail("socket", ErrorCode::XmlError, "only a host of transport 'unix' has a socket");
    if (!is_socket && host.name.empty()) node.fail(nullptr, ErrorCode::XmlError, "a host needs a name");
}

void check(const xml::Reader& node, const NetworkSource& network) {
    auto protocol = *network.protocol;
    bool has_default = protocol == DiskProtocol::Nbd; // its server has an export without a name
    if (network.name.empty() && !has_default)
        node.fail(nullptr, ErrorCode::XmlError,
                  fmt::format("a source of protocol '{}' needs a name", name_of(protocol)));
    bool in_pool = protocol == DiskProtocol::Rbd || protocol == DiskProtocol::Gluster;
    if (in_pool && network.name.find('/') == network.name.npos)
        node.fail("name", ErrorCode::XmlError, "the name is made of a pool and an image: 'pool/image'");
}

void check(const xml::Reader& node, const HttpCookie& cookie) {
    if (cookie.value.empty()) node.fail(nullptr, ErrorCode::XmlError, "a <cookie> has its value as its text");
}

void check(const xml::Reader& node, const SecretReference& secret) {
    if (secret.uuid && !secret.usage.empty())
        node.fail(nullptr, ErrorCode::XmlError, "a <secret> is named by its uuid or its usage, not by both");
    if (!secret.uuid && secret.usage.empty())
        node.fail(nullptr, ErrorCode::XmlError, "a <secret> is named by its uuid or its usage");
}

void check(const xml::Reader& node, const VhostUserSource& source) {
    if (source.reconnect == Answer::Yes && !source.reconnect_timeout)
        node.child("reconnect").fail(nullptr, ErrorCode::XmlError, "<reconnect> needs a timeout");
}

void check_reservations(const xml::Reader& node, std::string_view type, std::string_view mode) {
    if (type != "unix") node.fail("type", ErrorCode::ConfigUnsupported, "it is 'unix'");
    if (mode != "client") node.fail("mode", ErrorCode::ConfigUnsupported, "it is 'client'");
}

void check(const xml::Reader& node, const BackingStore& store) {
    if (!store.type) return;
    if (store.format.empty())
        node.fail(nullptr, ErrorCode::XmlError, "a <backingStore> needs <format type=…>");
    if (!is_disk_format(store.format))
        node.child("format").fail("type", ErrorCode::XmlError,
                                  "the format is not known; usual ones are 'raw', 'qcow2'");
    if (!node.child("source").exists())
        node.fail(nullptr, ErrorCode::XmlError, "a <backingStore> needs a <source>");
}

void check(const xml::Reader& node, const Filesystem& filesystem) {
    bool has_source = !filesystem.source.empty() || !filesystem.socket.empty() || !filesystem.usage.empty() ||
                      !filesystem.volume.empty();
    if (!has_source) node.fail(nullptr, ErrorCode::NoSource, "a <filesystem> needs <source dir=…>");
    if (filesystem.target.empty())
        node.fail(nullptr, ErrorCode::NoTarget, "a <filesystem> needs <target dir=…>");
    constexpr std::uint32_t most = 0777;
    if (filesystem.file_mode > most) node.fail("fmode", ErrorCode::XmlError, "rights are at most 0777");
    if (filesystem.directory_mode > most) node.fail("dmode", ErrorCode::XmlError, "rights are at most 0777");
    if (filesystem.info.boot_order && !filesystem.is_virtiofs())
        node.child("boot").fail("order", ErrorCode::ConfigUnsupported, "guests boot from virtiofs only");
}

} // namespace vireo::model::domain
