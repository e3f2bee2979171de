// SPDX-License-Identifier: Apache-2.0
// Block nodes: for each image of a disk's chain, a node for where it is stored and a node for its format.
#include "qemu/command_line/block_nodes.hpp"

#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"
#include "xml/value.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
Error refuse(const Image& image, std::string_view what) {
    return error(ErrorCode::ConfigUnsupported,
                 fmt::format("disk {}: {} cannot be started by this version", image.disk.target, what));
}

void put_cache(json::object& node, DiskCache cache) {
    if (cache == DiskCache::Default) return;
    auto mode = mode_of(cache);
    node["cache"] = json::object{{"direct", mode.direct}, {"no-flush", mode.no_flush}};
}

std::uint16_t usual_port(DiskProtocol protocol) {
    switch (protocol) {
    case DiskProtocol::Nbd: return 10809;
    case DiskProtocol::Gluster: return 24007;
    case DiskProtocol::Iscsi: return 3260;
    case DiskProtocol::Http: return 80;
    case DiskProtocol::Https: return 443;
    case DiskProtocol::Ftp: return 21;
    case DiskProtocol::Ftps: return 990;
    case DiskProtocol::Tftp: return 69;
    case DiskProtocol::Ssh: return 22;
    default: return 0;
    }
}

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
        throw refuse(image, "a source with another number of hosts than one");
    return image.network.hosts.front();
}

std::pair<std::string, std::string> split(const Image& image, std::string_view what) {
    auto slash = image.network.name.find('/');
    if (slash == std::string::npos) throw refuse(image, what);
    return {image.network.name.substr(0, slash), image.network.name.substr(slash + 1)};
}

json::object nbd_storage(const Image& image) {
    json::object storage{{"driver", "nbd"}, {"server", address_of(only_host(image), DiskProtocol::Nbd)}};
    if (!image.network.name.empty()) storage["export"] = image.network.name;
    return storage;
}

json::object gluster_storage(const Image& image) {
    auto [volume, path] = split(image, "a gluster source without 'volume/path' as its name");
    json::object storage{{"driver", "gluster"}, {"volume", volume}, {"path", path}};
    json::array servers;
    for (const auto& host : image.network.hosts) servers.push_back(address_of(host, DiskProtocol::Gluster));
    storage["server"] = std::move(servers);
    storage["debug"] = 4;
    return storage;
}

json::object iscsi_storage(const Image& image) {
    const auto& host = only_host(image);
    auto [target, unit] = split(image, "an iSCSI source without 'target/unit' as its name");
    std::uint32_t lun = 0;
    if (!xml::read_value(std::string_view{unit}, lun)) throw refuse(image, "an iSCSI unit that is no number");
    json::object storage{{"driver", "iscsi"}};
    storage["portal"] = fmt::format("{}:{}", host.name, port_of(host, DiskProtocol::Iscsi));
    storage["target"] = target;
    storage["lun"] = lun;
    storage["transport"] = host.transport == NetworkTransport::Rdma ? "iser" : "tcp";
    if (!image.network.initiator.empty()) storage["initiator-name"] = image.network.initiator;
    return storage;
}

json::object rbd_storage(const Image& image) {
    auto [pool, name] = split(image, "an rbd source without 'pool/image' as its name");
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
    auto protocol = *image.network.protocol;
    const auto& host = only_host(image);
    auto url = fmt::format("{}://{}:{}/{}", name_of(protocol), host.name, port_of(host, protocol),
                           image.network.name);
    if (!image.network.query.empty()) url += "?" + image.network.query;
    return {{"driver", name_of(protocol)}, {"url", url}};
}

json::object network_storage(const Image& image) {
    if (!image.network.protocol) throw refuse(image, "a source without a protocol");
    switch (*image.network.protocol) {
    case DiskProtocol::Nbd: return nbd_storage(image);
    case DiskProtocol::Gluster: return gluster_storage(image);
    case DiskProtocol::Iscsi: return iscsi_storage(image);
    case DiskProtocol::Rbd: return rbd_storage(image);
    case DiskProtocol::Http:
    case DiskProtocol::Https:
    case DiskProtocol::Ftp:
    case DiskProtocol::Ftps: return url_storage(image);
    default: throw refuse(image, fmt::format("protocol '{}'", name_of(*image.network.protocol)));
    }
}
} // namespace

