// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/byte_channel.hpp"
#include "hypervisor/domain_registry.hpp"
#include "hypervisor/events.hpp"

#include <memory>
#include <string>

namespace vireo::hypervisor {

/// How a domain is started (virDomainCreateFlags).
struct StartOptions {
    bool paused = false;
    bool autodestroy = false; // ends with the caller's connection, or with the daemon that knows of it
};

struct ConsoleOptions {
    std::string device; // alias of the device; empty for the first console
    bool force = false; // takes the console from whoever has it
    bool safe = false;  // only where nobody else can have it at the same time
};

/// What every driver of guests does; one object for each kind of connection ("qemu:///system"). Reading goes
/// to the registry, which never waits. A domain is named by its uuid; `name` is for messages only. Every
/// method throws Error.
class Driver {
public:
    virtual ~Driver() = default;

    const DomainRegistry& domains() const { return registry_; }
    EventHub& events() { return events_; }

    /// The hypervisor's name (virConnectGetType).
    virtual std::string type() const = 0;
    /// Of the connection, as clients are told (virConnectGetURI).
    virtual std::string uri() const = 0;
    /// The hypervisor's version: major * 1,000,000 + minor * 1,000 + release.
    virtual awaitable<std::uint64_t> version() = 0;
    virtual awaitable<std::string> capabilities() = 0;
    /// Most vcpus of one domain of this type ("kvm", "qemu"; empty: the default).
    virtual awaitable<std::int32_t> max_vcpus(std::string type) = 0;

    virtual awaitable<DomainSnapshotPtr> define(std::string xml) = 0;
    virtual awaitable<void> undefine(Uuid domain, std::string name) = 0;
    virtual awaitable<DomainSnapshotPtr> create(std::string xml, StartOptions options) = 0;
    virtual awaitable<DomainSnapshotPtr> start(Uuid domain, std::string name, StartOptions options) = 0;
    virtual awaitable<void> shut_down(Uuid domain, std::string name) = 0;
    virtual awaitable<void> reboot(Uuid domain, std::string name) = 0;
    virtual awaitable<void> reset(Uuid domain, std::string name) = 0;
    /// Ends the guest at once. `graceful`: only if it ends by itself when asked to by a signal.
    virtual awaitable<void> destroy(Uuid domain, std::string name, bool graceful) = 0;
    virtual awaitable<void> suspend(Uuid domain, std::string name) = 0;
    virtual awaitable<void> resume(Uuid domain, std::string name) = 0;
    virtual awaitable<void> set_autostart(Uuid domain, std::string name, bool autostart) = 0;
    virtual awaitable<void> rename(Uuid domain, std::string name, std::string new_name) = 0;
    virtual awaitable<std::unique_ptr<async::ByteChannel>> open_console(Uuid domain, std::string name,
                                                                        ConsoleOptions options) = 0;

protected:
    DomainRegistry registry_;
    EventHub events_;
};

} // namespace vireo::hypervisor
