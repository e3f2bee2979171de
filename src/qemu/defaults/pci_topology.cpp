// SPDX-License-Identifier: Apache-2.0
#include "qemu/defaults/pci_topology.hpp"

#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace vireo::qemu {

using model::domain::PciAddress;
using model::domain::Switch;

namespace {
std::string text_of(const PciAddress& address) {
    return fmt::format("{:04x}:{:02x}:{:02x}.{}", address.domain, address.bus, address.slot,
                       address.function);
}

Error bad_address(const PciAddress& address, std::string_view what, std::string_view why) {
    return {ErrorCode::XmlError, ErrorDomain::Domain,
            fmt::format("{}: PCI address {} {}", what, text_of(address), why)};
}

PciAddress address_of(std::size_t bus, std::size_t slot, std::uint8_t function) {
    PciAddress address;
    address.bus = static_cast<std::uint8_t>(bus);
    address.slot = static_cast<std::uint8_t>(slot);
    address.function = function;
    return address;
}
} // namespace

void PciTopology::add_bus(std::string_view model) {
    Bus bus{std::string{model}, 0, 31, {}};
    if (model == "pcie-root-port" || model == "pcie-switch-downstream-port" || model == "pcie-expander-bus")
        bus.last = 0;
    else if (model == "pci-root" || model == "pcie-root" || model == "pci-bridge" ||
             model == "pcie-to-pci-bridge")
        bus.first = 1; // slot 0 is the host bridge, or the bridge's hotplug controller
    buses_.push_back(std::move(bus));
}

void PciTopology::reserve(const PciAddress& address, PciPlug plug, std::string_view what) {
    constexpr std::uint8_t most_slots = 32, most_functions = 8;
    if (address.domain != 0)
        throw bad_address(address, what, "is outside of domain 0000, the only one there is");
    if (address.bus >= buses_.size()) throw bad_address(address, what, "is on a bus that does not exist");
    auto& bus = buses_[address.bus];
    if (address.slot >= most_slots || address.slot < bus.first || address.slot > bus.last)
        throw bad_address(address, what,
                          fmt::format("is outside of slots {} to {} of its bus", bus.first, bus.last));
    if (!tolerates(bus, plug))
        throw bad_address(address, what, fmt::format("is on a '{}', which takes no such device", bus.model));
    if (address.function >= most_functions) throw bad_address(address, what, "has a function above 7");
    auto& slot = bus.slots.at(address.slot);
    auto bit = static_cast<std::uint8_t>(1U << address.function);
    if ((slot.used & bit) != 0) throw bad_address(address, what, "is in use by another device");
    bool may_share = plug == PciPlug::RootPort && address.multifunction != Switch::Off;
    slot.root_ports = (slot.used == 0 || slot.root_ports) && may_share;
    slot.used |= bit;
}

void PciTopology::release(const PciAddress& address) {
    buses_.at(address.bus).slots.at(address.slot).used &=
        static_cast<std::uint8_t>(~(1U << address.function));
}

void PciTopology::reserve_slot(std::uint8_t bus, std::uint8_t slot) {
    constexpr std::uint8_t all_functions = 0xff;
    buses_.at(bus).slots.at(slot).used = all_functions;
}

bool PciTopology::has_free_slot() const {
    return std::ranges::any_of(buses_, [](const Bus& bus) {
        for (std::size_t slot = bus.first; slot <= bus.last; ++slot)
            if (bus.slots.at(slot).used == 0) return true;
        return false;
    });
}

bool PciTopology::shares_slot(const PciAddress& address) const {
    return std::popcount(buses_.at(address.bus).slots.at(address.slot).used) > 1;
}

bool PciTopology::accepts(const Bus& bus, PciPlug plug) {
    bool is_port = bus.model == "pcie-root-port" || bus.model == "pcie-switch-downstream-port";
    bool is_pci = bus.model == "pci-root" || bus.model == "pci-bridge" || bus.model == "dmi-to-pci-bridge" ||
                  bus.model == "pcie-to-pci-bridge" || bus.model == "pci-expander-bus";
    switch (plug) {
    case PciPlug::Conventional: return is_pci && bus.model != "dmi-to-pci-bridge"; // that one carries bridges
    case PciPlug::Bridge: return is_pci;
    case PciPlug::Express:
    case PciPlug::UpstreamPort:
    case PciPlug::ExpressBridge: return is_port;
    case PciPlug::RootPort:
    case PciPlug::DmiBridge: return bus.model == "pcie-root" || bus.model == "pcie-expander-bus";
    case PciPlug::DownstreamPort: return bus.model == "pcie-switch-upstream-port";
    case PciPlug::Expander: return bus.model == "pci-root" || bus.model == "pcie-root";
    case PciPlug::Integrated: return false;
    }
    return false;
}

bool PciTopology::tolerates(const Bus& bus, PciPlug plug) {
    switch (plug) {
    case PciPlug::Conventional:
    case PciPlug::Express:
    case PciPlug::Integrated:
        return bus.model != "pcie-switch-upstream-port" && bus.model != "pcie-expander-bus";
    case PciPlug::ExpressBridge:
    case PciPlug::UpstreamPort: return accepts(bus, plug) || bus.model == "pcie-root";
    default: return accepts(bus, plug);
    }
}

std::optional<std::uint8_t> PciTopology::free_function(const Slot& slot, PciPlug plug) {
    if (slot.used == 0) return 0;
    if (plug != PciPlug::RootPort || !slot.root_ports) return std::nullopt;
    auto first = static_cast<std::uint8_t>(std::countr_one(slot.used));
    if (first > 7) return std::nullopt;
    return first;
}

std::optional<PciAddress> PciTopology::take(PciPlug plug) {
    for (std::size_t index = 0; index < buses_.size(); ++index) {
        auto& bus = buses_[index];
        if (!accepts(bus, plug)) continue;
        for (std::size_t number = bus.first; number <= bus.last; ++number) {
            auto function = free_function(bus.slots.at(number), plug);
            if (!function) continue;
            auto address = address_of(index, number, *function);
            reserve(address, plug, "a device");
            return address;
        }
    }
    return std::nullopt;
}

} // namespace vireo::qemu
