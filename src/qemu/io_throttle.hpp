// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/disk.hpp"
#include "json/fwd.hpp"

namespace vireo::qemu {

/// The arguments of QMP's block_set_io_throttle; empty when the disk has no limits.
json::object throttle_of(const model::domain::Disk& disk);

} // namespace vireo::qemu
