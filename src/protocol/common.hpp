// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: what the messages of several headers share.
#pragma once

#include "protocol/procedure.hpp"

namespace vireo::protocol {

struct DomainHandle {
    std::string name;
    Uuid uuid;
    std::int32_t id{};
};

struct NetworkHandle {
    std::string name;
    Uuid uuid;
};

struct NetworkPortHandle {
    NetworkHandle net;
    Uuid uuid;
};

struct NwfilterHandle {
    std::string name;
    Uuid uuid;
};

struct NwfilterBindingHandle {
    std::string portdev;
    std::string filtername;
};

struct InterfaceHandle {
    std::string name;
    std::string mac;
};

struct StoragePoolHandle {
    std::string name;
    Uuid uuid;
};

struct StorageVolHandle {
    std::string pool;
    std::string name;
    std::string key;
};

struct NodeDeviceHandle {
    std::string name;
};

struct SecretHandle {
    Uuid uuid;
    std::int32_t usage_type{};
    std::string usage_id;
};

struct DomainCheckpointHandle {
    std::string name;
    DomainHandle dom;
};

struct DomainSnapshotHandle {
    std::string name;
    DomainHandle dom;
};

struct VcpuInfo {
    std::uint32_t number{};
    std::int32_t state{};
    std::uint64_t cpu_time{};
    std::int32_t cpu{};
};

} // namespace vireo::protocol
