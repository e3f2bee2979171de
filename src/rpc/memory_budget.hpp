// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace vireo::rpc {

/// What all sessions together may hold of messages that have not come whole. A message may be 32 MiB, and
/// clients are many: without it, a hostile few could make the daemon hold gigabytes. Main thread only.
class MemoryBudget {
public:
    /// `free` bytes of each share are not counted, so that ordinary calls never meet the limit.
    MemoryBudget(std::size_t limit, std::size_t free) : limit_{limit}, free_{free} {}

    class Share {
    public:
        explicit Share(MemoryBudget& budget) : budget_{budget} {}
        ~Share() { resize(0); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        /// False, and unchanged, when the budget does not have it.
        bool resize(std::size_t bytes) {
            auto counted = bytes > budget_.free_ ? bytes : 0;
            if (counted > held_ && budget_.used_ - held_ + counted > budget_.limit_) return false;
            budget_.used_ += counted - held_;
            held_ = counted;
            return true;
        }

    private:
        MemoryBudget& budget_;
        std::size_t held_ = 0;
    };

    std::size_t used() const { return used_; }

private:
    std::size_t limit_, free_, used_ = 0;
};

} // namespace vireo::rpc
