// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "json/json.hpp"

namespace vireo::qemu {

/// One image of a disk's chain, as far as its block nodes go.
struct Image {
    model::domain::DiskType type;
    const std::string& path;
    const model::domain::NetworkSource& network;
    const std::string& format;
    const model::domain::Disk& disk; ///< that it belongs to: its driver's options hold for all of the chain
    bool readonly;
    bool has_medium() const {
        using enum model::domain::DiskType;
        bool by_path = type == File || type == Block || type == Dir;
        return by_path ? !path.empty() : network.protocol.has_value() || type != Network;
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
/// for what QEMU, or this version, cannot open.
json::object storage_of(const Image& image);

} // namespace vireo::qemu
