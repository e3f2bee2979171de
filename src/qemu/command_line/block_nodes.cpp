// SPDX-License-Identifier: Apache-2.0
// Block nodes: for each image of a disk's chain, a node for where it is stored and a node for its format.
#include "qemu/command_line/block_nodes.hpp"

#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
void put_cache(json::object& node, DiskCache cache) {
    if (cache == DiskCache::Default) return;
    auto mode = mode_of(cache);
    node["cache"] = json::object{{"direct", mode.direct}, {"no-flush", mode.no_flush}};
}

std::string number_of(const PciAddress& address) {
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", address.domain, address.bus, address.slot,
                       address.function);
}

json::object nvme_storage(const NvmeSource& nvme) {
    json::object storage{{"driver", "nvme"}};
    storage["device"] = number_of(nvme.address.value_or(PciAddress{}));
    storage["namespace"] = nvme.disk_namespace.value_or(1);
    return storage;
}

/// QEMU's name of a format, where it is another one.
std::string_view driver_of_format(std::string_view format) {
    if (format == "ploop") return "parallels";
    if (format == "vhd") return "vhdx";
    return format;
}

/// Nobody keeps secrets yet: an image that needs one cannot be read.
void require_secrets(const Image& image) {
    if (image.details.encryption)
        for (const auto& secret : image.details.encryption->secrets) throw missing_secret(secret.secret);
    if (image.details.auth) throw missing_secret(image.details.auth->secret);
}
} // namespace

Error refuse(const Image& image, ErrorCode code, std::string_view what) {
    auto whose = image.disk == nullptr ? std::string{"<nvram>"} : "disk " + image.disk->target;
    return error(code, fmt::format("{}: {}", whose, what));
}

Error missing_secret(const SecretReference& secret) {
    auto name =
        secret.uuid ? fmt::format("uuid '{}'", secret.uuid->text()) : fmt::format("usage '{}'", secret.usage);
    return {ErrorCode::NoSecret, ErrorDomain::Secret, fmt::format("there is no secret with {}", name)};
}

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

namespace {
/// An empty <backingStore> says that nothing is below; none at all, that QEMU finds out.
bool ends(const std::vector<BackingStore>& stores) { return !stores.empty() && !stores.front().type; }
} // namespace

Image image_of(const Disk& disk) {
    return {disk.type,         disk.source, disk.network,  disk.details,
            disk.driver->type, &disk,       disk.readonly, ends(disk.backing_store)};
}
Image image_of(const Disk& disk, const BackingStore& store) {
    return {store.type.value_or(DiskType::File),
            store.source,
            store.network,
            store.details,
            store.format,
            &disk,
            true,
            ends(store.next)};
}

json::object storage_of(const Image& image) {
    require_secrets(image);
    if (!image.details.descriptor_group.empty())
        throw refuse(
            image, ErrorCode::InvalidArgument,
            fmt::format("no client has passed descriptors as group '{}'", image.details.descriptor_group));
    switch (image.type) {
    case DiskType::File: return {{"driver", "file"}, {"filename", image.path}};
    case DiskType::Block: {
        const auto* disk = image.disk;
        bool is_cdrom = disk != nullptr && disk->device == DiskDevice::Cdrom && disk->raw_io == Answer::Yes;
        return {{"driver", is_cdrom ? "host_cdrom" : "host_device"}, {"filename", image.path}};
    }
    case DiskType::Dir:
        if (image.format != "fat")
            throw refuse(image, ErrorCode::ConfigUnsupported, "a directory is of format 'fat'");
        return {{"driver", "vvfat"},
                {"dir", image.path},
                {"floppy", image.disk->device == DiskDevice::Floppy},
                {"rw", !image.readonly}};
    case DiskType::Network: return network_storage(image);
    case DiskType::Nvme: return nvme_storage(image.details.nvme);
    case DiskType::Volume:
        throw refuse(image, ErrorCode::NoStoragePool,
                     fmt::format("there is no storage pool '{}'", image.details.volume.pool));
    case DiskType::Vhostuser: break;
    }
    throw refuse(image, ErrorCode::InternalError, "QEMU does not see the data of a vhostuser disk");
}

