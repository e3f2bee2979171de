// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <filesystem>
#include <string>

namespace vireo::host {

/// Whether KVM is of use here, and why in words.
struct KvmVerdict {
    bool usable = false;
    std::string reason;
};

/// Runs a guest of a few instructions in 64-bit mode: one of SSE, and one of BMI2 where the processor has it.
/// A KVM without hardware behind it interprets guests and stumbles over these; no capability of KVM tells as
/// surely. Blocks for up to 100 ms. (kernel documentation, virt/kvm/api)
KvmVerdict probe_kvm(const std::filesystem::path& device = "/dev/kvm");

/// The same in the pool. The verdict is kept in `cache_directory` until the host boots again.
awaitable<KvmVerdict> find_kvm(std::filesystem::path cache_directory,
                               std::filesystem::path device = "/dev/kvm");

} // namespace vireo::host
