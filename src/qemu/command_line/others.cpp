// SPDX-License-Identifier: Apache-2.0
// Memory balloon and random number generators.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

void CommandLineBuilder::add_balloon() {
    if (!devices_.memory_balloon || devices_.memory_balloon->model == BalloonModel::None) return;
    const auto& balloon = *devices_.memory_balloon;
    if (balloon.model == BalloonModel::Xen)
        throw error(ErrorCode::ConfigUnsupported, "the memory balloon of QEMU is of model 'virtio'");
    auto driver = virtio_device("virtio-balloon", name_of(balloon.model), balloon.info);
    require_device(driver);
    json::object device{{"driver", driver}, {"id", balloon.info.alias}};
    if (balloon.autodeflate) device["deflate-on-oom"] = *balloon.autodeflate == Switch::On;
    if (balloon.free_page_reporting)
        device["free-page-reporting"] = *balloon.free_page_reporting == Switch::On;
    put_virtio(device, balloon.virtio);
    put_address(device, balloon.info);
    option("-device", device);
}

void CommandLineBuilder::add_rng(const Rng& rng) {
    auto backend = "obj" + rng.info.alias;
    json::object object{{"qom-type", "rng-random"}, {"id", backend}};
    switch (rng.backend) {
    case RngBackend::Random: object["filename"] = rng.path.empty() ? "/dev/random" : rng.path; break;
    case RngBackend::Builtin: object["qom-type"] = "rng-builtin"; break;
    case RngBackend::Egd:
        add_character_backend(rng.source, rng.info.alias, rng.source.path, "rng");
        object["qom-type"] = "rng-egd";
        object["chardev"] = "char" + rng.info.alias;
        break;
    }
    option("-object", object);
    auto driver = virtio_device("virtio-rng", name_of(rng.model), rng.info);
    require_device(driver);
    json::object device{{"driver", driver}, {"rng", backend}, {"id", rng.info.alias}};
    if (rng.rate_bytes) {
        constexpr std::uint32_t second = 1000; // milliseconds
        device["max-bytes"] = *rng.rate_bytes;
        device["period"] = rng.rate_period.value_or(second);
    }
    put_virtio(device, rng.virtio);
    put_address(device, rng.info);
    option("-device", device);
}

void CommandLineBuilder::add_hub(const Hub& hub) {
    json::object device{{"driver", "usb-hub"}, {"id", hub.info.alias}};
    put_address(device, hub.info);
    option("-device", device);
}

/// QEMU has one plan for all of them.
void CommandLineBuilder::add_watchdogs() {
    auto driver_of = [](WatchdogModel model) -> std::string_view {
        switch (model) {
        case WatchdogModel::I6300esb: return "i6300esb";
        case WatchdogModel::Ib700: return "ib700";
        case WatchdogModel::Diag288: return "diag288";
        }
        return {};
    };
    for (const auto& watchdog : devices_.watchdogs) {
        auto driver = driver_of(watchdog.model);
        if (driver.empty()) continue; // of the board
        require_device(driver);
        json::object device{{"driver", driver}, {"id", watchdog.info.alias}};
        put_address(device, watchdog.info);
        option("-device", device);
    }
    if (devices_.watchdogs.empty()) return;
    auto action = devices_.watchdogs.front().action;
    // the daemon sees to a dump itself, while the guest is paused
    option("-watchdog-action", std::string{action == WatchdogAction::Dump ? "pause" : name_of(action)});
}

void CommandLineBuilder::add_panics() {
    for (const auto& panic : devices_.panics) {
        if (panic.model == PanicModel::Hyperv) continue; // the processor tells it
        bool of_board = panic.model == PanicModel::S390 || panic.model == PanicModel::Pseries;
        if (of_board) continue;
        require_device("pvpanic");
        json::object device{{"driver", "pvpanic"}};
        if (const auto* place = std::get_if<IsaAddress>(&panic.info.address);
            place != nullptr && place->iobase)
            device["ioport"] = *place->iobase;
        option("-device", device);
    }
}

/// The guest's address is given to the host's kernel through a descriptor, which only a start has.
void CommandLineBuilder::add_vsock() {
    if (!devices_.vsock) return;
    const auto& vsock = *devices_.vsock;
    auto driver = virtio_device("vhost-vsock", vsock.model ? name_of(*vsock.model) : "", vsock.info);
    require_device(driver);
    json::object device{{"driver", driver}, {"id", vsock.info.alias}};
    device["guest-cid"] = vsock.cid.value_or(0);
    device["vhostfd"] = "-1";
    put_virtio(device, vsock.virtio);
    put_address(device, vsock.info);
    add_zpci(vsock.info);
    option("-device", device);
}

void CommandLineBuilder::add_generation_id() {
    if (!domain_.generation_id) return;
    require_device("vmgenid");
    option("-device",
           json::object{{"driver", "vmgenid"}, {"guid", domain_.generation_id->text()}, {"id", "vmgenid0"}});
}

/// What the guest writes for tools that read a core of it.
void CommandLineBuilder::add_core_information() {
    if (!domain_.features || domain_.features->vmcoreinfo != Switch::On) return;
    require_device("vmcoreinfo");
    option("-device", json::object{{"driver", "vmcoreinfo"}});
}

} // namespace vireo::qemu
