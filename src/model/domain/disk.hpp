// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/image_source.hpp"

namespace vireo::model::domain {

enum class DiskDevice { Disk, Cdrom, Floppy, Lun };
constexpr auto names_of(DiskDevice) {
    using enum DiskDevice;
    return std::to_array<std::pair<DiskDevice, std::string_view>>(
        {{Disk, "disk"}, {Cdrom, "cdrom"}, {Floppy, "floppy"}, {Lun, "lun"}});
}

enum class DiskBus { Ide, Fdc, Scsi, Virtio, Xen, Usb, Uml, Sata, Sd };
constexpr auto names_of(DiskBus) {
    using enum DiskBus;
    return std::to_array<std::pair<DiskBus, std::string_view>>({{Ide, "ide"},
                                                                {Fdc, "fdc"},
                                                                {Scsi, "scsi"},
                                                                {Virtio, "virtio"},
                                                                {Xen, "xen"},
                                                                {Usb, "usb"},
                                                                {Uml, "uml"},
                                                                {Sata, "sata"},
                                                                {Sd, "sd"}});
}

enum class DiskCache { Default, None, Writethrough, Writeback, Directsync, Unsafe };
constexpr auto names_of(DiskCache) {
    using enum DiskCache;
    return std::to_array<std::pair<DiskCache, std::string_view>>({{Default, "default"},
                                                                  {None, "none"},
                                                                  {Writethrough, "writethrough"},
                                                                  {Writeback, "writeback"},
                                                                  {Directsync, "directsync"},
                                                                  {Unsafe, "unsafe"}});
}

enum class DiskIo { Native, Threads, IoUring };
constexpr auto names_of(DiskIo) {
    using enum DiskIo;
    return std::to_array<std::pair<DiskIo, std::string_view>>(
        {{Native, "native"}, {Threads, "threads"}, {IoUring, "io_uring"}});
}

enum class DiskDiscard { Unmap, Ignore };
constexpr auto names_of(DiskDiscard) {
    using enum DiskDiscard;
    return std::to_array<std::pair<DiskDiscard, std::string_view>>({{Unmap, "unmap"}, {Ignore, "ignore"}});
}

enum class DetectZeroes { Off, On, Unmap };
constexpr auto names_of(DetectZeroes) {
    using enum DetectZeroes;
    return std::to_array<std::pair<DetectZeroes, std::string_view>>(
        {{Off, "off"}, {On, "on"}, {Unmap, "unmap"}});
}

enum class ErrorPolicy { Stop, Report, Ignore, Enospace };
constexpr auto names_of(ErrorPolicy) {
    using enum ErrorPolicy;
    return std::to_array<std::pair<ErrorPolicy, std::string_view>>(
        {{Stop, "stop"}, {Report, "report"}, {Ignore, "ignore"}, {Enospace, "enospace"}});
}

/// When a missing medium of a removable disk is an error.
enum class StartupPolicy { Mandatory, Requisite, Optional };
constexpr auto names_of(StartupPolicy) {
    using enum StartupPolicy;
    return std::to_array<std::pair<StartupPolicy, std::string_view>>(
        {{Mandatory, "mandatory"}, {Requisite, "requisite"}, {Optional, "optional"}});
}

enum class Tray { Closed, Open };
constexpr auto names_of(Tray) {
    using enum Tray;
    return std::to_array<std::pair<Tray, std::string_view>>({{Closed, "closed"}, {Open, "open"}});
}

/// <backingStore>: the image that another one is laid over.
struct BackingStore {
    std::optional<DiskType> type; ///< absent: there is none, the chain ends here
    std::string format;
    std::string source; ///< path of the file or block device
    NetworkSource network;
    SourceDetails details;
    std::vector<BackingStore> next; ///< at most one
    xml::Kept kept;
    friend bool operator==(const BackingStore&, const BackingStore&) = default;
};

/// <iotune>: limits of bytes and operations per second, by libvirt's names of the elements.
struct IoTune {
    struct Limit {
        std::string_view name; ///< one of `io_tune_limits`
        std::uint64_t value;
        friend bool operator==(const Limit&, const Limit&) = default;
    };
    std::vector<Limit> limits;
    std::string group;
    friend bool operator==(const IoTune&, const IoTune&) = default;
};

/// <geometry>: what the firmware shows of a disk.
struct DiskGeometry {
    std::optional<std::uint32_t> cylinders, heads, sectors;
    std::string translation;
    friend bool operator==(const DiskGeometry&, const DiskGeometry&) = default;
};

/// How the host treats the disk's image.
struct DiskDriver {
    std::string name; ///< "qemu", when given
    std::string type; ///< the image's format ("raw", "qcow2"); empty: not said
    std::optional<DiskCache> cache;
    std::optional<ErrorPolicy> error_policy, rerror_policy;
    std::optional<DiskIo> io;
    std::optional<DiskDiscard> discard;
    std::optional<DetectZeroes> detect_zeroes;
    std::optional<Switch> ioeventfd, event_idx, copy_on_read;
    std::optional<std::uint32_t> iothread, queues, queue_size;
    VirtioOptions virtio;
    std::optional<MemorySize> metadata_cache; ///< of qcow2: the most that its tables take
    xml::Kept kept;
    friend bool operator==(const DiskDriver&, const DiskDriver&) = default;
};

/// What a snapshot of the domain does with a disk, when it says nothing else.
enum class SnapshotChoice { No, Internal, External, Manual };
constexpr auto names_of(SnapshotChoice) {
    using enum SnapshotChoice;
    return std::to_array<std::pair<SnapshotChoice, std::string_view>>(
        {{No, "no"}, {Internal, "internal"}, {External, "external"}, {Manual, "manual"}});
}

/// <transient>: what the guest writes is thrown away when it ends.
struct Transient {
    std::optional<Answer> share_backing;
    friend bool operator==(const Transient&, const Transient&) = default;
};

/// <disk>.
struct Disk {
    DiskType type = DiskType::File;
    DiskDevice device = DiskDevice::Disk;
    std::optional<DiskDriver> driver;
    std::string source; ///< path of the file or block device; empty: no medium, or a kept source
    std::optional<StartupPolicy> startup_policy;
    std::optional<std::uint32_t> source_index; ///< live only
    NetworkSource network;                     ///< of type network
    SourceDetails details;
    /// These are written beside <source>, as older documents have them, and not in it.
    bool auth_is_outside = false, encryption_is_outside = false;
    std::vector<BackingStore> backing_store; ///< at most one; none: QEMU finds out itself
    std::optional<DiskGeometry> geometry;
    std::optional<std::uint32_t> logical_block_size, physical_block_size, discard_granularity;
    IoTune io_tune;
    std::string model; ///< of bus virtio: a name of `VirtioModel`
    std::optional<SnapshotChoice> snapshot;
    std::optional<Transient> transient;
    std::string backend_domain; ///< of Xen
    std::optional<Answer> raw_io;
    std::string target;         ///< "vda": the name that users know it by
    std::optional<DiskBus> bus; ///< absent until completed from the target's name
    std::optional<Tray> tray;
    std::optional<Switch> removable;
    std::optional<std::uint32_t> rotation_rate;
    bool readonly = false, shareable = false;
    std::string serial, wwn, vendor, product;
    DeviceInfo info;
    xml::Kept kept;
    friend bool operator==(const Disk&, const Disk&) = default;
};

} // namespace vireo::model::domain
