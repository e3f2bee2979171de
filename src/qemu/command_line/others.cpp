// SPDX-License-Identifier: Apache-2.0
// Memory balloon and random number generators.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// "virtio-rng-pci" for model "virtio", with "-transitional" or "-non-transitional" as the model says.
std::string device_of(std::string_view base, std::string_view model) {
    constexpr std::string_view plain = "virtio";
    return fmt::format("{}{}", base, model.substr(plain.size()));
}
} // namespace

void CommandLineBuilder::add_balloon() {
    if (!devices_.memory_balloon || devices_.memory_balloon->model == BalloonModel::None) return;
    const auto& balloon = *devices_.memory_balloon;
    if (balloon.model == BalloonModel::Xen)
        throw error(ErrorCode::ConfigUnsupported, "the memory balloon of QEMU is of model 'virtio'");
    auto driver = device_of("virtio-balloon-pci", name_of(balloon.model));
    require_device(driver);
    json::object device{{"driver", driver}, {"id", balloon.info.alias}};
    if (balloon.autodeflate) device["deflate-on-oom"] = *balloon.autodeflate == Switch::On;
    if (balloon.free_page_reporting)
        device["free-page-reporting"] = *balloon.free_page_reporting == Switch::On;
    put_address(device, balloon.info);
    option("-device", device);
}

void CommandLineBuilder::add_rng(const Rng& rng, std::size_t number) {
    auto backend = fmt::format("objrng{}", number);
    json::object object{{"qom-type", "rng-random"}, {"id", backend}};
    switch (rng.backend) {
    case RngBackend::Random: object["filename"] = rng.path.empty() ? "/dev/random" : rng.path; break;
    case RngBackend::Builtin: object["qom-type"] = "rng-builtin"; break;
    case RngBackend::Egd:
        throw error(ErrorCode::ConfigUnsupported,
                    "rng backend 'egd' cannot be started by this version; take 'random' or 'builtin'");
    }
    option("-object", object);
    auto driver = device_of("virtio-rng-pci", name_of(rng.model));
    require_device(driver);
    json::object device{{"driver", driver}, {"rng", backend}, {"id", rng.info.alias}};
    if (rng.rate_bytes) {
        constexpr std::uint32_t second = 1000; // milliseconds
        device["max-bytes"] = *rng.rate_bytes;
        device["period"] = rng.rate_period.value_or(second);
    }
    put_address(device, rng.info);
    option("-device", device);
}

} // namespace vireo::qemu