CacheMode mode_of(DiskCache cache) {
    switch (cache) {
    case DiskCache::Writethrough: return {false, false, false};
    case DiskCache::None: return {true, false, true};
    case DiskCache::Directsync: return {true, false, false};
    case DiskCache::Unsafe: return {false, true, true};
    case DiskCache::Default:
    case DiskCache::Writeback: break;
    }
    return {false, false, true};
}

DiskCache cache_of(const Disk& disk) {
    auto given = disk.driver->cache.value_or(DiskCache::Default);
    return given == DiskCache::Default && disk.shareable && !disk.readonly ? DiskCache::None : given;
}

Image image_of(const Disk& disk) {
    return {disk.type, disk.source, disk.network, disk.driver->type, disk, disk.readonly};
}
Image image_of(const Disk& disk, const BackingStore& store) {
    return {store.type.value_or(DiskType::File), store.source, store.network, store.format, disk, true};
}

json::object storage_of(const Image& image) {
    switch (image.type) {
    case DiskType::File: return {{"driver", "file"}, {"filename", image.path}};
    case DiskType::Block: {
        bool is_cdrom = image.disk.device == DiskDevice::Cdrom && image.disk.raw_io == Answer::Yes;
        return {{"driver", is_cdrom ? "host_cdrom" : "host_device"}, {"filename", image.path}};
    }
    case DiskType::Dir:
        if (image.format != "fat") throw refuse(image, "a directory in another format than 'fat'");
        return {{"driver", "vvfat"},
                {"dir", image.path},
                {"floppy", image.disk.device == DiskDevice::Floppy},
                {"rw", !image.readonly}};
    case DiskType::Network: return network_storage(image);
    default: throw refuse(image, fmt::format("type '{}'", name_of(image.type)));
    }
}

void CommandLineBuilder::add_image_nodes(const Image& image, std::size_t number,
                                         std::optional<std::size_t> backing) {
    const auto& driver = *image.disk.driver;
    auto cache = cache_of(image.disk);
    auto storage = storage_of(image);
    bool by_file = image.type == DiskType::File || image.type == DiskType::Block;
    if (driver.io && by_file) storage["aio"] = name_of(*driver.io);
    storage["node-name"] = fmt::format("libvirt-{}-storage", number);
    put_cache(storage, cache);
    storage["auto-read-only"] = true;
    storage["discard"] = "unmap";
    json::object format{{"node-name", fmt::format("libvirt-{}-format", number)},
                        {"read-only", image.readonly}};
    if (driver.discard) format["discard"] = name_of(*driver.discard);
    if (driver.detect_zeroes) format["detect-zeroes"] = name_of(*driver.detect_zeroes);
    put_cache(format, cache);
    format["driver"] = image.format.empty() || image.format == "fat" ? "raw" : image.format;
    format["file"] = fmt::format("libvirt-{}-storage", number);
    if (backing) format["backing"] = fmt::format("libvirt-{}-format", *backing);
    option("-blockdev", storage);
    option("-blockdev", format);
}

std::size_t CommandLineBuilder::count_nodes(const Disk& disk) {
    std::size_t count = 1;
    for (const auto* stores = &disk.backing_store; !stores->empty() && stores->front().type;
         stores = &stores->front().next)
        ++count;
    return count;
}

/// The images of the chain, the lowest one first: each names the one below it.
void CommandLineBuilder::add_disk_nodes(const Disk& disk) {
    std::vector<Image> chain{image_of(disk)};
    for (const auto* stores = &disk.backing_store; !stores->empty() && stores->front().type;
         stores = &stores->front().next)
        chain.push_back(image_of(disk, stores->front()));
    std::optional<std::size_t> below;
    for (auto image = chain.rbegin(); image != chain.rend(); ++image) {
        auto number = next_node_--;
        add_image_nodes(*image, number, below);
        below = number;
    }
    if (disk.driver->copy_on_read != Switch::On) return;
    json::object copier{{"driver", "copy-on-read"}, {"node-name", "libvirt-CoR-" + disk.target}};
    copier["file"] = fmt::format("libvirt-{}-format", *below);
    copier["discard"] = "unmap";
    option("-blockdev", copier);
}

} // namespace vireo::qemu
