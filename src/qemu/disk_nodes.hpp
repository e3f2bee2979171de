// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vireo::qemu {

/// The number in the names of QEMU's nodes for a disk: nodes are numbered from the last disk on (see the
/// command line), unless the definition says their numbers.
std::uint32_t node_number(const std::vector<model::domain::Disk>& disks, std::size_t index);

/// The disks of a run by the names that QEMU has for their images, kept beside the run: a guest can make QEMU
/// tell of failures as often as it likes.
class DiskNodes {
public:
    struct Disk {
        std::string alias, source, target;
    };

    DiskNodes() = default;
    explicit DiskNodes(const model::domain::Domain& live);
    /// Of a node such as "libvirt-2-format"; null when no disk has it.
    const Disk* find(std::string_view node) const;

private:
    std::map<std::uint32_t, Disk> by_number_;
};

/// Of failures that repeat themselves lets one through per interval, for each disk and what QEMU did about
/// it.
class FaultGate {
public:
    using Clock = std::chrono::steady_clock;
    bool passes(std::string_view alias, std::int32_t action, Clock::time_point now);
    static constexpr std::chrono::seconds interval{1};

private:
    std::map<std::pair<std::string, std::int32_t>, Clock::time_point> last_;
};

} // namespace vireo::qemu
