// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace vireo {

/// What kind of thing went wrong: libvirt's public numbers (virterror.h, virErrorNumber). Clients compare
/// them, so they never change.
enum class ErrorCode {
    Ok = 0, InternalError = 1, NoMemory = 2, NoSupport = 3, UnknownHost = 4, NoConnect = 5,
    InvalidConnection = 6, InvalidDomain = 7, InvalidArgument = 8, OperationFailed = 9, GetFailed = 10,
    PostFailed = 11, HttpError = 12, SexprSerial = 13, NoXen = 14, XenCall = 15, OsType = 16, NoKernel = 17,
    NoRoot = 18, NoSource = 19, NoTarget = 20, NoName = 21, NoOs = 22, NoDevice = 23, NoXenstore = 24,
    DriverFull = 25, CallFailed = 26, XmlError = 27, DomainExists = 28, OperationDenied = 29,
    OpenFailed = 30, ReadFailed = 31, ParseFailed = 32, ConfSyntax = 33, WriteFailed = 34, XmlDetail = 35,
    InvalidNetwork = 36, NetworkExists = 37, SystemError = 38, Rpc = 39, GnutlsError = 40,
    WarningNoNetwork = 41, NoDomain = 42, NoNetwork = 43, InvalidMac = 44, AuthFailed = 45,
    InvalidStoragePool = 46, InvalidStorageVol = 47, WarningNoStorage = 48, NoStoragePool = 49,
    NoStorageVol = 50, WarningNoNode = 51, InvalidNodeDevice = 52, NoNodeDevice = 53, NoSecurityModel = 54,
    OperationInvalid = 55, WarningNoInterface = 56, NoInterface = 57, InvalidInterface = 58,
    MultipleInterfaces = 59, WarningNoNwfilter = 60, InvalidNwfilter = 61, NoNwfilter = 62,
    BuildFirewall = 63, WarningNoSecret = 64, InvalidSecret = 65, NoSecret = 66, ConfigUnsupported = 67,
    OperationTimeout = 68, MigratePersistFailed = 69, HookScriptFailed = 70, InvalidDomainSnapshot = 71,
    NoDomainSnapshot = 72, InvalidStream = 73, ArgumentUnsupported = 74, StorageProbeFailed = 75,
    StoragePoolBuilt = 76, SnapshotRevertRisky = 77, OperationAborted = 78, AuthCancelled = 79,
    NoDomainMetadata = 80, MigrateUnsafe = 81, Overflow = 82, BlockCopyActive = 83,
    OperationUnsupported = 84, Ssh = 85, AgentUnresponsive = 86, ResourceBusy = 87, AccessDenied = 88,
    DbusService = 89, StorageVolExists = 90, CpuIncompatible = 91, XmlInvalidSchema = 92,
    MigrateFinishOk = 93, AuthUnavailable = 94, NoServer = 95, NoClient = 96, AgentUnsynced = 97,
    Libssh = 98, DeviceMissing = 99, InvalidNwfilterBinding = 100, NoNwfilterBinding = 101,
    InvalidDomainCheckpoint = 102, NoDomainCheckpoint = 103, NoDomainBackup = 104, InvalidNetworkPort = 105,
    NetworkPortExist = 106, NoNetworkPort = 107, NoHostname = 108, CheckpointInconsistent = 109,
    MultipleDomains = 110,
};

/// Which part of the system reports it: libvirt's public numbers (virterror.h, virErrorDomain).
enum class ErrorDomain {
    None = 0, Xen = 1, Xend = 2, Xenstore = 3, Sexpr = 4, Xml = 5, Dom = 6, Rpc = 7, Proxy = 8, Conf = 9,
    Qemu = 10, Net = 11, Test = 12, Remote = 13, Openvz = 14, Xenxm = 15, StatsLinux = 16, Lxc = 17,
    Storage = 18, Network = 19, Domain = 20, Uml = 21, Nodedev = 22, XenInotify = 23, Security = 24,
    Vbox = 25, Interface = 26, One = 27, Esx = 28, Phyp = 29, Secret = 30, Cpu = 31, Xenapi = 32,
    Nwfilter = 33, Hook = 34, DomainSnapshot = 35, Audit = 36, Sysinfo = 37, Streams = 38, Vmware = 39,
    Event = 40, Libxl = 41, Locking = 42, Hyperv = 43, Capabilities = 44, Uri = 45, Auth = 46, Dbus = 47,
    Parallels = 48, Device = 49, Ssh = 50, Lockspace = 51, Initctl = 52, Identity = 53, Cgroup = 54,
    Access = 55, Systemd = 56, Bhyve = 57, Crypto = 58, Firewall = 59, Polkit = 60, Thread = 61, Admin = 62,
    Logging = 63, Xenxl = 64, Perf = 65, Libssh = 66, Resctrl = 67, Firewalld = 68, DomainCheckpoint = 69,
    Tpm = 70, Bpf = 71, Ch = 72,
};

/// The one exception of the project. Thrown where the fault is known; caught by the dispatcher, at the end of a
/// job and in `main`. `what()` is the message that the client shows.
struct Error : std::runtime_error {
    Error(ErrorCode code, ErrorDomain domain, const std::string& message)
        : std::runtime_error{message}, code{code}, domain{domain} {}
    ErrorCode code;
    ErrorDomain domain;
};

} // namespace vireo
