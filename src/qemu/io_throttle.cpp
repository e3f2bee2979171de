// SPDX-License-Identifier: Apache-2.0
#include "qemu/io_throttle.hpp"

#include "json/json.hpp"

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

json::object throttle_of(const Disk& disk) {
    if (disk.io_tune.limits.empty()) return {};
    // the limits are those of the device that has the block node: with virtio, the one behind the PCI device
    auto device = disk.bus == DiskBus::Virtio ? "/machine/peripheral/" + disk.info.alias + "/virtio-backend"
                                              : disk.info.alias;
    json::object arguments{{"id", device}};
    auto put = [&](std::string_view ours, const char* theirs, bool always) {
        auto found = std::ranges::find(disk.io_tune.limits, ours, &IoTune::Limit::name);
        if (found != disk.io_tune.limits.end())
            arguments[theirs] = found->value;
        else if (always)
            arguments[theirs] = 0;
    };
    put("total_bytes_sec", "bps", true);
    put("read_bytes_sec", "bps_rd", true);
    put("write_bytes_sec", "bps_wr", true);
    put("total_iops_sec", "iops", true);
    put("read_iops_sec", "iops_rd", true);
    put("write_iops_sec", "iops_wr", true);
    put("total_bytes_sec_max", "bps_max", false);
    put("read_bytes_sec_max", "bps_rd_max", false);
    put("write_bytes_sec_max", "bps_wr_max", false);
    put("total_iops_sec_max", "iops_max", false);
    put("read_iops_sec_max", "iops_rd_max", false);
    put("write_iops_sec_max", "iops_wr_max", false);
    put("total_bytes_sec_max_length", "bps_max_length", false);
    put("read_bytes_sec_max_length", "bps_rd_max_length", false);
    put("write_bytes_sec_max_length", "bps_wr_max_length", false);
    put("total_iops_sec_max_length", "iops_max_length", false);
    put("read_iops_sec_max_length", "iops_rd_max_length", false);
    put("write_iops_sec_max_length", "iops_wr_max_length", false);
    put("size_iops_sec", "iops_size", false);
    if (!disk.io_tune.group.empty()) arguments["group"] = disk.io_tune.group;
    return arguments;
}

} // namespace vireo::qemu
