// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "model/domain/domain.hpp"
#include "json/json.hpp"

namespace vireo::qemu {

/// One image of a disk's chain, or of the firmware's variables, as far as its block nodes go.
struct Image {
    model::domain::DiskType type;
    const std::string& path;
    const model::domain::NetworkSource& network;
    const model::domain::SourceDetails& details;
    std::string_view format;
    /// That it belongs to: its driver's options hold for all of the chain. Null: of the firmware.
    const model::domain::Disk* disk = nullptr;
    bool readonly = false;
    bool ends_chain = false; ///< the user says that no other image is below
    bool has_medium() const {
        using enum model::domain::DiskType;
        if (type == Network) return network.protocol.has_value();
        if (type == Volume) return !details.volume.pool.empty();
        return type == Nvme || type == Vhostuser || !path.empty();
    }
};
Image image_of(const model::domain::Disk& disk);
Image image_of(const model::domain::Disk& disk, const model::domain::BackingStore& store);

/// QEMU's switches for libvirt's cache modes: two of the node, and one that the guest sees.
struct CacheMode {
    bool direct, no_flush, write_cache;
};
CacheMode mode_of(model::domain::DiskCache cache);
/// A disk that others write to as well is not cached, unless the user says how.
model::domain::DiskCache cache_of(const model::domain::Disk& disk);

/// The node that reads and writes the image where it is stored, but for its name. Throws ConfigUnsupported
/// for what QEMU, or this version, cannot open, NoSecret and NoStoragePool for what nobody keeps.
json::object storage_of(const Image& image);
/// The same for protocols of the network (network_nodes.cpp).
json::object network_storage(const Image& image);
/// That there is no such secret.
Error missing_secret(const model::domain::SecretReference& secret);
/// That the image cannot be had, and why.
Error refuse(const Image& image, ErrorCode code, std::string_view what);

} // namespace vireo::qemu
