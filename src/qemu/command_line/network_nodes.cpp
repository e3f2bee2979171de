// SPDX-License-Identifier: Apache-2.0
// The nodes of images that are in the network, by protocol.
#include "qemu/command_line/block_nodes.hpp"
#include "xml/value.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string port_of(const NetworkHost& host, DiskProtocol protocol) {
    return std::to_string(host.port.value_or(usual_port(protocol)));
}

/// The SocketAddress of QEMU's QAPI.
json::object address_of(const NetworkHost& host, DiskProtocol protocol) {
    if (host.transport == NetworkTransport::Unix) return {{"type", "unix"}, {"path", host.socket}};
    return {{"type", "inet"}, {"host", host.name}, {"port", port_of(host, protocol)}};
}

const NetworkHost& only_host(const Image& image) {
    if (image.network.hosts.size() != 1)
        throw refuse(image, ErrorCode::InternalError,
                     fmt::format("protocol '{}' has one host", name_of(*image.network.protocol)));
    return image.network.hosts.front();
}

/// "pool/image", "target/unit".
std::pair<std::string, std::string> split(const Image& image) {
    auto slash = image.network.name.find('/');
    if (slash == std::string::npos)
        throw refuse(image, ErrorCode::XmlError,
                     "the name of its source is made of two parts with '/' between");
    return {image.network.name.substr(0, slash), image.network.name.substr(slash + 1)};
}

json::object nbd_storage(const Image& image) {
    json::object storage{{"driver", "nbd"}, {"server", address_of(only_host(image), DiskProtocol::Nbd)}};
    if (!image.network.name.empty()) storage["export"] = image.network.name;
    if (!image.network.tls_hostname.empty()) storage["tls-hostname"] = image.network.tls_hostname;
    return storage;
}

json::object gluster_storage(const Image& image) {
    auto [volume, path] = split(image);
    json::object storage{{"driver", "gluster"}, {"volume", volume}, {"path", path}};
    json::array servers;
    for (const auto& host : image.network.hosts) {
        if (host.transport == NetworkTransport::Rdma)
            throw refuse(image, ErrorCode::InternalError, "QEMU reaches gluster by tcp or a unix socket");
        servers.push_back(address_of(host, DiskProtocol::Gluster));
    }
    storage["server"] = std::move(servers);
    storage["debug"] = 4;
    return storage;
}

json::object iscsi_storage(const Image& image) {
    const auto& host = only_host(image);
    bool has_unit = image.network.name.find('/') != std::string::npos;
    auto [target, unit] = has_unit ? split(image) : std::pair{image.network.name, std::string{"0"}};
    std::uint32_t lun = 0;
    if (!xml::read_value(std::string_view{unit}, lun))
        throw refuse(image, ErrorCode::InternalError,
                     fmt::format("'{}' is no number of an iSCSI unit", unit));
    json::object storage{{"driver", "iscsi"}};
    storage["portal"] = fmt::format("{}:{}", host.name, port_of(host, DiskProtocol::Iscsi));
    storage["target"] = target;
    storage["lun"] = lun;
    storage["transport"] = host.transport == NetworkTransport::Rdma ? "iser" : "tcp";
    if (!image.network.initiator.empty()) storage["initiator-name"] = image.network.initiator;
    return storage;
}

json::object rbd_storage(const Image& image) {
    auto [pool, name] = split(image);
    json::object storage{{"driver", "rbd"}, {"pool", pool}, {"image", name}};
    if (!image.network.snapshot.empty()) storage["snapshot"] = image.network.snapshot;
    if (!image.network.config.empty()) storage["conf"] = image.network.config;
    if (image.network.hosts.empty()) return storage;
    json::array servers;
    for (const auto& host : image.network.hosts)
        servers.push_back(json::object{{"host", host.name}, {"port", port_of(host, DiskProtocol::Rbd)}});
    storage["server"] = std::move(servers);
    return storage;
}

json::object url_storage(const Image& image) {
    const auto& network = image.network;
    auto protocol = *network.protocol;
    const auto& host = only_host(image);
    if (!network.cookies.empty())
        throw refuse(image, ErrorCode::ConfigUnsupported,
                     "cookies are given to QEMU as secrets, which this version does not have");
    std::string_view path = network.name;
    if (path.starts_with('/')) path.remove_prefix(1);
    auto url = fmt::format("{}://{}:{}/{}", name_of(protocol), host.name, port_of(host, protocol), path);
    if (!network.query.empty()) url += "?" + network.query;
    json::object storage{{"driver", name_of(protocol)}, {"url", url}};
    if (network.verify_ssl) storage["sslverify"] = *network.verify_ssl == Answer::Yes;
    if (network.timeout) storage["timeout"] = *network.timeout;
    if (network.readahead) storage["readahead"] = *network.readahead;
    return storage;
}

json::object ssh_storage(const Image& image) {
    const auto& host = only_host(image);
    json::object server{{"host", host.name}, {"port", port_of(host, DiskProtocol::Ssh)}};
    return {{"driver", "ssh"}, {"path", image.network.name}, {"server", std::move(server)}};
}

/// "+0": looking a name up could wait for the network, so it is left to the user.
std::uint32_t id_of(const Image& image, const std::string& text) {
    std::uint32_t id = 0;
    if (!text.starts_with('+') || !xml::read_value(std::string_view{text}.substr(1), id))
        throw refuse(image, ErrorCode::ConfigUnsupported,
                     fmt::format("write '{}' of <identity> as its number, such as '+0'", text));
    return id;
}

json::object nfs_storage(const Image& image) {
    const auto& network = image.network;
    json::object server{{"host", only_host(image).name}, {"type", "inet"}};
    json::object storage{{"driver", "nfs"}, {"server", std::move(server)}, {"path", network.name}};
    if (!network.identity_user.empty()) storage["user"] = id_of(image, network.identity_user);
    if (!network.identity_group.empty()) storage["group"] = id_of(image, network.identity_group);
    return storage;
}
} // namespace

json::object network_storage(const Image& image) {
    if (!image.network.protocol) throw refuse(image, ErrorCode::XmlError, "its source has no protocol");
    switch (*image.network.protocol) {
    case DiskProtocol::Nbd: return nbd_storage(image);
    case DiskProtocol::Gluster: return gluster_storage(image);
    case DiskProtocol::Iscsi: return iscsi_storage(image);
    case DiskProtocol::Rbd: return rbd_storage(image);
    case DiskProtocol::Http:
    case DiskProtocol::Https:
    case DiskProtocol::Ftp:
    case DiskProtocol::Ftps: return url_storage(image);
    case DiskProtocol::Ssh: return ssh_storage(image);
    case DiskProtocol::Nfs: return nfs_storage(image);
    case DiskProtocol::Sheepdog: only_host(image); break;
    case DiskProtocol::Tftp:
    case DiskProtocol::Vxhs: break;
    }
    throw refuse(image, ErrorCode::ConfigUnsupported,
                 fmt::format("this QEMU has no protocol '{}'", name_of(*image.network.protocol)));
}

} // namespace vireo::qemu