std::string CommandLineBuilder::add_storage_node(const Image& image, std::size_t number) {
    const auto& driver = *image.disk->driver;
    auto name = fmt::format("libvirt-{}-storage", number);
    auto storage = storage_of(image);
    bool by_file = image.type == DiskType::File || image.type == DiskType::Block;
    if (driver.io && by_file) storage["aio"] = name_of(*driver.io);
    if (image.details.reservations)
        storage["pr-manager"] = add_reservations(*image.details.reservations, name);
    if (image.network.tls == Answer::Yes) storage["tls-creds"] = add_credentials(name);
    storage["node-name"] = name;
    put_cache(storage, cache_of(*image.disk));
    storage["auto-read-only"] = true;
    storage["discard"] = "unmap";
    option("-blockdev", storage);
    return name;
}

/// The helper that asks the host's devices for reservations; ours serves all disks, and is named before them.
std::string CommandLineBuilder::add_reservations(const Reservations& reservations, const std::string& node) {
    const std::string ours = "pr-helper0";
    if (reservations.managed == Answer::Yes && has_reservations_) return ours;
    bool managed = reservations.managed == Answer::Yes;
    auto id = managed ? ours : "pr-helper-" + node;
    json::object helper{{"qom-type", "pr-manager-helper"}, {"id", id}};
    helper["path"] = managed ? (context_.directory / "pr-helper0.sock").native() : reservations.socket;
    option("-object", helper);
    has_reservations_ |= managed;
    return id;
}

std::string CommandLineBuilder::add_credentials(const std::string& node) {
    auto id = fmt::format("obj{}_tls0", node);
    json::object credentials{{"qom-type", "tls-creds-x509"}, {"id", id}};
    credentials["dir"] = context_.certificates.native();
    credentials["endpoint"] = "client";
    credentials["verify-peer"] = true;
    option("-object", credentials);
    return id;
}

/// A part of a file or device that holds an image of a format of its own.
std::string CommandLineBuilder::add_slice_node(const StorageSlice& slice, std::size_t number) {
    auto name = fmt::format("libvirt-{}-slice-sto", number);
    json::object node{{"driver", "raw"}, {"node-name", name}};
    node["offset"] = slice.offset;
    node["size"] = slice.size;
    node["file"] = fmt::format("libvirt-{}-storage", number);
    node["auto-read-only"] = true;
    node["discard"] = "unmap";
    option("-blockdev", node);
    return name;
}

void CommandLineBuilder::add_image_nodes(const Image& image, std::size_t number,
                                         std::optional<std::size_t> backing) {
    const auto& driver = *image.disk->driver;
    auto file = add_storage_node(image, number);
    bool raw = image.format.empty() || image.format == "raw" || image.format == "fat";
    if (image.details.slice && !raw) file = add_slice_node(*image.details.slice, number);
    json::object format{{"node-name", fmt::format("libvirt-{}-format", number)},
                        {"read-only", image.readonly}};
    if (driver.discard) format["discard"] = name_of(*driver.discard);
    if (driver.detect_zeroes) format["detect-zeroes"] = name_of(*driver.detect_zeroes);
    put_cache(format, cache_of(*image.disk));
    format["driver"] = raw ? "raw" : driver_of_format(image.format);
    if (image.details.slice && raw) {
        format["offset"] = image.details.slice->offset;
        format["size"] = image.details.slice->size;
    }
    bool is_topmost = &image.path == &image.disk->source;
    if (driver.metadata_cache && is_topmost) format["cache-size"] = driver.metadata_cache->in_bytes();
    format["file"] = file;
    if (backing && (raw || image.format == "vdi" || image.format == "vpc"))
        throw refuse(image, ErrorCode::ConfigUnsupported,
                     fmt::format("an image of format '{}' has no backing store", raw ? "raw" : image.format));
    if (backing) format["backing"] = fmt::format("libvirt-{}-format", *backing);
    if (!backing && image.ends_chain && !raw) format["backing"] = nullptr; // whatever the image says itself
    option("-blockdev", format);
}

std::size_t count_disk_nodes(const Disk& disk) {
    if (disk.type == DiskType::Vhostuser || disk.bus == DiskBus::Sd) return 0;
    std::size_t count = 1;
    for (const auto* stores = &disk.backing_store; !stores->empty() && stores->front().type;
         stores = &stores->front().next)
        ++count;
    return count;
}

void number_disk_nodes(Domain& domain) {
    std::size_t next = 0;
    for (const auto& disk : domain.devices.disks) next += count_disk_nodes(disk);
    for (auto& disk : domain.devices.disks) {
        auto count = count_disk_nodes(disk);
        disk.source_index.reset();
        if (count > 0 && image_of(disk).has_medium())
            disk.source_index = static_cast<std::uint32_t>(next - (count - 1));
        next -= count;
    }
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
