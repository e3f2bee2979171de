// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"
#include "model/domain/device_info.hpp"
#include "model/domain/security.hpp"

#include <vector>

// Where the data of a disk is: on the host, in the network, behind another program.

namespace vireo::model::domain {

enum class DiskType { File, Block, Dir, Network, Volume, Nvme, Vhostuser };
constexpr auto names_of(DiskType) {
    using enum DiskType;
    return std::to_array<std::pair<DiskType, std::string_view>>({{File, "file"},
                                                                 {Block, "block"},
                                                                 {Dir, "dir"},
                                                                 {Network, "network"},
                                                                 {Volume, "volume"},
                                                                 {Nvme, "nvme"},
                                                                 {Vhostuser, "vhostuser"}});
}

enum class DiskProtocol { Nbd, Rbd, Sheepdog, Gluster, Iscsi, Http, Https, Ftp, Ftps, Tftp, Ssh, Vxhs, Nfs };
constexpr auto names_of(DiskProtocol) {
    using enum DiskProtocol;
    return std::to_array<std::pair<DiskProtocol, std::string_view>>({{Nbd, "nbd"},
                                                                     {Rbd, "rbd"},
                                                                     {Sheepdog, "sheepdog"},
                                                                     {Gluster, "gluster"},
                                                                     {Iscsi, "iscsi"},
                                                                     {Http, "http"},
                                                                     {Https, "https"},
                                                                     {Ftp, "ftp"},
                                                                     {Ftps, "ftps"},
                                                                     {Tftp, "tftp"},
                                                                     {Ssh, "ssh"},
                                                                     {Vxhs, "vxhs"},
                                                                     {Nfs, "nfs"}});
}

/// Where the servers of a protocol listen; 0: its clients know.
constexpr std::uint16_t usual_port(DiskProtocol protocol) {
    switch (protocol) {
    case DiskProtocol::Nbd: return 10809;
    case DiskProtocol::Sheepdog: return 7000;
    case DiskProtocol::Gluster: return 24007;
    case DiskProtocol::Iscsi: return 3260;
    case DiskProtocol::Http: return 80;
    case DiskProtocol::Https: return 443;
    case DiskProtocol::Ftp: return 21;
    case DiskProtocol::Ftps: return 990;
    case DiskProtocol::Tftp: return 69;
    case DiskProtocol::Ssh: return 22;
    case DiskProtocol::Vxhs: return 9999;
    case DiskProtocol::Rbd:
    case DiskProtocol::Nfs: return 0;
    }
    return 0;
}

enum class NetworkTransport { Tcp, Unix, Rdma };
constexpr auto names_of(NetworkTransport) {
    using enum NetworkTransport;
    return std::to_array<std::pair<NetworkTransport, std::string_view>>(
        {{Tcp, "tcp"}, {Unix, "unix"}, {Rdma, "rdma"}});
}

/// <host> of a network source.
struct NetworkHost {
    std::string name;
    std::optional<std::uint16_t> port; ///< absent: the protocol's
    std::optional<NetworkTransport> transport;
    std::string socket; ///< of transport unix
    friend bool operator==(const NetworkHost&, const NetworkHost&) = default;
};

/// A <cookie> that HTTP sends along.
struct HttpCookie {
    std::string name, value;
    friend bool operator==(const HttpCookie&, const HttpCookie&) = default;
};

/// <source> of a disk of type network.
struct NetworkSource {
    std::optional<DiskProtocol> protocol;
    std::string name, query;
    std::optional<Answer> tls;
    std::string tls_hostname; ///< that the server's certificate must name
    std::vector<NetworkHost> hosts;
    std::string initiator; ///< iSCSI name of ours
    std::string snapshot;  ///< of rbd
    std::string config;    ///< of rbd: file on the host
    std::vector<HttpCookie> cookies;
    std::optional<Answer> verify_ssl;
    std::optional<std::uint64_t> readahead;    ///< bytes
    std::optional<std::uint64_t> timeout;      ///< seconds
    std::string identity_user, identity_group; ///< of nfs: names, or numbers with a plus before
    friend bool operator==(const NetworkSource&, const NetworkSource&) = default;
};

enum class SecretUse { Ceph, Iscsi, Volume, Tls, Vtpm };
constexpr auto names_of(SecretUse) {
    using enum SecretUse;
    return std::to_array<std::pair<SecretUse, std::string_view>>(
        {{Ceph, "ceph"}, {Iscsi, "iscsi"}, {Volume, "volume"}, {Tls, "tls"}, {Vtpm, "vtpm"}});
}

/// How a document names a secret: by one of the two.
struct SecretReference {
    std::optional<Uuid> uuid;
    std::string usage;
    friend bool operator==(const SecretReference&, const SecretReference&) = default;
};

/// <auth>: whom the server of an image knows us as.
struct Authentication {
    std::string user;
    SecretUse use = SecretUse::Ceph;
    SecretReference secret;
    friend bool operator==(const Authentication&, const Authentication&) = default;
};

enum class EncryptionFormat { Default, Qcow, Luks, Luks2 };
constexpr auto names_of(EncryptionFormat) {
    using enum EncryptionFormat;
    return std::to_array<std::pair<EncryptionFormat, std::string_view>>(
        {{Default, "default"}, {Qcow, "qcow"}, {Luks, "luks"}, {Luks2, "luks2"}});
}

enum class EncryptionEngine { Qemu, Librbd };
constexpr auto names_of(EncryptionEngine) {
    using enum EncryptionEngine;
    return std::to_array<std::pair<EncryptionEngine, std::string_view>>({{Qemu, "qemu"}, {Librbd, "librbd"}});
}

enum class SecretKind { Passphrase };
constexpr auto names_of(SecretKind) {
    return std::to_array<std::pair<SecretKind, std::string_view>>({{SecretKind::Passphrase, "passphrase"}});
}

/// <secret> of an encryption.
struct EncryptionSecret {
    SecretKind kind = SecretKind::Passphrase;
    SecretReference secret;
    friend bool operator==(const EncryptionSecret&, const EncryptionSecret&) = default;
};

/// <encryption> of an image.
struct Encryption {
    EncryptionFormat format = EncryptionFormat::Default;
    std::optional<EncryptionEngine> engine; ///< absent until completed
    std::vector<EncryptionSecret> secrets;
    xml::Kept kept; ///< how a volume is to be made, which is none of a disk's business
    friend bool operator==(const Encryption&, const Encryption&) = default;
};

/// <slice>: the part of a file or device that is the image.
struct StorageSlice {
    std::uint64_t offset = 0, size = 0; ///< bytes
    friend bool operator==(const StorageSlice&, const StorageSlice&) = default;
};

/// <reservations>: who asks the host's SCSI device for reservations.
struct Reservations {
    std::optional<Answer> managed; ///< yes: a helper of ours
    std::string socket;            ///< of a helper that somebody else runs
    friend bool operator==(const Reservations&, const Reservations&) = default;
};

/// <source> of type nvme: a controller of the host, by its place on PCI.
struct NvmeSource {
    std::optional<std::uint64_t> disk_namespace;
    std::optional<Answer> managed;
    std::optional<PciAddress> address;
    friend bool operator==(const NvmeSource&, const NvmeSource&) = default;
};

/// <source> of type vhostuser: the socket of the program that has the data.
struct VhostUserSource {
    std::string path;
    std::optional<Answer> reconnect;
    std::optional<std::uint32_t> reconnect_timeout; ///< seconds
    friend bool operator==(const VhostUserSource&, const VhostUserSource&) = default;
};

/// How a volume of an iSCSI pool is reached: by the host's kernel, or by QEMU itself.
enum class VolumeMode { Host, Direct };
constexpr auto names_of(VolumeMode) {
    using enum VolumeMode;
    return std::to_array<std::pair<VolumeMode, std::string_view>>({{Host, "host"}, {Direct, "direct"}});
}

/// <source> of type volume.
struct VolumeSource {
    std::string pool, volume;
    std::optional<VolumeMode> mode;
    friend bool operator==(const VolumeSource&, const VolumeSource&) = default;
};

/// What a <source> has besides the path or the network's name of its image.
struct SourceDetails {
    NvmeSource nvme;
    VhostUserSource vhost_user;
    VolumeSource volume;
    std::optional<Authentication> auth;
    std::optional<Encryption> encryption;
    std::optional<StorageSlice> slice;
    std::optional<Reservations> reservations;
    std::string descriptor_group; ///< of descriptors that a client has passed before
    std::vector<DeviceLabel> labels;
    friend bool operator==(const SourceDetails&, const SourceDetails&) = default;
};

} // namespace vireo::model::domain
