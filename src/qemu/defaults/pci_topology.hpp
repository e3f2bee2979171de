// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/device_info.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// What a device plugs into: decides which buses take it.
enum class PciPlug {
    Conventional,   ///< any slot of a PCI bus
    Express,        ///< the slot of a root port or a switch's downstream port
    Integrated,     ///< the root complex itself; only at a given address
    Bridge,         ///< a bridge to another PCI bus, on a PCI bus
    DmiBridge,      ///< dmi-to-pci-bridge, on the root complex
    ExpressBridge,  ///< pcie-to-pci-bridge, in a port
    RootPort,       ///< on the root complex; eight share a slot
    UpstreamPort,   ///< of a switch, in a port
    DownstreamPort, ///< of a switch, on its upstream port
    Expander,       ///< one more root, on the first one
};

/// The PCI buses of a domain and which of their slots are in use. A plain value: copy it to try something
/// out.
class PciTopology {
public:
    /// The next bus, of a controller of this model (libvirt's names).
    void add_bus(std::string_view model);
    std::size_t bus_count() const { return buses_.size(); }

    /// Marks a function as used. Throws XmlError when the address is outside of its bus, in use already, or
    /// where such a device cannot be.
    void reserve(const model::domain::PciAddress& address, PciPlug plug, std::string_view what);
    /// Makes a function free again.
    void release(const model::domain::PciAddress& address);
    /// Marks all functions of a slot as used by the board.
    void reserve_slot(std::uint8_t bus, std::uint8_t slot);
    bool is_slot_free(std::uint8_t bus, std::uint8_t slot) const {
        return buses_.at(bus).slots.at(slot).used == 0;
    }
    bool has_free_slot() const;
    bool shares_slot(const model::domain::PciAddress& address) const;

    /// The first free place for such a device, if there is one; it is marked as used.
    std::optional<model::domain::PciAddress> take(PciPlug plug);

private:
    struct Slot {
        std::uint8_t used = 0;   ///< a bit per function
        bool root_ports = false; ///< only these are in it, and more may join them
    };
    struct Bus {
        std::string model;
        std::uint8_t first = 0, last = 0;
        std::array<Slot, 32> slots{};
    };
    static bool accepts(const Bus& bus, PciPlug plug);
    /// Whether a user may put such a device there, though it would not be the place to choose.
    static bool tolerates(const Bus& bus, PciPlug plug);
    static std::optional<std::uint8_t> free_function(const Slot& slot, PciPlug plug);
    std::vector<Bus> buses_;
};

} // namespace vireo::qemu
